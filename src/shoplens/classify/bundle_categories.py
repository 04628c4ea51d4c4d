"""Categories by a trained bundle: the base model's, or one that the shop trained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shoplens.errors import BadInput
from shoplens.models.bundle import Bundle
from shoplens.models.runtime import OnnxModel
from shoplens.records import Pixels, Prediction


class BundleCategories:
    """Runs the bundle's network and abstains below the threshold of its calibration.

    Raises:
        BadInput: the bundle names no categories, as an encoder does.
    """

    def __init__(self, bundle: Bundle) -> None:
        if not bundle.categories:
            raise BadInput(
                "The bundle names no categories; it only makes search vectors.",
                received=bundle.id,
                remedy="Classify with another bundle, or without one by the shop's own categories.",
            )
        self._bundle = bundle
        self._model = OnnxModel(bundle)

    @property
    def id(self) -> str:
        """`model:<bundle id>`."""
        return f"model:{self._bundle.id}"

    def predict(self, photos: Sequence[Pixels]) -> list[Prediction]:
        """Return one prediction a photo."""
        if not photos:
            return []
        batch = np.stack([self._bundle.recipe.apply(photo) for photo in photos])
        probabilities = self._model.run(batch)["probabilities"]
        return [to_prediction(row, self._bundle.labels, self._bundle.threshold) for row in probabilities]


def to_prediction(probabilities: np.ndarray, labels: Sequence[str], threshold: float, *, others: int = 3) -> Prediction:
    """Return the likeliest label, None below the threshold, with the next likeliest as runners-up."""
    order = np.argsort(-probabilities)[: others + 1]
    ranked = [(labels[i], float(probabilities[i])) for i in order]
    (label, confidence), rest = ranked[0], ranked[1:]
    if confidence < threshold:
        return Prediction(None, confidence, tuple(ranked))
    return Prediction(label, confidence, tuple(rest))
