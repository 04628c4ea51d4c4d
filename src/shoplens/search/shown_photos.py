"""Which products show which photos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from shoplens.catalog.changes import Link, PhotoChanges

_Shown = tuple[bool, bool, int, str]
T = TypeVar("T", _Shown, tuple[int, str])


class Shower(NamedTuple):
    """A product that shows a photo; a tuple, since each search makes as many as it looks at photos.

    Attributes:
        product: its id.
        listing: what it is listed under.
        category: its path, "" where it has none.
        sold_out: whether it cannot be bought.
    """

    product: str
    listing: str
    category: str
    sold_out: bool


@dataclass(frozen=True, slots=True, eq=False)
class ShownChanges:
    """What changes of the catalogue come to.

    Attributes:
        came: photos that are shown since.
        went: photos that are shown no longer.
        facts: listing, category and whether it is sold out, of each product.
        products: what shows each photo; empty for those that went, or that came and went at once.
        photos: what each product shows.
        gone: products that show nothing any more.
    """

    came: set[str]
    went: set[str]
    facts: Mapping[str, tuple[str, str, bool]]
    products: Mapping[str, tuple[_Shown, ...]]
    photos: Mapping[str, tuple[tuple[int, str], ...]]
    gone: Sequence[str]

    def shows(self, sha256: str) -> bool:
        """Say whether they make a photo shown."""
        return bool(self.products.get(sha256))


class ShownPhotos:
    """The photos of the active products; one thread may change it while others read."""

    def __init__(self) -> None:
        self._facts: dict[str, tuple[str, str, bool]] = {}
        self._photos: dict[str, tuple[tuple[int, str], ...]] = {}
        self._products: dict[str, tuple[_Shown, ...]] = {}

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._products

    def __len__(self) -> int:
        return len(self._products)

    def products(self, sha256: str) -> list[str]:
        """Return the products that show the photo: what can be bought first, then variants, then main photos."""
        return [entry[3] for entry in self._products.get(sha256, ())]

    def showers(self, sha256: str) -> list[Shower]:
        """Return the products that show the photo with what is known of them, in the order of `products`."""
        return [Shower(entry[3], *self._facts[entry[3]]) for entry in self._products.get(sha256, ())]

    def listing(self, product_id: str) -> str:
        """Return the listing of a product that was ever here."""
        return self._facts[product_id][0]

    def category(self, product_id: str) -> str:
        """Return the category of a product that was ever here, "" where it has none."""
        return self._facts[product_id][1]

    def photos(self, product_id: str) -> tuple[tuple[int, str], ...]:
        """Return position and photo of everything that a product shows, in order."""
        return self._photos.get(product_id, ())

    def all_photos(self) -> list[tuple[str, tuple[tuple[int, str], ...]]]:
        """Return every product that shows photos, and those."""
        return list(self._photos.items())

    def owner(self, sha256: str) -> str:
        """Return the product that the photo tells most of: a variant rather than a parent that shows all colours."""
        return min((len(self._photos[product]), product) for *_, product in self._products[sha256])[1]

    def plan(self, changes: PhotoChanges) -> ShownChanges:
        """Return what the changes come to; nothing is changed before `take`."""
        if not self._photos:
            return _everything(changes.links)
        facts: dict[str, tuple[str, str, bool]] = {}
        after: dict[str, tuple[_Shown, ...]] = {}
        for product in changes.products:
            for _, sha256 in self._photos.get(product, ()):
                known = after[sha256] if sha256 in after else self._products[sha256]
                after[sha256] = tuple(entry for entry in known if entry[-1] != product)
        photos: dict[str, list[tuple[int, str]]] = {}
        for sha256, product, position, listing, sold_out, is_parent, category in changes.links:
            facts[product] = listing, category, bool(sold_out)
            known = after[sha256] if sha256 in after else self._products.get(sha256, ())
            after[sha256] = (*known, (bool(sold_out), bool(is_parent), position, product))
            photos.setdefault(product, []).append((position, sha256))
        return ShownChanges(
            came={sha256 for sha256, shown in after.items() if shown and sha256 not in self._products},
            went={sha256 for sha256, shown in after.items() if not shown and sha256 in self._products},
            facts=facts,
            products={sha256: tuple(sorted(shown)) for sha256, shown in after.items()},
            photos={product: tuple(shown) for product, shown in photos.items()},
            gone=[product for product in changes.products if product not in photos],
        )

    def take(self, planned: ShownChanges) -> None:
        """Take over what `plan` returned; no other plan may have been taken in between."""
        self._facts.update(planned.facts)
        # Readers find each photo's products as they were or as they are, never in between.
        self._products.update(planned.products)
        for sha256, shown in planned.products.items():
            if not shown:
                del self._products[sha256]
        self._photos.update(planned.photos)
        for product in planned.gone:
            self._photos.pop(product, None)


def _everything(links: Sequence[Link]) -> ShownChanges:
    """Return what the plan of an empty one is, whole columns at a time: a start reads a million links."""
    sha256s, names, positions, listings, sold_out, parents, categories = zip(*links, strict=True) if links else [()] * 7
    products = _grouped(sha256s, list(zip(sold_out, parents, positions, names, strict=True)))
    photos = _grouped(names, list(zip(positions, sha256s, strict=True)))
    facts = dict(zip(names, zip(listings, categories, sold_out, strict=True), strict=True))
    return ShownChanges(set(products), set(), facts, products, photos, [])


def _grouped(keys: Sequence[str], values: Sequence[T]) -> dict[str, tuple[T, ...]]:
    """Return the values of each key, sorted."""
    grouped: dict[str, tuple[T, ...]] = dict(zip(keys, zip(values, strict=True), strict=True))
    if len(grouped) == len(keys):
        return grouped
    several: dict[str, list[T]] = {key: [] for key, count in Counter(keys).items() if count > 1}
    for key, value in zip(keys, values, strict=True):
        if key in several:
            several[key].append(value)
    return grouped | {key: tuple(sorted(some)) for key, some in several.items()}
