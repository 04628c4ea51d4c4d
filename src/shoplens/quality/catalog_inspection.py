"""The inspection of a whole catalogue, which looks only at what changed since the last one."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from shoplens.catalog.findings import GRAVITY, from_row, identified, to_row
from shoplens.catalog.issue import Issue
from shoplens.catalog.ledger import Inspection, now
from shoplens.catalog.looks import Look
from shoplens.catalog.store import Catalog
from shoplens.errors import NotFound, PhotoError
from shoplens.quality.catalog_view import CatalogView, Item
from shoplens.quality.fingerprint import Fingerprint
from shoplens.quality.inspection_report import InspectionReport
from shoplens.quality.photo_task import PhotoOutcome, PhotoTask, look_at_all
from shoplens.quality.rule_plan import RulePlan, merged
from shoplens.records import Finding

Progress = Callable[[int, int], None]
"""Called with the photos done and the photos in all."""

_PAGE = 1000
_PORTION = 64
"""Looks of one transaction: a kill loses no more."""

_PLANS = 4
"""Looks under so many plans are kept, so that a shop judged by several in turn need not be looked at anew."""

_WHOLE = ""
"""The key of what was found in the catalogue as a whole, beside the photos' own."""


@dataclass(slots=True)
class _Seen:
    """What has been gathered so far.

    `replaced` says which photo has come in the place of one that was imported, of files that have changed since;
    `refused` the products with the names of their photos that the import had to refuse.
    """

    items: list[Item] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    prints: dict[str, Fingerprint] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    refused: set[tuple[str, str]] = field(default_factory=set)
    looked: int = 0

    def add(self, outcome: PhotoOutcome) -> None:
        self.findings += outcome.findings()
        self.paths[outcome.photo] = outcome.task.path
        if outcome.photo != outcome.task.photo:
            self.replaced[outcome.task.photo] = outcome.photo

    def now(self, photo: str) -> str:
        """Return the photo that is where this one was at import."""
        return self.replaced.get(photo, photo)

    def shown(self) -> set[tuple[str, str]]:
        """Return every product with each of its photos as they are now, and with ""."""
        photos = {(item.id, self.now(photo)) for item in self.items for photo in item.photos}
        return photos | {(item.id, "") for item in self.items} | self.refused


class CatalogInspection:
    """Judges the active products of a catalogue and their photos, and brings its ledger up.

    What was seen of each photo is stored as it comes; the ledger changes in one transaction at the end. So after a
    kill it says what it said before, and the next inspection goes on from where this one was.

    Args:
        catalog: to judge.
        plan: by what.
        titles: names of the rule packs to their titles.
        embedder_id: whose stored vectors tell near-duplicates and wrong categories; "" for none.
        workers: threads.
    """

    def __init__(
        self, catalog: Catalog, plan: RulePlan, titles: Mapping[str, str], embedder_id: str, workers: int
    ) -> None:
        self._catalog = catalog
        self._plan = plan
        self._titles = titles
        self._embedder_id = embedder_id
        self._workers = workers

    def run(self, products: Collection[str] = (), progress: Progress | None = None) -> InspectionReport:
        """Inspect all products, or these with the checks that ask for one photo alone.

        Args:
            products: ids; () for all.
            progress: told as photos are done.

        Raises:
            NotFound: there is no such product.
        """
        begun, revision = time.monotonic(), self._catalog.revision()
        seen = self._begun(products)
        tasks = catalog_tasks(self._catalog, seen.items)
        for done, outcome in enumerate(self._outcomes(tasks, seen), 1):
            seen.add(outcome)
            if progress:
                progress(done, len(tasks))
        findings = seen.findings if products else seen.findings + self._of_whole(seen)
        originals = self._catalog.fixes.originals()
        ordered = sorted(
            identified(
                merged(findings),
                lambda f: originals.get((f.product_id, f.photo), f.photo),
            ),
            key=lambda f: (GRAVITY[f.severity], f.product_id, f.photo, f.code, f.id),
        )
        run = Inspection(
            now(),
            self._plan.fingerprint,
            self._titles,
            len(tasks),
            len(seen.items),
            seen.looked,
            not products,
            revision,
        )
        issues = self._catalog.ledger.record(
            ordered,
            run,
            products=products,
            not_run=self._plan.catalog_codes if products else (),
            shown=None if products else seen.shown(),
        )
        if seen.looked and not products:
            self._prune(tasks)
        return self._report(ordered, issues, seen, len(tasks), time.monotonic() - begun)

    def _report(
        self, found: Sequence[Finding], issues: Mapping[str, Issue], seen: _Seen, photos: int, seconds: float
    ) -> InspectionReport:
        fixed = self._catalog.fixes.all()
        for fix in fixed:
            seen.paths[fix.original] = self._catalog.photo(fix.original).path
        return InspectionReport(
            str(self._catalog.folder),
            tuple(self._titles.values()),
            photos,
            len(seen.items),
            tuple(finding for finding in found if issues[finding.id].state == "open"),
            photo_names(self._catalog, {finding.product_id for finding in found}, seen.now),
            seen.paths,
            seconds,
            channels=self._titles,
            looked=seen.looked,
            issues=issues,
            fixed=tuple(self._catalog.ledger.fixed()),
            mended=tuple(fixed),
            categories={item.id: item.category for item in seen.items},
        )

    def _begun(self, wanted: Collection[str]) -> _Seen:
        """Return the active products, and what is to be said of photos of theirs that the import had to refuse."""
        photos: dict[str, list[str]] = {}
        for sha, product_id, _ in self._catalog.photo_links():
            photos.setdefault(product_id, []).append(sha)
        problems = {name: ref for name, ref in self._catalog.references().items() if ref.sha256 is None}
        seen = _Seen()
        offset = 0
        while page := self._catalog.products(offset=offset, limit=_PAGE):
            offset += len(page)
            for product in (product for product in page if not wanted or product.id in wanted):
                shown = tuple(photos.get(product.id, ()))
                seen.items.append(Item.of(product, shown))
                for name in (name for name in dict.fromkeys(product.photos) if name in problems):
                    error = PhotoError(problems[name].problem_message, code=problems[name].problem_code)
                    seen.findings += [replace(f, photo=name, product_id=product.id) for f in self._plan.refuse(error)]
                    seen.refused.add((product.id, name))
        missing = set(wanted) - {item.id for item in seen.items}
        if missing:
            raise NotFound(
                "There is no such product, or it is retired.",
                received=", ".join(sorted(missing)),
                remedy="List them with: shoplens products",
            )
        return seen

    def _outcomes(self, tasks: Sequence[PhotoTask], seen: _Seen) -> Iterator[PhotoOutcome]:
        """Yield what is known first, then what has to be looked at, which is stored as it comes."""
        known = self._catalog.looks.read(self._plan.fingerprint)
        left = []
        for task in tasks:
            seen.states[task.photo] = task.state()
            look = known.get(task.photo)
            fresh = look is not None and look.state == seen.states[task.photo] != "missing"
            outcome = PhotoOutcome.of_look(task, look) if look is not None and fresh else None
            if outcome is None:
                left.append(task)
            else:
                yield outcome
        new: list[Look] = []
        for outcome in look_at_all(self._plan, left, self._workers):
            seen.looked += 1
            if outcome.fingerprint:
                seen.prints[outcome.photo] = outcome.fingerprint
            new.append(outcome.to_look(seen.states[outcome.task.photo]))
            if len(new) >= _PORTION:
                self._catalog.looks.put(self._plan.fingerprint, new)
                new = []
            yield outcome
        self._catalog.looks.put(self._plan.fingerprint, new)

    def _of_whole(self, seen: _Seen) -> list[Finding]:
        """Return what is wrong with the catalogue as a whole; measured anew only where anything changed."""
        plan, revision = self._plan.fingerprint, self._catalog.revision()
        digest = hashlib.blake2b(repr(sorted(seen.states.items())).encode(), digest_size=12).hexdigest()
        state = f"{self._catalog.stamp(revision)} {self._embedder_id} {digest}"
        look = self._catalog.looks.read(plan).get(_WHOLE)
        if look is not None and look.state == state:
            return [from_row(row) for row in json.loads(look.said)]
        stored = self._catalog.looks.prints(plan).items()
        prints = {seen.now(photo): Fingerprint.from_bytes(data) for photo, data in stored}
        shown = {photo: prints[photo] for photo in seen.paths if photo in prints} | seen.prints
        photos, vectors = self._catalog.embeddings(self._embedder_id)
        items = [replace(item, photos=tuple(map(seen.now, item.photos))) for item in seen.items]
        found = self._plan.inspect_view(CatalogView(items, shown, photos, vectors))
        said = json.dumps([to_row(finding) for finding in found], ensure_ascii=False)
        self._catalog.looks.put(plan, [Look(_WHOLE, state, said)])
        return found

    def _prune(self, tasks: Sequence[PhotoTask]) -> None:
        plans = list(dict.fromkeys(run.plan for run in self._catalog.ledger.inspections(50)))[:_PLANS]
        self._catalog.looks.prune(plans, self._plan.fingerprint, {_WHOLE, *(task.photo for task in tasks)})


def photo_names(
    catalog: Catalog, products: Collection[str], called: Callable[[str], str] = str
) -> dict[tuple[str, str], str]:
    """Return product and photo to the path or URL in the product's row; a mended photo has the merchant's own's.

    Args:
        catalog: of the products.
        products: ids.
        called: turns a photo, its sha256 or the name of one that was refused, into what it is called as it is now.
    """
    shown = catalog.by_ids(products).values()
    references = catalog.references({name for product in shown for name in product.photos})
    names: dict[tuple[str, str], str] = {}
    for product in shown:
        for name in product.photos:
            photo = references[name].sha256 if name in references else None
            names.setdefault((product.id, called(photo or name)), name)
    return names | {
        (product_id, called(mended)): names[product_id, original]
        for (product_id, mended), original in catalog.fixes.originals().items()
        if (product_id, original) in names
    }


def catalog_tasks(catalog: Catalog, items: Sequence[Item]) -> list[PhotoTask]:
    """Return the photos that these products show, each with every place where it stands among them."""
    places: dict[str, dict[tuple[bool, str], list[str]]] = {}
    for item in items:
        for position, photo in enumerate(dict.fromkeys(item.photos)):
            places.setdefault(photo, {}).setdefault((position == 0, item.category), []).append(item.id)
    stored = catalog.photo_files(places)
    return [
        PhotoTask(photo, stored[photo].path, next(iter(where.values()))[0], where, stored[photo].facts.notes)
        for photo, where in places.items()
    ]
