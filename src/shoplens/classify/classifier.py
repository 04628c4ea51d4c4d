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
    """Everything said of one photo."""

    category: Prediction
    colors: tuple[PaletteColor, ...]
    tags: tuple[Prediction, ...]
    source: str


class Classifier:
    """Puts a category model, the palette and tag models together.

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
        tags = [model.tags(photos) for model in self._tags]
        return [
            Classification(category, tuple(palette(photo)), _joined([said[row] for said in tags]), self._categories.id)
            for row, (photo, category) in enumerate(zip(photos, self._categories.predict(photos), strict=True))
        ]


def _joined(said: Sequence[tuple[Prediction, ...]]) -> tuple[Prediction, ...]:
    """Return the tags of all models, one of each attribute."""
    first: dict[str, Prediction] = {}
    for tag in (tag for tags in said for tag in tags):
        first.setdefault((tag.label or "").partition(":")[0], tag)
    return tuple(first.values())
