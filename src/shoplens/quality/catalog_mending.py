"""Safe fixes over a catalogue: what to mend, the new files, and what the catalogue shows afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from shoplens.catalog.fixes import FOLDER, FixedPhoto
from shoplens.catalog.issue_filter import IssueFilter
from shoplens.catalog.ledger import now
from shoplens.catalog.photo_files import PhotoFiles
from shoplens.catalog.store import Catalog
from shoplens.embedding.embedder import Embedder
from shoplens.errors import PhotoError, UnknownName
from shoplens.photos.decode import decode, decode_file
from shoplens.quality.mender import Mended, Mender, Refusal
from shoplens.quality.photo_task import Place
from shoplens.records import Finding

Progress = Callable[[int, int], None]

_ONLY_ITS_NAME = "The file itself is right. Rename it, and its address in the feed."
_LOSES = "It was mended by rules that are not asked now, and would lose that ({}). Name those rules, too."


@dataclass(frozen=True, slots=True)
class PhotoFix:
    """What became of one photo that had findings with a fix.

    Attributes:
        original: sha256 of the merchant's photo, as it was imported.
        fixed: sha256 of the file that stands in for it; "" where nothing could be mended.
        products: all that show it.
        steps: `(fix, code)` in the order made, those of earlier fixes included.
        size: width and height of the original, in pixels.
        fixed_size: those of the file that stands in for it; else of the original.
        refused: what was not mended, and why.
        changed: whether this run made the file that stands in for it, or would have but for the dry run; else `fixed`
            and `steps` are of an earlier one.
    """

    original: str
    fixed: str
    products: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    size: tuple[int, int]
    fixed_size: tuple[int, int]
    refused: tuple[Refusal, ...] = ()
    changed: bool = False


@dataclass(slots=True)
class _Case:
    """A photo to be mended: the codes of what is open, and code to the products for which one is waived."""

    original: str
    products: tuple[str, ...]
    codes: set[str] = field(default_factory=set)
    waived: dict[str, list[str]] = field(default_factory=dict)

    def refusals(self) -> Iterator[Refusal]:
        """Yield why the codes that are waived for a product are left alone: a photo is mended for all that show it."""
        for code, products in sorted(self.waived.items()):
            shown = ", ".join(dict.fromkeys(products))
            why = f"It is waived for {shown}, which would show the mended photo, too. Take that back with unwaive."
            yield Refusal("", code, why)


class CatalogMending:
    """Mends the photos of a catalogue, from the merchants' own files, which are never written to.

    A photo that was mended before is mended anew from the original with all steps together, so that no file is made
    of a compressed one. What was mended by rules that are not asked is not lost by that: else it stays as it is. A
    photo is mended for all products that show it, and so of no code that is waived for one of them.

    Args:
        catalog: whose photos to mend.
        mender: by which rules and fixes.
        embedder: makes the vectors of the new photos.
    """

    def __init__(self, catalog: Catalog, mender: Mender, embedder: Embedder) -> None:
        self._catalog = catalog
        self._mender = mender
        self._embedder = embedder
        self._files = PhotoFiles(catalog.folder / FOLDER)

    def run(
        self,
        products: Collection[str] = (),
        code: str = "",
        *,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> list[PhotoFix]:
        """Mend what the ledger holds open.

        Each photo is committed by itself: a kill loses at most the one at work. A photo that cannot be read, or whose
        file changed since it was imported, is refused and holds up no other. Files of earlier fixes that stand in for
        nothing any more are left for `Fixes.clear`.

        Args:
            products: ids of products whose photos to mend; () for all.
            code: of the findings to mend; "" for all that are mended unasked.
            dry_run: only tell what would be mended.
            progress: told after each photo.

        Returns:
            One for each photo that has a finding with a fix by the mender's rules.
        """
        cases = self._cases(products, code)
        places = self._places(set(cases))
        names = self._names(set(cases))
        before = {fix.original: fix for fix in self._catalog.fixes.all()}
        done = []
        for number, case in enumerate(cases.values(), 1):
            name, earlier = names.get(case.original, ""), before.get(case.original)
            done.append(self._one(case, tuple(places[case.original]), name, earlier, asked=code, dry_run=dry_run))
            if progress:
                progress(number, len(cases))
        return [photo for photo in done if photo]

    def refuse_unknown(self, code: str) -> None:
        """Refuse a code that no fix mends, before anything is looked at; "" is all of them.

        Raises:
            UnknownName: there is no such code.
        """
        if code and code not in self._mender.codes:
            raise UnknownName("code that a safe fix mends", code, self._mender.codes)

    def undo(self, products: Collection[str] = ()) -> list[FixedPhoto]:
        """Show the merchant's own photos again: of these products, or of all; `Fixes.clear` deletes the mended ones.

        Vectors of another model than the one that a photo was mended under are made again.

        Raises:
            NotFound: the catalogue never had one of the products.
        """
        for product in products:
            self._catalog.product(product)
        undone = self._catalog.fixes.undo(fix.original for fix in self._catalog.fixes.all(products))
        back = {fix.original for fix in undone}
        for photo in self._catalog.not_embedded(self._embedder.id):
            if photo.sha256 in back and photo.path.is_file():
                with self._catalog.batch() as batch:
                    batch.put_embedding(photo.sha256, self._embedder.id, self._vector(photo.path))
        return undone

    def _cases(self, products: Collection[str], code: str) -> dict[str, _Case]:
        """Return the photos with open findings that there is a fix for, by their originals."""
        own = self._catalog.fixes.originals()
        shown = {
            (product, photo): own.get((product, photo), photo) for photo, product, _ in self._catalog.photo_links()
        }
        showing: dict[str, dict[str, None]] = {}
        for (product, _), original in shown.items():
            showing.setdefault(original, {})[product] = None
        cases: dict[str, _Case] = {}
        fixable = self._mender.codes if code else self._mender.automatic
        for original, finding in self._found(IssueFilter(products=tuple(products), code=code), shown, own):
            if finding.code in fixable:
                cases.setdefault(original, _Case(original, tuple(showing[original]))).codes.add(finding.code)
        for original, finding in self._found(IssueFilter(code=code, states=("waived",)), shown, own):
            if original in cases and finding.code in cases[original].codes:
                cases[original].waived.setdefault(finding.code, []).append(finding.product_id)
        return cases

    def _found(
        self, where: IssueFilter, shown: Mapping[tuple[str, str], str], own: Mapping[tuple[str, str], str]
    ) -> Iterator[tuple[str, Finding]]:
        """Yield the issues of photos that a product shows, each after the photo's original."""
        replaced: dict[str, dict[str, str]] = {}
        for issue in self._catalog.ledger.issues(where, limit=None):
            product, photo = issue.finding.product_id, issue.finding.photo
            original = shown.get((product, photo), "")
            if not original:
                if product not in replaced:
                    replaced[product] = {now: own.get((product, was), was) for now, was in self._replaced(product)}
                original = replaced[product].get(photo, "")
            # What no file of the product's shows any more was found by a rule pack that was not asked since.
            if original:
                yield original, issue.finding

    def _replaced(self, product: str) -> Iterator[tuple[str, str]]:
        """Yield, for each file of a product's that changed since the import, the photo that it is and that it was."""
        for photo in self._catalog.photos(product):
            try:
                now = hashlib.sha256(photo.path.read_bytes()).hexdigest()
            except OSError:
                continue  # nothing that a fix mends was found in it
            if now != photo.sha256:
                yield now, photo.sha256

    def _places(self, wanted: Collection[str]) -> dict[str, dict[Place, None]]:
        """Return every place where the photos stand, also in products that nothing was asked of."""
        originals = self._catalog.fixes.originals()
        shown: dict[str, list[str]] = {}
        for photo, product, _ in self._catalog.photo_links():
            shown.setdefault(product, []).append(originals.get((product, photo), photo))
        concerned = [product for product, photos in shown.items() if set(photos) & set(wanted)]
        categories = {name: product.category for name, product in self._catalog.by_ids(concerned).items()}
        places: dict[str, dict[Place, None]] = {photo: {} for photo in wanted}
        for product in concerned:
            for position, photo in enumerate(dict.fromkeys(shown[product])):
                if photo in places:
                    places[photo][position == 0, categories.get(product, "")] = None
        return places

    def _names(self, wanted: Collection[str]) -> Mapping[str, str]:
        """Return the file names that the feed gives the photos."""
        found: dict[str, str] = {}
        for name, reference in sorted(self._catalog.references().items()):
            if reference.sha256 in wanted and reference.sha256 is not None:
                path = urlsplit(name).path if "://" in name else name
                found.setdefault(reference.sha256, PurePosixPath(path.replace("\\", "/")).name)
        return found

    def _one(
        self,
        case: _Case,
        places: Sequence[Place],
        name: str,
        earlier: FixedPhoto | None,
        *,
        asked: str,
        dry_run: bool,
    ) -> PhotoFix | None:
        """Return what became of a photo; None where by the mender's rules nothing was found that a fix mends."""
        as_before = self._as_before(case, earlier)
        codes = case.codes - case.waived.keys()
        if not codes:
            return replace(as_before, refused=tuple(case.refusals()))
        made = {code for _, code in as_before.steps}
        try:
            mended = self._mended(case, name, places, codes | made, made | {asked})
        except PhotoError as error:
            why = f"{error.what} {error.remedy}".strip()
            return replace(as_before, refused=(*case.refusals(), *(Refusal("", code, why) for code in sorted(codes))))
        new = tuple(step for step in mended.steps if step[1] not in made)
        lost = made - mended.passes - {code for _, code in mended.steps}
        fixed = hashlib.sha256(mended.draft.data).hexdigest()
        refused = (*case.refusals(), *mended.refused)
        if not mended.steps or fixed == as_before.fixed or (lost and not new):
            found = {code for _, code in mended.steps} | {refusal.code for refusal in refused} | mended.passes
            return replace(as_before, refused=refused) if codes & found or case.waived else None
        if fixed == case.original or lost:  # what stands in for a photo has to be another one
            why = _LOSES.format(", ".join(sorted(lost))) if lost else _ONLY_ITS_NAME
            refusals = tuple(Refusal(fix, code, why) for fix, code in (new if lost else mended.steps))
            return replace(as_before, refused=(*refusals, *refused))
        if not dry_run:
            self._apply(case.original, mended)
        facts = mended.draft.photo.facts
        size = (facts.width, facts.height)
        return replace(as_before, fixed=fixed, fixed_size=size, steps=mended.steps, refused=refused, changed=True)

    def _as_before(self, case: _Case, earlier: FixedPhoto | None) -> PhotoFix:
        own = self._catalog.photo(case.original).facts
        now = self._catalog.photo(earlier.fixed).facts if earlier else own
        fixed, steps = (earlier.fixed, earlier.steps) if earlier else ("", ())
        sizes = ((own.width, own.height), (now.width, now.height))
        return PhotoFix(case.original, fixed, case.products, steps, *sizes)

    def _mended(
        self, case: _Case, name: str, places: Sequence[Place], codes: Collection[str], asked: Collection[str]
    ) -> Mended:
        photo = self._catalog.photo(case.original)
        try:
            data = photo.path.read_bytes()
        except OSError as error:
            raise PhotoError("The photo's file is gone.", received=photo.path, code="photo_missing") from error
        if hashlib.sha256(data).hexdigest() != case.original:
            raise PhotoError(
                "The photo's file changed since it was imported.", remedy="Import it again, then it can be mended."
            )
        return self._mender.mend(
            data, name, places=places, codes=codes, asked=asked, kept=case.waived, notes=photo.facts.notes
        )

    def _apply(self, original: str, mended: Mended) -> None:
        draft = mended.draft
        # What is found out of a file by its own name in the folder is of no use: the feed's name counts.
        facts = decode(draft.data, name=draft.name, min_side=1).facts
        path = self._files.keep(facts, draft.data)
        vector = self._vector(path)
        with self._catalog.batch() as batch:
            batch.put_photo(facts, path)
            batch.put_embedding(facts.sha256, self._embedder.id, vector)
            batch.put_fix(original, facts.sha256, mended.steps, now())

    def _vector(self, path: Path) -> npt.NDArray[np.float32]:
        pixels = decode_file(path, min_side=self._embedder.min_side).pixels
        return np.asarray(self._embedder.embed([pixels])[0])
