"""Colour without learning: the reference embedder, and the colour half of the search vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.embedding.unit_rows import unit_rows
from shoplens.records import Pixels, Vectors

_SIDE = 64
_BINS = (8, 13, 13)
_CHROMA = 60.0
_GAMMA = 0.6
_DIM = 384
_VERSION = "1"
_LAST = np.array(_BINS, np.float32)[:, None] - 1
_STEPS = np.array([_BINS[1] * _BINS[2], _BINS[2], 1], np.int32)
_CORNERS = np.array([_STEPS @ corner for corner in np.ndindex(2, 2, 2)], np.int32)


class ColorEmbedder:
    """A soft CIE Lab histogram of the picture, the centre counted more than the edges, projected to 384 numbers.

    Every pixel is shared between the eight nearest bins (trilinear), so that a small change of light moves the vector
    only a little; the bins of `a` and `b` are narrower near grey, where most merchandise lies. Square roots of the
    shares make the inner product the Bhattacharyya coefficient of two histograms (Bhattacharyya 1943): 1 for the same
    distribution of colours, 0 for disjoint ones. A fixed random projection keeps it to within about 1 / sqrt(384)
    (Johnson and Lindenstrauss 1984).
    """

    def __init__(self) -> None:
        settings = f"color:{_VERSION}:{_SIDE}:{_BINS}:{_CHROMA}:{_GAMMA}:{_DIM}"
        self._id = f"color-{hashlib.sha256(settings.encode()).hexdigest()[:12]}"
        self._projection = _projection()
        axis = np.linspace(-1.0, 1.0, _SIDE, dtype=np.float32)
        self._weight = np.exp(-(axis[:, None] ** 2 + axis[None, :] ** 2) / 0.9).ravel()

    @property
    def id(self) -> str:
        """The name and the hash of the settings."""
        return self._id

    @property
    def dim(self) -> int:
        """384."""
        return _DIM

    @property
    def parts(self) -> tuple[int, ...]:
        """One part."""
        return (_DIM,)

    @property
    def min_side(self) -> int:
        """Photos are reduced to a square of 64 pixels."""
        return _SIDE

    def embed(self, photos: Sequence[Pixels]) -> Vectors:
        """Return float32 `[n, 384]`, rows of unit length, from uint8 RGB photos of any size."""
        vectors = np.zeros((len(photos), _DIM), np.float32)
        for row, photo in enumerate(photos):
            shares = self._histogram(photo)
            bins = np.flatnonzero(shares)
            # Few bins are filled. A product of matrices would start the threads of BLAS in each of the caller's own.
            np.einsum("b,bd->d", np.sqrt(shares[bins]), self._projection[bins], out=vectors[row])
        return unit_rows(vectors)

    def _histogram(self, photo: Pixels) -> npt.NDArray[np.float32]:
        """Return the shares of the bins, float32 `[bins]`: all eight corners of all pixels in one count."""
        small = cv2.resize(photo, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        lab = cv2.cvtColor(small.astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab)
        planes = np.ascontiguousarray(lab.reshape(-1, 3).T)
        chroma = np.clip(planes[1:] / _CHROMA, -1.0, 1.0)
        chroma = np.copysign(np.abs(chroma) ** _GAMMA, chroma)
        position = np.concatenate([planes[:1] / 100.0, (chroma + 1.0) / 2.0]) * _LAST
        floor = np.minimum(position.astype(np.int32), _LAST.astype(np.int32) - 1)
        upper = position - floor
        sides = np.stack([1.0 - upper, upper])
        light, across, along = sides[:, 0], sides[:, 1], sides[:, 2]
        shares = (self._weight * light)[:, None, None] * across[:, None] * along
        places = _STEPS @ floor + _CORNERS[:, None]
        counts = np.bincount(places.ravel(), weights=shares.ravel(), minlength=len(self._projection))
        return np.asarray(counts / counts.sum(), np.float32)


def _projection() -> npt.NDArray[np.float32]:
    """Return `[bins, 384]` of signs; drawn from SHAKE-256, whose output no library version can change."""
    size = int(np.prod(_BINS)) * _DIM
    bits = np.frombuffer(hashlib.shake_256(b"shoplens color projection").digest(size // 8), np.uint8)
    signs = np.unpackbits(bits).astype(np.float32) * 2.0 - 1.0
    return np.asarray(signs.reshape(-1, _DIM) / np.sqrt(_DIM), np.float32)
