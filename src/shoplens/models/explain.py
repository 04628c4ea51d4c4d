"""Where in a photo a model sees what it says: a heat map, from forward runs alone.

The photo is shown to the network again and again, each time with another part covered; the more the answer suffers,
the hotter the part (Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", 2014). Unlike class
activation maps this asks nothing of the network but probabilities, so it works for every bundle: any pooling, any head,
an ensemble, a network of another origin.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.errors import UnknownName
from shoplens.models.bundle import Bundle
from shoplens.models.label_names import LabelNames
from shoplens.models.runtime import OnnxModel
from shoplens.photos.geometry import check_pixels
from shoplens.photos.transform import resize
from shoplens.records import Pixels

Heat = npt.NDArray[np.float32]
"""How much each place speaks for a label: float32 `[h, w]`, 0 for nothing, 1 for the most of this photo."""

PARTS = (3, 6)
"""Sides of the covers: the photo's longer side divided by these. Large ones find large things, small ones details."""

_BATCH = 32
_LEAST = 1e-30
_EDGE = 0.15
_BLUR = 8


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Why a label.

    Attributes:
        label: the category's English path.
        probability: of the label in the whole photo.
        heat: `[h, w]` of the photo that was given; all 0 where no part speaks for the label.
    """

    label: str
    probability: float
    heat: Heat


class Explainer:
    """Draws heat maps of one bundle's answers.

    Args:
        bundle: any; its network is loaded once.
        threads: threads inside one run of the network.

    Raises:
        BundleError: the network cannot be loaded.
    """

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        self._bundle = bundle
        self._model = OnnxModel(bundle, threads=threads)

    def explain(self, photo: Pixels, label: int | None = None) -> Explanation:
        """Return where the photo speaks for a label, in some 400 runs of the network.

        Each place is covered with a blurred copy of the photo, which takes the shape away, and with the median colour
        of its border, which takes the thing away. What is measured is how far the label's logit falls against the best
        other one's, so that a probability of nearly 1 can be told from one of exactly 1.

        Args:
            photo: uint8 RGB `[h, w, 3]`, as it was decoded; the bundle's recipe is applied here.
            label: position of the category; None for the likeliest.
        """
        check_pixels(photo)
        small = self._shrunk(photo)
        whole = self._probabilities([small])
        place = int(whole[0].argmax()) if label is None else label
        before = _margin(whole, place)[0]
        heat = np.zeros(small.shape[:2], np.float32)
        covers = (_blurred(small), _background(small))
        for part in PARTS:
            masks = list(_masks(small.shape[0], small.shape[1], part))
            fall = sum(before - self._margins_under(small, cover, masks, place) for cover in covers)
            weight = np.sum(masks, axis=0)
            found = np.tensordot(np.asarray(fall, np.float32), np.stack(masks), axes=1) / np.maximum(weight, 1e-6)
            # the covers' edges mean nothing
            heat += cv2.GaussianBlur(np.asarray(found, np.float32), (0, 0), max(0.5, max(heat.shape) / part / 8))
        heat = np.maximum(heat, 0.0)
        most = float(heat.max())
        size = (photo.shape[1], photo.shape[0])
        grown = cv2.resize(heat / most if most > 0 else heat, size, interpolation=cv2.INTER_LINEAR)
        return Explanation(self._bundle.labels[place], float(whole[0, place]), np.asarray(grown, np.float32))

    def _shrunk(self, photo: Pixels) -> Pixels:
        """Return the photo at twice the network's input at most: what it cannot see need not be covered."""
        most = 2 * self._bundle.input_size
        return resize(photo, long=most) if max(photo.shape[:2]) > most else photo

    def _probabilities(self, photos: list[Pixels]) -> npt.NDArray[np.float32]:
        ready = np.stack([self._bundle.recipe.apply(photo) for photo in photos])
        return self._model.run(ready, ["probabilities"])["probabilities"]

    def _margins_under(
        self, photo: Pixels, cover: npt.NDArray[np.float32], masks: list[Heat], place: int
    ) -> npt.NDArray[np.float32]:
        """Return the label's margin with each part covered, `[masks]`."""
        found = []
        for start in range(0, len(masks), _BATCH):
            weights = [mask[:, :, None] for mask in masks[start : start + _BATCH]]
            covered = [np.rint(photo * (1 - weight) + cover * weight).astype(np.uint8) for weight in weights]
            found.append(_margin(self._probabilities(covered), place))
        return np.concatenate(found)


def explain(bundle: Bundle, photo: Pixels, label: str = "") -> Explanation:
    """Return where a photo speaks for a label, as `Explainer.explain` does; it loads the network for this one photo.

    Args:
        bundle: any.
        photo: uint8 RGB `[h, w, 3]`.
        label: a category's id, path or last part, in English or Chinese; empty for the likeliest.

    Raises:
        UnknownName: the bundle has no such category, or more than one.
    """
    place = LabelNames(bundle.categories).find(label) if label else None
    if label and place is None:
        raise UnknownName("category of the bundle", label, bundle.labels)
    return Explainer(bundle).explain(photo, place)


def _masks(height: int, width: int, part: int) -> Iterator[Heat]:
    """Yield soft-edged squares `[h, w]`, half a side apart, that cover every place several times."""
    radius = max(1.0, max(height, width) / part / 2)
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    for y in np.linspace(0, height - 1, max(2, round(height / radius) + 1)):
        for x in np.linspace(0, width - 1, max(2, round(width / radius) + 1)):
            distance = np.maximum(np.abs(down - y), np.abs(across - x)) / radius
            yield np.clip((1 + _EDGE - distance) / (2 * _EDGE), 0, 1).astype(np.float32)


def _margin(probabilities: npt.NDArray[np.float32], place: int) -> npt.NDArray[np.float32]:
    """Return the label's logit above the best other one's, `[n]`; of one category alone, 0."""
    logits = np.log(np.maximum(probabilities, _LEAST))
    others = np.delete(logits, place, axis=1)
    if not others.shape[1]:
        return np.zeros(len(logits), np.float32)
    return np.asarray(logits[:, place] - others.max(axis=1), np.float32)


def _blurred(photo: Pixels) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(photo, (0, 0), max(1.0, max(photo.shape) / _BLUR)), np.float32)


def _background(photo: Pixels) -> npt.NDArray[np.float32]:
    border = np.concatenate([photo[0], photo[-1], photo[:, 0], photo[:, -1]])
    return np.broadcast_to(np.median(border, axis=0).astype(np.float32), photo.shape)
