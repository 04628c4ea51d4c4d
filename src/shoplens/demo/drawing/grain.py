"""The fine texture of a material, as a grey tile that is multiplied onto its colour."""

from __future__ import annotations

import functools
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

Grain = Literal["none", "cotton", "knit", "rib", "denim", "leather", "wood", "weave", "metal"]
Tile = npt.NDArray[np.uint8]


@functools.lru_cache(maxsize=32)
def grain_tile(kind: Grain, size: int) -> Tile:
    """Return a uint8 tile `[size, size]`, 128 where the material is as bright as its colour.

    Tiles are drawn for a canvas of 960 pixels and scaled to others, so that a small drawing looks like a large one.
    """
    rng = np.random.default_rng(abs(hash_of(kind)))
    side = 960
    tile = _DRAW[kind](side, rng)
    centred: Tile = np.clip(128 + (tile - tile.mean()), 0, 255).astype(np.uint8)
    if size == side:
        return centred
    return np.asarray(cv2.resize(centred, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def hash_of(text: str) -> int:
    """Return a number that is the same in every process, which `hash` is not."""
    return int.from_bytes(text.encode()[:8], "big")


def _noise(side: int, rng: np.random.Generator, blur: tuple[float, float], strength: float) -> npt.NDArray[np.float32]:
    field = rng.standard_normal((side, side), dtype=np.float32)
    if max(blur) > 0:
        field = cv2.GaussianBlur(field, (0, 0), sigmaX=max(blur[0], 0.01), sigmaY=max(blur[1], 0.01)).astype(np.float32)
    return (field * np.float32(strength / float(field.std()))).astype(np.float32)


def _grid(side: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    return x, y


def _none(side: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    return np.zeros((side, side), np.float32)


def _cotton(side: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    return _noise(side, rng, (0.9, 0.9), 2.4)


def _knit(side: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    x, y = _grid(side)
    column = np.abs(((x / 15) % 1) - 0.5)
    stitch = np.cos(2 * np.pi * (y / 13 - column * 1.6))
    return np.asarray(9 * stitch - 22 * (column > 0.42) + _noise(side, rng, (1, 1), 3), np.float32)


def _rib(side: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    x, _ = _grid(side)
    return (12 * np.sin(2 * np.pi * x / 14) + _noise(side, rng, (1, 3), 3)).astype(np.float32)


def _denim(side: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    x, y = _grid(side)
    twill = 7 * np.sin(2 * np.pi * (x + y) / 6)
    return (twill + _noise(side, rng, (0.7, 3.2), 6) + _noise(side, rng, (22, 30), 5)).astype(np.float32)


def _leather(side: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    cells = np.abs(_noise(side, rng, (3, 3), 1.0))
    return (5 * np.minimum(cells, 1.2) + _noise(side, rng, (18, 18), 2.5)).astype(np.float32)


def _wood(side: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    x, y = _grid(side)
    bend = cv2.GaussianBlur(rng.standard_normal((side, side), dtype=np.float32), (0, 0), 40)
    rings = np.sin(2 * np.pi * (y / 58 + bend * 14 + 0.25 * np.sin(x / 210)))
    return (3.5 * rings + _noise(side, rng, (34, 0.8), 6) + _noise(side, rng, (60, 3), 3)).astype(np.float32)


def _weave(side: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    x, y = _grid(side)
    over = np.sin(2 * np.pi * x / 9) * np.sin(2 * np.pi * y / 9)
    slubs = _noise(side, rng, (6, 0.8), 1.2) + _noise(side, rng, (0.8, 6), 1.2)
    return np.asarray(4 * over + slubs, np.float32)


def _metal(side: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    return _noise(side, rng, (26, 0.6), 3)


_DRAW = {
    "none": _none,
    "cotton": _cotton,
    "knit": _knit,
    "rib": _rib,
    "denim": _denim,
    "leather": _leather,
    "wood": _wood,
    "weave": _weave,
    "metal": _metal,
}
