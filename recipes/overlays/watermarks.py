"""Draws watermarks: translucent words or signs, once in the picture or all over it."""

from __future__ import annotations

import cv2
import lettering
import numpy as np
from overlays import Ink, Scene, a_place, fitted, outlined, placed, signed, some_color, some_text, turned

TILED, HOLLOW, EDGED, EDGE = 0.25, 0.08, 0.25, 4
"""Shares of the marks that are repeated, outlines alone, and with a shadow or a rim, of less than so many pixels."""

FAINT, DENSE = (0.1, 0.75), (0.35, 0.75)
"""Opacities; dense marks, which are mostly taken for words, are as many again."""


def watermark(scene: Scene, rng: np.random.Generator) -> None:
    """Translucent words or a sign: one, or over the whole picture; dark on light ground, or light on dark."""
    opacity = rng.uniform(*(DENSE if rng.random() < 0.5 else FAINT))
    tiled = rng.random() < TILED
    angle = float(rng.choice([0, 0, 0, 30, 45, -30, rng.uniform(-60, 60)]))
    patch = _patch(scene, rng, tiled)
    if rng.random() < HOLLOW:
        patch = cv2.morphologyEx(patch, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    if tiled:
        patch = fitted(patch, round(rng.uniform(0.2, 0.5) * scene.picture.shape[1]))
        laid = _tiled(scene, patch, angle, rng)
    else:
        patch = _inside(scene, patch, angle)
        laid = placed(scene, patch, a_place(scene, turned(patch.shape, angle), rng, 0.3), angle, margin=EDGE)
    color = _contrary(scene.beneath(laid), rng)
    if rng.random() < EDGED:
        _edge(scene, laid, 255 - color, opacity * rng.uniform(0.3, 1.0), rng)
    scene.lay("watermark", laid, color, opacity)


def _edge(scene: Scene, laid: Ink, color: np.ndarray, opacity: float, rng: np.random.Generator) -> None:
    """A shadow beside the letters or a rim around them, beneath them and as translucent."""
    width = int(rng.integers(1, EDGE if scene.side > 300 else 3))
    if rng.random() < 0.5:
        edge = outlined(laid, width)
    else:
        matrix = np.array([[1, 0, width * rng.choice([-1, 1])], [0, 1, width]], np.float32)
        edge = laid._replace(ink=cv2.warpAffine(laid.ink, matrix, laid.ink.shape[::-1]))
    scene.lay("watermark", edge._replace(ink=cv2.subtract(edge.ink, laid.ink)), color, opacity)


def _patch(scene: Scene, rng: np.random.Generator, tiled: bool) -> np.ndarray:
    if rng.random() < 0.15:
        return signed(scene, rng, 0.1, 0.25 if tiled else 0.5)
    if tiled:
        return some_text(scene, rng, 0.04, 0.08)
    return _across(scene, rng) if rng.random() < 0.55 else some_text(scene, rng, 0.032, 0.17)


def _across(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """A line or two from one side of the picture towards the other, as a photographer's name often lies."""
    eastern = rng.random() < 0.2
    height = max(8, round(0.15 * scene.side))
    count = 1 if rng.random() < 0.85 else 2
    lines = [
        lettering.stamp(lettering.chinese(rng) if eastern else lettering.words(rng), height, rng) for _ in range(count)
    ]
    patch = lettering.block(lines, rng.uniform(0.2, 0.6), "center")
    scale = min(rng.uniform(0.35, 0.95) * scene.picture.shape[1] / patch.shape[1], 0.28 * scene.side / patch.shape[0])
    return _scaled(patch, scale)


def _inside(scene: Scene, patch: np.ndarray, angle: float) -> np.ndarray:
    """Made smaller where it would reach beyond the picture once it is turned."""
    rows, columns = turned(patch.shape, angle)
    scale = min(scene.picture.shape[0] / rows, scene.picture.shape[1] / columns)
    return _scaled(patch, scale) if scale < 1 else patch


def _scaled(patch: np.ndarray, scale: float) -> np.ndarray:
    size = (max(6, round(patch.shape[1] * scale)), max(4, round(patch.shape[0] * scale)))
    return cv2.resize(patch, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


def _contrary(beneath: float, rng: np.random.Generator) -> np.ndarray:
    """Mostly a grey that is seen on what lies beneath; where another colour would vanish, such a grey, too."""
    grey = np.full(3, rng.uniform(0, 70), np.float32)
    grey = grey if beneath > rng.uniform(100, 156) else 255 - grey
    color = some_color(rng)
    return grey if rng.random() < 0.65 or abs(beneath - color.mean()) < 60 else color


def _tiled(scene: Scene, patch: np.ndarray, angle: float, rng: np.random.Generator) -> Ink:
    height, width = scene.picture.shape[:2]
    reach = int(np.hypot(height, width)) + 4
    rows, columns = patch.shape
    step_y, step_x = round(rows * rng.uniform(1.6, 5)), round(columns * rng.uniform(1.15, 2))
    ink, extent = np.zeros((reach, reach), np.uint8), np.zeros((reach, reach), np.uint8)
    stagger = rng.random() < 0.5
    for number, y in enumerate(range(int(rng.integers(0, step_y)), reach - rows, step_y)):
        for x in range(int(stagger and number % 2) * step_x // 2, reach - columns, step_x):
            ink[y : y + rows, x : x + columns] = patch
            extent[y : y + rows, x : x + columns] = 255
    matrix = cv2.getRotationMatrix2D((reach / 2, reach / 2), angle, 1.0)
    matrix[:, 2] += np.array([width, height]) / 2 - reach / 2
    turned, extent = (
        cv2.warpAffine(one, matrix, (width, height), flags=way)
        for one, way in ((ink, cv2.INTER_LINEAR), (extent, cv2.INTER_NEAREST))
    )
    return Ink((slice(0, height), slice(0, width)), turned, extent)
