"""The Python API: everything that ShopLens does, for one shop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from shoplens.catalog.facets import FACETS, FacetValue
from shoplens.catalog.filter import EVERYTHING, Filter
from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput, ShopLensError
from shoplens.records import Box, Finding, FoundObject, Match, Pixels, Product
from shoplens.search.query import Example, Query
from shoplens.settings import SETTINGS_FILE, Settings, modified, write_setting
from shoplens.shop_defects import ShopDefects
from shoplens.shop_events import ShopEvents
from shoplens.shop_feeds import ShopFeeds
from shoplens.shop_merchandising import ShopMerchandising
from shoplens.shop_recommend import Ask, ShopRecommend
from shoplens.shop_search import EXPLAINED_SIDE, PhotoLike, ShopSearch
from shoplens.shop_studio import ShopStudio
from shoplens.wiring import Wiring

if TYPE_CHECKING:
    from shoplens.catalog.taught import TaughtCategory
    from shoplens.classify.classifier import Classification
    from shoplens.classify.teacher import Lesson
    from shoplens.embedding.embedder import Embedder
    from shoplens.feeds.importer import ImportSummary, Progress
    from shoplens.feeds.preview import Preview
    from shoplens.models.bundle import Bundle
    from shoplens.models.explain import Explanation
    from shoplens.models.photo_list import PhotoList
    from shoplens.quality.inspector import InspectionReport
    from shoplens.recommend.recommendation import Recommendation
    from shoplens.search.image_shelf import ShelvedImage
    from shoplens.search.index_comparison import IndexComparison
    from shoplens.search.match_reasons import MatchReasons
    from shoplens.search.object_search import ObjectMatches
    from shoplens.search.photo_search import SearchAnswer
    from shoplens.shop_inspection import ShopInspection
    from shoplens.shop_models import ShopModels

_LOG = logging.getLogger(__name__)


class Shop:
    """One shop: a folder with its catalogue, models and settings.

    Open it with `Shop.open(folder)`; use it as a context manager or call `close()`. One object serves many threads.
    Everything heavy is made at first use.

    Attributes:
        folder: where the shop is.
        catalog: its products and photos.
        settings: those of its `shoplens.toml`.
        events: what its visitors did.
        recommending: its placements, how far each was promoted, and what exploring taught.
        merchandising: what it decides of recommendations itself: rules, and looks put together by hand.
        feeds: the addresses that it is imported from again and again.
        defects: its product lines: learned from good samples, and asked for defects.
        studio: what a merchant does: look over the shop, answer questions about it, correct it.
    """

    def __init__(self, folder: Path, catalog: Catalog, settings: Settings) -> None:
        self.folder = folder
        self.catalog = catalog
        self.settings = settings
        self._wired = Wiring(folder, catalog, settings)
        self._followed = modified(folder / SETTINGS_FILE)
        self._following = threading.Lock()
        self._searching = ShopSearch(catalog, lambda: self._wiring)
        self.defects = ShopDefects(folder, lambda: self._wiring.bundle("base"), catalog.line_photos)
        self.events = ShopEvents(settings, lambda: self._wiring.events)
        self.merchandising = ShopMerchandising(folder, catalog, lambda: self._wiring)
        self.recommending = ShopRecommend(catalog, self.events, self.merchandising, lambda: self._wiring)
        self.feeds = ShopFeeds(folder, catalog, lambda: self.settings, self.import_catalog)
        self.studio = ShopStudio(folder, catalog, lambda: self._wiring, self._use_rules)

    @classmethod
    def open(cls, folder: Path | str, *, create: bool = False) -> Shop:
        """Open the shop in `folder`.

        Raises:
            NotFound: there is no shop and `create` is false.
            BadInput: `shoplens.toml` cannot be read.
        """
        folder = Path(folder).resolve()
        return cls(folder, Catalog.open(folder, create=create), Settings.read(folder / SETTINGS_FILE))

    @property
    def _wiring(self) -> Wiring:
        """The parts in use; where another process promoted a model, its parts are made ready and then take over."""
        seen = modified(self.folder / SETTINGS_FILE)
        if seen != self._followed and self._following.acquire(blocking=False):
            self._followed = seen
            threading.Thread(target=self._follow, name="shoplens-promoted-model", daemon=True).start()
        return self._wired

    def _follow(self) -> None:
        try:
            model = Settings.read(self.folder / SETTINGS_FILE).model
            if model != self.settings.model:
                settings = replace(self.settings, model=model)
                wiring = Wiring(self.folder, self.catalog, settings)
                wiring.search()
                self.settings, self._wired = settings, wiring
        except ShopLensError as error:
            _LOG.warning("The model that shoplens.toml names cannot search, so the one before goes on: %s", error)
        finally:
            self._following.release()

    def close(self) -> None:
        """Let go of the catalogue."""
        self._searching.close()
        self.recommending.close()
        self.events.close()
        self._wired.close()
        self.catalog.close()

    def __enter__(self) -> Shop:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Import

    def preview(self, source: Path, *, origin: str | None = None, mapping: Mapping[str, str] | None = None) -> Preview:
        """Return what the source was detected as, its mapping and its first rows; nothing is written.

        Raises:
            FeedError: the source cannot be read, or no origin fits it.
        """
        from shoplens.feeds.default_currency import with_currency
        from shoplens.feeds.preview import preview

        seen = preview(source, origin, mapping or {})
        return replace(seen, rows=tuple(with_currency(seen.rows, self.settings.currency)))

    def import_catalog(
        self,
        source: Path,
        *,
        origin: str | None = None,
        mapping: Mapping[str, str] | None = None,
        photos: Path | None = None,
        sync: bool = False,
        force: bool = False,
        name: str = "",
        progress: Callable[[Progress], None] | None = None,
    ) -> ImportSummary:
        """Bring the catalogue up to the source: new and changed rows and photos only.

        Args:
            source: a feed file or a folder.
            origin: the feed's kind, where the detection errs.
            mapping: field of `Product` to column, where the feed's own mapping errs.
            photos: the folder that paths of photos start from; the feed's own folder where it is not given.
            sync: retire products that the source no longer has.
            force: let `sync` retire more than half of the shop.
            name: what the records call the source, where not by its path.
            progress: called after each commit.

        Raises:
            FeedError: the source as a whole cannot be read; what was read before is imported.
            StoreError: the catalogue cannot be written.
        """
        from shoplens.feeds.default_currency import with_currency
        from shoplens.feeds.detect import open_feed
        from shoplens.feeds.download import Downloader, DownloadSettings
        from shoplens.feeds.fingerprint import source_fingerprint
        from shoplens.feeds.importer import Importer
        from shoplens.feeds.locate import PhotoLocator

        if photos is not None and not photos.is_dir():
            raise BadInput("There is no such folder of photos.", received=photos, remedy="Check the path.")
        feed, detection = open_feed(source, origin)
        fields, currency = mapping or {}, self.settings.currency
        with Downloader(DownloadSettings(allow_private=self.settings.allow_private_urls)) as downloader:
            summary = Importer(self.catalog, self._wiring.embedder, downloader).run(
                with_currency(feed.read(source, fields), currency),
                source=name or str(source),
                origin=detection.origin,
                locate=PhotoLocator.for_feed(source, photos).locate,
                sync=sync,
                force=force,
                fingerprint=source_fingerprint(source, detection.origin, fields, photos, currency),
                again=(lambda: feed.read(source, fields)) if progress else None,
                progress=progress,
            )
        self._wiring.snaps().complete()
        self._wiring.expire()
        return summary

    # Search

    @property
    def embedder(self) -> Embedder:
        """What makes the vectors of this shop's photos."""
        return self._wiring.embedder

    def search(
        self,
        photo: PhotoLike | Query,
        *,
        box: Box | None = None,
        where: Filter = EVERYTHING,
        limit: int = 20,
        diversity: float = 0.0,
    ) -> SearchAnswer:
        """Find the listings that look most like the photo, or that answer the query.

        Args:
            photo: the bytes of a picture file, its path, or a decoded photo; or a whole `Query`: several photos and
                products to be like or not to be like, uploaded images, addresses, words, filters, facets.
            box: the part of the photo to look at; without it the subject is looked for.
            where: which products may be found.
            limit: how many at most.
            diversity: 0 for the best matches, up to 1 for the most different ones among the good.

        Raises:
            PhotoError: a picture cannot be decoded.
            NotFound: a product or an uploaded image of the query is not there.
            DownloadError: an address cannot or must not be fetched.
            BadInput: the diversity is not from 0 to 1.
        """
        if isinstance(photo, Query):
            return self._searching.ask(photo)
        example = Example(photo, box=box)
        return self._searching.ask(Query(like=(example,), where=where, limit=limit, diversity=diversity))

    def why(self, photo: PhotoLike | Example, product_id: str, *, box: Box | None = None) -> MatchReasons:
        """Tell why a product matches a photo: what is the same, and where in the photo it is seen.

        What is said of the match is what `search` says of it when it is asked with the same photo and box.

        Args:
            photo: the bytes of a picture file, its path, or a decoded photo; or an example with its own box, such as
                `Example(image_id=...)`.
            product_id: any product that has a photo, found by a search or not.
            box: the part to look at; without it the subject is looked for.

        Raises:
            NotFound: there is no such product, or it has no photo; or an uploaded image is gone.
            PhotoError: a picture cannot be decoded.
            BadInput: the example is a product.
        """
        example = photo if isinstance(photo, Example) else Example(photo, box=box)
        return self._searching.why(example, product_id)

    def search_objects(
        self, photo: PhotoLike, *, where: Filter = EVERYTHING, limit: int = 20, objects: int = 4
    ) -> list[ObjectMatches]:
        """Find the products in the photo, and for each the listings that look most like it.

        The biggest and most central product comes first. Where none is found, one group is about the whole photo.

        Args:
            photo: the bytes of a picture file, its path, or a decoded photo.
            where: which products may be found.
            limit: results of each group at most.
            objects: groups at most.

        Raises:
            PhotoError: the picture cannot be decoded.
        """
        from shoplens.models.locator import MIN_SIDE

        pixels = self._searching.decode(photo, max(MIN_SIDE, self._wiring.embedder.min_side)).pixels
        return self._wiring.object_search().by_photo(pixels, where=where, limit=limit, objects=objects)

    def find_objects(self, photo: PhotoLike, *, limit: int = 8) -> list[FoundObject]:
        """Find the products in the photo, the biggest, most central and surest first.

        Where none is found, the whole photo is the only answer, with a score of 0.

        Args:
            photo: the bytes of a picture file, its path, or a decoded photo.
            limit: how many at most.

        Raises:
            PhotoError: the picture cannot be decoded.
        """
        from shoplens.models.locator import MIN_SIDE, find_objects

        return find_objects(self._searching.decode(photo, MIN_SIDE).pixels, limit=limit)

    def search_text(self, query: str, *, where: Filter = EVERYTHING, limit: int = 20) -> list[Match]:
        """Find listings by words in English or Chinese; the best variant of each stands for it."""
        return self._searching.text(query, where=where, limit=limit)

    def page(
        self, where: Filter = EVERYTHING, *, text: str = "", offset: int = 0, limit: int = 100
    ) -> tuple[list[Product], int]:
        """Return a page of products and how many there are in all; with `text` those that the words find."""
        return self._searching.page(where, text, offset, limit)

    def facets(
        self, names: Sequence[str] = FACETS, where: Filter = EVERYTHING, *, text: str = ""
    ) -> dict[str, list[FacetValue]]:
        """Return how many products have which value; see `Catalog.facets`.

        Raises:
            UnknownName: a name is none of `FACETS`, and no product has an attribute of that name.
        """
        return self._searching.facets(names, where, text)

    def upload(self, photo: PhotoLike) -> ShelvedImage:
        """Keep a small copy of a photo in memory for a while, to be searched by again and again by its id.

        Raises:
            PhotoError: the picture cannot be decoded.
            BadInput: the settings keep none.
        """
        return self._searching.upload(photo)

    def warm_up(self) -> int:
        """Bring the index into memory and return how many photos it holds."""
        return len(self._wiring.search().photos)

    # Recommend

    def recommend(
        self,
        placement: str = "for-you",
        *,
        products: Sequence[str] = (),
        viewed: Sequence[str] = (),
        bought: Sequence[str] = (),
        disliked: Sequence[str] = (),
        visitor: str = "",
        where: Filter = EVERYTHING,
        exclude: Iterable[str] = (),
        limit: int = 12,
        diversity: float = 0.0,
        log: bool = False,
        experiment: str = "",
    ) -> Recommendation:
        """Answer in a placement: "similar", "goes-with", "complete-the-look", "bought-together", "for-you" and others.

        A shopper of whom nothing is known gets what is popular; the reasons say so.

        Args:
            placement: one of `shoplens.recommend.placement.PLACEMENTS`, which says what each needs.
            products: beside which the answer stands: one, or a basket.
            viewed: what the shopper looked at, the oldest first.
            bought: what the shopper bought, the oldest first.
            disliked: what the shopper turned down.
            visitor: a visitor whose events are stored; what is named above comes on top of them.
            where: which products may be in the answer.
            exclude: products or listings that may not.
            limit: how many at most.
            diversity: 0 for the best products however alike, up to 1 for the most different among the good.
            log: a shopper is shown the answer: give it a token, which events send back, and log what it shows.
            experiment: the variant that the shopper is in; rates are parted by it.

        Raises:
            UnknownName: there is no such placement.
            NotFound: a product beside which the answer stands is not in the shop.
            BadInput: the placement needs a product, or a number is out of range.
        """
        ask = Ask(products, viewed, bought, disliked, visitor, where, exclude, limit, diversity)
        return self.recommending.answer(placement, ask, log=log, experiment=experiment)

    def similar(self, product_id: str, *, where: Filter = EVERYTHING, limit: int = 12) -> list[Match]:
        """Find products that could stand in for this one."""
        return list(self.recommend("similar", products=[product_id], where=where, limit=limit).matches)

    def goes_with(self, product_ids: Sequence[str], *, where: Filter = EVERYTHING, limit: int = 12) -> list[Match]:
        """Find products of other kinds that go well with all of these (搭配)."""
        return list(self.recommend("goes-with", products=product_ids, where=where, limit=limit).matches)

    # Classify

    def classify(self, photo: PhotoLike, *, bundle: str = "") -> Classification:
        """Name the category, colours and tags of a photo.

        Args:
            photo: the bytes of a picture file, its path, or a decoded photo.
            bundle: whose categories: a trained bundle of the shop or "base"; empty for the shop's own categories,
                learned from its catalogue, or the base model's where the catalogue names too few.
        """
        from shoplens.classify.classifier import MIN_SIDE

        pixels = self._searching.decode(photo, MIN_SIDE).pixels
        return self._wiring.classifier(bundle).classify([pixels])[0]

    def explain(self, photo: PhotoLike, *, label: str = "", bundle: str = "") -> tuple[Pixels, Explanation]:
        """Return the photo, its longer side at most 640 pixels, and a heat map of where it speaks for a category.

        Args:
            photo: the bytes of a picture file, its path, or a decoded photo.
            label: the category's id, path or last part, in English or Chinese; empty for the likeliest.
            bundle: whose category: a trained bundle of the shop or "base"; empty for the one whose network searches,
                or the base model where none does.

        Raises:
            UnknownName: there is no such bundle, or it has no such category.
        """
        from shoplens.classify.classifier import MIN_SIDE
        from shoplens.models.explain import explain
        from shoplens.photos.transform import resize

        searching = self.settings.model if self.settings.model != "none" else "base"
        pixels = self._searching.decode(photo, MIN_SIDE).pixels
        if max(pixels.shape[:2]) > EXPLAINED_SIDE:
            pixels = resize(pixels, long=EXPLAINED_SIDE)
        return pixels, explain(self.bundle(bundle or searching), pixels, label)

    def classify_catalog(
        self, *, apply: bool = False, bundle: str = "", progress: Callable[[int, int], None] | None = None
    ) -> list[tuple[Product, Classification]]:
        """Classify every product by its main photo; with `apply` store what is sure enough as labels.

        The feed's own category is never overwritten: labels stand beside it with their source, in place of those of
        earlier classifications.
        """
        from shoplens.classify.labelling import classify_products, labels_of

        classifier = self._wiring.classifier(bundle)
        said = list(classify_products(self.catalog, classifier, progress))
        if apply:
            labels = [label for product, result in said for label in labels_of(product, result)]
            self.catalog.put_labels(labels, scope=[product.id for product, _ in said])
        return said

    # Teach

    def teach(
        self, category: str, photos: Sequence[PhotoLike | tuple[str, bytes]] = (), *, products: Sequence[str] = ()
    ) -> Lesson:
        """Teach a category from a few photos, without training; from then on `classify` names it where it is sure.

        Small copies of the photos are kept in the catalogue, so that another model learns from them too. Teaching a
        category once more adds to its photos.

        Args:
            category: path such as "Bags > Backpacks".
            photos: picture files as bytes, with or without a name, or as paths; or decoded photos.
            products: ids of products whose photos are to be examples too.

        Raises:
            BadInput: the category is no path, or there is no photo.
            NotFound: there is no such product.
            PhotoError: none of the photos can be read.
        """
        from shoplens.classify.teacher import named

        for product in products:
            self.catalog.product(product)
        own = [stored.path for product in products for stored in self.catalog.photos(product)]
        lesson = self._wiring.teacher().teach(category, named([*photos, *own]))
        self._wiring.expire()
        return lesson

    def taught(self) -> list[TaughtCategory]:
        """Return the taught categories, and how many photos each was taught from."""
        return self.catalog.taught.categories()

    def forget(self, category: str) -> int:
        """Forget what a category was taught from and return how many photos that were.

        Raises:
            NotFound: it was not taught.
        """
        gone = self.catalog.taught.forget(self._wiring.teacher().path(category))
        self._wiring.expire()
        return gone

    # Inspect

    @property
    def inspection(self) -> ShopInspection:
        """What is wrong with photos and products: the ledger, waivers, safe fixes and the way back."""
        from shoplens.shop_inspection import ShopInspection

        return ShopInspection(self.catalog, lambda: self._wiring)

    def inspect_photo(self, data: bytes, *, name: str = "", rules: Sequence[str] = ()) -> list[Finding]:
        """Find what is wrong with a picture file; see `ShopInspection.photo`."""
        return self.inspection.photo(data, name=name, rules=rules)

    def inspect(
        self, *, rules: Sequence[str] = (), progress: Callable[[int, int], None] | None = None
    ) -> InspectionReport:
        """Inspect every photo and product of the catalogue; see `ShopInspection.run`."""
        return self.inspection.run(rules=rules, progress=progress)

    # Models

    def bundles(self) -> list[str]:
        """Return the names of the bundles that this shop trained or added."""
        return self._wiring.shelf.names()

    def bundle(self, name: str) -> Bundle:
        """Load and verify a bundle: one of the shop's own, or "base".

        Raises:
            UnknownName: the shop has none of that name.
            BundleError: it is incomplete or altered.
        """
        return self._wiring.bundle(name)

    def training_photos(self) -> PhotoList:
        """Return the catalogue's photos with their categories, as `shoplens.models.train.train` takes them."""
        from shoplens.classify.training_photos import training_photos

        return training_photos(self.catalog, self.folder)

    @property
    def models(self) -> ShopModels:
        """What can be done with bundles: add, compare, export, promote, go back."""
        from shoplens.shop_models import ShopModels

        return ShopModels(
            self._wiring.shelf, lambda: self.settings, self._photo_files, self._prepared_with, self._search_with
        )

    def _prepared_with(
        self, name: str, progress: Callable[[Progress], None] | None
    ) -> tuple[ImportSummary, IndexComparison | None]:
        """Embed every photo with a model and index them beside those in use; compare the two where both have any."""
        from shoplens.search.index_comparison import compare_indexes

        summary, wiring = self._embedded_with(name, progress)
        try:
            found = compare_indexes(self._wired.photos.get(), wiring.photos.get())
        except ShopLensError:  # the model in use is damaged, or has no vectors: there is nothing to compare with
            found = None
        wiring.close()
        return summary, found

    def _search_with(
        self, name: str, progress: Callable[[Progress], None] | None, before_writing: Callable[[], None]
    ) -> ImportSummary:
        """Embed every photo with a model, then write the setting; until then searches go on with the old one."""
        summary, wiring = self._embedded_with(name, progress)
        wiring.photos.get()
        before_writing()
        self._go_by(wiring.settings, "model", name)
        self._wired = wiring
        return summary

    def _use_rules(self, names: tuple[str, ...]) -> None:
        self._go_by(replace(self.settings, rules=names), "rules", list(names))
        self._wired.settings = self.settings

    def _go_by(self, settings: Settings, name: str, value: str | list[str]) -> None:
        """Write the one that changed to the shop's file, without taking it for another process's."""
        write_setting(self.folder / SETTINGS_FILE, name, value)
        self._followed = modified(self.folder / SETTINGS_FILE)
        self.settings = settings

    def _embedded_with(self, name: str, progress: Callable[[Progress], None] | None) -> tuple[ImportSummary, Wiring]:
        from shoplens.feeds.importer import Importer
        from shoplens.feeds.locate import PhotoLocator

        wiring = Wiring(self.folder, self.catalog, replace(self.settings, model=name))
        summary = Importer(self.catalog, wiring.embedder).run(
            [], source=f"model {name}", origin="model", locate=PhotoLocator([]).locate, progress=progress
        )
        wiring.snaps().complete()
        return summary, wiring

    def _photo_files(self) -> list[Path]:
        """Return the file of each product's main photo, sorted."""
        keys = set(self.catalog.main_photos(self.catalog.product_ids()).values())
        return sorted(self.catalog.photo(key).path for key in keys)
