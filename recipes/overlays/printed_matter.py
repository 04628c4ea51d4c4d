"""Cartons and bottles of our own drawing: full of words and badges that belong to the product and must not alarm."""

from __future__ import annotations

import cv2
import numpy as np
import overlays
from overlays import Scene

SIDE = 320


def package(rng: np.random.Generator) -> np.ndarray:
    """A printed thing on a light ground, uint8 RGB `[SIDE, SIDE, 3]`: art, bent and shaded, as sharp as a photo."""
    width, height = int(rng.integers(110, 260)), int(rng.integers(150, 290))
    art = _art(height, width, rng)
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


def _art(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    scene = Scene(np.full((height, width, 3), overlays.some_color(rng, vivid=rng.random() < 0.5), np.float32))
    for _ in range(int(rng.integers(0, 4))):
        top, deep = int(rng.integers(0, height)), int(rng.integers(10, height // 2))
        scene.picture[top : top + deep] = overlays.some_color(rng, vivid=rng.random() < 0.5)
    for _ in range(int(rng.integers(2, 6))):
        draw = (overlays.text, overlays.text, overlays.logo, overlays.badge)[rng.integers(4)]
        draw(scene, rng)
    return scene.picture
