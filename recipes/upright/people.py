"""One picture of the training of `person_shown`: with a person or a mannequin, or the same without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from training_photos import TrainingPhoto, listed, read
from worn import LOWER, UNDER, UPPER, Body, Outfit, body_of, draw_body, outfits, put_on

from shoplens.records import Pixels

SHOWN = 900
"""Upright pictures of people for the head that tells turned photos: products are often worn."""

ROOM = 130
"""Pixels around the clothes' places, for the head and for windows that are not filled."""


def people_shown(data: Path, share: float = 1.0) -> Iterator[TrainingPhoto]:
    """Yield upright pictures with a person or a mannequin; an outfit is a group."""
    rng, worn, sets = np.random.default_rng(8), outfits(data), listed(data)
    grounds = [read(path) for name in ("clothing", "grocery") for _, path in sets[name][:40]]
    for _ in range(round(SHOWN * share)):
        outfit, kind = worn[rng.integers(len(worn))], "person" if rng.random() < 0.8 else "mannequin"
        ground = grounds[rng.integers(len(grounds))] if rng.random() < 0.4 else None
        yield TrainingPhoto("people", outfit.name, picture(kind, outfit, ground, rng))


def picture(kind: str, outfit: Outfit, ground: Pixels | None, rng: np.random.Generator) -> Pixels:
    """Draw a picture of a kind: "person", "mannequin", "no body", "spread" or "alone".

    Args:
        kind: what to draw.
        outfit: the clothes.
        ground: a photo to stand before, None for white.
        rng: of the picture.
    """
    body = body_of(outfit)
    garments = [g for g in outfit.garments if g.label in UPPER | LOWER or rng.random() < 0.7]
    if kind == "alone":
        garments = [garments[rng.integers(len(garments))]]
    if kind == "no body":  # with shoes and stockings it would be a person of whom no skin is seen
        garments = [g for g in garments if g.label in UPPER | LOWER and g.label not in UNDER]
    width = max(g.box[2] for g in outfit.garments) + 2 * ROOM
    height = round(body.feet) + 2 * ROOM
    canvas = _ground(ground, width, height, rng)
    placed = Body(body.center + ROOM, body.shoulder + ROOM, body.feet + ROOM, body.head, body.width)
    if kind in ("person", "mannequin"):
        canvas = draw_body(canvas, placed, rng, mannequin=kind == "mannequin")
    if kind == "spread":
        return _spread(garments, ground, rng)
    for garment in garments:
        put_on(canvas, garment, (ROOM, ROOM))
    left, top, right, bottom = _window(kind, placed, garments, rng)
    canvas = canvas[max(0, top) : bottom, max(0, left) : right]
    return _photographed(np.ascontiguousarray(canvas), rng)


def _window(kind: str, body: Body, garments: Sequence, rng: np.random.Generator) -> tuple[int, int, int, int]:  # type: ignore[type-arg]
    """Return left, top, right, bottom: the whole, from the chin down to the hips, the legs; or around one garment."""
    head, side = body.head, body.head * rng.uniform(1.6, 3.0)
    if kind == "alone":
        x0, y0, x1, y1 = (v + ROOM for v in garments[0].box)
        edge = rng.uniform(0.05, 0.3) * max(x1 - x0, y1 - y0)
        return round(x0 - edge), round(y0 - edge), round(x1 + edge), round(y1 + edge)
    part = rng.choice(["whole", "torso", "legs"], p=[0.4, 0.4, 0.2])
    if part == "whole":
        top, bottom = body.shoulder - rng.uniform(1.4, 2.2) * head, body.feet + rng.uniform(0.1, 0.9) * head
        side = max(side, 2.2 * head)
    elif part == "torso":
        top = body.shoulder - rng.uniform(0.5, 1.7) * head
        bottom = body.shoulder + rng.uniform(2.4, 4.2) * head
    else:
        top, bottom = body.shoulder + rng.uniform(1.3, 2.4) * head, body.feet + rng.uniform(-0.3, 0.7) * head
    middle = body.center + rng.normal(0, 0.3) * head
    return round(middle - side), round(top), round(middle + side), round(bottom)


def _spread(garments: Sequence, ground: Pixels | None, rng: np.random.Generator) -> Pixels:  # type: ignore[type-arg]
    """Lay the clothes side by side."""
    cells = int(np.ceil(np.sqrt(len(garments))))
    canvas = _ground(ground, 100 * cells, 100 * cells, rng)
    for number, place in enumerate(rng.permutation(cells * cells)[: len(garments)]):
        x0, y0, x1, y1 = garments[number].box
        scale = rng.uniform(70, 97) / max(x1 - x0, y1 - y0)
        x, y = 100 * (place % cells) + 50, 100 * (place // cells) + 50
        put_on(canvas, garments[number], (x - scale * (x0 + x1) / 2, y - scale * (y0 + y1) / 2), scale)
    return _photographed(canvas, rng)


def _ground(ground: Pixels | None, width: int, height: int, rng: np.random.Generator) -> Pixels:
    if ground is None:
        return np.full((height, width, 3), rng.integers(238, 256) if rng.random() < 0.4 else 255, np.uint8)
    rows, columns = ground.shape[:2]
    # A corner of a photo: a product lies in the middle of most.
    part = ground[: max(20, rows // 4), : max(20, columns // 2)] if rng.random() < 0.7 else ground
    soft = cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(soft, (0, 0), rng.uniform(0.5, 6)), np.uint8)


def _photographed(canvas: Pixels, rng: np.random.Generator) -> Pixels:
    """Reduce, light and compress as shops' photos are."""
    scale = min(1.0, rng.uniform(200, 330) / max(canvas.shape[:2]))
    small = cv2.resize(canvas, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    lit = np.clip(small * rng.uniform(0.85, 1.08) ** rng.integers(0, 2) + rng.normal(0, 2, small.shape), 0, 255)
    code = cv2.imencode(".jpg", lit.astype(np.uint8)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(70, 95))])
    pixels = np.asarray(cv2.imdecode(code[1], cv2.IMREAD_COLOR_RGB), np.uint8)
    return np.ascontiguousarray(pixels[:, ::-1]) if rng.random() < 0.5 else pixels
