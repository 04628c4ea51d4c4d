"""A drawn product line: a baked disc with chips on a tray, never twice the same; and what may be wrong with one."""

from __future__ import annotations

import cv2
import numpy as np

from shoplens.records import Box, Pixels

SIDE = 300
SCRATCH = Box(0.42, 0.3, 0.58, 0.7)


def good(seed: int) -> Pixels:
    """Draw a whole one: place, size, light and chips differ."""
    rng = np.random.default_rng(seed)
    picture = np.full((SIDE, SIDE, 3), (70, 72, 78), np.float32) + rng.normal(0, 3, (SIDE, SIDE, 3))
    middle = (int(SIDE / 2 + rng.integers(-8, 9)), int(SIDE / 2 + rng.integers(-8, 9)))
    radius = int(SIDE * rng.uniform(0.33, 0.37))
    cv2.circle(picture, middle, radius, (196, 150, 92), -1, cv2.LINE_AA)
    for _ in range(9):
        angle, far = rng.uniform(0, 2 * np.pi), radius * 0.8 * np.sqrt(rng.uniform(0, 1))
        at = (int(middle[0] + far * np.cos(angle)), int(middle[1] + far * np.sin(angle)))
        cv2.circle(picture, at, 9, (64, 40, 28), -1, cv2.LINE_AA)
    picture = cv2.GaussianBlur(picture, (0, 0), 0.8) * rng.uniform(0.94, 1.06)
    return np.clip(picture, 0, 255).astype(np.uint8)


def scratched(seed: int) -> Pixels:
    """Draw one with a bright ragged scratch within `SCRATCH`."""
    picture = good(seed)
    rng = np.random.default_rng(seed + 1000)
    down = np.linspace(SCRATCH.y0, SCRATCH.y1, 9) * SIDE
    across = rng.uniform(SCRATCH.x0 + 0.03, SCRATCH.x1 - 0.03, 9) * SIDE
    points = np.stack([across, down], axis=1).astype(np.int32)
    cv2.polylines(picture, [points], False, (250, 250, 255), 5, cv2.LINE_AA)
    return picture


def other_product(seed: int) -> Pixels:
    """Draw something else on white: blue and green bars."""
    picture = np.full((SIDE, SIDE, 3), 255, np.uint8)
    for bar in range(6):
        left = 20 + bar * 45
        color = (30, 60 + 25 * bar, 200 - 20 * seed)
        cv2.rectangle(picture, (left, 40 + 10 * bar), (left + 24, 260), color, -1)
    return picture


def label(turn: float, across: int, down: int, *, missing: bool = False) -> Pixels:
    """Draw a printed label, the same every time, turned by degrees and shifted; one line of it may be missing."""
    picture = np.full((SIDE, SIDE, 3), (210, 205, 200), np.uint8)
    cv2.rectangle(picture, (80, 60), (220, 240), (30, 60, 120), -1)
    cv2.circle(picture, (125, 105), 26, (240, 210, 60), -1)
    cv2.rectangle(picture, (160, 85), (205, 100), (250, 250, 250), -1)
    if not missing:
        cv2.rectangle(picture, (160, 112), (205, 127), (250, 250, 250), -1)
    for row in range(4):
        cv2.line(picture, (95, 160 + 18 * row), (205 - 20 * row, 160 + 18 * row), (230, 90, 60), 6)
    matrix = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), turn, 1.0)
    matrix[:, 2] += (across, down)
    moved = cv2.warpAffine(picture, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    noise = np.random.default_rng(abs(int(turn * 10) + across * 7 + down)).normal(0, 2, moved.shape)
    return np.clip(moved + noise, 0, 255).astype(np.uint8)
