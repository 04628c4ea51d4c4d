"""Categories and tags learned in seconds from the shop's own catalogue, on stored embeddings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from shoplens.catalog.store import Catalog
from shoplens.classify.bundle_categories import to_prediction
from shoplens.classify.examples import Examples
from shoplens.classify.taught_categories import teaching_rows
from shoplens.embedding.embedder import Embedder
from shoplens.models.linear_head import LinearHead, fit_head
from shoplens.records import Pixels, Prediction, Product, Vectors

_PHOTOS_A_CATEGORY = 6
_LISTINGS_A_CATEGORY = 3
_TAUGHT_WEIGHT = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class LabelledPhotos:
    """The embedded photos of the products that say what they are: one row a photo and product."""

    vectors: Vectors
    products: tuple[Product, ...]

    @classmethod
    def read(cls, catalog: Catalog, embedder_id: str) -> LabelledPhotos:
        """Return one row for each listing and photo of the catalogue."""
        keys, vectors = catalog.embeddings(embedder_id)
        row = {key: number for number, key in enumerate(keys)}
        links = [(sha, product) for sha, product, _ in catalog.photo_links() if sha in row]
        known = catalog.by_ids([product for _, product in links])
        once = {(sha, known[product].listing): known[product] for sha, product in links}
        rows = [row[sha] for sha, _ in once]
        return cls(np.asarray(vectors[rows], np.float32), tuple(once.values()))

    def without(self, categories: Collection[str]) -> Vectors:
        """Return the vectors of the photos whose products are said to be of none of these categories, `[m, dim]`."""
        return self.vectors[[row for row, p in enumerate(self.products) if p.category not in categories]]


class ShopCategories:
    """A linear head over the shop's categories, calibrated on products that it has not seen.

    Args:
        embedder: makes the vectors of new photos; the same that made the stored ones.
        head: fitted by `learn_categories`.
    """

    def __init__(self, embedder: Embedder, head: LinearHead) -> None:
        self._embedder = embedder
        self.head = head

    @property
    def id(self) -> str:
        """`model:shop-<embedder>`."""
        return f"model:shop-{self._embedder.id}"

    def predict(self, photos: Sequence[Pixels]) -> list[Prediction]:
        """Return one prediction a photo."""
        probabilities = self.head.probabilities(self._embedder.embed(photos))
        return [to_prediction(row, self.head.labels, self.head.threshold) for row in probabilities]


def learnable(photos: LabelledPhotos) -> set[str]:
    """Return the categories with at least 6 photos of 3 listings: fewer cannot be learned and judged."""
    counts = Counter(product.category for product in photos.products if product.category)
    listings: dict[str, set[str]] = defaultdict(set)
    for product in photos.products:
        listings[product.category].add(product.listing)
    return {c for c, n in counts.items() if n >= _PHOTOS_A_CATEGORY and len(listings[c]) >= _LISTINGS_A_CATEGORY}


def learn_categories(
    photos: LabelledPhotos, examples: Examples | None = None, *, precision: float = 0.95
) -> LinearHead | None:
    """Fit a head on every category with at least 6 photos of 3 listings, and on every one that was taught.

    Args:
        photos: the shop's own.
        examples: photos that people taught categories from: each weighs three of the shop's own in its category.
        precision: how often an answer should be right.

    Returns:
        The head; None where fewer than two of the shop's own categories have enough photos.
    """
    enough = learnable(photos)
    if len(enough) < 2:
        return None
    enough.update(examples.categories if examples else ())
    rows = [row for row, product in enumerate(photos.products) if product.category in enough]
    chosen = [photos.products[row] for row in rows]
    vectors, labels, groups = photos.vectors[rows], [p.category for p in chosen], [p.listing for p in chosen]
    if not examples or not examples.keys:
        return fit_head(vectors, labels, groups, precision=precision).head
    taught, names, keys, weights, judged = teaching_rows(examples)
    return fit_head(
        np.concatenate([vectors, taught]),
        [*labels, *names],
        [*groups, *keys],
        precision=precision,
        weights=[*[1.0] * len(rows), *(_TAUGHT_WEIGHT * weight for weight in weights)],
        counts=[*[1] * len(rows), *judged],
    ).head


class NeighbourTags:
    """Attributes by the vote of the nearest photos: what most of the lookalikes have, the photo is said to have.

    Args:
        embedder: makes the vectors of new photos.
        photos: the shop's own.
        attributes: which attributes may be said; size and codes cannot be seen in a photo.
        neighbours: how many photos vote, each by its similarity.
        share: of the vote that a value needs.
    """

    def __init__(
        self,
        embedder: Embedder,
        photos: LabelledPhotos,
        *,
        attributes: Sequence[str] = ("pattern", "material", "gender", "style", "sleeve", "neckline", "shape"),
        neighbours: int = 12,
        share: float = 0.7,
    ) -> None:
        self._embedder = embedder
        self._photos = photos
        self._attributes = tuple(attributes)
        self._neighbours = neighbours
        self._share = share

    def tags(self, photos: Sequence[Pixels]) -> list[tuple[Prediction, ...]]:
        """Return for each photo the attribute values that won the vote, as "name: value"."""
        similarity = self._embedder.embed(photos) @ self._photos.vectors.T
        nearest = np.argsort(-similarity, axis=1)[:, : self._neighbours]
        return [self._vote(rows, similarity[photo, rows]) for photo, rows in enumerate(nearest)]

    def _vote(self, rows: np.ndarray, similarity: np.ndarray) -> tuple[Prediction, ...]:
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        weights = (np.maximum(similarity, 0.0).astype(np.float64) ** 4).tolist()
        for row, weight in zip(rows, weights, strict=True):
            attributes = self._photos.products[row].attributes
            for name in self._attributes:
                if attributes.get(name):
                    votes[name][attributes[name]] += weight
        total = sum(weights) or 1.0
        winners = [(name, *counter.most_common(1)[0]) for name, counter in votes.items()]
        return tuple(
            Prediction(f"{name}: {value}", weight / total)
            for name, value, weight in winners
            if weight / total >= self._share
        )
