"""Photos cut or padded to a shape, and several put together to one picture."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import overlays

BESIDE, ROW_WHERE_WIDE, TWO = 0.65, 0.57, 0.75
"""Shares of the collages whose panels stand in a row or a column, of those that stand in a row where the picture is far
wider than high, and, of all rows and columns, of those of two: two panels are the hardest to tell from two things."""


def fitted_in(photo: np.ndarray, rows: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    """Crop or pad to an aspect that a stretch of a third may hide, then scale to `rows` x `columns`."""
    height, width = photo.shape[:2]
    aspect = columns / rows
    if not 1 / 1.3 < width / height / aspect < 1.3:
        if rng.random() < 0.4:
            rim = np.median(np.concatenate([photo[0], photo[-1]]), axis=0)
            h = max(0, round(height * aspect) - width) // 2
            v = max(0, round(width / aspect) - height) // 2
            photo = cv2.copyMakeBorder(photo, v, v, h, h, cv2.BORDER_CONSTANT, value=rim.tolist())
        else:
            spare = rng.uniform(1.0, 1.3)
            keep_y, keep_x = min(height, round(spare * width / aspect)), min(width, round(spare * height * aspect))
            photo = _part(photo, keep_y, keep_x, rng)
    if rng.random() < 0.4:
        height, width = photo.shape[:2]
        share = rng.uniform(0.55, 1.0)
        photo = _part(photo, int(height * share), int(width * share), rng)
    scaling = cv2.INTER_LINEAR if rows > photo.shape[0] else cv2.INTER_AREA
    return cv2.resize(photo, (columns, rows), interpolation=scaling)


def _part(photo: np.ndarray, rows: int, columns: int, rng: np.random.Generator) -> np.ndarray:
    y = int(rng.integers(0, photo.shape[0] - rows + 1))
    x = int(rng.integers(0, photo.shape[1] - columns + 1))
    return photo[y : y + rows, x : x + columns]


def panels(photo: Callable[[], np.ndarray], height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Two to nine photos in panels, with or without a gap."""
    row = ROW_WHERE_WIDE if width > 1.5 * height else BESIDE - ROW_WHERE_WIDE if height > 1.5 * width else BESIDE / 2
    layout = str(rng.choice(["row", "column", "grid", "big", "inset"], p=[row, BESIDE - row, 0.2, 0.08, 0.07]))
    side = min(height, width)
    gap = 0 if rng.random() < 0.5 else round(side * rng.uniform(0.004, 0.05))
    ground = np.full(3, 255.0) if rng.random() < 0.6 else overlays.some_color(rng)
    if layout == "inset":
        return _inset(photo, height, width, gap, ground, rng)
    canvas = np.full((height, width, 3), ground, np.uint8)
    few = 2 if rng.random() < TWO else 3
    columns, rows = {"row": (few, 1), "column": (1, few), "big": (2, 2)}.get(
        layout, tuple(int(v) for v in rng.integers(2, 4, 2))
    )
    xs, ys = np.linspace(0, width, columns + 1).astype(int), np.linspace(0, height, rows + 1).astype(int)
    spans = [(ys[r], ys[r + 1], xs[c], xs[c + 1]) for r in range(rows) for c in range(columns)]
    if layout == "big":
        share = rng.uniform(0.55, 0.75)
        x, y = round(width * share), round(height * share)
        spans = [(0, height, 0, x), (0, height // 2, x, width), (height // 2, height, x, width)]
        if rng.random() < 0.5:
            spans = [(0, y, 0, width), (y, height, 0, width // 2), (y, height, width // 2, width)]
    one = photo() if rng.random() < 0.15 else None
    for y0, y1, x0, x1 in spans:
        y0, x0, y1, x1 = y0 + gap // 2, x0 + gap // 2, y1 - gap // 2, x1 - gap // 2
        shown = one[:, :: rng.choice([1, -1])] if one is not None else photo()
        canvas[y0:y1, x0:x1] = _filled(shown, int(y1 - y0), int(x1 - x0), rng)
    return canvas


def _inset(
    photo: Callable[[], np.ndarray], height: int, width: int, gap: int, ground: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    canvas = fitted_in(photo(), height, width, rng)
    small = round(min(height, width) * rng.uniform(0.25, 0.42))
    y, x = int(rng.choice([gap, height - small - gap])), int(rng.choice([gap, width - small - gap]))
    canvas[y : y + small, x : x + small] = ground
    line = int(rng.integers(0, 4))
    inner = small - 2 * line
    canvas[y + line : y + line + inner, x + line : x + line + inner] = fitted_in(photo(), inner, inner, rng)
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
