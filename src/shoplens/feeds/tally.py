"""The counting behind an import's summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from shoplens.feeds.photo_results import PhotoResults
from shoplens.feeds.summary import ImportSummary, PhotoStatus, Problem, RowStatus

# The summary names this many problems; the report file names all.
_NAMED = 200


class Tally:
    """Counts rows, photos and problems of one import as they are committed."""

    def __init__(self) -> None:
        self.rows: dict[RowStatus, int] = {"added": 0, "updated": 0, "unchanged": 0, "rejected": 0}
        self.photos: dict[PhotoStatus, int] = {"embedded": 0, "known": 0, "failed": 0}
        self.problem_counts: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.filled = 0
        self.retired = 0
        self.kept = 0
        self._seen: set[int] = set()

    def add_row(self, status: RowStatus, problems: Iterable[Problem]) -> None:
        """Count a row."""
        self.rows[status] += 1
        self.add_problems(problems)

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Count problems and keep the first."""
        for problem in problems:
            self.problem_counts[problem.code] += 1
            if len(self.problems) < _NAMED:
                self.problems.append(problem)

    def add_photos(self, results: PhotoResults) -> None:
        """Count each reference once for the whole import."""
        for name, resolved in results.references.items():
            if (key := hash(name)) not in self._seen:
                self._seen.add(key)
                self.photos[resolved.status] += 1

    def repeat(self, summary: Mapping[str, Any]) -> None:
        """Count what an import that read the same counted, with nothing left to do."""
        rows, photos = summary["rows"], summary["photos"]
        self.rows["unchanged"] = rows["added"] + rows["updated"] + rows["unchanged"]
        self.rows["rejected"] = rows["rejected"]
        self.photos["known"] = photos["embedded"] + photos["known"]
        self.photos["failed"] = photos["failed"]
        self.kept = summary["kept"]
        self.problem_counts.update(summary["problem_counts"])
        self.problems = [Problem(**problem) for problem in summary["problems"]]

    def summary(self, number: int, source: str, origin: str, seconds: float, report: Path) -> ImportSummary:
        """Return the counts together with what only the import knows; see `ImportSummary`."""
        return ImportSummary(
            number=number,
            source=source,
            origin=origin,
            rows=dict(self.rows),
            photos=dict(self.photos),
            filled=self.filled,
            retired=self.retired,
            kept=self.kept,
            seconds=seconds,
            problem_counts=dict(self.problem_counts),
            problems=tuple(self.problems),
            report=report,
        )
