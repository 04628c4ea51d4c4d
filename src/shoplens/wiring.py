"""The only place where the rooms are wired together: what one shop's parts are made of, made at first use."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shoplens import plugins
from shoplens.catalog.fresh import Fresh
from shoplens.catalog.store import Catalog
from shoplens.once import once
from shoplens.settings import Settings, modified

if TYPE_CHECKING:
    from shoplens.classify.classifier import Classifier, TagModel
    from shoplens.classify.teacher import Teacher
    from shoplens.embedding.embedder import Embedder
    from shoplens.embedding.view_embedder import ViewEmbedder
    from shoplens.events.event_store import EventStore
    from shoplens.models.bundle import Bundle
    from shoplens.models.bundle_shelf import BundleShelf
    from shoplens.models.text_tower import TextTower
    from shoplens.quality.inspector import Inspector
    from shoplens.recommend.linear_thompson import LinearThompson
    from shoplens.recommend.placements import Placements
    from shoplens.recommend.shop_view import ShopView
    from shoplens.search.live_photos import LivePhotos
    from shoplens.search.match_reasons import MatchReasoner
    from shoplens.search.object_search import ObjectSearch
    from shoplens.search.photo_search import PhotoSearch
    from shoplens.search.query_search import QuerySearch
    from shoplens.search.query_words import QueryWords
    from shoplens.search.shop_snaps import ShopSnaps
    from shoplens.search.text_look import TextLook


# Seconds that closing a shop waits for a snapshot; what is not done then costs the next start some time.
_PATIENCE = 10.0

# A shop whose recommendations are made ready within these seconds is never a moment behind its catalogue and events.
_AT_ONCE = 0.5


class Wiring:
    """The parts of one shop under one set of settings; safe for many threads.

    Attributes:
        settings: those that the parts were made with.
    """

    def __init__(self, folder: Path, catalog: Catalog, settings: Settings) -> None:
        self._folder = folder
        self._catalog = catalog
        self.settings = settings
        self._classifier = Fresh(catalog.revision, self._make_classifier)
        self._view = Fresh(self._view_revision, self._make_view)
        self._placements = Fresh(self._placements_revision, self._make_placements, patience=_AT_ONCE)
        self._words = Fresh(catalog.revision, self._make_words)
        self._text_look = Fresh(catalog.revision, self._make_text_look)

    @once
    def embedder(self) -> Embedder:
        """What embeds the photos of the catalogue: their subjects, by `part_embedder`."""
        from shoplens.embedding.subject_embedder import SubjectEmbedder

        return SubjectEmbedder(self.part_embedder)

    @once
    def part_embedder(self) -> Embedder:
        """The network of the model in use, blended with colours, for the part of a photo that it is given."""
        from shoplens.embedding.blended_embedder import BlendedEmbedder
        from shoplens.embedding.onnx_embedder import OnnxEmbedder

        color: Embedder = plugins.load("embedder", "color")()
        if self.settings.model == "none":
            return color
        network = OnnxEmbedder(self.bundle(self.settings.model))
        return BlendedEmbedder.with_colors(network, color, self.settings.color_weight)

    @once
    def view_embedder(self) -> ViewEmbedder:
        """What embeds the photos that categories are taught from, and those that are told by them."""
        from shoplens.embedding.view_embedder import ViewEmbedder

        return ViewEmbedder(self.part_embedder)

    @once
    def events(self) -> EventStore:
        """What the shop's visitors did."""
        from shoplens.events.event_database import EventDatabase
        from shoplens.events.event_store import EventStore

        return EventStore(EventDatabase(self._catalog), self.settings.events_kept)

    @once
    def photos(self) -> LivePhotos:
        """The index of the shop's photos, kept up with the catalogue."""
        from shoplens.search.live_photos import LivePhotos

        return LivePhotos(
            self._catalog,
            lambda: self.embedder,
            lambda: plugins.load("index", self.settings.index)(),
            self._folder / "index",
        )

    def snaps(self) -> ShopSnaps:
        """The simulated shoppers' photos from which the shop learns what its scores mean."""
        from shoplens.search.shop_snaps import ShopSnaps

        return ShopSnaps(self._catalog, self.embedder.id, self.part_embedder, self.embedder.min_side)

    def search(self) -> PhotoSearch:
        """The search over the photos of the newest revision."""
        from shoplens.search.photo_search import PhotoSearch

        return PhotoSearch(self._catalog, self.part_embedder, self.photos.get())

    @once
    def reasoner(self) -> MatchReasoner:
        """What tells why a product matched: by the network that searches, or the base model's where none does."""
        from shoplens.search.match_reasons import MatchReasoner

        return MatchReasoner(self.bundle(self.settings.model if self.settings.model != "none" else "base"))

    def query_search(self) -> QuerySearch:
        """What answers questions of several examples and words, over the newest revision."""
        from shoplens.search.query_search import QuerySearch

        parts = self.part_embedder.parts
        colors = slice(sum(parts) - parts[-1], sum(parts))  # by `part_embedder` colours are the last part, or the only
        look = self._text_look.get() if self.reads_text else None
        return QuerySearch(self._catalog, self.search(), self._words.get(), colors, look)

    @once
    def reads_text(self) -> bool:
        """Whether the model in use has a text tower."""
        return self.settings.model != "none" and self.bundle(self.settings.model).has_text

    def object_search(self) -> ObjectSearch:
        """The search for each product of a photo, over the photos of the newest revision."""
        from shoplens.models.locator import find_objects
        from shoplens.search.object_search import ObjectSearch

        return ObjectSearch(self.search(), find_objects)

    def placements(self) -> Placements:
        """What answers in the placements, over the newest revision of catalogue, events, rules and looks.

        Where a shop is so large that this takes a while, a newer revision is made ready in the background.
        """
        return self._placements.get()

    def inspector(self, rules: Sequence[str]) -> Inspector:
        """An inspector with these rule packs, or with the shop's own where none are given."""
        from shoplens.quality.inspector import Inspector

        return Inspector(rules or self.settings.rules)

    def classifier(self, bundle: str = "") -> Classifier:
        """The classifier of a bundle, or the one that learned from the shop's own catalogue."""
        from shoplens.classify.bundle_categories import BundleCategories
        from shoplens.classify.classifier import Classifier

        if not bundle:
            return self._classifier.get()
        loaded = self.bundle(bundle)
        return Classifier(BundleCategories(loaded), *self._bundle_tags(loaded))

    def teacher(self) -> Teacher:
        """What takes examples of categories, and knows those that the shop and the base model have."""
        from shoplens.classify.teacher import Teacher

        taught = [told.category for told in self._catalog.taught.categories()]
        own = [path for path, _ in self._catalog.categories()]
        return Teacher(self._catalog, (*self.bundle("base").labels, *own, *taught))

    @once
    def shelf(self) -> BundleShelf:
        """The shop's bundles."""
        from shoplens.models.bundle_shelf import BundleShelf

        return BundleShelf(self._folder / "bundles")

    def bundle(self, name: str) -> Bundle:
        """Load and verify a bundle."""
        return self.shelf.load(name)

    def close(self) -> None:
        """Let what goes on in the background end, if it does so soon."""
        if "photos" in vars(self):
            self.photos.wait(_PATIENCE)

    def expire(self) -> None:
        """Look for a new revision at the next call, whatever the time."""
        for fresh in (self._classifier, self._view, self._placements, self._words, self._text_look):
            fresh.expire()

    def _make_classifier(self) -> Classifier:
        from shoplens.classify.bundle_categories import BundleCategories
        from shoplens.classify.classifier import CategoryModel, Classifier
        from shoplens.classify.examples import Examples
        from shoplens.classify.shop_categories import LabelledPhotos, NeighbourTags, ShopCategories, learn_categories
        from shoplens.classify.taught_categories import TaughtCategories, called_by, learn_taught

        photos = LabelledPhotos.read(self._catalog, self.embedder.id)
        examples, precision = Examples.read(self._catalog, self.view_embedder), self.settings.precision
        head = learn_categories(photos, examples, precision=precision)
        categories: CategoryModel
        if head is not None:
            categories = ShopCategories(self.view_embedder if examples.keys else self.embedder, head)
        else:
            categories = BundleCategories(self.bundle("base"))
            if examples.keys:
                strangers = photos.without(examples.categories)
                taught = learn_taught(examples, strangers, precision=precision)
                called = None if taught.knows_strangers else called_by(categories, self._catalog.taught.photos())
                categories = TaughtCategories(categories, self.view_embedder, taught, called)
        tags: list[TagModel] = [NeighbourTags(self.embedder, photos)] if photos.products else []
        if self.settings.model != "none":
            own = self.bundle(self.settings.model)
            tags += self._bundle_tags(own if own.heads else self.bundle("base"))
        return Classifier(categories, *tags)

    def _bundle_tags(self, bundle: Bundle) -> list[TagModel]:
        from shoplens.classify.bundle_tags import BundleTags

        return [BundleTags(bundle)] if bundle.heads else []

    def _make_view(self) -> ShopView:
        from shoplens.recommend.category_pairs import PAIRS_FILE, read_pairs
        from shoplens.recommend.compatibility import Compatibility
        from shoplens.recommend.shop_view import ShopView

        main = self.search().photos.main_photos()
        keys, vectors = self._catalog.embeddings(self.embedder.id)
        looks = dict(zip(keys, vectors.astype("float32"), strict=True))
        colors: dict[str, str] = {}
        for label in self._catalog.labels(kind="color"):
            # Labels come by falling confidence: the first is the colour of the largest share.
            colors.setdefault(label.product_id, label.value)
        return ShopView.build(
            self._catalog.products(limit=self._catalog.count(), order="newest")[::-1],
            {product: looks[sha256] for product, sha256 in main.items() if sha256 in looks},
            matching=Compatibility.learned().apply,
            photos=main,
            color_labels=colors,
            pairs=read_pairs(self._folder / PAIRS_FILE),
        )

    def _make_placements(self) -> Placements:
        from shoplens.recommend.curated_look import CuratedLook
        from shoplens.recommend.learned import as_rung
        from shoplens.recommend.placements import Placements
        from shoplens.recommend.rule_book import RULES_FILE, RuleBook

        own = self._catalog.merchandising
        looks = (CuratedLook(name, products) for name, products in own.looks().items())
        rungs = {name: as_rung(promotion.rung) for name, promotion in own.promotions().items()}
        view = self._view.get().with_events(self.events.log())
        rules = RuleBook.read(self._folder / RULES_FILE, looks)
        made = Placements(view, rules, rungs, self._policy() if rules.explore.share > 0 else None)
        made.warm()
        return made

    def _policy(self) -> LinearThompson | None:
        """Return what the answers that explored taught, None where there were none."""
        from shoplens.events.attribution import Attribution
        from shoplens.recommend.explorer import logged_choices

        choices = logged_choices(Attribution(self.events.database).log())
        return choices.learn() if len(choices) else None

    def _make_words(self) -> QueryWords:
        from shoplens.search.query_words import QueryWords

        return QueryWords.of(self._catalog)

    @once
    def _text_tower(self) -> TextTower:
        from shoplens.models.text_tower import TextTower

        return TextTower(self.bundle(self.settings.model))

    def _make_text_look(self) -> TextLook:
        from shoplens.search.text_look import TextLook

        embedder = self.part_embedder  # the network is its first part
        return TextLook.of(self._text_tower.embed, self._catalog, slice(0, embedder.parts[0]), embedder.dim)

    def _view_revision(self) -> tuple[int, int]:
        from shoplens.recommend.category_pairs import PAIRS_FILE

        return self._catalog.revision(), modified(self._folder / PAIRS_FILE)

    def _placements_revision(self) -> tuple[int, int, int, int, int]:
        from shoplens.recommend.rule_book import RULES_FILE

        return (
            *self._view_revision(),
            self.events.revision(),
            self._catalog.merchandising.revision(),
            modified(self._folder / RULES_FILE),
        )
