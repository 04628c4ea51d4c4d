"""Draws badges: a filled shape with an offer on it."""

from __future__ import annotations

import cv2
import lettering
import numpy as np
from overlays import Scene, a_place, placed, some_color

from shoplens.quality.overlay_detector import KINDS


def badge(scene: Scene, rng: np.random.Generator) -> None:
    """A filled shape with an offer on it."""
    height, width = scene.picture.shape[:2]
    side = round(scene.side * rng.uniform(0.13, 0.42))
    kind = str(rng.choice(["circle", "circle", "star", "plate", "plate", "pill", "strip", "ribbon"]))
    if kind == "strip":
        rows, columns = round(scene.side * rng.uniform(0.07, 0.2)), width
    elif kind in ("plate", "pill"):
        rows, columns = max(8, round(side * rng.uniform(0.3, 0.8))), min(width, round(side * rng.uniform(1, 1.5)))
    else:
        rows = columns = side
    shape, outline = _shape(kind, rows, columns, rng)
    where = a_place(scene, shape.shape, rng, 0.75)
    if kind == "strip":
        where = (width / 2, float(rng.choice([rows / 2, height - rows / 2])))
    if kind == "ribbon":
        where = (columns / 2, rows / 2)
    ground = some_color(rng, vivid=rng.random() < 0.8)
    letters = np.full(3, 255.0, np.float32) if ground.mean() < 150 or rng.random() < 0.4 else np.zeros(3, np.float32)
    if np.abs(ground - letters).max() < 70:
        letters = 255 - letters
    angle = rng.uniform(-25, 25) if kind in ("circle", "star", "plate") and rng.random() < 0.3 else 0.0
    laid = placed(scene, shape, where, angle)
    scene.blend(laid, ground, rng.uniform(0.88, 1.0))
    there = laid.ink > 127
    for other in KINDS:
        scene.where[other][laid.part][there] = 255 * (other == "badge")
    scene.unsure[laid.part][there] = 0
    if outline is not None:
        scene.blend(placed(scene, outline, where, angle), letters, 1.0)
    words = _offer(rows, columns, kind, rng)
    turn = 45.0 if kind == "ribbon" else angle
    center = (where[0] - 0.2 * columns, where[1] - 0.2 * rows) if kind == "ribbon" else where
    inner = placed(scene, words, center, turn, laid.part)
    scene.blend(inner._replace(ink=inner.ink * there), letters, 1.0)


def _shape(kind: str, rows: int, columns: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray | None]:
    canvas = np.zeros((rows, columns), np.uint8)
    ring = np.zeros((rows, columns), np.uint8) if rng.random() < 0.3 else None
    middle, radius = (columns // 2, rows // 2), min(rows, columns) // 2 - 1
    if kind == "circle":
        cv2.circle(canvas, middle, radius, 255, -1, cv2.LINE_AA)
        if ring is not None:
            cv2.circle(ring, middle, round(radius * 0.9), 255, max(1, radius // 20), cv2.LINE_AA)
        return canvas, ring
    if kind == "star":
        points = int(rng.integers(8, 20))
        angles = np.arange(2 * points) * np.pi / points
        reach = radius * np.where(np.arange(2 * points) % 2, rng.uniform(0.75, 0.92), 1.0)
        corners = np.stack([middle[0] + reach * np.cos(angles), middle[1] + reach * np.sin(angles)], axis=1)
        cv2.fillPoly(canvas, [corners.astype(np.int32)], 255, cv2.LINE_AA)
        return canvas, None
    if kind == "ribbon":
        share = rng.uniform(0.35, 0.55)
        corners = np.array([[columns * (1 - share), 0], [columns, 0], [0, rows], [0, rows * (1 - share)]])
        if rng.random() < 0.4:
            corners = np.array([[0, 0], [columns, 0], [0, rows]])
        cv2.fillPoly(canvas, [corners.astype(np.int32)], 255, cv2.LINE_AA)
        return canvas, None
    if kind == "pill":
        radius = rows // 2 - 1 if rng.random() < 0.5 else max(1, rows // 5)
        cv2.rectangle(canvas, (radius, 0), (columns - radius, rows), 255, -1)
        cv2.rectangle(canvas, (0, radius), (columns, rows - radius), 255, -1)
        for x in (radius, columns - radius - 1):
            for y in (radius, rows - radius - 1):
                cv2.circle(canvas, (x, y), radius, 255, -1, cv2.LINE_AA)
        return canvas, None
    canvas[:] = 255
    if ring is not None and kind == "plate":
        inset = max(1, rows // 12)
        cv2.rectangle(ring, (inset, inset), (columns - 1 - inset, rows - 1 - inset), 255, max(1, rows // 30))
        return canvas, ring
    return canvas, None


def _offer(rows: int, columns: int, kind: str, rng: np.random.Generator) -> np.ndarray:
    eastern = rng.random() < 0.2
    count = 1 if kind in ("strip", "pill", "ribbon") else int(rng.choice([1, 1, 2]))
    texts = [_offered(kind, eastern, rng) for _ in range(count)]
    lines = [lettering.stamp(one, max(6, round(rows * 0.5 / count)), rng, bold=rng.random() < 0.6) for one in texts]
    patch = lettering.block(lines, 0.25, "center")
    room = 0.5 if kind == "ribbon" else 0.72 if kind in ("circle", "star") else 0.86
    scale = min(room * columns / patch.shape[1], room * rows / patch.shape[0], 1.6)
    size = (max(3, round(patch.shape[1] * scale)), max(3, round(patch.shape[0] * scale)))
    return cv2.resize(patch, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


def _offered(kind: str, eastern: bool, rng: np.random.Generator) -> str:
    if eastern:
        return lettering.chinese(rng)[:4]
    return lettering.words(rng, 4) if kind == "strip" else lettering.offer(rng)
