"""The rooms and surfaces behind a product, drawn once each and then reused."""

from __future__ import annotations

import functools
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.demo.drawing.canvas import Canvas
from shoplens.demo.drawing.paint import Paint, Rgb, blend
from shoplens.demo.drawing.props import STANDING, draw_prop
from shoplens.demo.sprite import Sprite, laid_on, shadowed
from shoplens.records import Pixels

Surface = Literal["linen", "planks", "marble", "paper", "concrete"]
Place = Literal["room", "table", "shelf", "stage"]

_PASTELS: tuple[Rgb, ...] = (
    (236, 226, 214), (220, 228, 232), (232, 218, 220), (222, 230, 218),
    (238, 230, 206), (226, 222, 234), (210, 220, 214), (240, 220, 204),
)  # fmt: skip
_WOODS: tuple[Rgb, ...] = ((206, 170, 130), (178, 134, 94), (224, 200, 168), (142, 104, 76))

SURFACES: tuple[Surface, ...] = ("linen", "planks", "marble", "paper", "concrete")
PLACES: tuple[Place, ...] = ("room", "table", "shelf", "stage")
HORIZON: dict[Place, float] = {"room": 0.84, "table": 0.80, "shelf": 0.86, "stage": 0.82}
"""Where a standing product's foot goes, as a share of the picture's height."""


@functools.lru_cache(maxsize=64)
def surface(kind: Surface, variant: int, size: int) -> Pixels:
    """Return a surface seen from above with a window's light on it, uint8 RGB `[size, size, 3]`. Do not write to it."""
    rng = np.random.default_rng([variant, SURFACES.index(kind)])
    color = _PASTELS[int(rng.integers(len(_PASTELS)))]
    if kind == "marble":
        paint = Paint((240, 238, 236), "marbled", blend(color, -0.12), seed=variant)
    elif kind == "planks":
        paint = Paint(_WOODS[int(rng.integers(len(_WOODS)))], grain="wood")
    elif kind == "linen":
        paint = Paint(blend(color, -0.08), grain="weave")
    else:
        paint = Paint(color, grain="none" if kind == "paper" else "leather")
    picture = paint.cut(size, (0, 0, size, size)).copy()
    if kind == "planks":
        picture = _planked(picture, rng)
    return _window(_vignette(picture, rng), rng, strength=0.16 if kind != "paper" else 0.1)


@functools.lru_cache(maxsize=64)
def place(kind: Place, variant: int, size: int) -> Pixels:
    """Return a room, table, shelf or stage seen from the front, uint8 RGB `[size, size, 3]`. Do not write to it."""
    rng = np.random.default_rng([variant, 10 + PLACES.index(kind)])
    wall = _PASTELS[int(rng.integers(len(_PASTELS)))]
    picture: Pixels = np.full((size, size, 3), blend(wall, -0.04), np.uint8)
    picture = _window(_vignette(picture, rng), rng, strength=0.2)
    edge = round(size * {"room": 0.72, "table": 0.66, "shelf": 0.84, "stage": 0.70}[kind])
    if kind == "stage":
        return _stage(picture, wall, edge)
    wood = _WOODS[int(rng.integers(len(_WOODS)))]
    floor = Paint(wood, grain="wood").cut(size, (0, 0, size, size))[: size - edge]
    names = [STANDING[int(k)] for k in rng.permutation(len(STANDING))[:3]]
    for number, (name, x) in enumerate(zip(names, (0.12, 0.88, 0.72), strict=True)):
        if number == 2 and rng.random() < 0.5:
            continue
        side = size * float(rng.uniform(0.28, 0.4))
        picture = _stood(picture, name, variant * 7 + number, (x * size, edge + size * 0.015), side)
    if kind != "shelf":
        picture = cv2.GaussianBlur(picture, (0, 0), size * (0.006 if kind == "room" else 0.011)).astype(np.uint8)
    picture[edge:] = _receding(floor)
    if kind == "shelf":
        picture[edge : edge + max(2, size // 40)] = blend(wood, 0.25)
        picture[edge + max(2, size // 40) :] = blend(wall, -0.22)
    elif kind == "room":
        picture[edge - max(2, size // 50) : edge] = blend(wall, 0.5)
    return picture


@functools.lru_cache(maxsize=64)
def prop(name: str, variant: int, size: int) -> Sprite:
    """Return a drawn small thing, cut out, on a canvas of `size` pixels."""
    canvas = Canvas(size)
    draw_prop(canvas, name, variant)
    return Sprite.of(canvas)


def _stood(picture: Pixels, name: str, variant: int, foot: tuple[float, float], side: float) -> Pixels:
    sprite = prop(name, variant % 5, picture.shape[0] // 2)
    height = side * (sprite.box[3] - sprite.box[1]) / max(sprite.box[2] - sprite.box[0], sprite.box[3] - sprite.box[1])
    matrix = sprite.fit(middle=(foot[0], foot[1] - height / 2), side=side)
    color, alpha = sprite.placed(matrix, picture.shape[1], picture.shape[0])
    return laid_on(shadowed(picture, alpha, shift=(0.03, 0.01), soft=0.03, strength=0.3), color, alpha)


def _planked(picture: Pixels, rng: np.random.Generator) -> Pixels:
    size = picture.shape[0]
    step = size // 4
    for number, top in enumerate(range(0, size, step)):
        board = picture[top : top + step]
        board[:] = cv2.convertScaleAbs(
            np.roll(board, int(rng.integers(size)), axis=1), alpha=float(rng.uniform(0.92, 1.04))
        )
        if number:
            picture[top : top + max(1, size // 240)] //= 2
    return picture


def _receding(floor: Pixels) -> Pixels:
    fade = np.linspace(0.80, 1.04, floor.shape[0], dtype=np.float32)[:, None, None]
    return np.asarray(np.clip(floor * fade, 0, 255), np.uint8)


def _stage(picture: Pixels, wall: Rgb, edge: int) -> Pixels:
    size = picture.shape[0]
    ramp = np.clip((np.arange(size, dtype=np.float32) - edge + size * 0.08) / (size * 0.16), 0, 1)
    ramp = (ramp * ramp * (3 - 2 * ramp))[:, None, None]
    floor = np.array(blend(wall, 0.35), np.float32)
    return np.asarray(picture * (1 - ramp) + floor * ramp, np.uint8)


def _vignette(picture: Pixels, rng: np.random.Generator) -> Pixels:
    size = picture.shape[0]
    axis = np.linspace(-1, 1, size, dtype=np.float32)
    x, y = axis[None, :] + np.float32(rng.uniform(0.1, 0.5)), axis[:, None] + np.float32(rng.uniform(0.1, 0.5))
    gain = np.clip(1.05 - 0.085 * (x * x + y * y), 0, 1.1)
    return np.clip(picture * gain[..., None], 0, 255).astype(np.uint8)


def _window(picture: Pixels, rng: np.random.Generator, *, strength: float) -> Pixels:
    """Let slanting sunlight fall through a window's panes."""
    size = picture.shape[0]
    small = np.zeros((96, 96), np.uint8)
    x, lean = float(rng.uniform(5, 45)), float(rng.uniform(14, 34))
    for column in range(2):
        for row in range(3):
            left, top = x + 22 * column + lean - 20, 4 + 27 * row
            pane = np.array(
                [
                    (left + top * 0.3, top),
                    (left + 19 + top * 0.3, top + 3),
                    (left + 19 + (top + 23) * 0.3, top + 26),
                    (left + (top + 23) * 0.3, top + 23),
                ]
            )
            cv2.fillPoly(small, [(pane * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    soft = cv2.resize(cv2.GaussianBlur(small, (0, 0), 1.6), (size, size), interpolation=cv2.INTER_CUBIC)
    light: npt.NDArray[np.float32] = soft.astype(np.float32)[..., None] / np.float32(255) * np.float32(strength)
    warm = np.array([255, 250, 236], np.float32)
    return np.clip(picture + (warm - picture) * light, 0, 255).astype(np.uint8)


def noise(size: int, seed: int) -> npt.NDArray[np.int16]:
    """Return a camera's noise of unit strength, int16 `[size, size, 1]` around 0 in tenths of a grey level."""
    return _noise_tile(size, seed % 4)


@functools.lru_cache(maxsize=8)
def _noise_tile(size: int, seed: int) -> npt.NDArray[np.int16]:
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((size, size, 1), dtype=np.float32) * 10).astype(np.int16)
