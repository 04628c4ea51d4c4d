"""What the base model's network sees of a photo, coarsely: by the thirds of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.models.bundle import BASE, load_bundle
from shoplens.models.runtime import OnnxModel
from shoplens.records import Pixels

Gist = npt.NDArray[np.float32]
"""Nine places, row by row, and what the network's last feature map says of each: float32 `[n, 9 * channels]`."""

TURNS: Final = 4

_THIRDS: Final = 3


class GistReader:
    """Runs the base model's network on photos squeezed to a square of `side` pixels; many threads may share it.

    The network's own recipe pads a photo to a square. Here it is squeezed, since the bars would tell whether a photo is
    tall or wide, and with that most turned photos of a training set in which all are tall.
    """

    def __init__(self) -> None:
        bundle = load_bundle(BASE)
        self._model = OnnxModel(bundle)
        self.bundle_id = bundle.id
        self.side = self._model.input_size

    def square(self, pixels: Pixels) -> Pixels:
        """Return a photo of any size as the network takes it, uint8 RGB `[s, s, 3]`."""
        ways = cv2.INTER_AREA if min(pixels.shape[:2]) >= self.side else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(pixels, (self.side, self.side), interpolation=ways), np.uint8)

    def read(self, squares: Sequence[Pixels]) -> Gist:
        """Return the gist of squares as `square` makes them; `[0, 0]` for none."""
        if not squares:
            return np.zeros((0, 0), np.float32)
        maps = self._model.run(np.stack(squares), ["features"])["features"]
        count, height, width, channels = maps.shape
        places = _places(height, width) @ maps.reshape(count, height * width, channels)
        return np.asarray(places.reshape(count, -1), np.float32)


@cache
def gist_reader() -> GistReader:
    """Return the reader of the base model that ships, loaded once."""
    return GistReader()


@cache
def _places(height: int, width: int) -> npt.NDArray[np.float32]:
    """Return what each of the nine places takes of each cell, `[9, height * width]`."""
    return np.kron(_thirds(height), _thirds(width)).astype(np.float32)


def _thirds(length: int) -> npt.NDArray[np.float64]:
    """Return what each third takes of each cell of a side, `[3, length]`; they overlap where it is no multiple of 3."""
    size = -(-length // _THIRDS)
    parts = np.zeros((_THIRDS, length))
    for place, part in enumerate(parts):
        start = round(place * (length - size) / (_THIRDS - 1))
        part[start : start + size] = 1.0 / size
    return parts
