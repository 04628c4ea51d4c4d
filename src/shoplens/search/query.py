"""What a shopper asks: like these, not like those, in these words, among those products."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shoplens.catalog.filter import EVERYTHING, Filter
from shoplens.errors import BadInput
from shoplens.records import Box, Photo

_MOST_WEIGHT = 1000
"""Beside an example of a thousand times its weight nothing is seen of another one."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """Something to look like, or not to look like: exactly one of photo, product, image and url.

    Attributes:
        photo: the bytes of a picture file, its path, or a decoded photo.
        product: a product's id; its main photo is meant.
        image_id: of a photo that was uploaded before.
        url: where a photo is to be fetched.
        box: the part of the photo that is meant; without it the subject is looked for.
        weight: from 0.001 to 1000, in proportion to the other examples on the same side.

    Raises:
        BadInput: none or several of them are given, a weight is out of range, or a product has a box.
    """

    photo: bytes | Path | Photo | None = None
    product: str = ""
    image_id: str = ""
    url: str = ""
    box: Box | None = None
    weight: float = 1.0

    def __post_init__(self) -> None:
        given = [self.photo is not None, bool(self.product), bool(self.image_id), bool(self.url)]
        if sum(given) != 1:
            raise BadInput("An example is one photo, product, image_id or url.", received=f"{sum(given)} of them")
        if not 1 / _MOST_WEIGHT <= self.weight <= _MOST_WEIGHT:
            raise BadInput(
                f"An example's weight is from {1 / _MOST_WEIGHT} to {_MOST_WEIGHT}.",
                received=self.weight,
                remedy="Leave an example of no weight out, or give it as one that the answer should not be like.",
            )
        if self.product and self.box:
            raise BadInput("A box is a part of a photo.", received=self.product, remedy="Leave the box out.")


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """One question to a shop.

    Attributes:
        like: what the answer should look like, all together.
        unlike: what it should not look like; this needs something in `like`.
        text: words in English or Chinese. Beside examples they change them: a colour takes the place of theirs.
        where: which products may be found.
        limit: how many listings at most.
        facets: names of facets to count; see `shoplens.catalog.facets.FACETS`.
        diversity: 0 for the best matches of the examples, up to 1 for the most different ones among the good.

    Raises:
        BadInput: nothing is asked, or only what the answer should not be like, or the diversity is not from 0 to 1.
    """

    like: tuple[Example, ...] = ()
    unlike: tuple[Example, ...] = ()
    text: str = ""
    where: Filter = EVERYTHING
    limit: int = 20
    facets: tuple[str, ...] = ()
    diversity: float = 0.0

    def __post_init__(self) -> None:
        if not self.like and self.unlike:
            raise BadInput(
                "What the answer should not be like says nothing alone.", remedy="Give a photo or product to be like."
            )
        if not self.like and not self.text.strip():
            raise BadInput("There is nothing to search for.", remedy="Give a photo, a product or words.")
        if self.limit < 1:
            raise BadInput("An answer needs room for at least one listing.", received=self.limit)
        if not 0 <= self.diversity <= 1:
            raise BadInput("The diversity is a number from 0 to 1.", received=self.diversity)
