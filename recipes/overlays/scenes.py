"""Endless training pictures: a real photo, what was laid over it, and the truth as maps."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import overlays
from backgrounds import Backgrounds
from layouts import fitted_in, panels
from overlays import KINDS, Scene
from printed_matter import SIDE as THING
from printed_matter import group, package, thing
from watermarks import watermark

from shoplens.photos.subject import find_subject
from shoplens.quality.overlay_detector import SIDES, looked_at

CELL = 4
"""Pixels of a cell of the truth maps, down and across."""

LEAST = 8
"""Cells that an overlay must cover to be asked for."""

Shape = tuple[int, int]
"""Height and width in pixels."""

ASPECTS = ((4, 4), (4, 3), (3, 4), (4, 2), (2, 4))
"""Height to width: a watermark of a tall photo is narrow, and a guitar's neck is long."""

OFTEN = (0.5, 0.2, 0.14, 0.08, 0.08)

DRAW = {"text": overlays.text, "badge": overlays.badge, "watermark": watermark, "logo": overlays.logo}
CHANCES = {"text": 0.2, "badge": 0.15, "watermark": 0.6, "logo": 0.1}
UNTOUCHED = 0.3
COLLAGE, FRAME, PRINT, WHITED, LARGER, PACKAGE = 0.2, 0.05, 0.2, 0.45, 0.2, 0.18
SEVERAL, TWICE = 0.06, 0.4
"""Share of the photos that show several things, and of those that show one twice."""

ON_WHITE = 0.35
"""Share of the collages whose every photo shows a thing on white: only how they stand tells them from a group."""

PICTURED = 0.4
"""Share of the packages that have a photo on them, as covers and screens have."""


@dataclass
class Example:
    """`picture` uint8 `[h, w, 3]`; `truth` uint8 `[h / CELL, w / CELL, kinds]`, at most 255; `unsure` alike."""

    picture: np.ndarray
    truth: np.ndarray
    unsure: np.ndarray
    collage: float

    @property
    def there(self) -> np.ndarray:
        """Of each kind 1 where it is there, 0 where not, -1 where too little is seen to ask for it: float32."""
        cells = (self.truth > 127).sum(axis=(0, 1))
        found = np.where(cells >= LEAST, 1.0, np.where(cells > 0, -1.0, 0.0)).astype(np.float32)
        watermark = KINDS.index("watermark")
        if self.unsure.any() and found[watermark] == 0.0:
            found[watermark] = -1.0
        return found


def example(photos: Backgrounds, rng: np.random.Generator, wanted: str) -> Example:
    """Draw one of the larger size with one kind alone: "text", ..., or "collage"."""
    shape = _a_shape(SIDES[-1], rng)
    ground = _ground(photos, rng, wanted == "collage", shape)
    return _overlaid(ground, wanted == "collage", shape, rng, [wanted] if wanted in KINDS else [])


def examples(photos: Backgrounds, rng: np.random.Generator, count: int) -> list[Example]:
    """Draw `count`, an even number, of one size: each ground twice, so that only the overlays of the two differ."""
    drawn, shape = [], _a_shape(SIDES[rng.integers(len(SIDES))], rng)
    for _ in range(count // 2):
        collage = rng.random() < COLLAGE
        ground = _ground(photos, rng, collage, shape)
        drawn += [_overlaid(ground, collage, shape, rng, _some_kinds(rng)) for _ in range(2)]
    return drawn


def _some_kinds(rng: np.random.Generator) -> list[str]:
    return [kind for kind in KINDS if rng.random() < CHANCES[kind]] if rng.random() > UNTOUCHED else []


def _a_shape(side: int, rng: np.random.Generator) -> Shape:
    columns, rows = looked_at(*ASPECTS[rng.choice(len(ASPECTS), p=OFTEN)], side)
    return rows, columns


def _ground(photos: Backgrounds, rng: np.random.Generator, collage: bool, shape: Shape) -> np.ndarray:
    scale = rng.uniform(1, 2) if rng.random() < LARGER else 1.0
    rows, columns = (round(side * scale) for side in shape)
    if collage:
        photo = _on_white if rng.random() < ON_WHITE else _base
        return panels(lambda: photo(photos, rng), rows, columns, rng)
    return fitted_in(_base(photos, rng), rows, columns, rng)


def _overlaid(ground: np.ndarray, collage: bool, shape: Shape, rng: np.random.Generator, chosen: list[str]) -> Example:
    scene = Scene(ground.astype(np.float32))
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
    kind = rng.random()
    if kind < PACKAGE:
        return package(rng, photos.any(rng) if rng.random() < PICTURED else None)
    if kind < PACKAGE + SEVERAL:
        return several(photos, rng)
    photo = photos.any(rng)
    if rng.random() < WHITED and (alpha := _cut_out(photo)) is not None:
        photo = _laid_on(photo, alpha, 255.0 if rng.random() < 0.7 else rng.uniform(225, 255))
    if rng.random() < PRINT:
        photo = np.clip(overlays.printed(photo.astype(np.float32), rng), 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        gain, lift = rng.uniform(0.7, 1.25), rng.uniform(-25, 25)
        photo = np.clip(photo * gain + lift, 0, 255).astype(np.uint8)
    return photo


def _on_white(photos: Backgrounds, rng: np.random.Generator) -> np.ndarray:
    photo = photos.any(rng)
    if rng.random() > PACKAGE and (alpha := _cut_out(photo)) is not None:
        return _laid_on(photo, alpha, 255.0)
    art, alpha = thing(rng, photo if rng.random() < PICTURED else None)
    return _laid_on(art, alpha, 255.0)


def _laid_on(photo: np.ndarray, alpha: np.ndarray, ground: float) -> np.ndarray:
    return np.clip(photo * alpha + ground * (1 - alpha), 0, 255).astype(np.uint8)


def several(photos: Backgrounds, rng: np.random.Generator) -> np.ndarray:
    """Two or three products on one ground: a pair, a device from two sides, a box beside what was in it."""
    things: list[tuple[np.ndarray, np.ndarray]] = []
    while len(things) < 2 or (len(things) < 3 and rng.random() < 0.3):
        if things and rng.random() < TWICE:
            art, alpha = things[-1]
            turn = int(rng.choice([1, -1]))
            things.append((np.ascontiguousarray(art[:, ::turn]), np.ascontiguousarray(alpha[:, ::turn])))
            continue
        photo = photos.any(rng)
        alpha = _cut_out(photo) if rng.random() < 0.6 else None
        if alpha is None:
            things.append(thing(rng, photo if rng.random() < PICTURED else None))
        else:
            size = (THING, THING)
            things.append((cv2.resize(photo, size).astype(np.float32), cv2.resize(alpha, size)[..., None]))
    return group(things, rng)


def _cut_out(photo: np.ndarray) -> np.ndarray | None:
    """How much of each pixel is the product, 0 to 1, `[h, w, 1]`; None where it does not stand out."""
    subject = find_subject(np.ascontiguousarray(photo))
    if subject.score < 0.5 or not 0.1 < subject.share < 0.8:
        return None
    return cv2.GaussianBlur(subject.mask.astype(np.float32), (0, 0), 1.0)[..., None]


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
