"""A shop as arrays, built once for each revision of the catalogue and shared by all recommenders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shoplens.catalog.color_words import UNKNOWN, Lab, named_color
from shoplens.errors import NotFound
from shoplens.once import once
from shoplens.recommend.brief_looks import BriefLooks
from shoplens.recommend.category_pairs import CategoryPairs, default_pairs
from shoplens.recommend.category_table import CategoryTable
from shoplens.recommend.color_harmony import harmony
from shoplens.recommend.listing_events import ListingEvents
from shoplens.recommend.product_filter import ProductFilter
from shoplens.records import EventLog, Product, Vectors


@dataclass(frozen=True, eq=False)
class ShopView:
    """Products in rows, the variants of one listing side by side; nothing here changes once it is built.

    Attributes:
        products: the products, `n` rows.
        photos: sha256 of each product's main photo, "" where it has none.
        starts: int64 `[listings]`, the first row of each listing, so that `np.maximum.reduceat` folds variants.
        listing_of: int32 `[n]`, code of each row's listing.
        vectors: float32 `[m, dim]`, unit vectors of the different looks; variants that share photos share one.
        matching: float32 `[m, k]`, unit vectors of the same looks whose inner product says how well two go together.
        look_of: int32 `[n]`, index into `vectors`, -1 for a product without a vector.
        palette: float32 `[k, 3]`, Lab of the different colours of the shop, NaN for the unknown one.
        palette_names: plain name of each colour of the palette, "" for the unknown one.
        color_of: int32 `[n]`, index into the palette.
        log_prices: float32 `[n]`, natural logarithm of what the shopper pays, NaN where unknown or free.
        currency_of: int32 `[n]`, a code for the currency of each row's price.
        in_stock: bool `[n]`.
        newness: int64 `[n]`, larger for what came later into the catalogue.
        table: categories, kinds and audiences.
        filter: answers filters for the rows.
        events: what the events say of the listings.
    """

    products: tuple[Product, ...]
    photos: tuple[str, ...]
    starts: npt.NDArray[np.int64]
    listing_of: npt.NDArray[np.int32]
    vectors: Vectors
    matching: Vectors
    look_of: npt.NDArray[np.int32]
    palette: Lab
    palette_names: tuple[str, ...]
    color_of: npt.NDArray[np.int32]
    log_prices: npt.NDArray[np.float32]
    currency_of: npt.NDArray[np.int32]
    in_stock: npt.NDArray[np.bool_]
    newness: npt.NDArray[np.int64]
    table: CategoryTable
    filter: ProductFilter
    events: ListingEvents

    @classmethod
    def build(
        cls,
        products: Sequence[Product],
        looks: Mapping[str, npt.NDArray[np.float32]] | None = None,
        *,
        matching: Callable[[Vectors], Vectors] | None = None,
        photos: Mapping[str, str] | None = None,
        color_labels: Mapping[str, str] | None = None,
        log: EventLog | None = None,
        pairs: CategoryPairs | None = None,
    ) -> ShopView:
        """Lay out a shop.

        Args:
            products: active products, the oldest first.
            looks: product id to unit vector `[dim]`; products may share one array.
            matching: makes of looks what tells whether they go together; without it, alike goes with alike.
            photos: product id to the sha256 of its main photo.
            color_labels: product id to the name of its colour, for products whose feed names none.
            log: events of the shop.
            pairs: which kinds go together; the tables that ship by default.
        """
        groups: dict[str, list[tuple[int, Product]]] = {}
        for age, product in enumerate(products):
            groups.setdefault(product.listing, []).append((age, product))
        rows = [entry for group in groups.values() for entry in group]
        ordered = tuple(product for _, product in rows)
        sizes = np.array([len(group) for group in groups.values()], dtype=np.int64)
        vectors, look_of = _looks(ordered, looks or {})
        named = [_color(product, color_labels or {}) for product in ordered]
        palette = {"": UNKNOWN} | dict(named)
        color_codes = {name: code for code, name in enumerate(palette)}
        currencies: dict[str, int] = {}
        pays = [product.sale_price or product.price for product in ordered]
        amounts = np.array([float(price.amount) if price else 0.0 for price in pays], dtype=np.float64)
        listing_of = np.repeat(np.arange(len(groups), dtype=np.int32), sizes)
        view = cls(
            products=ordered,
            photos=tuple((photos or {}).get(product.id, "") for product in ordered),
            starts=(np.cumsum(sizes) - sizes).astype(np.int64),
            listing_of=listing_of,
            vectors=vectors,
            matching=matching(vectors) if matching and len(vectors) else vectors,
            look_of=look_of,
            palette=np.array(list(palette.values()), dtype=np.float32),
            palette_names=tuple(palette),
            color_of=np.array([color_codes[name] for name, _ in named], dtype=np.int32),
            log_prices=np.log(np.where(amounts > 0, amounts, np.nan)).astype(np.float32),
            currency_of=np.array(
                [currencies.setdefault(price.currency if price else "", len(currencies)) for price in pays],
                dtype=np.int32,
            ),
            in_stock=np.array([product.availability == "in_stock" for product in ordered], dtype=bool),
            newness=np.array([age for age, _ in rows], dtype=np.int64),
            table=CategoryTable(ordered, pairs or default_pairs()),
            filter=ProductFilter(ordered, color_labels),
            events=ListingEvents.build(None, {}, len(groups)),
        )
        return view if log is None else view.with_events(log)

    def with_events(self, log: EventLog | None) -> ShopView:
        """Return the same shop with other events."""
        codes = {self.products[int(start)].listing: code for code, start in enumerate(self.starts)}
        codes |= {product.id: int(code) for product, code in zip(self.products, self.listing_of, strict=True)}
        return self.with_other(ListingEvents.build(log, codes, len(self.starts)))

    def with_other(self, events: ListingEvents) -> ShopView:
        """Return the same shop with events that were joined to its listings already."""
        other = replace(self, events=events)
        # what follows from the products alone is not worked out again
        vars(other).update({name: value for name, value in vars(self).items() if name not in vars(other)})
        return other

    @once
    def _rows(self) -> Mapping[str, int]:
        """Row of each product id; of each listing id its first row, unless a product is called so."""
        firsts = {self.products[start].listing: int(start) for start in self.starts}
        return firsts | {product.id: row for row, product in enumerate(self.products)}

    @once
    def brief(self) -> BriefLooks:
        """The looks as they are compared with all others: the vectors, in a large shop shortened."""
        return BriefLooks.of(self.vectors)

    @once
    def harmonies(self) -> npt.NDArray[np.float32]:
        """How well each two colours of the palette go together, float32 `[k, k]`."""
        return np.stack([harmony(color, self.palette) for color in self.palette])

    @once
    def ends(self) -> npt.NDArray[np.int64]:
        """The row after the last one of each listing, int64 `[listings]`."""
        return np.append(self.starts[1:], np.int64(len(self.products)))

    @once
    def reduced(self) -> npt.NDArray[np.float32]:
        """By which share of its regular price each product is reduced, float32 `[n]`; 0 where it is not."""
        shares = [
            1.0 - float(product.sale_price.amount / product.price.amount)
            if product.sale_price and product.price and product.price.amount > 0
            else 0.0
            for product in self.products
        ]
        return np.clip(np.array(shares, dtype=np.float32), 0.0, 1.0)

    def color_name(self, row: int) -> str:
        """Return the plain name of a row's colour, "" where it is unknown."""
        return self.palette_names[int(self.color_of[row])]

    def lab(self, row: int) -> Lab:
        """Return the Lab of a row's colour, `[3]`, NaN where it is unknown."""
        return np.asarray(self.palette[self.color_of[row]], dtype=np.float32)

    def find(self, product_id: str) -> int | None:
        """Return the row of a product, or the first row of a listing; None where there is none."""
        return self._rows.get(product_id)

    def rows_of(self, name: str) -> range:
        """Return the row of a product, or all rows of a listing; none where there is neither."""
        row = self.find(name)
        if row is None:
            return range(0)
        if self.products[row].id == name:
            return range(row, row + 1)
        return range(int(self.starts[self.listing_of[row]]), int(self.ends[self.listing_of[row]]))

    def row(self, product_id: str) -> int:
        """Return the row of a product, or the first row of a listing.

        Raises:
            NotFound: no active product or listing has the id.
        """
        row = self.find(product_id)
        if row is None:
            raise NotFound("There is no such product in the shop.", received=product_id, remedy="Check the identifier.")
        return row


def _looks(
    products: Sequence[Product], looks: Mapping[str, npt.NDArray[np.float32]]
) -> tuple[Vectors, npt.NDArray[np.int32]]:
    """Return the different vectors, each once, and which of them each product has."""
    codes: dict[int, int] = {}
    distinct: list[npt.NDArray[np.float32]] = []
    look_of = np.full(len(products), -1, dtype=np.int32)
    for row, product in enumerate(products):
        vector = looks.get(product.id)
        if vector is not None:
            if id(vector) not in codes:
                codes[id(vector)] = len(distinct)
                distinct.append(vector)
            look_of[row] = codes[id(vector)]
    vectors = np.array(distinct, dtype=np.float32) if distinct else np.empty((0, 1), dtype=np.float32)
    return vectors, look_of


def _color(product: Product, labels: Mapping[str, str]) -> tuple[str, Lab]:
    for text in (product.attributes.get("color", ""), product.attributes.get("colour", ""), labels.get(product.id, "")):
        name, lab = named_color(text)
        if name:
            return name, lab
    return "", UNKNOWN
