"""Cartons, bottles, covers and screens of our own drawing: full of words and badges that belong to the product.

They must not alarm. That cartons, covers and screens are what alarms was seen on originals of the benchmark.
"""

from __future__ import annotations

import cv2
import numpy as np
import overlays
from overlays import Scene

SIDE = 320


def package(rng: np.random.Generator, photo: np.ndarray | None = None) -> np.ndarray:
    """A printed thing on a light ground, uint8 RGB `[SIDE, SIDE, 3]`: art, bent and shaded, as sharp as a photo.

    With a `photo` on it, it is a cover, or the screen of a phone or a monitor.
    """
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
    art = np.clip(art * light[..., None], 0, 255)
    ground = 255.0 if rng.random() < 0.7 else rng.uniform(200, 255)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    place = corners - (width / 2, height / 2) + SIDE / 2 + rng.normal(0, rng.choice([0, 0, 4, 9]), (4, 2))
    matrix = cv2.getPerspectiveTransform(corners, place.astype(np.float32))
    photo = cv2.warpPerspective(art.astype(np.float32), matrix, (SIDE, SIDE), borderValue=(ground,) * 3)
    return np.clip(cv2.GaussianBlur(photo, (0, 0), rng.uniform(0.5, 1.3)), 0, 255).astype(np.uint8)


def _art(height: int, width: int, rng: np.random.Generator, photo: np.ndarray | None) -> np.ndarray:
    if photo is None:
        scene = Scene(np.full((height, width, 3), overlays.some_color(rng, vivid=rng.random() < 0.5), np.float32))
    else:
        scene = Scene(cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32))
    for _ in range(int(rng.integers(0, 4 if photo is None else 2))):
        top, deep = int(rng.integers(0, height)), int(rng.integers(10, height // 2))
        scene.picture[top : top + deep] = overlays.some_color(rng, vivid=rng.random() < 0.5)
    for _ in range(int(rng.integers(2, 6)) if photo is None else int(rng.integers(0, 5))):
        draw = (overlays.text, overlays.text, overlays.logo, overlays.badge)[rng.integers(4)]
        draw(scene, rng)
    if photo is not None and rng.random() < 0.7:
        rim = max(2, round(min(height, width) * rng.uniform(0.01, 0.06)))
        corner = (width - 1, height - 1)
        cv2.rectangle(scene.picture, (0, 0), corner, (rng.uniform(0, 60),) * 3, 2 * rim)
    return scene.picture
