"""The report of a training or an evaluation: one HTML file to send to a colleague, and the same as JSON beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from shoplens.models.decoded_copies import Quarantined
from shoplens.models.evaluate import Evaluation
from shoplens.models.progress import EpochDone
from shoplens.models.report_page import ReportPage


@dataclass(frozen=True, slots=True)
class Side:
    """How many photos of each class, in order, lie on one side: "train", "validation" or "test"."""

    name: str
    photos: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the report shows.

    Attributes:
        kind: "train" or "evaluate".
        title: the bundle's name.
        folder: where the photos came from.
        evaluation: on photos that were not trained on.
        sides: of the data set, empty for an evaluation.
        kept_together: groups of near-duplicates that were kept on one side.
        left_out: photos left out for their near-duplicates on a given side.
        quarantined: files that could not be used.
        history: passes of the training.
        stopped: why it ended: "epochs", "budget", "patience" or "interrupted".
        settings: of the training, by name.
        model: facts of the exported model, by name.
        machine: what it ran on, by name.
    """

    kind: Literal["train", "evaluate"]
    title: str
    folder: str
    evaluation: Evaluation
    sides: tuple[Side, ...] = ()
    kept_together: int = 0
    left_out: int = 0
    quarantined: tuple[Quarantined, ...] = ()
    history: tuple[EpochDone, ...] = ()
    stopped: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)
    machine: Mapping[str, Any] = field(default_factory=dict)

    def write(self, path: Path, language: Literal["en", "zh"] = "en") -> None:
        """Write `path` (HTML, no other file or server needed) and the JSON of the same name.

        Args:
            path: of the HTML file; its folder is made.
            language: the one that the page opens in; a button switches.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ReportPage(self).html(language), encoding="utf-8")
        figures = json.dumps(asdict(self), ensure_ascii=False, indent=2, default=str, allow_nan=False)
        path.with_suffix(".json").write_text(figures + "\n", encoding="utf-8")
