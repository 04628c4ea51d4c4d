"""The report of a training or an evaluation: one HTML file to send to a colleague, and JSON beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from shoplens.models.bundle import Bundle
from shoplens.models.comparison import Comparison
from shoplens.models.decoded_copies import Quarantined
from shoplens.models.evaluate import PRECISION, Evaluation
from shoplens.models.label_errors import LabelError
from shoplens.models.label_names import UnmatchedLabel
from shoplens.models.progress import EpochDone
from shoplens.models.report_page.page import page
from shoplens.spreadsheet import csv_table


@dataclass(frozen=True, slots=True)
class Side:
    """How many photos of each class, in order, lie on one side: "train", "validation" or "test"."""

    name: str
    photos: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the report shows.

    Attributes:
        kind: "train"; "evaluate"; or "out_of_fold", where a head was fitted anew for each fold of the data.
        title: the bundle's name.
        folder: where the photos came from.
        evaluation: on photos that were not trained on.
        sides: of the data set, empty for an evaluation.
        kept_together: groups of near-duplicates that were kept on one side.
        left_out: photos left out for their near-duplicates on a given side.
        quarantined: files that could not be used.
        ignored_columns: of a manifest, those whose meaning is not known.
        unmatched: labels of the data that are no category of the bundle.
        history: passes of the training.
        stopped: why it ended: "epochs", "budget", "patience" or "interrupted"; "" where that is not known.
        wished: the precision for which a threshold is sought.
        comparison: with another bundle on the same photos.
        settings: of the training, by name.
        model: facts of the exported model, by name.
        machine: what it ran on, by name.
        bundle: draws the heat maps of its mistakes and names its categories in Chinese; without it there are none.
    """

    kind: Literal["train", "evaluate", "out_of_fold"]
    title: str
    folder: str
    evaluation: Evaluation
    sides: tuple[Side, ...] = ()
    kept_together: int = 0
    left_out: int = 0
    quarantined: tuple[Quarantined, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    unmatched: tuple[UnmatchedLabel, ...] = ()
    history: tuple[EpochDone, ...] = ()
    stopped: str = ""
    wished: float = PRECISION
    comparison: Comparison | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    model: Mapping[str, Any] = field(default_factory=dict)
    machine: Mapping[str, Any] = field(default_factory=dict)
    bundle: Bundle | None = None

    def write(self, path: Path, language: Literal["en", "zh"] = "en") -> None:
        """Write `path` (HTML, no other file or server needed), the JSON and the queue of label errors beside it.

        Args:
            path: of the HTML file; its folder is made. "r.html" brings "r.json" and "r.label-errors.csv".
            language: the one that the page opens in; a switch on the page shows the other.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(self, language), encoding="utf-8")
        figures = json.dumps(self.to_dict(), ensure_ascii=False, indent=2, default=str, allow_nan=False)
        path.with_suffix(".json").write_text(figures + "\n", encoding="utf-8")
        columns = [column.name for column in fields(LabelError)]
        queue = csv_table(columns, (asdict(suspect) for suspect in self.evaluation.label_errors))
        # the mark tells spreadsheets that the table is UTF-8
        path.with_suffix(".label-errors.csv").write_text(queue, encoding="utf-8-sig", newline="")

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        parts = {part.name: getattr(self, part.name) for part in fields(self) if part.name != "bundle"}
        return {name: _plain(value) for name, value in parts.items()}


def _plain(value: object) -> Any:  # noqa: ANN401 - what JSON holds
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value  # type: ignore[call-overload]
