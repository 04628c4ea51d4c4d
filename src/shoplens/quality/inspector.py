"""Runs the checks over a photo, a folder or a whole catalogue."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput, PhotoError, printable
from shoplens.photos.decode import decode
from shoplens.photos.suffixes import PICTURE_SUFFIXES
from shoplens.plugins import load, names
from shoplens.quality.catalog_inspection import CatalogInspection, Progress
from shoplens.quality.catalog_view import CatalogView, Item
from shoplens.quality.check import CatalogCheck, PhotoCheck
from shoplens.quality.inspection_report import InspectionReport
from shoplens.quality.photo_context import WORK_SIDE, PhotoContext
from shoplens.quality.photo_task import PhotoTask, look_at_all
from shoplens.quality.rule_pack import RulePack
from shoplens.quality.rule_plan import RulePlan, merged
from shoplens.records import Finding, Photo

__all__ = ["InspectionReport", "Inspector", "Progress", "is_picture_name", "pictures_in"]


class Inspector:
    """Judges photos and products by rule packs, with every registered check or with the given ones.

    One inspector serves many threads.

    Args:
        rules: rule packs, or their names, such as `("google-2027", "amazon")`; see `RulePack.load`.
        checks: None for all that are registered under `shoplens.check`.
        workers: threads of one inspection; None for one per core.

    Attributes:
        plan: the rules with their checks.
        titles: names of the rule packs to their titles.

    Raises:
        UnknownName: there is no such pack, or a pack names an unknown check.
        BadInput: a pack is not valid, or `rules` is empty or one string.
    """

    def __init__(
        self,
        rules: Sequence[str | RulePack] = ("shop",),
        *,
        checks: Iterable[PhotoCheck | CatalogCheck] | None = None,
        workers: int | None = None,
    ) -> None:
        if isinstance(rules, str):
            raise BadInput("Rule packs are a list.", received=repr(rules), remedy=f'Write ["{rules}"].')
        if not rules:
            raise BadInput("There is no rule pack to judge by.", remedy='Name at least one, such as ["shop"].')
        if checks is None:
            checks = [load("check", name)() for name in names("check")]
        packs = [rule if isinstance(rule, RulePack) else RulePack.load(rule) for rule in rules]
        self.plan = RulePlan(checks, packs)
        self.titles = {pack.name: pack.title for pack in packs}
        self._workers = workers or os.cpu_count() or 1

    def inspect_photo(
        self,
        photo: Photo | bytes,
        *,
        name: str = "",
        main: bool = True,
        category: str = "",
    ) -> list[Finding]:
        """Return what is wrong with one photo, the gravest first; a file that cannot be decoded is a finding.

        Args:
            photo: a decoded photo, or the bytes of a file.
            name: the file's name, for its extension and for messages.
            main: whether it is a product's first photo.
            category: of the product that it shows.

        Raises:
            BadInput: `photo` is neither.
        """
        if not isinstance(photo, Photo | bytes):
            raise BadInput("A photo is given as its bytes.", received=repr(photo), remedy="Read it: path.read_bytes().")
        try:
            decoded = photo if isinstance(photo, Photo) else decode(photo, name=name, min_side=WORK_SIDE)
        except PhotoError as error:
            return [replace(finding, photo=name) for finding in self.plan.refuse(error)]
        context = PhotoContext(decoded, name=name, main=main, categories=(category,) if category else ())
        found = self.plan.inspect_photo(decoded, context)
        return [replace(finding, photo=decoded.facts.sha256, id="") for finding in found]

    def inspect_folder(self, path: Path | str, progress: Progress | None = None) -> InspectionReport:
        """Inspect every picture file under a folder, or one file; each file counts as a main photo.

        Findings name a file by its sha256; one that cannot be read, or repeats the bytes of another, by its path.

        Raises:
            BadInput: there is no such path, or no picture file in it.
        """
        begun = time.monotonic()
        root, files = _picture_files(Path(path))
        tasks = [
            PhotoTask("", file, printable(file.relative_to(root).as_posix()), {(True, ""): [""]}) for file in files
        ]
        items, prints, findings = [], {}, []
        names: dict[tuple[str, str], str] = {}
        paths: dict[str, Path] = {}
        for done, outcome in enumerate(look_at_all(self.plan, tasks, self._workers), 1):
            name = outcome.task.name
            # Of files with the same bytes each is a photo of its own: their names are judged, too.
            photo = name if outcome.photo in paths else outcome.photo
            findings += [replace(finding, photo=photo) for finding in outcome.findings()]
            names["", photo] = name
            paths[photo] = outcome.task.path
            if outcome.fingerprint:
                items.append(Item("", name, name, photos=(photo,)))
                prints[photo] = outcome.fingerprint
            if progress:
                progress(done, len(tasks))
        findings += self.plan.inspect_view(CatalogView(items, prints))
        ordered, seconds = tuple(replace(one, id="") for one in merged(findings)), time.monotonic() - begun
        return InspectionReport(
            printable(str(path)),
            tuple(self.titles.values()),
            len(files),
            0,
            ordered,
            names,
            paths,
            seconds,
            channels=self.titles,
            looked=len(files),
        )

    def inspect_catalog(
        self,
        catalog: Catalog,
        embedder_id: str = "",
        progress: Progress | None = None,
        *,
        products: Collection[str] = (),
    ) -> InspectionReport:
        """Inspect every active product and its photos, and bring the catalogue's ledger up.

        Photos, rules and models that did not change since the last inspection are not looked at again.

        Args:
            catalog: to inspect.
            embedder_id: the embedder whose stored vectors tell near-duplicates and wrong categories; "" for none.
            progress: told after each photo.
            products: these only, with the checks that ask for one photo alone; () for all with every check.

        Raises:
            NotFound: there is no such product.
        """
        inspection = CatalogInspection(catalog, self.plan, self.titles, embedder_id, self._workers)
        return inspection.run(products, progress)


def is_picture_name(name: str) -> bool:
    """Tell whether a file's ending is a picture's."""
    return Path(name).suffix.lower() in PICTURE_SUFFIXES


def _is_hidden(path: Path) -> bool:
    """Tell whether a file, or a folder that it is in, is the system's own: .git, and what macOS packs into archives."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def pictures_in(folder: Path) -> list[Path]:
    """Return the picture files of a folder and of the folders in it, in order; hidden ones are left out."""
    found = (file for file in folder.rglob("*") if is_picture_name(file.name) and file.is_file())
    return sorted(file for file in found if not _is_hidden(file.relative_to(folder)))


def _picture_files(path: Path) -> tuple[Path, list[Path]]:
    """Return the folder and its picture files; for one file its folder and itself."""
    if path.is_file():
        return path.parent, [path]
    files = pictures_in(path)
    if not files:
        raise BadInput("There is no picture file here.", received=path, remedy="Give a photo, or a folder with photos.")
    return path, files
