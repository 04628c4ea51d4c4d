"""Endless training pictures: a real photo, what was laid over it, and the truth as maps."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import overlays
from backgrounds import Backgrounds
from layouts import fitted_in, panels
from overlays import KINDS, Scene
from printed_matter import package
from watermarks import watermark

SIZE = 256
"""Longer side of a training picture in pixels."""

CELL = 4
"""Pixels of a cell of the truth maps, down and across."""

Shape = tuple[int, int]
"""Height and width in pixels."""

SHAPES: tuple[Shape, ...] = ((SIZE, SIZE), (SIZE, 192), (192, SIZE), (SIZE, 128), (128, SIZE))
"""The shapes of photos: a watermark of a tall one is narrow, and a guitar's neck is long."""

OFTEN = (0.5, 0.2, 0.14, 0.08, 0.08)

DRAW = {"text": overlays.text, "badge": overlays.badge, "watermark": watermark, "logo": overlays.logo}
CHANCES = {"text": 0.2, "badge": 0.15, "watermark": 0.6, "logo": 0.1}
UNTOUCHED = 0.3
COLLAGE, FRAME, PRINT, WHITED, LARGER, PACKAGE = 0.14, 0.05, 0.2, 0.45, 0.2, 0.18
PICTURED = 0.4
"""Share of the packages that have a photo on them, as covers and screens have."""


@dataclass
class Example:
    """`picture` uint8 `[h, w, 3]`; `truth` uint8 `[h / CELL, w / CELL, kinds]`, at most 255; `unsure` alike."""

    picture: np.ndarray
    truth: np.ndarray
    unsure: np.ndarray
    collage: float


def example(photos: Backgrounds, rng: np.random.Generator, wanted: str | None = None) -> Example:
    """Draw one; `wanted` asks for one kind alone ("text", ..., "collage", or "nothing")."""
    collage = rng.random() < COLLAGE if wanted is None else wanted == "collage"
    shape = _a_shape(rng)
    return _overlaid(_ground(photos, rng, collage, shape), collage, shape, rng, wanted)


def examples(photos: Backgrounds, rng: np.random.Generator, count: int) -> list[Example]:
    """Draw `count` of one shape, an even number: each ground twice, so that only the overlays of the two differ."""
    drawn, shape = [], _a_shape(rng)
    for _ in range(count // 2):
        collage = rng.random() < COLLAGE
        ground = _ground(photos, rng, collage, shape)
        drawn += [_overlaid(ground, collage, shape, rng), _overlaid(ground, collage, shape, rng)]
    return drawn


def _a_shape(rng: np.random.Generator) -> Shape:
    return SHAPES[rng.choice(len(SHAPES), p=OFTEN)]


def _ground(photos: Backgrounds, rng: np.random.Generator, collage: bool, shape: Shape) -> np.ndarray:
    scale = rng.uniform(1, 2) if rng.random() < LARGER else 1.0
    rows, columns = (round(side * scale) for side in shape)
    if collage:
        return panels(lambda: _base(photos, rng), rows, columns, rng)
    return fitted_in(_base(photos, rng), rows, columns, rng)


def _overlaid(
    ground: np.ndarray, collage: bool, shape: Shape, rng: np.random.Generator, wanted: str | None = None
) -> Example:
    scene = Scene(ground.astype(np.float32))
    if wanted is None:
        chosen = [kind for kind in KINDS if rng.random() < CHANCES[kind]] if rng.random() > UNTOUCHED else []
    else:
        chosen = [wanted] if wanted in KINDS else []
    for kind in rng.permutation(chosen) if chosen else []:
        DRAW[str(kind)](scene, rng)
    picture = np.clip(scene.picture, 0, 255).astype(np.uint8)
    if rng.random() < FRAME:
        width = max(2, round(scene.side * rng.uniform(0.01, 0.06)))
        corner = (picture.shape[1] - 1, picture.shape[0] - 1)
        cv2.rectangle(picture, (0, 0), corner, overlays.some_color(rng).tolist(), 2 * width)
    picture = _saved(picture, shape, rng)
    cells = (shape[1] // CELL, shape[0] // CELL)
    maps = [
        cv2.resize(scene.where[kind], cells, interpolation=cv2.INTER_AREA) if kind in chosen else np.zeros(cells[::-1])
        for kind in KINDS
    ]
    unsure = cv2.resize(scene.unsure, cells, interpolation=cv2.INTER_AREA) > 0.3
    truth = (np.stack(maps, axis=2) * 255).astype(np.uint8)
    return Example(picture, truth, unsure, float(collage))


def _base(photos: Backgrounds, rng: np.random.Generator) -> np.ndarray:
    if rng.random() < PACKAGE:
        return package(rng, photos.any(rng) if rng.random() < PICTURED else None)
    photo = photos.any(rng)
    if rng.random() < WHITED:
        photo = _whited(photo, rng)
    if rng.random() < PRINT:
        photo = np.clip(overlays.printed(photo.astype(np.float32), rng), 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        gain, lift = rng.uniform(0.7, 1.25), rng.uniform(-25, 25)
        photo = np.clip(photo * gain + lift, 0, 255).astype(np.uint8)
    return photo


def _whited(photo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The product cut out on white or a light ground, as catalogues show it, where it stands out."""
    from shoplens.photos.subject import find_subject

    subject = find_subject(np.ascontiguousarray(photo))
    if subject.score < 0.5 or not 0.1 < subject.share < 0.8:
        return photo
    alpha = cv2.GaussianBlur(subject.mask.astype(np.float32), (0, 0), 1.0)[..., None]
    ground = 255.0 if rng.random() < 0.7 else rng.uniform(225, 255)
    return (photo * alpha + ground * (1 - alpha)).astype(np.uint8)


def _saved(picture: np.ndarray, shape: Shape, rng: np.random.Generator) -> np.ndarray:
    """Reduced to the network's size and compressed, in either order."""
    if rng.random() < 0.5:
        picture = _compressed(picture, rng)
    if picture.shape[:2] != shape:
        picture = cv2.resize(picture, shape[::-1], interpolation=cv2.INTER_AREA)
    return _compressed(picture, rng) if rng.random() < 0.35 else picture


def _compressed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 97))])[1]
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])
