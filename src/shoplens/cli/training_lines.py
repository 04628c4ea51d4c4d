"""The progress of a training as JSON lines, for programs that show it themselves."""

from __future__ import annotations

import dataclasses
import json
import sys
from types import TracebackType

from shoplens.models.progress import TrainingEvent


class TrainingLines:
    """Writes each event to stderr: its kind as `event`, and its fields. Use it as `TrainingDisplay`."""

    def __enter__(self) -> TrainingLines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def __call__(self, event: TrainingEvent) -> None:
        """Write an event."""
        line = {"event": type(event).__name__, **dataclasses.asdict(event)}
        print(json.dumps(line), file=sys.stderr, flush=True)
