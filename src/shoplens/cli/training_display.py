"""The progress of a training on the terminal."""

from __future__ import annotations

import sys
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from shoplens.models.progress import EpochDone, MemberBegun, PhotosRead, StageBegun, StepDone, TrainingEvent

_STAGES = {
    "download": "fetching the weights",
    "embed": "describing the photos",
    "fit": "fitting the head",
    "export": "exporting and compressing",
    "evaluate": "judging the result",
    "report": "writing the report",
}


class TrainingDisplay:
    """Shows events on stderr: a bar on a terminal, and a line for each pass anywhere.

    Use it as a context manager and give it as the listener.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TextColumn("{task.fields[note]}"),
            console=self._console,
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task: TaskID | None = None

    def __enter__(self) -> TrainingDisplay:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, event: TrainingEvent) -> None:
        """Show an event."""
        match event:
            case PhotosRead(done, total):
                self._show("reading photos", done, total, "")
            case StepDone():
                note = f"{event.photos_per_second:.0f} photos/s, {_clock(event.seconds_left)} left"
                self._show(f"pass {event.epoch}/{event.epochs}", event.step, event.steps, note)
            case EpochDone():
                best = "  best" if event.best else ""
                self._console.print(
                    f"pass {event.epoch:>3}/{event.epochs}  loss {event.loss:.3f}  "
                    f"validation {event.validation_accuracy:.3f} (loss {event.validation_loss:.3f}, "
                    f"macro F1 {event.validation_macro_f1:.3f})  "
                    f"{event.photos_per_second:.0f} photos/s{best}",
                    soft_wrap=True,
                )
            case MemberBegun(number, members, distilled):
                taught = "  learns from the others" if distilled else ""
                self._console.print(f"network {number}/{members}{taught}")
            case StageBegun(name):
                self._show(_STAGES.get(name, name), 0, 1, "")

    def _show(self, text: str, done: int, total: int, note: str) -> None:
        if self._task is None:
            self._task = self._progress.add_task(text, total=total, note=note)
        self._progress.update(self._task, description=text, completed=done, total=total, note=note)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
