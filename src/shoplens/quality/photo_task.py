"""One photo to look at in every place where it stands, and what came of it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from shoplens.catalog.findings import from_row, to_row
from shoplens.catalog.looks import Look
from shoplens.errors import PhotoError
from shoplens.photos.decode import decode_file
from shoplens.quality.fingerprint import Fingerprint
from shoplens.quality.photo_context import WORK_SIDE, PhotoContext
from shoplens.quality.rule_plan import RulePlan
from shoplens.records import Finding

Place = tuple[bool, str]
"""Whether it is a product's first photo, and the product's category."""


@dataclass(frozen=True, slots=True)
class PhotoTask:
    """A file to look at, and the places where it stands: `(main, category)` to the products there.

    Attributes:
        photo: its sha256 in the catalogue; "" where it is in none.
        path: of the file.
        name: for people.
        places: where it stands.
        notes: what the import saw of it.
    """

    photo: str
    path: Path
    name: str
    places: Mapping[Place, Sequence[str]]
    notes: tuple[str, ...] = ()

    def state(self) -> str:
        """Return what changes when the file does: its size and time, without opening it."""
        try:
            facts = self.path.stat()
        except OSError:
            return "missing"
        return f"{facts.st_size} {facts.st_mtime_ns} {' '.join(self.notes)}"


@dataclass(frozen=True, slots=True)
class PhotoOutcome:
    """What was found in each place; the findings name neither product nor photo.

    Attributes:
        task: what was looked at.
        photo: the sha256 of the bytes that were there, or the task's name where they could not be read.
        fingerprint: None where they could not be read, or where it was not asked for.
        places: place to findings.
    """

    task: PhotoTask
    photo: str
    fingerprint: Fingerprint | None
    places: Mapping[Place, Sequence[Finding]]

    def findings(self) -> list[Finding]:
        """Return the findings once for each product: the ledger is kept by product."""
        return [
            replace(finding, photo=self.photo, product_id=product)
            for place, products in self.task.places.items()
            for finding in self.places[place]
            for product in products
        ]

    def to_look(self, state: str) -> Look:
        """Return what is kept of it, with the state that the file had before it was read."""
        places = [[*place, [to_row(finding) for finding in found]] for place, found in self.places.items()]
        said = json.dumps({"photo": self.photo, "places": places}, ensure_ascii=False)
        return Look(self.task.photo, state, said, self.fingerprint.to_bytes() if self.fingerprint else b"")

    @staticmethod
    def of_look(task: PhotoTask, look: Look) -> PhotoOutcome | None:
        """Return what was kept, or None where the photo stands in a place that was not judged."""
        said = json.loads(look.said)
        places = {(main, category): [from_row(row) for row in rows] for main, category, rows in said["places"]}
        return PhotoOutcome(task, said["photo"], None, places) if task.places.keys() <= places.keys() else None


def look_at(plan: RulePlan, task: PhotoTask) -> PhotoOutcome:
    """Judge one photo in each of its places."""
    try:
        photo = decode_file(task.path, min_side=WORK_SIDE)
    except PhotoError as error:
        return PhotoOutcome(task, task.photo or task.name, None, dict.fromkeys(task.places, plan.refuse(error)))
    # The file in the catalogue is named by its content; what the shop's own name said was noted at import, which says
    # nothing of a file that has been replaced since.
    imported = task.notes if photo.facts.sha256 == task.photo else ()
    notes = tuple(dict.fromkeys((*photo.facts.notes, *imported)))
    photo = replace(photo, facts=replace(photo.facts, notes=notes))
    context = PhotoContext(photo, name=task.name)
    found: dict[Place, Sequence[Finding]] = {}
    for main, category in task.places:
        context.main, context.categories = main, (category,) if category else ()
        found[main, category] = plan.inspect_photo(photo, context)
    fingerprint = Fingerprint.of(photo.pixels) if plan.compares else None
    return PhotoOutcome(task, photo.facts.sha256, fingerprint, found)


def look_at_all(plan: RulePlan, tasks: Iterable[PhotoTask], workers: int) -> Iterator[PhotoOutcome]:
    """Yield the outcome of each task in order; few are under way at once, so memory stays flat."""
    waiting: deque[Future[PhotoOutcome]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="inspect") as pool:
        remaining = iter(tasks)
        while True:
            while len(waiting) < 4 * workers and (task := next(remaining, None)) is not None:
                waiting.append(pool.submit(look_at, plan, task))
            if not waiting:
                return
            yield waiting.popleft().result()
