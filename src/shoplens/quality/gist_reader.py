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
    """Runs the base model's network on photos squeezed to a square; many threads may share it.

    The network's own recipe pads a photo to a square. Here it is squeezed, since the bars would tell whether a photo is
    tall or wide, and with that most turned photos of a training set in which all are tall.
    """

    def __init__(self) -> None:
        bundle = load_bundle(BASE)
        self._model = OnnxModel(bundle)
        self.bundle_id = bundle.id

    def square(self, pixels: Pixels) -> Pixels:
        """Return a photo of any size as the network takes it, uint8 RGB `[s, s, 3]`."""
        side = self._model.input_size
        ways = cv2.INTER_AREA if min(pixels.shape[:2]) >= side else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(pixels, (side, side), interpolation=ways), np.uint8)

    def read(self, squares: Sequence[Pixels]) -> Gist:
        """Return the gist of squares as `square` makes them; `[0, 0]` for none."""
        if not squares:
            return np.zeros((0, 0), np.float32)
        maps = self._model.run(np.stack(squares), ["features"])["features"]
        rows = np.stack([part.mean(axis=1) for part in _thirds(maps, 1)], axis=1)
        places = np.stack([part.mean(axis=2) for part in _thirds(rows, 2)], axis=2)
        return np.asarray(places.reshape(len(squares), -1), np.float32)


@cache
def gist_reader() -> GistReader:
    """Return the reader of the base model that ships, loaded once."""
    return GistReader()


def _thirds(maps: npt.NDArray[np.float32], axis: int) -> list[npt.NDArray[np.float32]]:
    """Return three parts of an axis that overlap where its length is no multiple of three."""
    length = maps.shape[axis]
    size = -(-length // _THIRDS)
    starts = [round(place * (length - size) / (_THIRDS - 1)) for place in range(_THIRDS)]
    return [np.take(maps, range(start, start + size), axis=axis) for start in starts]
