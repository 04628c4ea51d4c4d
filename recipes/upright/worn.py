"""Pictures with and without a person: clothes as they were worn, with and without a drawn body in them.

There is no photo of a person among the training parts: the outfits are clothes cut out of street photos, of which only
the place is known. So the clothes are real and the bodies are drawn: legs, arms, neck and head in a colour of skin,
hair, a face or none; or in one pale or dark colour, as mannequins have it, some of them without a head. The same
clothes in the same place without a body, spread out, or one by one are the counterexamples: neither ground, outline,
frame nor arrangement tells which is which.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from training_photos import read, rows

from shoplens.records import Pixels

FEET = frozenset({"shoes", "boots", "sandals", "heels", "loafers", "pumps", "sneakers", "flats", "wedges", "socks"})
LOWER = frozenset({"pants", "skirt", "jeans", "shorts", "leggings", "stockings", "tights"})
UPPER = frozenset(
    {
        "dress", "blouse", "coat", "shirt", "sweater", "blazer", "t-shirt", "suit", "jacket", "vest", "top",
        "sweatshirt", "cape", "jumper", "romper", "cardigan", "bodysuit", "hoodie",
    }
)  # fmt: skip
FACE = frozenset({"sunglasses", "glasses"})

UNDER = frozenset({"stockings", "tights", "socks", "leggings"})
_SKIN = np.array([[243, 207, 181], [229, 184, 150], [200, 149, 113], [160, 108, 76], [115, 74, 52], [74, 46, 34]])
_HAIR = np.array([[30, 22, 18], [62, 40, 26], [112, 74, 44], [176, 138, 88], [120, 50, 28], [140, 138, 136]])
_MANNEQUIN = np.array([[246, 246, 244], [214, 205, 190], [190, 190, 192], [120, 120, 122], [40, 40, 42]])


@dataclass(eq=False)
class Garment:
    """One cut-out: its label, pixels, bool mask `[h, w]`, and its box in the street photo at half its size."""

    label: str
    pixels: Pixels
    mask: np.ndarray
    box: tuple[int, int, int, int]


@dataclass(eq=False)
class Outfit:
    """What one person wore."""

    name: str
    garments: list[Garment]


def outfits(data: Path) -> list[Outfit]:
    """Read the outfits of the training part that have an upper part, from bottom to top as they are laid."""
    listed: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(data / "outfits-ccp/items.csv"):
        if row["split"] == "train":
            listed[row["outfit"]].append(row)
    found = []
    for name, items in listed.items():
        if not any(row["label"] in UPPER for row in items) or len(items) < 2:
            continue
        garments = [_garment(data, row) for row in items]
        garments.sort(key=_layer)
        found.append(Outfit(name, garments))
    return found


def _garment(data: Path, row: dict[str, str]) -> Garment:
    pixels = read(data / "outfits-ccp" / row["path"])
    near = (pixels.min(axis=2) > 236).astype(np.uint8)
    _, parts = cv2.connectedComponents(np.pad(near, 1, constant_values=1), connectivity=4)
    mask = cv2.erode((parts[1:-1, 1:-1] != parts[0, 0]).astype(np.uint8), np.ones((3, 3), np.uint8))
    x0, y0, x1, y1 = (int(row[key]) // 2 for key in ("x0", "y0", "x1", "y1"))
    return Garment(row["label"], pixels, mask > 0, (x0, y0, x1, y1))


def _layer(garment: Garment) -> int:
    if garment.label in UNDER:
        return 0
    if garment.label in LOWER:
        return 1
    if garment.label in UPPER:
        return 3 if garment.label in {"coat", "jacket", "blazer", "cardigan", "cape", "vest"} else 2
    return 4


@dataclass(frozen=True)
class Body:
    """Where a body's parts are, in pixels of the street photo at half its size: `head` is the head's height."""

    center: float
    shoulder: float
    feet: float
    head: float
    width: float


def body_of(outfit: Outfit) -> Body:
    """Guess the body from the clothes; a standing person is some seven and a half heads tall (Loomis, 1943)."""
    upper = min((g for g in outfit.garments if g.label in UPPER), key=lambda g: g.box[1])
    x0, y0, x1, _ = upper.box
    top = np.flatnonzero(upper.mask[: max(2, len(upper.mask) // 8)].any(axis=0))
    scale = (x1 - x0) / upper.mask.shape[1]
    center = x0 + float(np.median(top)) * scale if len(top) else (x0 + x1) / 2
    feet = max((g.box[3] for g in outfit.garments if g.label in FEET), default=0)
    head = (feet - y0) / 6.1 if feet > y0 else (x1 - x0) / 2.1
    head = float(np.clip(head, 30, 80))
    glasses = next((g for g in outfit.garments if g.label in FACE), None)
    if glasses is not None:
        center = (glasses.box[0] + glasses.box[2]) / 2
    return Body(center, float(y0), float(max(feet, y0 + 6.1 * head)), head, min(x1 - x0, 2.0 * head))


def draw_body(canvas: Pixels, body: Body, rng: np.random.Generator, *, mannequin: bool) -> Pixels:
    """Return the canvas with a body on it, before anything is put on."""
    tones = _MANNEQUIN if mannequin else _SKIN
    at = rng.uniform(0, len(tones) - 1)
    tone = tones[int(at)] + (at - int(at)) * (tones[min(len(tones) - 1, int(at) + 1)] - tones[int(at)])
    tone = np.clip(tone * rng.uniform(0.88, 1.08) + rng.normal(0, 5, 3), 10, 252)
    mask = np.zeros(canvas.shape[:2], np.uint8)
    head, cx, sy = body.head, body.center, body.shoulder
    half = 0.42 * body.width * rng.uniform(0.85, 1.05)
    hip_y, hand_y = sy + 2.6 * head, sy + rng.uniform(2.2, 3.1) * head
    _tube(mask, [(cx, sy + 0.3 * head), (cx, hip_y)], 0.62 * head, 0.5 * head)
    for side in (-1, 1):
        knee = (cx + side * 0.35 * head, (hip_y + body.feet) / 2)
        ankle = (cx + side * rng.uniform(0.2, 0.6) * head, body.feet - 0.15 * head)
        _tube(mask, [(cx + side * 0.33 * head, hip_y), knee, ankle], 0.36 * head, 0.15 * head)
        elbow = (cx + side * (half + rng.uniform(0.0, 0.7) * head), sy + 1.35 * head)
        hand = (elbow[0] + side * rng.uniform(-0.9, 0.3) * head, hand_y if rng.random() < 0.75 else sy + 1.5 * head)
        _tube(mask, [(cx + side * half * 0.9, sy + 0.25 * head), elbow, hand], 0.24 * head, 0.13 * head)
        cv2.circle(mask, _at(*hand), round(0.19 * head), 255, -1, cv2.LINE_AA)
    _tube(mask, [(cx, sy + 0.35 * head), (cx, sy - 0.35 * head)], 0.3 * head, 0.24 * head)
    headless = mannequin and rng.random() < 0.5
    middle = (cx + rng.normal(0, 0.06) * head, sy - 0.78 * head)
    if not headless:
        axes = (round(0.36 * head), round(0.5 * head))
        cv2.ellipse(mask, _at(*middle), axes, rng.normal(0, 6), 0, 360, 255, -1, cv2.LINE_AA)
    painted = _shaded(mask, tone, rng, 0.25 if not mannequin else 0.4)
    alpha = cv2.GaussianBlur(mask, (5, 5), 0)[..., None] / 255.0
    canvas = np.asarray(canvas * (1 - alpha) + painted * alpha, np.uint8)
    if not mannequin and not headless:
        canvas = _head(canvas, middle, head, tone, rng)
    return canvas


def _head(
    canvas: Pixels, middle: tuple[float, float], head: float, tone: np.ndarray, rng: np.random.Generator
) -> Pixels:
    """Draw hair and a face, or the back of a head."""
    x, y = middle
    hair_tone = _HAIR[rng.integers(len(_HAIR))] * rng.uniform(0.8, 1.2)
    hair = np.zeros(canvas.shape[:2], np.uint8)
    back, long = rng.random() < 0.25, rng.random() < 0.5
    cv2.ellipse(hair, _at(x, y - 0.1 * head), (round(0.4 * head), round(0.5 * head)), 0, 0, 360, 255, -1, cv2.LINE_AA)
    if long:
        spread, down = rng.uniform(0.38, 0.52) * head, rng.uniform(0.5, 1.3) * head
        cv2.ellipse(hair, _at(x, y + 0.3 * down), (round(spread), round(down)), 0, 0, 360, 255, -1, cv2.LINE_AA)
    if not back:
        turn = rng.normal(0, 0.07) * head
        size = (round(rng.uniform(0.28, 0.33) * head), round(rng.uniform(0.38, 0.44) * head))
        cv2.ellipse(hair, _at(x + turn, y + 0.1 * head), size, 0, 0, 360, 0, -1, cv2.LINE_AA)
        neck = (_at(x - 0.2 * head, y + 0.4 * head), _at(x + 0.2 * head, y + 1.4 * head))
        cv2.rectangle(hair, *neck, 0, -1)
    alpha = cv2.GaussianBlur(hair, (5, 5), 0)[..., None] / 255.0
    canvas = np.asarray(canvas * (1 - alpha) + _shaded(hair, hair_tone, rng, 0.5) * alpha, np.uint8)
    if back:
        return canvas
    dark, lips = (tone * 0.35).tolist(), (tone * np.array([0.85, 0.5, 0.5])).tolist()
    for side in (-1, 1):
        eye = (x + side * 0.14 * head, y + 0.02 * head)
        cv2.ellipse(canvas, _at(*eye), (max(1, round(0.06 * head)), max(1, round(0.03 * head))), 0, 0, 360, dark, -1)
        brow = [_at(eye[0] - 0.08 * head, y - 0.07 * head), _at(eye[0] + 0.08 * head, y - 0.08 * head)]
        cv2.line(canvas, brow[0], brow[1], hair_tone.clip(0, 255).tolist(), max(1, round(0.03 * head)), cv2.LINE_AA)
    nose = (tone * 0.8).tolist()
    cv2.line(canvas, _at(x, y + 0.05 * head), _at(x + 0.03 * head, y + 0.17 * head), nose, max(1, round(0.03 * head)))
    mouth = (max(1, round(0.11 * head)), max(1, round(0.035 * head)))
    cv2.ellipse(canvas, _at(x, y + 0.29 * head), mouth, 0, 0, 360, lips, -1, cv2.LINE_AA)
    return canvas


def _tube(mask: np.ndarray, points: list[tuple[float, float]], first: float, last: float) -> None:
    """Fill what discs of a radius from `first` to `last` cover on their way."""
    ways = [np.linspace(a, b, 24) for a, b in pairwise(points)]
    path = np.concatenate(ways)
    for place, radius in zip(path, np.linspace(first, last, len(path)), strict=True):
        cv2.circle(mask, _at(*place), max(1, round(radius)), 255, -1, cv2.LINE_AA)


def _shaded(mask: np.ndarray, tone: np.ndarray, rng: np.random.Generator, depth: float) -> np.ndarray:
    """Return one tone, darker towards the outline and uneven; float `[h, w, 3]`."""
    small = cv2.resize(mask, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    inner = cv2.distanceTransform((small > 127).astype(np.uint8), cv2.DIST_L2, 3)
    round_ = np.clip(inner / max(1.0, 0.7 * float(inner.max())), 0, 1)
    uneven = cv2.resize(
        rng.normal(0, 0.05, (12, 8)).astype(np.float32), small.shape[::-1], interpolation=cv2.INTER_CUBIC
    )
    light = cv2.resize((1 - depth + depth * np.sqrt(round_) + uneven).astype(np.float32), mask.shape[::-1])
    return np.clip(light[..., None] * tone, 0, 255)


def put_on(canvas: Pixels, garment: Garment, shift: tuple[float, float] = (0, 0), scale: float = 1.0) -> None:
    """Lay a garment where it was worn, moved and scaled."""
    x0, y0, x1, y1 = (round(v * scale + shift[n % 2]) for n, v in enumerate(garment.box))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    pixels = cv2.resize(garment.pixels, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    mask = cv2.resize(garment.mask.astype(np.uint8), (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST) > 0
    top, left = max(0, -y0), max(0, -x0)
    bottom, right = min(y1, canvas.shape[0]) - y0, min(x1, canvas.shape[1]) - x0
    if bottom <= top or right <= left:
        return
    part = canvas[y0 + top : y0 + bottom, x0 + left : x0 + right]
    inside = mask[top:bottom, left:right]
    part[inside] = pixels[top:bottom, left:right][inside]


def _at(x: float, y: float) -> tuple[int, int]:
    return round(float(x)), round(float(y))
