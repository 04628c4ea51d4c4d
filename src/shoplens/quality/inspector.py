"""Runs the checks over a photo, a folder or a whole catalogue."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput, PhotoError
from shoplens.photos.decode import Limits, decode, decode_file
from shoplens.plugins import load, names
from shoplens.quality.catalog_view import CatalogView, Item
from shoplens.quality.check import CatalogCheck, PhotoCheck
from shoplens.quality.fingerprint import Fingerprint
from shoplens.quality.inspection_report import InspectionReport
from shoplens.quality.photo_context import WORK_SIDE, PhotoContext
from shoplens.quality.rule_pack import RulePack
from shoplens.quality.rule_plan import RulePlan, merged
from shoplens.records import Finding, Photo

__all__ = ["InspectionReport", "Inspector", "Progress", "is_picture_name"]

Progress = Callable[[int, int], None]
"""Called with the photos done and the photos in all."""

_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic"}
)
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class _Task:
    """A file to look at, and the places where it stands: `(main, category)` to the products there."""

    photo: str
    path: Path
    name: str
    places: Mapping[tuple[bool, str], Sequence[str]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Outcome:
    task: _Task
    photo: str
    fingerprint: Fingerprint | None
    findings: list[Finding]


@dataclass(slots=True)
class _Seen:
    """What has been gathered so far."""

    items: list[Item] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    fingerprints: dict[str, Fingerprint] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)

    def add(self, outcome: _Outcome) -> None:
        self.findings += outcome.findings
        self.names.setdefault(outcome.photo, outcome.task.name)
        self.paths[outcome.photo] = outcome.task.path
        if outcome.fingerprint:
            self.fingerprints[outcome.photo] = outcome.fingerprint


class Inspector:
    """Judges photos and products by rule packs, with every registered check or with the given ones.

    One inspector serves many threads.

    Args:
        rules: rule packs, or their names, such as `("google-2027", "amazon")`; see `RulePack.load`.
        checks: None for all that are registered under `shoplens.check`.
        workers: threads of one inspection; None for one per core.

    Raises:
        UnknownName: there is no such pack, or a pack names an unknown check.
        BadInput: a pack is not valid.
    """

    def __init__(
        self,
        rules: Sequence[str | RulePack] = ("shop",),
        *,
        checks: Iterable[PhotoCheck | CatalogCheck] | None = None,
        workers: int | None = None,
    ) -> None:
        if checks is None:
            checks = [load("check", name)() for name in names("check")]
        packs = [rule if isinstance(rule, RulePack) else RulePack.load(rule) for rule in rules]
        self._plan = RulePlan(checks, packs)
        self._titles = tuple(pack.title for pack in packs)
        self._workers = workers or os.cpu_count() or 1

    def inspect_photo(
        self,
        photo: Photo | bytes,
        *,
        name: str = "",
        main: bool = True,
        category: str = "",
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> list[Finding]:
        """Return what is wrong with one photo, the gravest first; a file that cannot be decoded is a finding.

        Args:
            photo: a decoded photo, or the bytes of a file.
            name: the file's name, for its extension and for messages.
            main: whether it is a product's first photo.
            category: of the product that it shows.
            limits: what the decoder refuses.
        """
        try:
            decoded = photo if isinstance(photo, Photo) else decode(photo, name=name, min_side=WORK_SIDE, limits=limits)
        except PhotoError as error:
            return [replace(finding, photo=name) for finding in self._plan.refuse(error)]
        context = PhotoContext(decoded, name=name, main=main, categories=(category,) if category else ())
        return [replace(finding, photo=decoded.facts.sha256) for finding in self._plan.inspect_photo(decoded, context)]

    def inspect_folder(self, path: Path, progress: Progress | None = None) -> InspectionReport:
        """Inspect every picture file under a folder, or one file; each file counts as a main photo.

        Raises:
            BadInput: there is no such path, or no picture file in it.
        """
        begun = time.monotonic()
        root, files = _picture_files(path)
        tasks = [_Task("", file, file.relative_to(root).as_posix(), {(True, ""): [""]}) for file in files]
        seen = _Seen()
        for outcome in self._look(tasks, progress):
            seen.add(outcome)
            if outcome.fingerprint:
                name = outcome.task.name
                seen.items.append(Item("", name, name, photos=(outcome.photo,)))
        findings = seen.findings + self._plan.inspect_view(CatalogView(seen.items, seen.fingerprints))
        return self._report(path, len(files), 0, findings, seen, begun)

    def inspect_catalog(
        self, catalog: Catalog, embedder_id: str = "", progress: Progress | None = None
    ) -> InspectionReport:
        """Inspect every active product and its photos, and store the findings in the catalogue.

        Args:
            catalog: read, and given the findings in place of the former ones.
            embedder_id: the embedder whose stored vectors tell near-duplicates and wrong categories; "" for none.
            progress: told after each photo.
        """
        begun = time.monotonic()
        seen = _Seen()
        seen.items, seen.findings = _items(catalog, self._plan)
        tasks = _tasks(catalog, seen.items)
        for outcome in self._look(tasks, progress):
            seen.add(outcome)
        photos, vectors = catalog.embeddings(embedder_id)
        findings = seen.findings + self._plan.inspect_view(CatalogView(seen.items, seen.fingerprints, photos, vectors))
        report = self._report(catalog.folder, len(tasks), len(seen.items), findings, seen, begun)
        catalog.put_findings(report.findings)
        return report

    def _report(
        self, source: Path, photos: int, products: int, findings: list[Finding], seen: _Seen, begun: float
    ) -> InspectionReport:
        seconds = time.monotonic() - begun
        ordered = tuple(merged(findings))
        return InspectionReport(str(source), self._titles, photos, products, ordered, seen.names, seen.paths, seconds)

    def _look(self, tasks: Sequence[_Task], progress: Progress | None) -> Iterator[_Outcome]:
        """Yield the outcome of each task in order; few are under way at once, so memory stays flat."""
        waiting: deque[Future[_Outcome]] = deque()
        with ThreadPoolExecutor(self._workers, thread_name_prefix="inspect") as pool:
            remaining = iter(tasks)
            for done in range(len(tasks)):
                while len(waiting) < 4 * self._workers and (task := next(remaining, None)) is not None:
                    waiting.append(pool.submit(_look_at, self._plan, task))
                yield waiting.popleft().result()
                if progress:
                    progress(done + 1, len(tasks))


def is_picture_name(name: str) -> bool:
    """Tell whether a file's ending is a picture's."""
    return Path(name).suffix.lower() in _SUFFIXES


def _picture_files(path: Path) -> tuple[Path, list[Path]]:
    """Return the folder and its picture files, also nested ones; for one file its folder and itself."""
    if path.is_file():
        return path.parent, [path]
    files = sorted(file for file in path.rglob("*") if is_picture_name(file.name) and file.is_file())
    if not files:
        raise BadInput("There is no picture file here.", received=path, remedy="Give a photo, or a folder with photos.")
    return path, files


def _look_at(plan: RulePlan, task: _Task) -> _Outcome:
    try:
        photo = decode_file(task.path, min_side=WORK_SIDE)
    except PhotoError as error:
        refused = plan.refuse(error)
        key = task.photo or task.name
        return _Outcome(task, key, None, _placed(refused, key, [p for ids in task.places.values() for p in ids]))
    sha = photo.facts.sha256
    # The file in the catalogue is named by its content; what the shop's own name said was noted at import.
    notes = tuple(dict.fromkeys((*photo.facts.notes, *task.notes)))
    photo = replace(photo, facts=replace(photo.facts, notes=notes))
    context = PhotoContext(photo, name=task.name)
    findings: list[Finding] = []
    for (main, category), products in task.places.items():
        context.main, context.categories = main, (category,) if category else ()
        findings += _placed(plan.inspect_photo(photo, context), sha, products)
    return _Outcome(task, sha, Fingerprint.of(photo.pixels), findings)


def _placed(findings: Iterable[Finding], photo: str, products: Sequence[str]) -> list[Finding]:
    """Repeat each finding for each product: the ledger is kept by product."""
    return [replace(finding, photo=photo, product_id=product) for finding in findings for product in products]


def _items(catalog: Catalog, plan: RulePlan) -> tuple[list[Item], list[Finding]]:
    """Return the active products, and findings for photos of theirs that the import had to refuse."""
    photos: dict[str, list[str]] = {}
    for sha, product_id, _ in catalog.photo_links():
        photos.setdefault(product_id, []).append(sha)
    problems = {name: ref for name, ref in catalog.references().items() if ref.sha256 is None}
    items: list[Item] = []
    findings: list[Finding] = []
    while page := catalog.products(offset=len(items), limit=_PAGE):
        for product in page:
            items.append(Item.of(product, photos.get(product.id, ())))
            for name in dict.fromkeys(product.photos):
                if name in problems:
                    error = PhotoError(problems[name].problem_message, code=problems[name].problem_code)
                    findings += _placed(plan.refuse(error), name, [product.id])
    return items, findings


def _tasks(catalog: Catalog, items: Sequence[Item]) -> list[_Task]:
    places: dict[str, dict[tuple[bool, str], list[str]]] = {}
    for item in items:
        for position, photo in enumerate(dict.fromkeys(item.photos)):
            places.setdefault(photo, {}).setdefault((position == 0, item.category), []).append(item.id)
    tasks = []
    for photo, where in places.items():
        stored = catalog.photo(photo)
        first = next(iter(where.values()))[0]
        tasks.append(_Task(photo, stored.path, first, where, stored.facts.notes))
    return tasks
