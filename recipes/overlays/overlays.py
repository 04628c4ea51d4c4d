"""Draws overlays on a picture, and tells where: a map for each kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import lettering
import numpy as np

from shoplens.quality.overlay_detector import KINDS

FAINTEST = 4
"""Levels by which an overlay must change the picture to count as there; what changes it less is ignored."""


class Ink(NamedTuple):
    """What is laid on a part of a picture: rows and columns of it, ink 0 to 255, and the extent alike, `[h, w]`."""

    part: tuple[slice, slice]
    ink: np.ndarray
    extent: np.ndarray


@dataclass
class Scene:
    """A picture, uint8 RGB `[h, w, 3]`, with its truth: `where[kind]` and `unsure`, 0 or 255, `[h, w]`."""

    picture: np.ndarray
    where: dict[str, np.ndarray] = field(init=False)
    unsure: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        size = self.picture.shape[:2]
        self.where = {kind: np.zeros(size, np.uint8) for kind in KINDS}
        self.unsure = np.zeros(size, np.uint8)

    @property
    def side(self) -> int:
        return min(self.picture.shape[:2])

    def blend(self, laid: Ink, color: np.ndarray, opacity: float) -> np.ndarray:
        """Lay `color` over by the ink; return by how many levels each pixel of the part changed."""
        before = self.picture[laid.part].copy()
        alpha = laid.ink * np.float32(opacity / 255)
        over = np.empty_like(before)
        over[:] = np.clip(color, 0, 255).astype(np.uint8)
        after = cv2.blendLinear(over, before, alpha, 1 - alpha)
        self.picture[laid.part] = after
        red, green, blue = cv2.split(cv2.absdiff(after, before))
        return cv2.max(cv2.max(red, green), blue)

    def beneath(self, laid: Ink) -> float:
        """Return how light the picture is where the ink falls, 0 to 255."""
        there = cv2.compare(laid.ink, 127, cv2.CMP_GT)
        if not cv2.countNonZero(there):
            return 128.0
        return sum(cv2.mean(self.picture[laid.part], there)[:3]) / 3

    def lay(self, kind: str, laid: Ink, color: np.ndarray, opacity: float) -> None:
        """Blend, and mark the extent where the change is seen, or is close to where it is."""
        change = self.blend(laid, color, opacity)
        reach = max(3, round(0.03 * self.side)) | 1
        seen = cv2.dilate(cv2.compare(change, FAINTEST, cv2.CMP_GT), np.ones((reach, reach), np.uint8))
        self.where[kind][laid.part] |= laid.extent & seen
        self.unsure[laid.part] |= laid.extent & ~seen
        # An overlay is laid in parts: letters are certain though the rim around them is lost in the ground.
        self.unsure[laid.part] &= ~self.where[kind][laid.part]


def placed(
    scene: Scene,
    patch: np.ndarray,
    center: tuple[float, float],
    angle: float,
    part: tuple[slice, slice] | None = None,
    margin: int = 1,
) -> Ink:
    """The patch turned by `angle` degrees about `center` (pixels), and cut to the scene, or to a part of it."""
    height, width = scene.picture.shape[:2]
    rows, columns = patch.shape
    matrix = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, 1.0)
    matrix[:, 2] += np.array(center) - (columns / 2, rows / 2)
    corners = np.array([[0, 0, 1], [columns, 0, 1], [columns, rows, 1], [0, rows, 1]]) @ matrix.T
    if part is None:
        (left, top), (right, bottom) = np.floor(corners.min(axis=0)) - margin, np.ceil(corners.max(axis=0)) + margin
        part = _span(top, bottom, height), _span(left, right, width)
    origin = np.array([part[1].start, part[0].start])
    matrix[:, 2] -= origin
    size = (part[1].stop - part[1].start, part[0].stop - part[0].start)
    extent = np.zeros(size[::-1], np.uint8)
    cv2.fillPoly(extent, [np.round(corners - origin).astype(np.int32)], 255)
    return Ink(part, cv2.warpAffine(patch, matrix, size, flags=cv2.INTER_LINEAR), extent)


def _span(low: float, high: float, most: int) -> slice:
    start = min(max(0, int(low)), most - 1)
    return slice(start, max(start + 1, min(most, int(high))))


def turned(size: tuple[int, ...], angle: float) -> tuple[int, int]:
    """Rows and columns of the smallest upright rectangle around one of `size` turned by `angle` degrees."""
    rows, columns = size[:2]
    sine, cosine = abs(np.sin(np.radians(angle))), abs(np.cos(np.radians(angle)))
    return round(rows * cosine + columns * sine), round(columns * cosine + rows * sine)


def a_place(scene: Scene, patch_size: tuple[int, int], rng: np.random.Generator, corner: float) -> tuple[float, float]:
    """A centre such that the patch is inside; with chance `corner` in a corner."""
    height, width = scene.picture.shape[:2]
    rows, columns = patch_size
    spare = np.array([max(0, width - columns), max(0, height - rows)], float)
    share = rng.random(2)
    if rng.random() < corner:
        share = np.where(share < 0.5, rng.uniform(0, 0.12, 2), 1 - rng.uniform(0, 0.12, 2))
    x, y = spare * share + np.array([columns, rows]) / 2
    return float(x), float(y)


def some_color(rng: np.random.Generator, vivid: bool = False) -> np.ndarray:
    if vivid:
        pixel = np.array([[[rng.integers(0, 180), rng.integers(140, 256), rng.integers(110, 256)]]], np.uint8)
        return cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0].astype(np.float32)
    if rng.random() < 0.5:
        return np.full(3, rng.choice([0, 20, 60, 128, 200, 255]), np.float32)
    return rng.integers(0, 256, 3).astype(np.float32)


def fitted(patch: np.ndarray, most: int) -> np.ndarray:
    if patch.shape[1] <= most:
        return patch
    return cv2.resize(
        patch, (most, max(4, round(patch.shape[0] * most / patch.shape[1]))), interpolation=cv2.INTER_AREA
    )


def _outstanding(beneath: float, rng: np.random.Generator) -> np.ndarray:
    """Black, white or vivid, whichever is seen: who lays words over a photo wants them read, and grey is rare."""
    kind = rng.random()
    if kind < 0.1:
        color = some_color(rng)
    elif kind < 0.45:
        color = some_color(rng, vivid=True)
    else:
        color = np.full(3, rng.choice([0.0, 0.0, 25.0, 255.0, 255.0, 240.0]), np.float32)
    return color if abs(color.mean() - beneath) > 50 else np.full(3, 255.0 * (beneath < 128), np.float32)


def some_text(scene: Scene, rng: np.random.Generator, low: float, high: float) -> np.ndarray:
    height = max(6, round(scene.side * float(np.exp(rng.uniform(np.log(low), np.log(high))))))
    count = int(rng.choice([1, 1, 1, 2, 3]))
    eastern = rng.random() < 0.2
    texts = [lettering.chinese(rng) if eastern else lettering.words(rng) for _ in range(count)]
    lines = [lettering.stamp(text, round(height * rng.uniform(0.7, 1.0)), rng) for text in texts]
    patch = lettering.block(lines, rng.uniform(0.3, 0.8), str(rng.choice(["left", "center", "right"])))
    return fitted(patch, round(0.94 * scene.picture.shape[1]))


def text(scene: Scene, rng: np.random.Generator) -> None:
    """Opaque words."""
    patch = some_text(scene, rng, 0.035, 0.14)
    angle = 0.0 if rng.random() < 0.85 else rng.uniform(-40, 40)
    width = max(1, round(0.004 * scene.side * rng.uniform(1, 3))) if rng.random() < 0.3 else 0
    laid = placed(scene, patch, a_place(scene, turned(patch.shape, angle), rng, 0.4), angle, margin=width + 1)
    color = _outstanding(scene.beneath(laid), rng)
    if width:
        contrary = np.full(3, 255.0 * (color.mean() < 128), np.float32)
        scene.lay("text", outlined(laid, width), 255 - color if rng.random() < 0.5 else contrary, 1.0)
    scene.lay("text", laid, color, rng.uniform(0.88, 1.0))


def outlined(laid: Ink, width: int) -> Ink:
    """The ink grown by so many pixels; the part must leave room for them."""
    return laid._replace(ink=cv2.dilate(laid.ink, np.ones((2 * width + 1,) * 2, np.uint8)))


def _emblem(side: int, rng: np.random.Generator) -> np.ndarray:
    """A sign of a few simple shapes."""
    canvas = np.zeros((side, side), np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        shade = int(rng.choice([255, 255, 0]))
        thick = int(rng.choice([-1, max(1, side // 12), max(1, side // 20)]))
        middle = tuple(int(v) for v in rng.uniform(0.3, 0.7, 2) * side)
        kind = rng.integers(4)
        if kind == 0:
            cv2.circle(canvas, middle, int(side * rng.uniform(0.15, 0.48)), shade or 255, thick, cv2.LINE_AA)
        elif kind == 1:
            corners = rng.uniform(0.05, 0.95, (int(rng.integers(3, 6)), 2)) * side
            hull = cv2.convexHull(corners.astype(np.int32))
            cv2.fillPoly(canvas, [hull], shade) if thick < 0 else cv2.polylines(canvas, [hull], True, 255, thick)
        elif kind == 2:
            axes = tuple(int(v) for v in rng.uniform(0.2, 0.48, 2) * side)
            cv2.ellipse(canvas, middle, axes, rng.uniform(0, 180), 0, rng.uniform(180, 360), 255, max(1, abs(thick)))
        else:
            letter = lettering.stamp(str(rng.choice(lettering.LETTERS)), max(6, side // 2), rng, bold=True)
            letter = letter[:side, :side]
            y, x = (side - letter.shape[0]) // 2, (side - letter.shape[1]) // 2
            part = canvas[y : y + letter.shape[0], x : x + letter.shape[1]]
            np.copyto(part, np.abs(part.astype(int) - letter).astype(np.uint8))
    return canvas


def signed(scene: Scene, rng: np.random.Generator, low: float, high: float) -> np.ndarray:
    """An emblem, mostly with a name beside or below."""
    side = max(10, round(scene.side * rng.uniform(low, high)))
    sign = _emblem(side, rng)
    if rng.random() < 0.35:
        return sign
    name = lettering.stamp(lettering.words(rng, 1), max(6, round(side * rng.uniform(0.25, 0.5))), rng)
    if rng.random() < 0.5:
        return fitted(lettering.block([sign, name], 0.15, "center"), round(0.8 * scene.picture.shape[1]))
    canvas = np.zeros((max(side, name.shape[0]), side + side // 5 + name.shape[1]), np.uint8)
    canvas[:side, :side] = sign
    y = (canvas.shape[0] - name.shape[0]) // 2
    canvas[y : y + name.shape[0], side + side // 5 :] = name
    return fitted(canvas, round(0.8 * scene.picture.shape[1]))


def logo(scene: Scene, rng: np.random.Generator) -> None:
    """An opaque sign, mostly in a corner."""
    patch = signed(scene, rng, 0.08, 0.22)
    laid = placed(scene, patch, a_place(scene, patch.shape, rng, 0.85), 0.0)
    scene.lay("logo", laid, some_color(rng, vivid=rng.random() < 0.5), rng.uniform(0.85, 1.0))


def printed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Words or a sign that belong to the product: bent, shaded and as sharp as the photo. They are no overlay."""
    height, width = picture.shape[:2]
    scene = Scene(picture)
    patch = signed(scene, rng, 0.15, 0.4) if rng.random() < 0.4 else some_text(scene, rng, 0.04, 0.16)
    patch = fitted(patch, round(rng.uniform(0.25, 0.55) * width))
    rows, columns = patch.shape
    size = np.array([columns, rows])
    middle = np.array([width, height]) * rng.uniform(0.35, 0.65, 2)
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]) * size
    corners = corners @ _turn(rng.normal(0, 12)) + middle + rng.normal(0, 0.06 * size.mean(), (4, 2))
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    wave = rng.uniform(0, 0.03) * height
    reach = round(wave) + 4
    (left, top), (right, bottom) = corners.min(axis=0) - reach, corners.max(axis=0) + reach
    part = _span(top, bottom, height), _span(left, right, width)
    shift = np.array([[1, 0, -part[1].start], [0, 1, -part[0].start], [0, 0, 1]])
    before = picture[part]
    ink = cv2.warpPerspective(patch, shift @ matrix, before.shape[1::-1])
    xs, ys = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in before.shape[1::-1]))
    ys += (wave * np.sin(np.arange(len(xs[0])) / width * rng.uniform(2, 9) + rng.uniform(0, 6))).astype(np.float32)
    ink = cv2.GaussianBlur(cv2.remap(ink, xs, ys, cv2.INTER_LINEAR), (0, 0), rng.uniform(0.4, 1.3))
    light = cv2.GaussianBlur(before[..., 1], (0, 0), 2) * np.float32(0.75 / 255) + np.float32(0.25)
    alpha = ink * np.float32(rng.uniform(0.6, 1.0) / 255)
    color = (light[..., None] * some_color(rng, vivid=rng.random() < 0.5)).astype(np.uint8)
    picture[part] = cv2.blendLinear(color, np.ascontiguousarray(before), alpha, 1 - alpha)
    return picture


def _turn(degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
