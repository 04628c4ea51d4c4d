"""Scenes whose truth is known: cut-outs on backgrounds, outfits as they were worn, photos of one product."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from cutouts import Cutout, KnownPhoto
from material import Material

KINDS = {"composite": 0.48, "outfit": 0.12, "known": 0.4}
KNOWN = {"clothing": 0.32, "grocery": 0.42, "products": 0.1, "drawn": 0.16}
"""From which set a photo of one product comes: those of shops are few, and the hardest."""
HELD = 0.25
"""How often a hand holds a composite's only product."""
COUNTS = (0.46, 0.26, 0.17, 0.11)
"""How often one, two, three and four products lie in a composite."""
LEAST = 0.07
"""Products whose shorter side is a smaller share of the picture are no truth, and no mistake either."""


@dataclass(eq=False)
class Scene:
    """A picture and the boxes of its products.

    Attributes:
        pixels: uint8 RGB `[side, side, 3]`.
        boxes: float32 `[n, 4]`: left, top, right, bottom, 0 to 1.
        ignored: float32 `[m, 4]`: products too small to ask for.
        kind: "composite", "outfit" or "known".
    """

    pixels: np.ndarray
    boxes: np.ndarray
    ignored: np.ndarray
    kind: str


class SceneMaker:
    """Makes scenes of some material; the same seed makes the same ones.

    Args:
        material: what they show.
        side: of the pictures in pixels; may be changed between two of them.
        seed: of all chances.
    """

    def __init__(self, material: Material, side: int, seed: int) -> None:
        self._material = material
        self._outfits = material.outfits()
        self._known_of = {source: [one for one in material.known if one.source == source] for source in KNOWN}
        self._goods = [cutout for cutout in material.cutouts if cutout.source == "grocery"]
        self.side = side
        self._rng = np.random.default_rng(seed)

    def make(self, kind: str = "") -> Scene:
        """Return the next scene, of any kind or of this one."""
        rng = self._rng
        kind = kind or str(rng.choice(list(KINDS), p=list(KINDS.values())))
        if kind == "outfit" and not self._outfits:
            kind = "composite"
        picture, boxes = getattr(self, f"_{kind}")()
        if rng.random() < 0.5:
            picture, boxes = picture[:, ::-1], [(1 - c, b, 1 - a, d) for a, b, c, d in boxes]
        small = [min(c - a, d - b) < LEAST for a, b, c, d in boxes]
        kept = [box for box, less in zip(boxes, small, strict=True) if not less]
        left = [box for box, less in zip(boxes, small, strict=True) if less]
        return Scene(self._taken(np.ascontiguousarray(picture)), _rows(kept), _rows(left), kind)

    def _composite(self) -> tuple[np.ndarray, list[tuple[float, ...]]]:
        rng, side = self._rng, self.side
        picture, shelf = self._background()
        count = int(rng.choice(len(COUNTS), p=COUNTS)) + 1
        shadow = rng.uniform(0.1, 0.6) * (rng.random() < 0.75)
        placed: list[tuple[float, ...]] = []
        for _ in range(count):
            goods = shelf and self._goods and rng.random() < 0.5
            cutout = self._pick(self._goods if goods else self._material.cutouts)
            for _ in range(6):
                long = rng.uniform(0.28, 0.97) if count == 1 else rng.uniform(0.2, 0.62)
                matrix, box = self._put(cutout, side * long)
                if box is not None and all(_overlap(box, other) < 0.35 for other in placed):
                    held = count == 1 and rng.random() < HELD
                    hand = Hand(box, side, rng) if held else None
                    picture = lay(hand.palm(picture) if hand else picture, cutout, matrix, shadow)
                    picture = hand.fingers(picture) if hand else picture
                    placed.append(box)
                    break
        return picture, placed

    def _outfit(self) -> tuple[np.ndarray, list[tuple[float, ...]]]:
        """An outfit's items where they were worn, on something like a person."""
        rng, side = self._rng, self.side
        group = self._pick(self._outfits)
        worn = np.array([cutout.worn[1] for cutout in group if cutout.worn], np.float64)
        left, top = worn[:, :2].min(axis=0)
        right, bottom = worn[:, 2:].max(axis=0)
        tall = max(bottom - top, right - left)
        scale = side * rng.uniform(0.6, 1.02) / tall
        x = rng.uniform(0.15, 0.85) * (side - scale * (right - left))
        y = rng.uniform(0.4, 0.98) * (side - scale * (bottom - top))
        picture = self._body(self._background()[0], x + scale * (right - left) / 2, y, scale * tall)
        boxes = []
        for cutout in sorted(group, key=lambda item: -item.alpha.size):
            a, b, c, d = cutout.worn[1]  # type: ignore[index]
            height, width = cutout.alpha.shape
            matrix = np.array([[scale * (c - a) / width, 0, x + scale * (a - left)],
                               [0, scale * (d - b) / height, y + scale * (b - top)]])  # fmt: skip
            box = seen(cutout, matrix, side)
            if box is not None:
                picture = lay(picture, cutout, matrix, 0.0)
                boxes.append(box)
        return picture, boxes

    def _known(self) -> tuple[np.ndarray, list[tuple[float, ...]]]:
        """A photo of one product, cut anew around it."""
        rng = self._rng
        there = [source for source in KNOWN if self._known_of[source]]
        shares = np.array([KNOWN[source] for source in there])
        photo: KnownPhoto = self._pick(self._known_of[str(rng.choice(there, p=shares / shares.sum()))])
        height, width = photo.pixels.shape[:2]
        a, b, c, d = photo.box
        x0, x1 = a * rng.random() ** 1.5, width - (width - c) * rng.random() ** 1.5
        y0, y1 = b * rng.random() ** 1.5, height - (height - d) * rng.random() ** 1.5
        x0, y0, x1, y1 = int(x0), int(y0), round(x1), round(y1)
        picture = cv2.resize(photo.pixels[y0:y1, x0:x1], (self.side, self.side), interpolation=cv2.INTER_LINEAR)
        w, h = x1 - x0, y1 - y0
        return picture, [((a - x0) / w, (b - y0) / h, (c - x0) / w, (d - y0) / h)]

    def _put(self, cutout: Cutout, long: float) -> tuple[np.ndarray, tuple[float, ...] | None]:
        """Turn, stretch and move a cut-out; at least four fifths of it stay in the picture."""
        rng, side = self._rng, self.side
        height, width = cutout.alpha.shape
        angle = math.radians(rng.normal(0, 9) if rng.random() < 0.75 else rng.uniform(-180, 180))
        stretch = math.exp(rng.normal(0, 0.12))
        scale = long / max(height, width)
        sx, sy = scale * stretch * rng.choice((-1, 1)), scale / stretch
        turn = np.array([[math.cos(angle) * sx, -math.sin(angle) * sy], [math.sin(angle) * sx, math.cos(angle) * sy]])
        reach = np.abs(turn) @ (width / 2, height / 2) / side
        low, high = np.minimum(0.8 * reach, 0.5), np.maximum(1 - 0.8 * reach, 0.5)
        middle = np.clip(rng.normal(0.5, 0.28, 2), low, high) * side
        matrix = np.hstack([turn, (middle - turn @ (width / 2, height / 2))[:, None]])
        return matrix, seen(cutout, matrix, side)

    def _background(self) -> tuple[np.ndarray, bool]:
        """Return a picture without a product, and whether it is a piece of a shelf."""
        rng, side, material = self._rng, self.side, self._material
        chance = rng.random()
        if chance < 0.22:
            return painted(rng, side), False
        shelf = bool(chance < 0.48 and material.clutter)
        if shelf:
            picture = _piece(self._pick(material.clutter), rng, 0.3)
        else:
            picture = _piece(self._pick(material.backgrounds), rng, 0.5)
        picture = cv2.resize(picture, (side, side), interpolation=cv2.INTER_LINEAR)
        if rng.random() < 0.35:
            picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.8, 5))
        if rng.random() < 0.5:
            picture = np.ascontiguousarray(picture[:, ::-1])
        return picture, shelf

    def _body(self, picture: np.ndarray, x: float, top: float, tall: float) -> np.ndarray:
        rng = self._rng
        skin = skin_color(rng)
        head = (int(x), int(top - tall * 0.02))
        cv2.ellipse(picture, head, (int(tall * 0.06), int(tall * 0.085)), 0, 0, 360, skin, -1, cv2.LINE_AA)
        for side in (-1, 1):
            foot = (int(x + side * tall * rng.uniform(0.03, 0.09)), int(top + tall * 0.98))
            hand = (int(x + side * tall * rng.uniform(0.1, 0.24)), int(top + tall * rng.uniform(0.4, 0.55)))
            hip = (int(x + side * tall * 0.04), int(top + tall * 0.45))
            cv2.line(picture, hip, foot, skin, max(2, int(tall * 0.06)), cv2.LINE_AA)
            shoulder = (int(x + side * tall * 0.07), int(top + tall * 0.15))
            cv2.line(picture, shoulder, hand, skin, max(2, int(tall * 0.045)), cv2.LINE_AA)
        return picture

    def _taken(self, picture: np.ndarray) -> np.ndarray:
        """Light, lens, sensor and file format of a telephone."""
        rng = self._rng
        gain = np.exp(rng.normal(0, 0.14) + rng.normal(0, 0.05, 3))
        levels = 255 * (np.arange(256)[:, None] / 255) ** math.exp(rng.normal(0, 0.2)) * gain
        picture = cv2.LUT(picture, np.clip(levels, 0, 255).astype(np.uint8)[:, None])
        if rng.random() < 0.3:
            picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.3))
        if rng.random() < 0.3:
            noise = rng.normal(0, rng.uniform(2, 9), picture.shape).astype(np.int16)
            picture = np.clip(picture.astype(np.int16) + noise, 0, 255).astype(np.uint8)
        if rng.random() < 0.5:
            quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 95))]
            picture = cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR)
        return picture

    def _pick(self, things: list):  # noqa: ANN202
        return things[int(self._rng.integers(len(things)))]


class Hand:
    """A hand that holds a product: an arm behind it, fingers over its edge; no truth of its own."""

    def __init__(self, box: tuple[float, ...], side: int, rng: np.random.Generator) -> None:
        self._rng, self._skin = rng, skin_color(rng)
        a, b, c, d = (value * side for value in box)
        from_left = rng.random() < 0.5
        self._edge = (a if from_left else c, rng.uniform(b + 0.3 * (d - b), d))
        self._inward = (1 if from_left else -1) * (c - a)
        self._from = (-0.1 * side if from_left else 1.1 * side, rng.uniform(0.5, 1.2) * side)
        self._thick = max(3, int(min(max(c - a, d - b) * rng.uniform(0.25, 0.5), 0.3 * side)))

    def palm(self, picture: np.ndarray) -> np.ndarray:
        to = (int(self._edge[0] + 0.15 * self._inward), int(self._edge[1]))
        start = (int(self._from[0]), int(self._from[1]))
        return cv2.line(picture.copy(), start, to, self._skin, self._thick, cv2.LINE_AA)

    def fingers(self, picture: np.ndarray) -> np.ndarray:
        rng, (x, y) = self._rng, self._edge
        width = max(2, self._thick // 4)
        for finger in range(int(rng.integers(1, 5))):
            skin = [channel * rng.uniform(0.85, 1.0) for channel in self._skin]
            high = int(y + (finger - 1.5) * width * 1.1)
            tip = (int(x + self._inward * rng.uniform(0.1, 0.4)), int(high + rng.normal(0, 0.6) * width))
            cv2.line(picture, (int(x - 0.1 * self._inward), high), tip, skin, width, cv2.LINE_AA)
        return picture


def skin_color(rng: np.random.Generator) -> list[float]:
    """Return a colour of skin in some light, RGB."""
    color = np.array([225, 180, 150]) * rng.uniform(0.35, 1.08) + rng.normal(0, 8, 3)
    return [float(value) for value in color.clip(0, 255)]


def seen(cutout: Cutout, matrix: np.ndarray, side: int) -> tuple[float, ...] | None:
    """Return the box, 0 to 1, of what a picture shows of a placed cut-out; None where nothing."""
    alpha = cv2.warpAffine(cutout.alpha, matrix, (side, side), flags=cv2.INTER_LINEAR)
    left, top, width, height = cv2.boundingRect((alpha > 127).astype(np.uint8))
    if not width or not height:
        return None
    return left / side, top / side, (left + width) / side, (top + height) / side


def lay(picture: np.ndarray, cutout: Cutout, matrix: np.ndarray, shadow: float) -> np.ndarray:
    """Return the picture with a cut-out on it, its outline soft, its shadow to the lower right."""
    side = picture.shape[0]
    color, alpha = cutout.pixels, cutout.alpha
    # Linear sampling alone would skip pixels where it shrinks much.
    while abs(np.linalg.det(matrix[:, :2])) < 0.3 and min(alpha.shape) > 16:
        half = (alpha.shape[1] // 2, alpha.shape[0] // 2)
        matrix = matrix @ np.diag([alpha.shape[1] / half[0], alpha.shape[0] / half[1], 1.0])
        color, alpha = (cv2.resize(x, half, interpolation=cv2.INTER_AREA) for x in (color, alpha))
    flat = cv2.warpAffine(color, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpAffine(alpha, matrix, (side, side), flags=cv2.INTER_LINEAR)
    mask = cv2.GaussianBlur(mask, (3, 3), 0)
    under = picture.astype(np.float32)
    if shadow > 0:
        moved = cv2.warpAffine(mask, np.float32([[1, 0, side * 0.02], [0, 1, side * 0.025]]), (side, side))
        under *= 1 - shadow * cv2.GaussianBlur(moved, (0, 0), side * 0.02)[..., None].astype(np.float32) / 255
    weight = mask[..., None].astype(np.float32) / 255
    return (under + (flat - under) * weight).astype(np.uint8)


def painted(rng: np.random.Generator, side: int) -> np.ndarray:
    """White, one colour, a fall of light, boards, tiles, or a wall above a floor."""
    kind = int(rng.integers(6))
    color = np.full(3, 255.0) if kind == 0 else rng.uniform(30, 245, 3) * 0.4 + rng.uniform(30, 245) * 0.6
    picture = np.empty((side, side, 3), np.float32)
    picture[:] = color
    down, across = np.mgrid[0 : 1 : side * 1j, 0 : 1 : side * 1j].astype(np.float32)
    if kind >= 2:
        slope = rng.normal(0, 0.35, 2)
        picture *= (1 + slope[0] * (down - 0.5) + slope[1] * (across - 0.5))[..., None]
    if kind == 3:
        angle, period = rng.uniform(0, math.pi), rng.uniform(0.05, 0.3)
        wave = (math.cos(angle) * across + math.sin(angle) * down) / period
        picture *= (1 + rng.uniform(0.05, 0.4) * ((wave % 1) < rng.uniform(0.08, 0.5)))[..., None]
    if kind == 4:
        period = rng.uniform(0.08, 0.4)
        odd = (np.floor(across / period) + np.floor(down / period)) % 2
        picture *= (1 - rng.uniform(0.05, 0.5) * odd)[..., None]
    if kind == 5:
        floor = rng.uniform(30, 235, 3)
        picture[int(side * rng.uniform(0.5, 0.9)) :] = floor
    if rng.random() < 0.6:
        coarse = rng.normal(0, rng.uniform(3, 22), (int(rng.integers(4, 60)), int(rng.integers(4, 60)), 1))
        picture += cv2.resize(coarse.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)[..., None]
    return np.clip(picture, 0, 255).astype(np.uint8)


def _piece(photo: np.ndarray, rng: np.random.Generator, least: float) -> np.ndarray:
    height, width = photo.shape[:2]
    h, w = (max(16, int(length * rng.uniform(least, 1))) for length in (height, width))
    y, x = int(rng.integers(max(1, height - h + 1))), int(rng.integers(max(1, width - w + 1)))
    return photo[y : y + h, x : x + w]


def _overlap(one: tuple[float, ...], two: tuple[float, ...]) -> float:
    """Return the common area as a share of the smaller box."""
    wide = max(0.0, min(one[2], two[2]) - max(one[0], two[0]))
    high = max(0.0, min(one[3], two[3]) - max(one[1], two[1]))
    return wide * high / min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, two))


def _rows(boxes: list[tuple[float, ...]]) -> np.ndarray:
    return np.array(boxes, np.float32).reshape(-1, 4)
