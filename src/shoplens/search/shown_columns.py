"""Which products show which photos, as columns in a file: read as a whole, told product by product."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

_LENGTH = struct.Struct("<Q")
_NUMBERS = 6
_SOLD_OUT, _PARENT = 1, 2


class ProductFacts(NamedTuple):
    """What decides where a product stands.

    Attributes:
        listing: what it is listed under.
        category: its path, "" where it has none.
        sold_out: whether it cannot be bought.
        is_parent: whether the others of its listing are its variants.
    """

    listing: str
    category: str
    sold_out: bool
    is_parent: bool


Placed = tuple[int, str]
"""Where a product shows a photo, and which."""

Shown = tuple[bool, bool, int, str]
"""How a product shows a photo, in the order in which one may stand for it: sold out, a parent, position, product."""


class ShownColumns:
    """What products showed at one moment; a start reads the columns and makes nothing of them that nobody asks for.

    Args:
        products: ids.
        photos: keys.
        names: of listings that are no product's id, and of categories, behind the products.
        numbers: int32: of each product the name of its listing, the name of its category, 1 for sold out plus 2 for a
            parent, and how many photos it shows; of each of those, the photo's place in `photos` and its position.
    """

    def __init__(
        self, products: list[str], photos: list[str], names: list[str], numbers: list[npt.NDArray[np.int32]]
    ) -> None:
        self._products, self._photos, self._names = products, photos, names
        self._listing, self._category, self._flags, counts, self._photo, self._position = numbers
        self._begin = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])

    @classmethod
    def of(cls, shown: Iterable[tuple[str, tuple[Placed, ...]]], facts: Mapping[str, ProductFacts]) -> ShownColumns:
        """Put into columns what each product shows, the facts of each included."""
        each = list(shown)
        products = [product for product, _ in each]
        told = [facts[product] for product in products]
        photos = list(dict.fromkeys(sha256 for _, placed in each for _, sha256 in placed))
        names = list(dict.fromkeys([*products, *(one.listing for one in told), *(one.category for one in told)]))
        name, photo = ({key: place for place, key in enumerate(keys)} for keys in (names, photos))
        numbers: list[Iterable[int]] = [
            (name[one.listing] for one in told),
            (name[one.category] for one in told),
            (_SOLD_OUT * one.sold_out + _PARENT * one.is_parent for one in told),
            (len(placed) for _, placed in each),
            (photo[sha256] for _, placed in each for _, sha256 in placed),
            (position for _, placed in each for position, _ in placed),
        ]
        return cls(products, photos, names[len(products) :], [np.fromiter(column, np.int32) for column in numbers])

    def photos(self, product: str) -> tuple[Placed, ...]:
        """Return position and photo of everything that a product shows, in order."""
        place = self._places.get(product)
        return () if place is None else self._placed(place)

    def photos_of(self, products: Iterable[str]) -> list[str]:
        """Return the photos of the products, all at once; those that several of them show come several times."""
        places = np.array([place for place in map(self._places.get, products) if place is not None], np.int64)
        first, counts = self._begin[places], self._begin[places + 1] - self._begin[places]
        before = np.cumsum(counts) - counts
        links = np.repeat(first - before, counts) + np.arange(counts.sum())
        return [self._photos[photo] for photo in self._photo[links].tolist()]

    def facts(self, product: str) -> ProductFacts | None:
        """Return what is known of a product."""
        place = self._places.get(product)
        return None if place is None else self._facts(place)

    def showing(self, sha256: str) -> tuple[Shown, ...]:
        """Return how products show the photo, sorted."""
        place = self._photo_places.get(sha256)
        return () if place is None else tuple(sorted(self._links(place)))

    def all_photos(self) -> Iterator[tuple[str, tuple[Placed, ...]]]:
        """Yield every product and what it shows."""
        photos = map(self._photos.__getitem__, self._photo.tolist())
        placed = list(zip(self._position.tolist(), photos, strict=True))
        for product, (first, end) in zip(self._products, pairwise(self._begin.tolist()), strict=True):
            yield product, tuple(placed[first:end])

    def count(self) -> int:
        """Return how many photos are shown."""
        return len(self._photos)

    def write(self, file: BinaryIO) -> None:
        """Write it as `read` reads it."""
        for keys in (self._products, self._photos, self._names):
            told = json.dumps(keys).encode()
            file.write(_LENGTH.pack(len(told)) + told)
        counts = np.diff(self._begin).astype(np.int32)
        for column in (self._listing, self._category, self._flags, counts, self._photo, self._position):
            np.lib.format.write_array(file, column, allow_pickle=False)

    @classmethod
    def read(cls, file: BinaryIO) -> ShownColumns:
        """Return what was written; the bytes are trusted."""
        products, photos, names = (json.loads(file.read(_LENGTH.unpack(file.read(_LENGTH.size))[0])) for _ in range(3))
        numbers = [np.lib.format.read_array(file, allow_pickle=False) for _ in range(_NUMBERS)]
        return cls(products, photos, names, numbers)

    @cached_property
    def _places(self) -> dict[str, int]:
        return dict(zip(self._products, range(len(self._products)), strict=True))

    @cached_property
    def _photo_places(self) -> dict[str, int]:
        return dict(zip(self._photos, range(len(self._photos)), strict=True))

    @cached_property
    def _by_photo(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The links of each photo side by side, and where those of each begin."""
        counts = np.bincount(self._photo, minlength=len(self._photos))
        return np.argsort(self._photo, kind="stable"), np.concatenate([[0], np.cumsum(counts)])

    def _links(self, place: int) -> Iterator[Shown]:
        order, begin = self._by_photo
        links = order[begin[place] : begin[place + 1]]
        owners = np.searchsorted(self._begin, links, side="right") - 1
        flags, positions = self._flags[owners].tolist(), self._position[links].tolist()
        for owner, flag, position in zip(owners.tolist(), flags, positions, strict=True):
            yield bool(flag & _SOLD_OUT), bool(flag & _PARENT), position, self._products[owner]

    def _placed(self, place: int) -> tuple[Placed, ...]:
        links = slice(int(self._begin[place]), int(self._begin[place + 1]))
        photos = (self._photos[photo] for photo in self._photo[links].tolist())
        return tuple(zip(self._position[links].tolist(), photos, strict=True))

    def _facts(self, place: int) -> ProductFacts:
        flags = int(self._flags[place])
        listing, category = self._name(self._listing[place]), self._name(self._category[place])
        return ProductFacts(listing, category, bool(flags & _SOLD_OUT), bool(flags & _PARENT))

    def _name(self, number: int) -> str:
        own = len(self._products)
        return self._products[number] if number < own else self._names[number - own]


NOTHING = ShownColumns([], [], [], [np.zeros(0, np.int32)] * _NUMBERS)
