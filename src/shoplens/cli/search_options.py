"""What `shoplens search` was asked for, in one piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shoplens.photos.suffixes import PICTURE_SUFFIXES

if TYPE_CHECKING:
    from shoplens.catalog.filter import Filter
    from shoplens.records import Box
    from shoplens.search.query import Example, Query

_URLS = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """The options of `shoplens search` as they were written; its help says what each is."""

    given: tuple[str, ...]
    unlike: tuple[str, ...]
    products: tuple[str, ...]
    not_products: tuple[str, ...]
    text: str
    weights: str
    box: str
    objects: bool
    where: Filter
    diversity: float
    why: bool
    heat: Path | None
    facets: str
    limit: int
    as_json: bool

    def query(self) -> Query:
        """Return the question that they ask.

        Raises:
            BadInput: there is nothing to search for, options contradict each other, or weights are no numbers.
            NotFound: there is no photo at a path.
        """
        from shoplens.catalog.facets import FACETS
        from shoplens.errors import BadInput
        from shoplens.search.query import Example, Query

        photos = [name for name in self.given if _is_photo(name)]
        words = " ".join(name for name in self.given if name not in photos)
        heavy = _weights(self.weights, len(photos) + len(self.products))
        crop = self._crop(photos, words)
        like = [_example(name, crop, weight) for name, weight in zip(photos, heavy, strict=False)]
        like += [Example(product=name, weight=w) for name, w in zip(self.products, heavy[len(photos) :], strict=True)]
        away = [_example(name, None, 1.0) for name in self.unlike]
        away += [Example(product=name) for name in self.not_products]
        said = " ".join(part for part in (words, self.text) if part.strip())
        if not (like or away or said):
            raise BadInput(
                "There is nothing to search for.", received=repr(words), remedy="Give a photo's path or words."
            )
        every = FACETS if self.facets == "all" else self.facets.split(",")
        names = tuple(name.strip() for name in every if name.strip())
        query = Query(tuple(like), tuple(away), said, self.where, self.limit, names, self.diversity)
        self._check(only_photo(query), query)
        return query

    def _crop(self, photos: Sequence[str], words: str) -> Box | None:
        from shoplens.errors import BadInput
        from shoplens.records import Box

        crop = Box.parse(self.box) if self.box else None
        if crop is not None and len(photos) != 1:
            raise BadInput(
                "--box is a part of a photo.", received=words or photos, remedy="Give one photo, or leave --box out."
            )
        return crop

    def _check(self, photo: Path | None, query: Query) -> None:
        """Say where options do not go together."""
        from shoplens.errors import BadInput
        from shoplens.models.heat_picture import heat_format

        if photo is None and (self.why or self.heat):
            raise BadInput(
                "--why and --heat are about one photo.",
                received=" ".join(self.given),
                remedy="Give one photo's path.",
            )
        if self.heat:
            heat_format(self.heat)
        others = query.unlike or query.text or self.box or self.why or self.heat or self.diversity or self.facets
        if self.objects and (photo is None or others):
            raise BadInput(
                "--objects looks for the products of one whole photo, and goes with filters alone.",
                received=self.box or " ".join(self.given),
                remedy="Give one photo's path, and leave the other options out.",
            )


def only_photo(query: Query) -> Path | None:
    """Return the photo's path where the query is one photo on the disk, perhaps with words."""
    photo = query.like[0].photo if len(query.like) == 1 else None
    return photo if isinstance(photo, Path) else None


def _example(name: str, box: Box | None, weight: float) -> Example:
    from shoplens.errors import NotFound
    from shoplens.search.query import Example

    if name.lower().startswith(_URLS):
        return Example(url=name, box=box, weight=weight)
    path = Path(name)
    if not path.is_file():
        raise NotFound("There is no such photo.", received=name, remedy="Check the path.")
    return Example(photo=path, box=box, weight=weight)


def _is_photo(name: str) -> bool:
    """Say whether it is a photo's path or address, or looks like one; else it is words."""
    path = Path(name)
    return name.lower().startswith(_URLS) or path.suffix.lower() in PICTURE_SUFFIXES or path.is_file()


def _weights(text: str, number: int) -> list[float]:
    from shoplens.errors import BadInput

    if not text:
        return [1.0] * number
    try:
        weights = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise BadInput("--weights are numbers separated by commas.", received=text) from error
    if len(weights) != number:
        raise BadInput("There is one weight for each photo and product.", received=f"{len(weights)} for {number}")
    return weights
