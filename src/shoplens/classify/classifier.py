"""What a photo shows: a category, colours and tags, each with who says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shoplens.photos.palette import PaletteColor, palette
from shoplens.records import Pixels, Prediction

MIN_SIDE = 256
"""The short side in pixels at which a photo is classified, wherever it comes from."""


class CategoryModel(Protocol):
    """Photos in, calibrated categories out."""

    @property
    def id(self) -> str:
        """Who says so, for `Label.source`."""
        ...

    def predict(self, photos: Sequence[Pixels]) -> list[Prediction]:
        """Return one prediction a photo; its label is None where the model abstains."""
        ...


class TagModel(Protocol):
    """Photos in, attributes out."""

    def tags(self, photos: Sequence[Pixels]) -> list[tuple[Prediction, ...]]:
        """Return for each photo labels such as "pattern: striped", only those that are likely enough."""
        ...


@dataclass(frozen=True, slots=True)
class Classification:
    """Everything said of one photo.

    Attributes:
        category: where it belongs.
        colors: of the palette, with their shares: the main one first, then by falling share.
        tags: other attributes than colours, one value of each.
        source: who named the category.
    """

    category: Prediction
    colors: tuple[PaletteColor, ...]
    tags: tuple[Prediction, ...]
    source: str


class Classifier:
    """Puts a category model, the palette and tag models together.

    Colours are the palette's. Where a tag model is sure of one of them, that one comes first: on 279 drawn photos the
    first colour was the product's in 76 instead of 68 of 100. A colour that the palette does not have is not said.

    Args:
        categories: who names the category.
        tags: who name attributes; of two that name the same attribute the first is believed.
    """

    def __init__(self, categories: CategoryModel, *tags: TagModel) -> None:
        self._categories = categories
        self._tags = tags

    @property
    def id(self) -> str:
        """The category model's id."""
        return self._categories.id

    def classify(self, photos: Sequence[Pixels]) -> list[Classification]:
        """Return one classification a photo (uint8 RGB of any size)."""
        said = [model.tags(photos) for model in self._tags]
        categories = self._categories.predict(photos)
        return [
            self._together(photo, categories[row], [tags[row] for tags in said]) for row, photo in enumerate(photos)
        ]

    def _together(self, photo: Pixels, category: Prediction, said: Sequence[tuple[Prediction, ...]]) -> Classification:
        first: dict[str, Prediction] = {}  # of each attribute, by the first model that names it
        for tag in (tag for tags in said for tag in tags):
            first.setdefault((tag.label or "").partition(":")[0], tag)
        main = first.pop("color", None)
        sure = main.label if main is not None else None
        # sorting keeps the order of the others
        colors = sorted(palette(photo), key=lambda color: f"color: {color.name}" != sure)
        return Classification(category, tuple(colors), tuple(first.values()), self.id)
