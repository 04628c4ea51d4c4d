"""One import at work: chunk after chunk of rows, each committed as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

from shoplens.catalog.rows import product_digest
from shoplens.catalog.store import Catalog, Stored
from shoplens.errors import BadInput
from shoplens.feeds.feed import FeedRow
from shoplens.feeds.photo_results import PhotoResults, Resolved
from shoplens.feeds.photo_work import PhotoWork
from shoplens.feeds.report import Report
from shoplens.feeds.summary import Problem, RowStatus
from shoplens.feeds.tally import Tally
from shoplens.records import Product

_FILLED_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class _Read:
    """A row with its digest; a rejected row has none."""

    number: int
    product: Product | None
    digest: str
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class _Begun:
    """A chunk whose photos are being worked on; `shared` are those that the chunk before works on already."""

    rows: list[_Read]
    names: Collection[str]
    photos: Future[PhotoResults]
    shared: list[str]


@dataclass(frozen=True, slots=True)
class _Accepted:
    """What the catalogue is to hold of a product: the row's content and the photos that could be read, in order."""

    product: Product
    digest: str
    photos: tuple[str, ...]
    references: tuple[str, ...]

    def status(self, stored: Stored | None) -> RowStatus:
        if stored is None:
            return "added"
        same = stored.digest == self.digest and stored.photos == self.photos and not stored.retired
        return "unchanged" if same else "updated"


class ImportRun:
    """Writes chunks of rows into the catalogue and keeps count.

    Args:
        catalog: to write into.
        embedder_id: under which vectors are stored.
        work: resolves photos.
        report: lists rows and problems.
        tally: counts them.
    """

    def __init__(self, catalog: Catalog, embedder_id: str, work: PhotoWork, report: Report, tally: Tally) -> None:
        self._catalog = catalog
        self._embedder_id = embedder_id
        self._work = work
        self._report = report
        self._tally = tally
        self._ids: set[str] = set()
        self._begun: _Begun | None = None
        self._resolved: Mapping[str, Resolved] = {}

    def take(self, rows: Sequence[FeedRow]) -> bool:
        """Begin with a chunk's photos, commit the chunk before meanwhile, and say whether there was one."""
        read = [_read(row) for row in rows]
        names = dict.fromkeys(name for row in read if row.digest and row.product for name in row.product.photos)
        before = self._begun
        # The chunk before is not committed yet, so the catalogue does not know its photos: they are taken from there.
        shared = [name for name in names if before is not None and name in before.names]
        photos = self._work.start(name for name in names if before is None or name not in before.names)
        self._begun = _Begun(read, names, photos, shared)
        if before is not None:
            self._finish(before)
        return before is not None

    def drain(self) -> None:
        """Commit the last chunk."""
        last, self._begun = self._begun, None
        if last is not None:
            self._finish(last)

    def _finish(self, begun: _Begun) -> None:
        results = begun.photos.result()
        for name in begun.shared:
            results.references[name] = replace(self._resolved[name], as_before=True)
        self._resolved = results.references
        accepted = {
            row.product.id: _accept(row.product, row.digest, results)
            for row in begun.rows
            if row.digest and row.product
        }
        stored = self._catalog.stored(accepted)
        statuses = {product_id: row.status(stored.get(product_id)) for product_id, row in accepted.items()}
        self._write([row for product_id, row in accepted.items() if statuses[product_id] != "unchanged"], results)
        self._ids.update(accepted)
        self._tally.add_photos(results)
        for row in begun.rows:
            product_id = row.product.id if row.product else ""
            status = statuses[product_id] if row.digest else "rejected"
            problems = [*row.problems, *(_photo_problems(row, results) if row.digest else ())]
            self._tally.add_row(status, problems)
            self._report.write(row.number, status, product_id, problems)

    def retire_others(self, largest_share: float) -> None:
        """Retire the products that no row named; all are kept where more than this share of the shop would go."""
        active = self._catalog.product_ids()
        gone = [product_id for product_id in active if product_id not in self._ids]
        if len(gone) > largest_share * len(active):
            text = (
                f"{len(gone)} of {len(active)} products are not in the source; that many are not retired unasked. "
                "If it is meant, repeat with --force."
            )
            refusal = Problem(0, "", "id", "", "sync_refused", text)
            self._tally.add_problems([refusal])
            self._report.write(0, "kept", "", [refusal])
            self._tally.kept = len(gone)
            return
        if gone:
            with self._catalog.batch() as batch:
                batch.retire(gone)
        for product_id in gone:
            self._report.write(0, "retired", product_id, [])
        self._tally.retired = len(gone)

    def fill(self) -> None:
        """Embed the photos of active products that have no vector of this embedder."""
        missing = self._catalog.not_embedded(self._embedder_id)
        for start in range(0, len(missing), _FILLED_AT_ONCE):
            results = self._work.embed(missing[start : start + _FILLED_AT_ONCE])
            with self._catalog.batch() as batch:
                for sha256, photo in results.photos.items():
                    batch.put_embedding(sha256, self._embedder_id, photo.vector)
            self._tally.filled += len(results.photos)
            failed = [resolved for resolved in results.references.values() if resolved.error_code]
            problems = [Problem(0, "", "photos", r.state.location, r.error_code, r.error_message) for r in failed]
            self._tally.add_problems(problems)
            self._report.write(0, "not embedded", "", problems)

    def _write(self, changed: Sequence[_Accepted], results: PhotoResults) -> None:
        fresh = {name: resolved.state for name, resolved in results.references.items() if not resolved.as_before}
        if not (changed or fresh or results.photos or results.moved):
            return
        with self._catalog.batch() as batch:
            for sha256, photo in results.photos.items():
                batch.put_photo(photo.facts, photo.path)
                batch.put_embedding(sha256, self._embedder_id, photo.vector)
            for moved in results.moved.values():
                batch.put_photo(moved.facts, moved.path)
            for name, state in fresh.items():
                batch.put_reference(
                    name,
                    state.sha256,
                    state.problem_code,
                    state.problem_message,
                    state.etag,
                    state.last_modified,
                    state.mtime_ns,
                    state.size,
                    location=state.location,
                )
            for row in changed:
                batch.put_product(row.product, row.digest)
                batch.link(row.product.id, row.photos, row.references)


def _read(row: FeedRow) -> _Read:
    product_id = row.product.id if row.product else ""
    problems = [Problem(row.number, product_id, p.field, "", p.code, p.message) for p in row.problems]
    if row.product is None:
        return _Read(row.number, None, "", problems)
    try:
        return _Read(row.number, row.product, product_digest(row.product), problems)
    except BadInput as error:
        return _Read(
            row.number, row.product, "", [*problems, Problem(row.number, product_id, "", "", error.code, str(error))]
        )


def _photo_problems(row: _Read, results: PhotoResults) -> Iterator[Problem]:
    if row.product is not None:
        for name in dict.fromkeys(row.product.photos):
            found = results.references[name]
            if found.error_code:
                yield Problem(row.number, row.product.id, "photos", name, found.error_code, found.error_message)


def _accept(product: Product, digest: str, results: PhotoResults) -> _Accepted:
    shown: dict[str, str] = {}
    for name in product.photos:
        sha256 = results.references[name].state.sha256
        if sha256 is not None:
            shown.setdefault(sha256, name)
    return _Accepted(product, digest, tuple(shown), tuple(shown.values()))
