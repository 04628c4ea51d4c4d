"""What a shop does with bundles: add, compare, export, promote, go back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from shoplens.errors import BadInput, BundleError, NotFound, UnknownName
from shoplens.models.bundle_shelf import BundleShelf, Promotion
from shoplens.settings import Settings

if TYPE_CHECKING:
    from shoplens.feeds.importer import ImportSummary, Progress
    from shoplens.models.bundle import Bundle
    from shoplens.models.bundle_comparison import BundleComparison
    from shoplens.models.export_bundle import Export
    from shoplens.search.index_comparison import IndexComparison

    Prepare = Callable[[str, Callable[[Progress], None] | None], tuple[ImportSummary, IndexComparison | None]]
    Search = Callable[[str, Callable[[Progress], None] | None, Callable[[], None]], ImportSummary]


class ShopModels:
    """The models of one shop, see `Shop.models`; without a shop those of `base_models`.

    Args:
        shelf: where the bundles are.
        settings: returns those of the shop, as they are now.
        photo_files: returns the file of each product's main photo.
        prepared_with: indexes the photos with a model beside the one in use, and compares: its name, who is told.
        search_with: makes a model search: its name, who is told of the progress, what to do before it counts.
    """

    def __init__(
        self,
        shelf: BundleShelf,
        settings: Callable[[], Settings],
        photo_files: Callable[[], list[Path]],
        prepared_with: Prepare,
        search_with: Search,
    ) -> None:
        self.shelf = shelf
        self._settings = settings
        self._photo_files = photo_files
        self._prepared_with = prepared_with
        self._search_with = search_with

    def add(
        self,
        source: Path | str,
        *,
        name: str = "",
        sha256: str = "",
        preprocessing: Path | None = None,
        replace: bool = False,
        progress: Callable[[int, int | None], None] | None = None,
    ) -> Bundle:
        """Put a bundle on the shop's shelf, verified; it does not search before it is promoted.

        Args:
            source: a bundle's folder, an archive (.zip, .tar, .tar.gz) of one, an ONNX image encoder, or the address of
                any of them; an address that ends in "/" is a bundle's folder.
            name: on the shelf; the bundle's own if left out.
            sha256: of the file at the address, or of the folder's manifest; if left out, the address with ".sha256"
                behind it is asked.
            preprocessing: what an ONNX encoder wants of photos: a TOML or JSON file, see `ForeignEncoder`.
            replace: take the place of a bundle of that name.
            progress: called with the bytes that are here and those there are.

        Raises:
            BundleError: it is incomplete or altered, or could do more than compute.
            DownloadError: the address cannot be fetched, or brings something else than the hash says.
            BadInput: the name is taken or in use, or the source is none of these.
        """
        from shoplens.models.bundle_source import add_bundle

        if replace and name == self._settings().model:
            raise BadInput(
                "The bundle of that name searches in this shop, and its vectors would no longer fit.",
                received=name,
                remedy="Add it under another name, then promote it.",
            )
        return add_bundle(
            self.shelf,
            source,
            name=name,
            sha256=sha256,
            preprocessing=preprocessing,
            replace=replace,
            mirror=self._settings().model_mirror,
            progress=progress,
        )

    def compare(self, first: str, second: str, photos: Path | None = None) -> BundleComparison:
        """Compare two bundles: sizes, the figures of their cards, and on photos what both say of them."""
        from shoplens.models.bundle_comparison import compare_bundles

        return compare_bundles(self.shelf.load(first), self.shelf.load(second), photos)

    def export(
        self,
        name: str,
        to: str,
        out: Path,
        *,
        calibration: Path | None = None,
        judged: Path | None = None,
        force: bool = False,
    ) -> Export:
        """Write a bundle's network in another format, with what it lost and gained as JSON beside it.

        Args:
            name: of the bundle.
            to: "onnx", "onnx-int8", "onnx-float16", "litert", "litert-int8" or "keras".
            out: the file to write; it gets the format's suffix.
            calibration: a folder of photos to calibrate and to compare by; the shop's own photos if left out.
            judged: class folders to judge by, named like the bundle's categories.
            force: write a file of 8 bits although it loses more than a point of accuracy.

        Raises:
            BadInput: there are no photos.
            BundleError: a file of 8 bits loses too much, or the bundle cannot be exported so.
        """
        from shoplens.models.export_bundle import SAMPLE, export_bundle
        from shoplens.models.photo_sample import PhotoSample

        bundle = self.shelf.load(name)
        if calibration is not None:
            photos = PhotoSample.of_folder(calibration, bundle, limit=SAMPLE)
        else:
            files = self._photo_files()
            if len(files) < 2:
                raise BadInput(
                    "There are no photos of a shop to calibrate and to compare by.",
                    received=f"{len(files)} photos",
                    remedy="Give a folder of photos with --calibration.",
                )
            photos = PhotoSample.of_files(files, bundle, limit=SAMPLE)
        judging = PhotoSample.of_folder(judged, bundle, limit=SAMPLE) if judged is not None else None
        return export_bundle(bundle, to, out, photos, judged=judging, force=force)

    def add_export(self, name: str, export: Export, new: str) -> Bundle:
        """Put an exported ONNX file on the shelf, as a bundle whose card tells what it lost and gained.

        Args:
            name: the bundle that it was made from.
            export: what `export` returned.
            new: name of the new bundle.

        Raises:
            BundleError: the file is no ONNX file.
            BadInput: the name is taken.
        """
        from shoplens.models.export_bundle import as_bundle

        with tempfile.TemporaryDirectory(prefix="shoplens-export-") as scratch:
            made = as_bundle(self.shelf.load(name), export, Path(scratch, "bundle"), new)
            return self.shelf.add(made.path)

    def in_use(self) -> tuple[Promotion, ...]:
        """Return what searched in this shop, the oldest first; the last one searches now."""
        states = self.shelf.history()
        now = self._in_use()
        known = bool(states) and (states[-1].name, states[-1].id) == (now.name, now.id)
        return states if known else (*states, now)

    def prepare(
        self,
        name: str,
        *,
        judged: Path | None = None,
        force: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> tuple[ImportSummary, IndexComparison | None]:
        """Embed every photo with another bundle and index them beside those in use; nothing is switched.

        A promotion that follows has nothing left to embed.

        Args:
            name: a bundle of the shop, "base", or "none" for colours alone.
            judged: class folders on which the bundle must not be worse than the one in use.
            force: take it although it is worse.
            progress: called after each commit.

        Returns:
            What was embedded, and how the two models agree on the shop's photos; None where the one in use has none.

        Raises:
            UnknownName: the shop has no such bundle.
            BundleError: it is altered, makes no embedding, or is worse.
        """
        self._verified(name, judged, force)
        return self._prepared_with(name, progress)

    def promote(
        self,
        name: str,
        *,
        judged: Path | None = None,
        force: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> ImportSummary:
        """Search with another bundle from now on: verify it, embed every photo with it, then write the setting.

        The old vectors stay, so going back is quick. Until the setting is written, searches go on with the old model.

        Args:
            name: a bundle of the shop, "base", or "none" for colours alone.
            judged: class folders on which the bundle must not be worse than the one in use.
            force: take it although it is worse.
            progress: called after each commit.

        Raises:
            UnknownName: the shop has no such bundle.
            BundleError: it is altered, makes no embedding, or is worse.
        """
        bundle = self._verified(name, judged, force)
        before = self._in_use()
        summary = self._search_with(name, progress, lambda: self.shelf.begin(before))
        self.shelf.promoted(name, bundle)
        return summary

    def rollback(self, progress: Callable[[Progress], None] | None = None) -> Promotion:
        """Search with the model that did before the last promotion, and return which one that is.

        Raises:
            NotFound: no other model has searched here before.
            BundleError: its bundle has changed, and no copy of it was kept.
        """
        shelf = self.shelf
        state = shelf.before(self._in_use())
        shelf.bring_back(state)
        self._search_with(state.name, progress, lambda: None)
        shelf.went_back(state)
        return state

    def _verified(self, name: str, judged: Path | None, force: bool) -> Bundle | None:
        """Return the bundle, None for "none", after the checks that a promotion begins with."""
        bundle = None if name == "none" else self.shelf.load(name)
        before = self._in_use()
        if judged is not None and bundle is not None and before.name != "none" and not force:
            from shoplens.models.bundle_comparison import check_no_worse

            check_no_worse(self.shelf.load(before.name), bundle, judged)
        return bundle

    def _in_use(self) -> Promotion:
        name = self._settings().model
        try:
            return Promotion(name, "" if name == "none" else self.shelf.load(name).id)
        except (BundleError, UnknownName):
            return Promotion(name, "damaged")  # so that going back is possible just then


def base_models(folder: Path) -> ShopModels:
    """Return the models of a folder without a shop: "base" can be looked at, compared and exported; nothing searches.

    Args:
        folder: where a shop might be.
    """

    def no_search(*_: object) -> NoReturn:
        raise NotFound("There is no shop that could search.", received=folder, remedy="Make one: shoplens import FEED.")

    return ShopModels(BundleShelf(folder / "bundles"), lambda: Settings(model="none"), list, no_search, no_search)
