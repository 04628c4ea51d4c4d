"""A photo as a grid of described patches."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.models.feature_taps import FeatureTaps
from shoplens.photos.geometry import check_pixels
from shoplens.records import Pixels, Vectors

GRID = 28
"""Patches along each side of the frame."""

TILES = 2
"""Sides of the frame in sides of the network's input: the finer, the smaller a defect may be, and the slower."""

_NEIGHBOURS = 3

Patches = npt.NDArray[np.float32]
"""Descriptions of patches, float32 `[patches, channels]`, row by row of the grid."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A photo made square: where it lies in its frame, in pixels."""

    pixels: Pixels
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """A frame's patches and the whole.

    Attributes:
        layers: of each tapped layer the patches `[GRID * GRID, channels]`.
        embedding: float32 `[dim]`, of unit length.
    """

    layers: tuple[Patches, ...]
    embedding: Vectors


class PatchReader:
    """Describes patches by the middle feature maps of a network.

    The frame is read in overlapping tiles of the network's input, so that photos may be twice as fine as what the
    network was made for; where tiles overlap, places near their middles count most. A patch is the mean of 3 x 3
    places of the map, which makes it aware of what lies around it (Roth et al., 2022).

    Args:
        taps: the network.
    """

    def __init__(self, taps: FeatureTaps) -> None:
        self._taps = taps
        self.side = TILES * taps.input_size

    def frame(self, photo: Pixels) -> Frame:
        """Return the photo `[h, w, 3]` in a square frame, beside it the median colour of its border."""
        check_pixels(photo)
        scale = self.side / max(photo.shape[:2])
        width, height = (max(1, round(length * scale)) for length in (photo.shape[1], photo.shape[0]))
        ways = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        small = np.asarray(cv2.resize(photo, (width, height), interpolation=ways), np.uint8)
        border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
        pixels = np.empty((self.side, self.side, 3), np.uint8)
        pixels[:] = np.median(border, axis=0).astype(np.uint8)
        left, top = (self.side - width) // 2, (self.side - height) // 2
        pixels[top : top + height, left : left + width] = small
        return Frame(pixels, left, top, width, height)

    def describe(self, frame: Pixels) -> Described:
        """Describe a square frame `[side, side, 3]`."""
        tile = self._taps.input_size
        starts = range(0, self.side - tile + 1, tile // 2)
        places = [(top, left) for top in starts for left in starts]
        whole = cv2.resize(frame, (tile, tile), interpolation=cv2.INTER_AREA)
        cut = [frame[top : top + tile, left : left + tile] for top, left in places]
        said = self._taps.run(np.stack([whole, *cut]).astype(np.uint8))
        layers = tuple(_patches(_stitched(found[1:], places, tile, self.side)) for found in said.maps)
        return Described(layers, said.embedding[0])


def _stitched(
    maps: npt.NDArray[np.float32], places: list[tuple[int, int]], tile: int, side: int
) -> npt.NDArray[np.float32]:
    """Return the maps of the tiles as one map `[m, m, channels]` of the frame."""
    cells = maps.shape[1]
    most = round(side * cells / tile)
    near = np.minimum(np.arange(cells) + 0.5, cells - np.arange(cells) - 0.5)
    weight = (np.minimum.outer(near, near) ** 2)[:, :, None].astype(np.float32)
    total, weights = np.zeros((most, most, maps.shape[3]), np.float32), np.zeros((most, most, 1), np.float32)
    for found, (top, left) in zip(maps, places, strict=True):
        row, column = round(top * cells / tile), round(left * cells / tile)
        total[row : row + cells, column : column + cells] += weight * found
        weights[row : row + cells, column : column + cells] += weight
    return np.asarray(total / weights, np.float32)


def _patches(found: npt.NDArray[np.float32]) -> Patches:
    """Return the means of neighbours at the places of the grid, `[GRID * GRID, channels]`."""
    cells, _, channels = found.shape
    average = np.asarray(cv2.blur(np.eye(cells, dtype=np.float32), (1, _NEIGHBOURS)), np.float32)
    along = np.asarray(cv2.resize(average, (cells, GRID), interpolation=cv2.INTER_LINEAR), np.float32)
    rows = np.tensordot(along, found, axes=(1, 0))
    both = np.tensordot(rows, along, axes=(1, 1))
    return np.ascontiguousarray(both.transpose(0, 2, 1).reshape(GRID * GRID, channels))
