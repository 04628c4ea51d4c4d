"""Takes the photos of an article: on white, from another side, close up, in a scene, and as a shopper would."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.demo.assortment import Article
from shoplens.demo.backdrop import HORIZON, PLACES, SURFACES, noise, place, prop, surface
from shoplens.demo.drawing.canvas import Canvas, Mask
from shoplens.demo.drawing.props import LYING, STANDING
from shoplens.demo.sprite import Sprite, laid_on, shadowed
from shoplens.records import Box, Pixels

_LIGHTS = ((1.0, 0.985, 0.95), (0.97, 0.99, 1.0), (1.0, 0.97, 0.90), (1.0, 1.0, 1.0))
_ODD_LIGHTS = ((1.02, 0.92, 0.74), (0.86, 0.95, 1.04), (0.72, 0.70, 0.70), (1.06, 0.98, 0.86), (0.82, 0.86, 0.80))


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A shopper's own photo: the pixels and where the product is on them."""

    pixels: Pixels
    box: Box


class Photographer:
    """Draws one article once and photographs it as often as wanted.

    Args:
        article: what to photograph.
        size: side of the square photos in pixels.
        seed: the shop's seed; the same gives the same photos, whatever was photographed before.
    """

    def __init__(self, article: Article, size: int, seed: int) -> None:
        self._article = article
        self._size = size
        self._seed = seed
        self._front = self._draw(back=False)

    def take(self, view: str) -> Pixels:
        """Return a photo, uint8 RGB `[size, size, 3]`.

        Args:
            view: "front", "angle", "detail" or "scene".
        """
        rng = self._rng(view)
        if view == "front":
            return self._on_white(self._front, rng)
        if view == "angle":
            return self._angle(rng)
        if view == "detail":
            return self._detail(rng)
        return self._scene(rng)

    def snap(self, number: int) -> Snapshot:
        """Return a shopper's photo of it: cluttered, turned, in other light, at times cropped or unsharp."""
        rng = self._rng(f"snap{number}")
        size = self._size
        standing = self._stands and rng.random() < 0.6
        side = size * float(rng.uniform(0.48, 0.66))
        middle = (
            size * float(rng.uniform(0.42, 0.58)),
            size * float(rng.uniform(0.52, 0.6) if standing else rng.uniform(0.44, 0.56)),
        )
        backdrop = self._place(rng) if standing else self._surface(rng)
        picture = self._clutter(backdrop, rng, STANDING if standing else LYING, count=4)
        roll = 7 if standing else 24
        matrix = self._front.fit(
            middle=middle,
            side=side,
            turn=float(rng.uniform(-roll, roll)),
            mirror=bool(rng.random() < 0.3),
            squeeze=float(rng.uniform(0.86, 1)),
        )
        picture, alpha = self._put(picture, self._front, matrix, shift=(0.015, 0.03), soft=0.03, strength=0.5)
        picture = _lit(picture, _ODD_LIGHTS[int(rng.integers(len(_ODD_LIGHTS)))], rng, strength=0.35)
        picture = _grained(picture, float(rng.uniform(2, 6)), rng)
        if rng.random() < 0.4:
            picture = cv2.GaussianBlur(picture, (0, 0), size / 480 * float(rng.uniform(0.6, 1.2))).astype(np.uint8)
        left, top, width, height = cv2.boundingRect((alpha > 127).astype(np.uint8))
        box = Box(left / size, top / size, min(1.0, (left + width) / size), min(1.0, (top + height) / size))
        return Snapshot(picture, box)

    @property
    def _stands(self) -> bool:
        return self._article.category.stands and self._article.look.cut.get("style") != "pendant"

    def _rng(self, name: str) -> np.random.Generator:
        words = np.frombuffer(f"{self._article.id}/{name}".encode().ljust(64, b"."), np.uint32)
        return np.random.default_rng([self._seed, *(int(word) for word in words)])

    def _draw(self, *, back: bool) -> Sprite:
        canvas = Canvas(self._size * 2)
        self._article.category.draw(canvas, self._article.look, back=back)
        return Sprite.of(canvas)

    def _put(
        self,
        picture: Pixels,
        sprite: Sprite,
        matrix: npt.NDArray[np.float64],
        *,
        shift: tuple[float, float],
        soft: float,
        strength: float,
    ) -> tuple[Pixels, Mask]:
        color, alpha = sprite.placed(matrix, picture.shape[1], picture.shape[0])
        if self._stands:
            picture = _grounded(picture, alpha, strength)
            picture = shadowed(picture, alpha, shift=(shift[0], shift[1] * 0.4), soft=soft, strength=strength * 0.3)
        else:
            picture = shadowed(picture, alpha, shift=shift, soft=soft, strength=strength)
        return laid_on(picture, color, alpha), alpha

    def _on_white(
        self, sprite: Sprite, rng: np.random.Generator, *, squeeze: float = 1.0, mirror: bool = False
    ) -> Pixels:
        size = self._size
        white: Pixels = np.full((size, size, 3), 255, np.uint8)
        side = size * float(rng.uniform(0.80, 0.85))
        matrix = sprite.fit(
            middle=(size * 0.5, size * 0.492),
            side=side,
            turn=float(rng.uniform(-0.8, 0.8)),
            mirror=mirror,
            squeeze=squeeze,
        )
        picture, _ = self._put(white, sprite, matrix, shift=(0.006, 0.014), soft=0.013, strength=0.26)
        return picture

    def _angle(self, rng: np.random.Generator) -> Pixels:
        if self._article.category.back:
            return self._on_white(self._draw(back=True), rng)
        size = self._size
        backdrop: Pixels = np.full((size, size, 3), 255, np.uint8)
        side = size * float(rng.uniform(0.74, 0.8))
        flat = self._front.fit(
            middle=(size * 0.5, size * 0.49), side=side, mirror=True, squeeze=float(rng.uniform(0.82, 0.9))
        )
        lean = float(rng.uniform(0.10, 0.18)) / size * (1 if rng.random() < 0.5 else -1)
        tilt = np.array([[1, 0, 0], [0, 1, 0], [lean, 0, 1 - lean * size / 2]])
        matrix = tilt @ np.vstack([flat, [0, 0, 1]])
        picture, _ = self._put(backdrop, self._front, matrix, shift=(0.012, 0.02), soft=0.02, strength=0.28)
        return picture

    def _detail(self, rng: np.random.Generator) -> Pixels:
        size = self._size
        x0, y0, x1, y1 = self._front.box
        zoom = float(rng.uniform(1.55, 1.95))
        level = (0.52, 0.64) if self._stands else (0.26, 0.42)
        aim = (x0 + (x1 - x0) * float(rng.uniform(0.4, 0.6)), y0 + (y1 - y0) * float(rng.uniform(*level)))
        scale = zoom * size * 0.84 / max(x1 - x0, y1 - y0)
        matrix = np.array([[scale, 0, size / 2 - scale * aim[0]], [0, scale, size / 2 - scale * aim[1]]])
        backdrop: Pixels = np.full((size, size, 3), (246, 246, 246), np.uint8)
        picture, _ = self._put(backdrop, self._front, matrix, shift=(0.01, 0.02), soft=0.02, strength=0.25)
        return picture

    def _scene(self, rng: np.random.Generator) -> Pixels:
        size = self._size
        if self._stands:
            kind = PLACES[int(rng.integers(len(PLACES)))]
            picture = _mirrored(place(kind, int(rng.integers(6)), size), rng)
            x0, y0, x1, y1 = self._front.box
            tall = self._article.category.key in {"chairs", "lamps"}
            wide = (x1 - x0) > 1.3 * (y1 - y0)
            side = size * float(rng.uniform(0.60, 0.70) if tall or wide else rng.uniform(0.52, 0.62))
            height = side * (y1 - y0) / max(x1 - x0, y1 - y0)
            foot = size * (HORIZON[kind] + float(rng.uniform(0, 0.04)))
            matrix = self._front.fit(
                middle=(size * float(rng.uniform(0.42, 0.58)), foot - height / 2),
                side=side,
                mirror=bool(rng.random() < 0.4),
            )
            picture, _ = self._put(picture, self._front, matrix, shift=(0.04, 0.02), soft=0.03, strength=0.5)
        else:
            picture = self._clutter(self._surface(rng), rng, LYING, count=int(rng.integers(1, 4)))
            matrix = self._front.fit(
                middle=(size * float(rng.uniform(0.45, 0.55)), size * float(rng.uniform(0.47, 0.53))),
                side=size * float(rng.uniform(0.64, 0.76)),
                turn=float(rng.uniform(-13, 13)),
            )
            picture, _ = self._put(picture, self._front, matrix, shift=(0.012, 0.026), soft=0.02, strength=0.45)
        return _grained(_lit(picture, _LIGHTS[int(rng.integers(len(_LIGHTS)))], rng, strength=0.12), 1.5, rng)

    def _surface(self, rng: np.random.Generator) -> Pixels:
        kind = SURFACES[int(rng.integers(len(SURFACES)))]
        return _mirrored(surface(kind, int(rng.integers(6)), self._size), rng)

    def _place(self, rng: np.random.Generator) -> Pixels:
        return _mirrored(place(PLACES[int(rng.integers(len(PLACES)))], int(rng.integers(6)), self._size), rng)

    def _clutter(self, picture: Pixels, rng: np.random.Generator, names: tuple[str, ...], *, count: int) -> Pixels:
        size = self._size
        upright = names is STANDING
        corners = [(0.1, 0.12), (0.9, 0.14), (0.88, 0.88), (0.12, 0.86)]
        if upright:
            corners = [(0.12, 0.66), (0.88, 0.66), (0.26, 0.72), (0.76, 0.73)]
        for corner in rng.permutation(4)[:count]:
            name = names[int(rng.integers(len(names)))]
            thing = prop(name, int(rng.integers(5)), size // 2)
            x, y = corners[int(corner)]
            matrix = thing.fit(
                middle=(size * (x + float(rng.uniform(-0.04, 0.04))), size * (y + float(rng.uniform(-0.04, 0.04)))),
                side=size * float(rng.uniform(0.22, 0.34)),
                turn=0.0 if upright else float(rng.uniform(0, 360)),
            )
            color, alpha = thing.placed(matrix, size, size)
            picture = laid_on(shadowed(picture, alpha, shift=(0.01, 0.02), soft=0.016, strength=0.4), color, alpha)
        return picture


def _grounded(picture: Pixels, alpha: Mask, strength: float) -> Pixels:
    """Darken the ground right under a standing thing."""
    height, width = alpha.shape
    left, top, wide, high = cv2.boundingRect(alpha)
    if not wide:
        return picture
    factor = max(1, height // 160)
    small = np.zeros((height // factor, width // factor), np.uint8)
    foot = alpha[max(0, top + high - max(2, height // 24)) : top + high]
    columns = np.flatnonzero(foot.max(axis=0) > 60)
    x0, x1 = (int(columns[0]), int(columns[-1])) if len(columns) else (left, left + wide)
    centre = (round((x0 + x1) / 2 / factor), round((top + high - height * 0.006) / factor))
    radii = (max(1, round((x1 - x0) * 0.52 / factor)), max(1, round(height * 0.018 / factor)))
    cv2.ellipse(small, centre, radii, 0, 0, 360, 255, -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(small, (0, 0), max(0.6, height * 0.012 / factor))
    dark = cv2.resize(
        cv2.convertScaleAbs(soft, alpha=min(1.0, strength * 1.5)), (width, height), interpolation=cv2.INTER_LINEAR
    )
    through = cv2.cvtColor(cv2.bitwise_not(dark.astype(np.uint8)), cv2.COLOR_GRAY2RGB)
    return cv2.multiply(picture, through, scale=1 / 255).astype(np.uint8, copy=False)


def _mirrored(picture: Pixels, rng: np.random.Generator) -> Pixels:
    return np.ascontiguousarray(picture[:, ::-1]) if rng.random() < 0.5 else picture.copy()


def _lit(picture: Pixels, light: tuple[float, float, float], rng: np.random.Generator, *, strength: float) -> Pixels:
    """Tint the light and let it fall off to one side."""
    size = picture.shape[1]
    slope = float(rng.uniform(-strength, strength))
    fall = np.linspace(1 - slope / 2, 1 + slope / 2, size, dtype=np.float32)[None, :, None]
    gain = np.clip(128 * fall * np.array(light, np.float32), 0, 255).astype(np.uint8)
    return cv2.multiply(picture, np.ascontiguousarray(np.broadcast_to(gain, picture.shape)), scale=1 / 128).astype(
        np.uint8, copy=False
    )


def _grained(picture: Pixels, strength: float, rng: np.random.Generator) -> Pixels:
    tile = noise(picture.shape[0], int(rng.integers(4)))
    amount = (tile * np.float32(strength / 10)).astype(np.int16)
    return np.asarray(np.clip(picture.astype(np.int16) + amount, 0, 255), np.uint8)
