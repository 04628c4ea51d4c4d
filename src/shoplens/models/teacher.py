"""A bundle whose answers another network learns from: knowledge distillation into a network of any kind and size."""

from __future__ import annotations

import os
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.errors import BundleError
from shoplens.models.bundle import Bundle
from shoplens.models.runtime import OnnxModel
from shoplens.records import Pixels


class Teacher:
    """Says what a bundle sees in training photos, the very ones that its pupil sees: cut, turned and mixed as they are.

    That both see the same picture is what Beyer et al. ("Knowledge distillation: a good teacher is patient and
    consistent", CVPR 2022) found to matter most.

    Args:
        bundle: of any architecture, an ensemble as well.
        classes: that the pupil learns; what the bundle knows beside them is left out.

    Attributes:
        id: of the bundle.
        dim: length of its embedding; 0 where it makes none.

    Raises:
        BundleError: the bundle does not know a class.
    """

    def __init__(self, bundle: Bundle, classes: Sequence[str]) -> None:
        if unknown := sorted(set(classes) - set(bundle.labels)):
            raise BundleError(
                "The teacher does not know every class that is to be learned.",
                received=f"{bundle.id}: no {', '.join(unknown[:8])}",
                remedy="Name a bundle that was trained on the same classes.",
            )
        self.id = bundle.id
        self._model = OnnxModel(bundle, threads=os.cpu_count() or 1)
        self._columns = [bundle.labels.index(name) for name in classes]
        side = self._model.input_size
        self.dim = self.look(np.zeros((1, side, side, 3), np.uint8))[1].shape[1]

    def look(self, photos: Pixels) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return the probabilities of the classes `[n, classes]` and the embedding `[n, dim]` of uint8 `[n, s, s, 3]`.

        The photos are brought to the size of the teacher's own input.
        """
        side = self._model.input_size
        ways = cv2.INTER_AREA if side < photos.shape[1] else cv2.INTER_LINEAR
        sized = np.stack([cv2.resize(photo, (side, side), interpolation=ways) for photo in photos]).astype(np.uint8)
        found = self._model.run(sized)
        said = found["probabilities"][:, self._columns]
        embedding = found.get("embedding", np.zeros((len(photos), 0), np.float32))
        return said / np.maximum(said.sum(axis=1, keepdims=True), 1e-6), embedding
