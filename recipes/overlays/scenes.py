"""Endless training pictures: a real photo, what was laid over it, and the truth as maps."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import overlays
from backgrounds import Backgrounds
from overlays import KINDS, Scene
from printed_matter import package

SIZE = 256
"""Side of a training picture in pixels."""

MAP = SIZE // 4
"""Side of the truth maps."""

CHANCES = {"text": 0.17, "badge": 0.14, "watermark": 0.6, "logo": 0.1}
UNTOUCHED = 0.25
COLLAGE, FRAME, PRINT, WHITED, LARGER, PACKAGE = 0.14, 0.05, 0.2, 0.35, 0.2, 0.15


@dataclass
class Example:
    """`picture` uint8 `[SIZE, SIZE, 3]`; `truth` uint8 `[MAP, MAP, kinds]`, at most 255; `unsure` `[MAP, MAP]`."""

    picture: np.ndarray
    truth: np.ndarray
    unsure: np.ndarray
    collage: float


def example(photos: Backgrounds, rng: np.random.Generator, wanted: str | None = None) -> Example:
    """Draw one; `wanted` asks for one kind alone ("text", ..., "collage", or "nothing")."""
    collage = rng.random() < COLLAGE if wanted is None else wanted == "collage"
    side = int(rng.integers(SIZE, 2 * SIZE)) if rng.random() < LARGER else SIZE
    base = _collage(photos, rng, side) if collage else _square(_base(photos, rng), rng, side)
    scene = Scene(base.astype(np.float32))
    if wanted is None:
        chosen = [kind for kind in KINDS if rng.random() < CHANCES[kind]] if rng.random() > UNTOUCHED else []
    else:
        chosen = [wanted] if wanted in KINDS else []
    for kind in rng.permutation(chosen) if chosen else []:
        getattr(overlays, str(kind))(scene, rng)
    picture = np.clip(scene.picture, 0, 255).astype(np.uint8)
    if rng.random() < FRAME:
        width = max(2, round(side * rng.uniform(0.01, 0.06)))
        cv2.rectangle(picture, (0, 0), (side - 1, side - 1), overlays.some_color(rng).tolist(), 2 * width)
    picture = _saved(picture, rng)
    maps = [
        cv2.resize(scene.where[kind], (MAP, MAP), interpolation=cv2.INTER_AREA)
        if kind in chosen
        else np.zeros((MAP, MAP))
        for kind in KINDS
    ]
    unsure = cv2.resize(scene.unsure, (MAP, MAP), interpolation=cv2.INTER_AREA) > 0.3
    truth = (np.stack(maps, axis=2) * 255).astype(np.uint8)
    return Example(picture, truth, unsure, float(collage))


def _base(photos: Backgrounds, rng: np.random.Generator) -> np.ndarray:
    if rng.random() < PACKAGE:
        return package(rng)
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


def _square(photo: np.ndarray, rng: np.random.Generator, side: int) -> np.ndarray:
    """Crop or pad to an aspect that a stretch of a third may hide, then scale to `side`."""
    height, width = photo.shape[:2]
    if max(height, width) > 1.3 * min(height, width):
        if rng.random() < 0.4:
            rim = np.median(np.concatenate([photo[0], photo[-1]]), axis=0)
            spare = abs(height - width) // 2
            v, h = (0, spare) if height > width else (spare, 0)
            photo = cv2.copyMakeBorder(photo, v, v, h, h, cv2.BORDER_CONSTANT, value=rim.tolist())
        else:
            keep = int(rng.uniform(1.0, 1.3) * min(height, width))
            y, x = int(rng.integers(0, max(1, height - keep + 1))), int(rng.integers(0, max(1, width - keep + 1)))
            photo = photo[y : y + keep, x : x + keep]
    if rng.random() < 0.4:
        height, width = photo.shape[:2]
        share = rng.uniform(0.55, 1.0)
        rows, columns = int(height * share), int(width * share)
        y, x = int(rng.integers(0, height - rows + 1)), int(rng.integers(0, width - columns + 1))
        photo = photo[y : y + rows, x : x + columns]
    return cv2.resize(photo, (side, side), interpolation=cv2.INTER_LINEAR if side > photo.shape[0] else cv2.INTER_AREA)


def _collage(photos: Backgrounds, rng: np.random.Generator, side: int) -> np.ndarray:
    """Two to nine photos in panels, with or without a gap."""
    layout = str(rng.choice(["row", "column", "grid", "big", "inset"], p=[0.3, 0.2, 0.3, 0.12, 0.08]))
    gap = 0 if rng.random() < 0.5 else round(side * rng.uniform(0.004, 0.05))
    ground = np.full(3, 255.0) if rng.random() < 0.6 else overlays.some_color(rng)
    canvas = np.full((side, side, 3), ground, np.uint8)
    if layout == "inset":
        canvas = _square(_base(photos, rng), rng, side)
        small = round(side * rng.uniform(0.25, 0.42))
        y, x = (int(v) for v in rng.choice([gap, side - small - gap], 2))
        canvas[y : y + small, x : x + small] = ground
        line = int(rng.integers(0, 4))
        panel = _square(_base(photos, rng), rng, small)
        canvas[y + line : y + small - line, x + line : x + small - line] = panel[
            line : small - line, line : small - line
        ]
        return canvas
    columns, rows = {"row": (int(rng.integers(2, 4)), 1), "column": (1, int(rng.integers(2, 4))), "big": (2, 2)}.get(
        layout, tuple(int(v) for v in rng.integers(2, 4, 2))
    )
    xs, ys = np.linspace(0, side, columns + 1).astype(int), np.linspace(0, side, rows + 1).astype(int)
    spans = [(ys[r], ys[r + 1], xs[c], xs[c + 1]) for r in range(rows) for c in range(columns)]
    if layout == "big":
        cut = round(side * rng.uniform(0.55, 0.75))
        spans = [(0, side, 0, cut), (0, side // 2, cut, side), (side // 2, side, cut, side)]
        if rng.random() < 0.5:
            spans = [(x0, x1, y0, y1) for y0, y1, x0, x1 in spans]
    one = _base(photos, rng) if rng.random() < 0.15 else None
    for y0, y1, x0, x1 in spans:
        y0, x0, y1, x1 = y0 + gap // 2, x0 + gap // 2, y1 - gap // 2, x1 - gap // 2
        photo = one[:, :: rng.choice([1, -1])] if one is not None else _base(photos, rng)
        canvas[y0:y1, x0:x1] = _filled(photo, int(y1 - y0), int(x1 - x0), rng)
    return canvas


def _filled(photo: np.ndarray, rows: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """Scale to fill a panel, cutting what is too much; sometimes fit it in and pad with the rim's colour instead."""
    height, width = photo.shape[:2]
    if rng.random() < 0.35:
        scale = min(rows / height, columns / width)
        small = cv2.resize(
            photo, (max(1, int(width * scale)), max(1, int(height * scale))), interpolation=cv2.INTER_AREA
        )
        v, h = rows - small.shape[0], columns - small.shape[1]
        rim = np.median(np.concatenate([photo[0], photo[-1]]), axis=0)
        return cv2.copyMakeBorder(
            small, v // 2, v - v // 2, h // 2, h - h // 2, cv2.BORDER_CONSTANT, value=rim.tolist()
        )
    scale = max(rows / height, columns / width)
    big = cv2.resize(
        photo, (max(columns, round(width * scale)), max(rows, round(height * scale))), interpolation=cv2.INTER_AREA
    )
    y, x = (big.shape[0] - rows) // 2, (big.shape[1] - columns) // 2
    return big[y : y + rows, x : x + columns]


def _saved(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Reduced to the network's size and compressed, in either order."""
    if rng.random() < 0.5:
        picture = _compressed(picture, rng)
    if picture.shape[0] != SIZE:
        picture = cv2.resize(picture, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    return _compressed(picture, rng) if rng.random() < 0.35 else picture


def _compressed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 97))])[1]
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])
