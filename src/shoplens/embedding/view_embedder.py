"""One vector of several views of a photo: dearer than a single look, and better where examples are few."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shoplens.embedding.embedder import Embedder
from shoplens.embedding.subject_embedder import subject_box
from shoplens.photos.transform import crop
from shoplens.records import Box, Pixels, Vectors

_VERSION = 1
_MARGINS = (0.075, 0.15)

VIEWS = 2 + len(_MARGINS)
"""The whole photo, its subject, and its middle twice: without 7.5 % and without 15 % at each side."""

LIGHTS = (((1.12, 1.0, 0.88), 1.0), ((0.88, 1.0, 1.12), 1.0), ((1.0, 1.0, 1.0), 0.7), ((1.0, 1.0, 1.0), 1.4))
"""Gain of red, green and blue, and gamma: warm and cold lamps, a brighter and a darker room."""

Views = npt.NDArray[np.float32]
"""Vectors of each view of each photo, `[n, VIEWS, dim]`."""


class ViewEmbedder:
    """Means of the vectors of several views, each part of the vectors by itself and at its own length.

    Args:
        inner: makes the vector of a view.
    """

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._id = f"views-{hashlib.sha256(f'{_VERSION}:{_MARGINS}:{LIGHTS}:{inner.id}'.encode()).hexdigest()[:12]}"

    @property
    def id(self) -> str:
        """The name and the hash of the views and of the inner embedder."""
        return self._id

    @property
    def dim(self) -> int:
        """The inner embedder's."""
        return self._inner.dim

    @property
    def parts(self) -> tuple[int, ...]:
        """The inner embedder's."""
        return self._inner.parts

    @property
    def min_side(self) -> int:
        """Twice the inner embedder's, as the subject is a part of the photo."""
        return 2 * self._inner.min_side

    def embed(self, photos: Sequence[Pixels]) -> Vectors:
        """Return float32 `[n, dim]`, rows of unit length."""
        return self.mean(self.views(photos))

    def views(self, photos: Sequence[Pixels]) -> Views:
        """Return the vector of each view, float32 `[n, VIEWS, dim]`, of unit length."""
        seen = [view for photo in photos for view in _views(photo)]
        return self._inner.embed(seen).reshape(len(photos), VIEWS, self.dim)

    def lessons(self, photos: Sequence[Pixels]) -> Views:
        """Return the views, then the whole photo in each of `LIGHTS`, float32 `[n, VIEWS + 4, dim]`.

        Examples in other lights teach what of a vector is the lamp's: of classes that a network had never seen, in
        photos with another light than the five examples, 2 in 100 more were named.
        """
        lit = [_lit(photo, *light) for photo in photos for light in LIGHTS]
        vectors = self._inner.embed(lit).reshape(len(photos), len(LIGHTS), self.dim)
        return np.concatenate([self.views(photos), vectors], axis=1)

    def mean(self, views: Views) -> Vectors:
        """Return the vectors `[n, dim]` that `embed` makes of the photos with these views; lessons are left out."""
        views = views[:, :VIEWS]
        summed = views.sum(axis=1)
        start = 0
        for length in self.parts:
            part = slice(start, start + length)
            wanted = np.linalg.norm(views[:, 0, part], axis=1, keepdims=True)
            summed[:, part] *= wanted / np.maximum(np.linalg.norm(summed[:, part], axis=1, keepdims=True), 1e-12)
            start += length
        return np.asarray(summed, np.float32)


def _views(photo: Pixels) -> list[Pixels]:
    box = subject_box(photo)
    middles = [crop(photo, Box(margin, margin, 1 - margin, 1 - margin)) for margin in _MARGINS]
    return [photo, crop(photo, box) if box else photo, *middles]


def _lit(photo: Pixels, gain: tuple[float, float, float], gamma: float) -> Pixels:
    levels = (np.arange(256)[:, None] / 255.0) ** gamma * gain * 255.0
    table = np.clip(levels, 0, 255).astype(np.uint8)
    return np.stack([table[photo[..., channel], channel] for channel in range(3)], axis=-1)
