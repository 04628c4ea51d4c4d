"""Photos drawn for the inspector's tests: a crisp, colourful product on a backdrop, in any size."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from shoplens.plugins import load
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule_pack import RulePack
from shoplens.quality.rule_plan import RulePlan
from shoplens.records import Finding, Photo, PhotoFacts, Pixels

WHITE = (255, 255, 255)


def product(
    width: int = 400, height: int = 0, *, seed: int = 0, backdrop: tuple[int, int, int] = WHITE, fill: float = 0.75
) -> Pixels:
    """Draw a shirt-like shape with stripes and buttons; `seed` chooses colours and proportions."""
    return _drawn(width, height or width, seed, backdrop, fill).copy()


@cache
def _drawn(width: int, height: int, seed: int, backdrop: tuple[int, int, int], fill: float) -> Pixels:
    rng = np.random.default_rng(seed)
    scale = 4 if max(width, height) <= 400 else 2
    canvas = np.full((height * scale, width * scale, 3), backdrop, np.uint8)
    size = fill * min(width, height) * scale
    center = np.array([width, height]) * scale / 2
    colors = rng.integers(30, 200, (3, 3))
    outline = np.array(
        [[-0.5, -0.4], [-0.2, -0.5], [0.2, -0.5], [0.5, -0.4], [0.4, -0.1], [0.3, 0.5], [-0.3, 0.5], [-0.4, -0.1]]
    )
    outline = outline * rng.uniform(0.8, 1.0, outline.shape)
    points = np.round(center + outline * size).astype(np.int32)
    shape = np.zeros(canvas.shape[:2], np.uint8)
    cv2.fillPoly(shape, [points], 255)
    body = np.zeros_like(canvas)
    body[:] = colors[0]
    count = int(rng.integers(4, 8))
    for stripe in range(count):
        y = int(center[1] - size / 2 + size * (stripe + 0.5) / count)
        cv2.line(body, (0, y), (canvas.shape[1], y + int(size * 0.1)), colors[1].tolist(), max(1, int(size * 0.04)))
    for button in range(3):
        at = (int(center[0]), int(center[1] + size * (button - 1) * 0.25))
        cv2.circle(body, at, int(size * 0.05), (20, 20, 20), -1)
        cv2.rectangle(
            body,
            (at[0] + int(size * 0.12), at[1]),
            (at[0] + int(size * 0.22), at[1] + int(size * 0.1)),
            colors[2].tolist(),
            -1,
        )
    canvas[shape > 0] = body[shape > 0]
    return np.asarray(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def as_photo(pixels: Pixels, *, width: int = 0, height: int = 0, notes: tuple[str, ...] = ()) -> Photo:
    """Wrap pixels; the original's size may be stated apart from the pixels'."""
    facts = PhotoFacts("0" * 64, "jpeg", width or pixels.shape[1], height or pixels.shape[0], 1000, notes)
    return Photo(facts, pixels)


def found(
    code: str, photo: Photo | Pixels, pack: str = "shop", *, main: bool = True, category: str = ""
) -> list[Finding]:
    """Return what one check alone finds, by a shipped rule pack."""
    photo = photo if isinstance(photo, Photo) else as_photo(photo)
    rules = RulePack.load(pack)
    only = RulePack("test", rules.title, rules.version, rules.rules_for(code))
    context = PhotoContext(photo, main=main, categories=(category,) if category else ())
    return RulePlan([load("check", code)()], [only]).inspect_photo(photo, context)


def scene(seed: int, side: int = 300) -> Pixels:
    """Draw a picture that no other seed resembles: coloured clouds and some shapes."""
    rng = np.random.default_rng(seed)
    clouds = rng.integers(40, 220, (5, 5, 3)).astype(np.uint8)
    picture = cv2.resize(clouds, (side, side), interpolation=cv2.INTER_CUBIC)
    for _ in range(7):
        at = tuple(int(place) for place in rng.integers(side // 8, side * 7 // 8, 2))
        color = [int(level) for level in rng.integers(0, 256, 3)]
        size = int(rng.integers(side // 14, side // 6))
        if rng.random() < 0.5:
            cv2.circle(picture, at, size, color, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(picture, at, (at[0] + 2 * size, at[1] + size), color, -1)
    return np.asarray(picture, np.uint8)
