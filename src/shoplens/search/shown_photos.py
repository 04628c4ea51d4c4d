"""Which products show which photos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from shoplens.catalog.changes import Link, PhotoChanges
from shoplens.search.shown_columns import NOTHING, Placed, ProductFacts, Shown, ShownColumns

T = TypeVar("T", Shown, Placed)


class Shower(NamedTuple):
    """A product that shows a photo.

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
        facts: of each product.
        products: what shows each photo; empty for those that went, or that came and went at once.
        photos: what each product shows; empty for those that show nothing any more.
    """

    came: set[str]
    went: set[str]
    facts: Mapping[str, ProductFacts]
    products: Mapping[str, tuple[Shown, ...]]
    photos: Mapping[str, tuple[Placed, ...]]

    def shows(self, sha256: str) -> bool:
        """Say whether they make a photo shown."""
        return bool(self.products.get(sha256))


class ShownPhotos:
    """The photos of the active products; one thread may change it while others read.

    Args:
        before: what was shown when a snapshot was taken. It stays as it is, and what came after counts before it.
    """

    def __init__(self, before: ShownColumns = NOTHING) -> None:
        self._before = before
        self._facts: dict[str, ProductFacts] = {}
        self._photos: dict[str, tuple[Placed, ...]] = {}
        self._products: dict[str, tuple[Shown, ...]] = {}
        self._asked: dict[str, tuple[Shower, ...]] = {}
        self._count = before.count()

    def __contains__(self, sha256: str) -> bool:
        return bool(self._showing(sha256))

    def __len__(self) -> int:
        return self._count

    def products(self, sha256: str) -> list[str]:
        """Return the products that show the photo: what can be bought first, then variants, then main photos."""
        return [entry[3] for entry in self._showing(sha256)]

    def showers(self, sha256: str) -> tuple[Shower, ...]:
        """Return the products that show the photo with what is known of them, in the order of `products`."""
        asked = self._asked  # before anything is read: see `take`
        found = asked.get(sha256)
        if found is None:
            shown = self._showing(sha256)
            found = asked[sha256] = tuple(Shower(product, *self._known(product)[:3]) for *_, product in shown)
        return found

    def listing(self, product_id: str) -> str:
        """Return the listing of a product that was ever here."""
        return self._known(product_id).listing

    def category(self, product_id: str) -> str:
        """Return the category of a product that was ever here, "" where it has none."""
        return self._known(product_id).category

    def photos(self, product_id: str) -> tuple[Placed, ...]:
        """Return position and photo of everything that a product shows, in order."""
        found = self._photos.get(product_id)
        return self._before.photos(product_id) if found is None else found

    def photos_of(self, product_ids: Iterable[str]) -> Iterator[str]:
        """Yield the photos of the products; those that several of them show come several times."""
        older = []
        for product in product_ids:
            found = self._photos.get(product)
            if found is None:
                older.append(product)
            else:
                yield from (sha256 for _, sha256 in found)
        yield from self._before.photos_of(older)

    def all_photos(self) -> Iterator[tuple[str, tuple[Placed, ...]]]:
        """Yield every product that shows photos, and those, as they are at the first of them."""
        newer = self._photos.copy()
        yield from ((product, placed) for product, placed in self._before.all_photos() if product not in newer)
        yield from ((product, placed) for product, placed in newer.items() if placed)

    def at_rest(self) -> ShownPhotos:
        """Return a copy that stays as it is now, made in a moment."""
        copied = ShownPhotos(self._before)
        copied._facts, copied._photos = self._facts.copy(), self._photos.copy()
        copied._products, copied._count = self._products.copy(), self._count
        return copied

    def columns(self) -> ShownColumns:
        """Return everything in columns."""
        shown = list(self.all_photos())
        return ShownColumns.of(shown, {product: self._known(product) for product, _ in shown})

    def owner(self, sha256: str) -> str:
        """Return the product that the photo tells most of: a variant rather than a parent that shows all colours."""
        return min((len(self.photos(product)), product) for *_, product in self._showing(sha256))[1]

    def plan(self, changes: PhotoChanges) -> ShownChanges:
        """Return what the changes come to; nothing is changed before `take`."""
        if not self._photos and not self._count:
            return _everything(changes.links)
        facts: dict[str, ProductFacts] = {}
        after: dict[str, tuple[Shown, ...]] = {}
        for product in changes.products:
            for _, sha256 in self.photos(product):
                known = after[sha256] if sha256 in after else self._showing(sha256)
                after[sha256] = tuple(entry for entry in known if entry[-1] != product)
        photos: dict[str, list[Placed]] = {product: [] for product in changes.products}
        for sha256, product, position, listing, sold_out, is_parent, category in changes.links:
            facts[product] = ProductFacts(listing, category, bool(sold_out), bool(is_parent))
            known = after[sha256] if sha256 in after else self._showing(sha256)
            after[sha256] = (*known, (bool(sold_out), bool(is_parent), position, product))
            photos.setdefault(product, []).append((position, sha256))
        before = {sha256 for sha256 in after if sha256 in self}
        shown = {sha256 for sha256, entries in after.items() if entries}
        return ShownChanges(
            came=shown - before,
            went=before - shown,
            facts=facts,
            products={sha256: tuple(sorted(entries)) for sha256, entries in after.items()},
            photos={product: tuple(sorted(placed)) for product, placed in photos.items()},
        )

    def take(self, planned: ShownChanges) -> None:
        """Take over what `plan` returned; no other plan may have been taken in between."""
        self._facts.update(planned.facts)
        # Readers find each photo's products as they were or as they are, never in between.
        self._products.update(planned.products)
        self._photos.update(planned.photos)
        # Who still reads what was before keeps it in the old one.
        self._asked = {}
        self._count += len(planned.came) - len(planned.went)

    def _showing(self, sha256: str) -> tuple[Shown, ...]:
        found = self._products.get(sha256)
        return self._before.showing(sha256) if found is None else found

    def _known(self, product_id: str) -> ProductFacts:
        facts = self._facts.get(product_id) or self._before.facts(product_id)
        if facts is None:
            raise KeyError(product_id)
        return facts


def _everything(links: Sequence[Link]) -> ShownChanges:
    """Return what the plan of an empty one is, whole columns at a time: a start reads a million links."""
    sha256s, names, positions, listings, sold_out, parents, categories = zip(*links, strict=True) if links else [()] * 7
    products = _grouped(sha256s, list(zip(sold_out, parents, positions, names, strict=True)))
    photos = _grouped(names, list(zip(positions, sha256s, strict=True)))
    facts = dict(zip(names, map(ProductFacts, listings, categories, sold_out, parents), strict=True))
    return ShownChanges(set(products), set(), facts, products, photos)


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
