"""Endless training pictures: a real photo, what was laid over it, and the truth as maps."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import overlays
from backgrounds import Backgrounds
from badges import badge
from layouts import fitted_in, panels
from overlays import KINDS, Scene
from printed_matter import SIDE as THING
from printed_matter import group, laid_on, package, thing
from watermarks import watermark

from shoplens.quality.overlay_detector import SIDES, looked_at, resized

CELL = 4
"""Pixels of a cell of the truth maps, down and across."""

LEAST = 8
"""Cells that an overlay must cover to be asked for."""

Shape = tuple[int, int]
"""Height and width in pixels."""

ASPECTS = ((4, 4), (4, 3), (3, 4), (4, 2), (2, 4))
"""Height to width: a watermark of a tall photo is narrow, and a guitar's neck is long."""

OFTEN = (0.46, 0.19, 0.13, 0.11, 0.11)

DRAW = {"text": overlays.text, "badge": badge, "watermark": watermark, "logo": overlays.logo}
CHANCES = {"text": 0.2, "badge": 0.15, "watermark": 0.6, "logo": 0.1}
UNTOUCHED = 0.3
USES = 4
"""Pictures of a batch that have the same ground."""

COLLAGE, FRAME, PRINT, WHITED, PACKAGE = 0.28, 0.05, 0.2, 0.45, 0.22
LARGER, SMALLER = 0.25, 0.25
"""Shares of the pictures that are drawn at up to twice the size and reduced, as large photos are, and at down to 0.6
of it and enlarged, as photos are that have fewer pixels than the network looks at."""

SHARPENED = 0.3
"""Share of the grounds that are: what is kept at 320 pixels is softer, looked at from closer, than a shop's photo."""

SEVERAL, TWICE = 0.08, 0.4
"""Share of the photos that show several things, and of those that show one twice."""

ON_WHITE = 0.5
"""Share of the collages whose every photo shows a thing on white: only how they stand tells them from a group."""

OF_ONE_SET = 0.5
"""Share of the collages whose photos are all from one set: two photos of people, two of shirts."""

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
    """Draw `count`, a multiple of `USES`, of one size: of those with one ground, only the overlays differ."""
    drawn, shape = [], _a_shape(SIDES[rng.integers(len(SIDES))], rng)
    for _ in range(count // USES):
        collage = rng.random() < COLLAGE
        ground = _ground(photos, rng, collage, shape)
        drawn += [_overlaid(ground, collage, shape, rng, _some_kinds(rng)) for _ in range(USES)]
    return drawn


def _some_kinds(rng: np.random.Generator) -> list[str]:
    return [kind for kind in KINDS if rng.random() < CHANCES[kind]] if rng.random() > UNTOUCHED else []


def _a_shape(side: int, rng: np.random.Generator) -> Shape:
    columns, rows = looked_at(*ASPECTS[rng.choice(len(ASPECTS), p=OFTEN)], side)
    return rows, columns


def _ground(photos: Backgrounds, rng: np.random.Generator, collage: bool, shape: Shape) -> np.ndarray:
    kind = rng.random()
    scale = rng.uniform(1, 2) if kind < LARGER else rng.uniform(0.6, 1) if kind < LARGER + SMALLER else 1.0
    rows, columns = (round(side * scale) for side in shape)
    if collage:
        photo = _on_white if rng.random() < ON_WHITE else _base
        shown = photos.of_one_set(rng) if rng.random() < OF_ONE_SET else photos
        return panels(lambda: photo(shown, rng), rows, columns, rng)
    ground = fitted_in(_base(photos, rng), rows, columns, rng)
    if rng.random() < SHARPENED:
        more = rng.uniform(0.3, 1.2)
        ground = cv2.addWeighted(ground, 1 + more, cv2.GaussianBlur(ground, (0, 0), rng.uniform(0.8, 1.6)), -more, 0)
    return ground


def _overlaid(ground: np.ndarray, collage: bool, shape: Shape, rng: np.random.Generator, chosen: list[str]) -> Example:
    scene = Scene(ground.copy())
    for kind in rng.permutation(chosen) if chosen else []:
        DRAW[str(kind)](scene, rng)
    picture = scene.picture
    if rng.random() < FRAME:
        width = max(2, round(scene.side * rng.uniform(0.01, 0.06)))
        corner = (picture.shape[1] - 1, picture.shape[0] - 1)
        cv2.rectangle(picture, (0, 0), corner, overlays.some_color(rng).tolist(), 2 * width)
    picture = _saved(picture, shape, rng)
    rows, columns = shape[0] // CELL, shape[1] // CELL
    truth = np.zeros((rows, columns, len(KINDS)), np.uint8)
    for kind in chosen:
        truth[..., KINDS.index(kind)] = cv2.resize(scene.where[kind], (columns, rows), interpolation=cv2.INTER_AREA)
    unsure = cv2.resize(scene.unsure, (columns, rows), interpolation=cv2.INTER_AREA) > 0.3 * 255
    return Example(picture, truth, unsure, float(collage))


def _base(photos: Backgrounds, rng: np.random.Generator) -> np.ndarray:
    kind = rng.random()
    if kind < PACKAGE:
        return package(rng, photos.any(rng) if rng.random() < PICTURED else None)
    if kind < PACKAGE + SEVERAL:
        return several(photos, rng)
    number = photos.some(rng)
    photo = photos.photo(number)
    if rng.random() < WHITED and (alpha := photos.cut_out(number, photo.shape[:2])) is not None:
        photo = laid_on(photo, alpha, 255.0 if rng.random() < 0.7 else rng.uniform(225, 255))
    if rng.random() < PRINT:
        photo = overlays.printed(photo, rng)
    if rng.random() < 0.3:
        photo = cv2.addWeighted(photo, rng.uniform(0.7, 1.25), photo, 0.0, rng.uniform(-25, 25))
    return photo


def _on_white(photos: Backgrounds, rng: np.random.Generator) -> np.ndarray:
    """A thing on white, or nearly: the white of one shop's photos is the next one's light grey."""
    number = photos.some(rng)
    photo = photos.photo(number)
    ground = 255.0 if rng.random() < 0.7 else rng.uniform(225, 255)
    if rng.random() > PACKAGE and (alpha := photos.cut_out(number, photo.shape[:2])) is not None:
        return laid_on(photo, alpha, ground)
    return laid_on(*thing(rng, photo if rng.random() < PICTURED else None), ground)


def several(photos: Backgrounds, rng: np.random.Generator) -> np.ndarray:
    """Two or three products on one ground: a pair, a device from two sides, a box beside what was in it."""
    things: list[tuple[np.ndarray, np.ndarray]] = []
    while len(things) < 2 or (len(things) < 3 and rng.random() < 0.3):
        if things and rng.random() < TWICE:
            art, alpha = things[-1]
            turn = int(rng.choice([1, -1]))
            things.append((np.ascontiguousarray(art[:, ::turn]), np.ascontiguousarray(alpha[:, ::turn])))
            continue
        number = photos.some(rng)
        photo = photos.photo(number)
        alpha = photos.cut_out(number, photo.shape[:2]) if rng.random() < 0.6 else None
        if alpha is None:
            things.append(thing(rng, photo if rng.random() < PICTURED else None))
        else:
            things.append((cv2.resize(photo, (THING, THING)), cv2.resize(alpha, (THING, THING))))
    return group(things, rng)


def _saved(picture: np.ndarray, shape: Shape, rng: np.random.Generator) -> np.ndarray:
    """Brought to the network's size, as the detector does that, and compressed, in either order."""
    if rng.random() < 0.5:
        picture = _compressed(picture, rng)
    if picture.shape[:2] != shape:
        picture = resized(picture, *shape)
    return _compressed(picture, rng) if rng.random() < 0.35 else picture


def _compressed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 97))]
    data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), quality)[1]
    return cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
