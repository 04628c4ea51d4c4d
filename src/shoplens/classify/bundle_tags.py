"""Attributes by the heads of a bundle's network, such as colour and pattern."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shoplens.models.bundle import Bundle
from shoplens.models.runtime import OnnxModel
from shoplens.records import Pixels, Prediction


class BundleTags:
    """Names the likeliest label of each head where it reaches the threshold of that head's calibration.

    Args:
        bundle: with at least one head.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._model = OnnxModel(bundle)

    def tags(self, photos: Sequence[Pixels]) -> list[tuple[Prediction, ...]]:
        """Return for each photo labels such as "pattern: striped"; a head that is not sure says nothing."""
        if not photos:
            return []
        heads = self._bundle.heads
        batch = np.stack([self._bundle.recipe.apply(photo) for photo in photos])
        said = self._model.run(batch, list(heads))
        return [
            tuple(tag for head in heads if (tag := self._tag(head, said[head][row])) is not None)
            for row in range(len(photos))
        ]

    def _tag(self, head: str, probabilities: np.ndarray) -> Prediction | None:
        best = int(probabilities.argmax())
        confidence = float(probabilities[best])
        if confidence < self._bundle.head_calibrations[head].threshold:
            return None
        return Prediction(f"{head}: {self._bundle.heads[head][best].en.lower()}", confidence)
