"""Cartons, bottles, covers and screens of our own drawing: full of words and badges that belong to the product.

They must not alarm. That cartons, covers and screens are what alarms was seen on originals of the benchmark.
"""

from __future__ import annotations

import cv2
import lettering
import numpy as np
import overlays
from badges import badge
from devices import device
from overlays import Ink, Scene

SIDE = 320
PAGE, DEVICE = 0.25, 0.25
"""Shares of the things without a photo that show a page (small lines, tiles and bars, as on a screen or a back cover),
and of those that are a device."""


def package(rng: np.random.Generator, photo: np.ndarray | None = None) -> np.ndarray:
    """A printed thing on a light ground, uint8 RGB `[SIDE, SIDE, 3]`: art, bent and shaded, as sharp as a photo.

    With a `photo` on it, it is a cover, or the screen of a phone or a monitor.
    """
    ground = 255.0 if rng.random() < 0.7 else rng.uniform(200, 255)
    return cv2.GaussianBlur(laid_on(*thing(rng, photo), ground), (0, 0), rng.uniform(0.5, 1.3))


def laid_on(photo: np.ndarray, alpha: np.ndarray, ground: float) -> np.ndarray:
    """The part of a photo that `alpha`, 0 to 1, `[h, w]`, says is the thing, on a grey or white ground."""
    return cv2.blendLinear(photo, np.full_like(photo, round(ground)), alpha, 1 - alpha)


def thing(rng: np.random.Generator, photo: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The printed thing alone, uint8 `[SIDE, SIDE, 3]`, and where it is, 0 to 1, float32 `[SIDE, SIDE]`."""
    sides = int(rng.integers(110, 260)), int(rng.integers(150, 290))
    width, height = sides if photo is None or rng.random() < 0.6 else sides[::-1]
    art = _art(height, width, rng, photo)
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    middle = (xs / width - 0.5) * 2
    if rng.random() < 0.5:
        # A round thing: its print is narrower towards the sides, and darker.
        bend = np.arcsin(np.clip(middle * 0.92, -1, 1)) / np.arcsin(0.92)
        sag = rng.uniform(-0.03, 0.06) * height * (1 - middle**2)
        across, down = ((bend + 1) / 2 * (width - 1)).astype(np.float32), (ys - sag).astype(np.float32)
        art = cv2.remap(art, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        light = 1 - rng.uniform(0.1, 0.5) * np.abs(middle - rng.uniform(-0.4, 0.4)) ** 2
    else:
        light = 1 + rng.uniform(-0.2, 0.1) * middle + rng.uniform(-0.15, 0.05) * (ys / height - 0.5)
    art = cv2.multiply(art, cv2.merge([light.astype(np.float32)] * 3), dtype=cv2.CV_8U)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    place = corners - (width / 2, height / 2) + SIDE / 2 + rng.normal(0, rng.choice([0, 0, 4, 9]), (4, 2))
    matrix = cv2.getPerspectiveTransform(corners, place.astype(np.float32))
    alpha = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, (SIDE, SIDE))
    return cv2.warpPerspective(art, matrix, (SIDE, SIDE)), alpha


def _art(height: int, width: int, rng: np.random.Generator, photo: np.ndarray | None) -> np.ndarray:
    kind = rng.random() if photo is None else 1.0
    if kind < PAGE:
        return _page(height, width, rng)
    if kind < PAGE + DEVICE:
        return device(height, width, rng)
    if photo is None:
        scene = Scene(np.full((height, width, 3), overlays.some_color(rng, vivid=rng.random() < 0.5), np.uint8))
    else:
        scene = Scene(cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA))
    for _ in range(int(rng.integers(0, 4 if photo is None else 2))):
        top, deep = int(rng.integers(0, height)), int(rng.integers(10, height // 2))
        scene.picture[top : top + deep] = overlays.some_color(rng, vivid=rng.random() < 0.5)
    for _ in range(int(rng.integers(2, 6)) if photo is None else int(rng.integers(0, 5))):
        draw = (overlays.text, overlays.text, overlays.logo, badge)[rng.integers(4)]
        draw(scene, rng)
    if photo is not None and rng.random() < 0.7:
        rim = max(2, round(min(height, width) * rng.uniform(0.01, 0.06)))
        corner = (width - 1, height - 1)
        cv2.rectangle(scene.picture, (0, 0), corner, (rng.uniform(0, 60),) * 3, 2 * rim)
    return scene.picture


def _page(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Columns of tiles and of lines of small letters, between bars; a rim around most."""
    dark = rng.random() < 0.4
    ground = rng.uniform(0, 70, 3) if dark else rng.uniform(200, 256, 3)
    scene = Scene(np.full((height, width, 3), ground, np.uint8))
    for edge in (0, height - height // 12):
        if rng.random() < 0.5:
            scene.picture[edge : edge + height // 12] = overlays.some_color(rng, vivid=rng.random() < 0.6)
    columns, row = int(rng.integers(1, 4)), max(9, round(height * rng.uniform(0.05, 0.16)))
    across = width // columns
    for x in range(0, across * columns, across):
        for y in range(height // 10, height - row - height // 12, row + row // 3):
            kind = rng.random()
            if kind < 0.3:
                scene.picture[y : y + row, x + 3 : x + across - 3] = overlays.some_color(rng, vivid=True)
            elif kind < 0.8:
                line = lettering.stamp(lettering.words(rng), max(6, round(row * rng.uniform(0.35, 0.9))), rng)
                ink = overlays.fitted(line, max(6, across - 6))[:row, : width - x - 3]
                part = (slice(y, y + ink.shape[0]), slice(x + 3, x + 3 + ink.shape[1]))
                scene.blend(Ink(part, ink, ink), np.full(3, 255.0 * dark), rng.uniform(0.7, 1.0))
    if rng.random() < 0.8:
        rim = max(3, round(min(height, width) * rng.uniform(0.02, 0.08)))
        cv2.rectangle(scene.picture, (0, 0), (width - 1, height - 1), (rng.uniform(0, 90),) * 3, 2 * rim)
    return scene.picture


def group(things: list[tuple[np.ndarray, np.ndarray]], rng: np.random.Generator) -> np.ndarray:
    """Several things of `[SIDE, SIDE]`, with where they are, on one light ground: no collage, though they are many.

    They stand close together and hide a part of each other, as things do that are photographed at once.
    """
    ground = 255.0 if rng.random() < 0.8 else rng.uniform(215, 255)
    canvas = np.full((SIDE, SIDE, 3), ground, np.uint8)
    apart, floor = rng.uniform(0.12, 0.28), rng.uniform(0.6, 1.0)
    for number, (art, alpha) in enumerate(things):
        side = round(SIDE * rng.uniform(0.5, 0.9))
        middle = 0.5 + apart * (number - (len(things) - 1) / 2) + rng.normal(0, 0.02)
        x, y = int(middle * SIDE - side / 2), int(floor * (SIDE - side) + rng.normal(0, 4))
        matrix = np.array([[side / SIDE, 0, x], [0, side / SIDE, y]], np.float32)
        inked = cv2.warpAffine(alpha, matrix, (SIDE, SIDE), flags=cv2.INTER_AREA)
        shown = cv2.warpAffine(art, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
        canvas = cv2.blendLinear(shown, canvas, inked, 1 - inked)
    return cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.4, 0.9))
