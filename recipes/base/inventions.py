"""Products that no photo shows: real ones in another colour or pattern, and pieces of a shelf on white.

To a shop each of them is another product, or another photo of the same one; the truth is known since it was made.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from shoplens.models.augment import Augmentation

PATTERNS = {
    "plain": "纯色",
    "striped": "条纹",
    "checked": "格纹",
    "dotted": "波点",
    "floral": "碎花",
    "graphic": "印花",
}
"""What a drawn pattern is called; a real photo's own pattern is not known."""

Cloth = tuple[np.ndarray, int]
"""Pixels of a cloth, uint8 `[80, 80, 3]`, and the index of its pattern."""


def recolored(pixels: np.ndarray, mask: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
    """Return the photo with its product in another colour.

    In CIE Lab the chroma is turned by 50 to 310 degrees, or, where the product is nearly grey, a colour is added; the
    lightness moves too. Only the product is changed where it is known.
    """
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab)
    weight = np.ones(pixels.shape[:2], np.float32) if mask is None else (mask > 0).astype(np.float32)
    a, b = lab[..., 1].copy(), lab[..., 2].copy()
    chroma = float((cv2.magnitude(a, b) * weight).sum() / max(weight.sum(), 1.0))
    angle = math.radians(rng.uniform(50, 310))
    if chroma > 12:
        turned = (math.cos(angle) * a - math.sin(angle) * b, math.sin(angle) * a + math.cos(angle) * b)
    else:
        length = rng.uniform(25, 50)
        turned = (a + length * math.cos(angle), b + length * math.sin(angle))
    lab[..., 1] += weight * (turned[0] - a)
    lab[..., 2] += weight * (turned[1] - b)
    lab[..., 0] = np.clip(lab[..., 0] + weight * rng.uniform(-18, 18), 0, 100)
    return np.clip(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB) * 255, 0, 255).astype(np.uint8)


def a_cloth(rng: np.random.Generator, scrap: np.ndarray) -> Cloth:
    """Draw a cloth; `scrap` is a piece of another photo, the picture of a graphic print."""
    kind = int(rng.integers(len(PATTERNS)))
    return _cloth(list(PATTERNS)[kind], 80, rng, scrap), kind


def patterned(pixels: np.ndarray, mask: np.ndarray, cloth: Cloth, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Return the photo with its product of another cloth, and the index of the cloth's pattern.

    The cloth takes over the product's light and shade.
    """
    height, width = pixels.shape[:2]
    drawn = cv2.resize(cloth[0], (width, height))
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    shade = cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.6, 3.0))
    middle = max(float(shade[mask > 127].mean()), 30.0) if (mask > 127).any() else 128.0
    shade = np.clip(shade / middle, 0.45, 1.35)[..., None]
    weight = mask[..., None].astype(np.float32) / 255
    made = drawn.astype(np.float32) * shade * weight + pixels * (1 - weight)
    return np.clip(made, 0, 255).astype(np.uint8), cloth[1]


def _cloth(pattern: str, side: int, rng: np.random.Generator, scrap: np.ndarray) -> np.ndarray:
    ground = _paint(rng)
    inks = [_paint(rng) for _ in range(3)]
    large = int(side * 1.5)
    cloth = np.empty((large, large, 3), np.uint8)
    cloth[:] = ground
    period = int(side * rng.uniform(0.05, 0.22))
    if pattern in ("striped", "checked"):
        for axis in (0, 1) if pattern == "checked" else (0,):
            layer = cloth.copy()
            for ink in range(int(rng.integers(1, 3))):
                thick, shift = max(1, int(period * rng.uniform(0.12, 0.5))), int(rng.integers(period))
                for start in range(shift, large, period):
                    where = (slice(start, start + thick), slice(None))
                    layer[where if axis == 0 else where[::-1]] = inks[ink]
            cloth = layer if pattern == "striped" else cv2.addWeighted(cloth, 0.5, layer, 0.5, 0)
    elif pattern == "dotted":
        radius = max(1, int(period * rng.uniform(0.15, 0.4)))
        for row, y in enumerate(range(0, large, period)):
            for x in range((row % 2) * period // 2, large, period):
                cv2.circle(cloth, (x, y), radius, inks[0].tolist(), -1, cv2.LINE_AA)
    elif pattern == "floral":
        for _ in range(int(1.2 * (large / max(period, 6)) ** 2)):
            _flower(cloth, rng, inks[int(rng.integers(3))], max(2, int(period * rng.uniform(0.15, 0.4))))
    elif pattern == "graphic":
        extent = int(side * rng.uniform(0.2, 0.45))
        print_ = cv2.resize(scrap, (extent, extent), interpolation=cv2.INTER_AREA)
        x, y = (int(large / 2 - extent / 2 + side * rng.uniform(-0.2, 0.2)) for _ in range(2))
        cloth[y : y + extent, x : x + extent] = print_
    turn = rng.uniform(-12, 12) + (90 if pattern == "striped" and rng.random() < 0.6 else 0)
    turn += 45 if pattern in ("striped", "checked") and rng.random() < 0.12 else 0
    matrix = cv2.getRotationMatrix2D((large / 2, large / 2), turn, 1.0)
    cloth = cv2.warpAffine(cloth, matrix, (large, large), borderMode=cv2.BORDER_REFLECT)
    edge = (large - side) // 2
    return cloth[edge : edge + side, edge : edge + side]


def _flower(cloth: np.ndarray, rng: np.random.Generator, ink: np.ndarray, radius: int) -> None:
    x, y = rng.integers(0, len(cloth), 2)
    petals, turn = int(rng.integers(4, 7)), rng.uniform(0, 2 * math.pi)
    for petal in range(petals):
        angle = turn + 2 * math.pi * petal / petals
        center = (int(x + radius * math.cos(angle)), int(y + radius * math.sin(angle)))
        cv2.circle(cloth, center, max(1, int(radius * 0.7)), ink.tolist(), -1, cv2.LINE_AA)
    cv2.circle(cloth, (int(x), int(y)), max(1, radius // 2), _paint(rng).tolist(), -1, cv2.LINE_AA)


def _paint(rng: np.random.Generator) -> np.ndarray:
    """A colour as cloth has it: a third of them grey, white or black."""
    if rng.random() < 0.33:
        return np.full(3, rng.integers(15, 250), np.int64)
    hsv = np.array([[[rng.integers(0, 180), rng.integers(60, 245), rng.integers(40, 250)]]], np.uint8)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0].astype(np.int64)


def among_others(
    pixels: np.ndarray, mask: np.ndarray, other: np.ndarray, other_mask: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return the photo with another product behind its own, most of it beyond the photo's edge.

    As trousers are seen below a jacket that is for sale: what lies in the middle is meant.
    """
    height, width = mask.shape
    angle = rng.choice([math.pi / 2, math.pi / 2, -math.pi / 2, rng.uniform(0, 2 * math.pi)])
    far, scale = rng.uniform(0.45, 0.75), rng.uniform(0.7, 1.3)
    move = np.array([
        [scale, 0, width / 2 + far * width * math.cos(angle) - scale * width / 2],
        [0, scale, height / 2 + far * height * math.sin(angle) - scale * height / 2],
    ])  # fmt: skip
    behind = cv2.warpAffine(other, move, (width, height))
    shown = cv2.warpAffine(other_mask, move, (width, height)).astype(np.uint16)
    weight = (shown * (255 - mask.astype(np.uint16)) // 255)[..., None]
    return ((behind * weight + pixels * (255 - weight)) // 255).astype(np.uint8)


def on_white(
    pixels: np.ndarray, augmentation: Augmentation, size: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return a piece of the photo alone on a white ground, as a catalogue shows a product, and its mask.

    The piece is a turned rectangle, as a carton is, or an ellipse, as a fruit is.
    """
    picture = augmentation.apply(pixels, size, rng)
    mask = np.zeros((size, size), np.uint8)
    center = tuple(float(size * rng.uniform(0.42, 0.58)) for _ in range(2))
    tall = size * rng.uniform(0.5, 0.95)
    if rng.random() < 0.5:
        box = cv2.boxPoints((center, (tall * rng.uniform(0.3, 0.75), tall), rng.uniform(-8, 8)))
        cv2.fillConvexPoly(mask, box.astype(np.int32), 255, cv2.LINE_AA)
    else:
        cv2.ellipse(mask, (center, (tall * rng.uniform(0.7, 1.0), tall), rng.uniform(0, 180)), 255, -1, cv2.LINE_AA)
    white = np.full_like(picture, rng.integers(240, 256))
    weight = mask[..., None].astype(np.uint16)
    return ((picture * weight + white * (255 - weight)) // 255).astype(np.uint8), mask
