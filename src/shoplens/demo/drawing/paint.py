"""What a part is covered with: a colour, a pattern in further colours, and the grain of its material."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.demo.drawing.grain import Grain, grain_tile
from shoplens.records import Pixels

Rgb = tuple[int, int, int]
Pattern = Literal[
    "plain", "striped", "pinstriped", "checked", "gingham", "dotted", "gradient", "floral", "leaf", "wave", "geometric",
    "blocked", "marbled",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paint:
    """A covering.

    Attributes:
        color: RGB, 0 to 255.
        pattern: "plain" or one of the drawn ones.
        accent: the pattern's first further colour.
        second: its second one.
        scale: size of the pattern, 1 is usual.
        angle: degrees by which the pattern is turned.
        grain: the material's texture.
        seed: picks among the patterns' variations.
    """

    color: Rgb
    pattern: Pattern = "plain"
    accent: Rgb = (255, 255, 255)
    second: Rgb = (200, 200, 200)
    scale: float = 1.0
    angle: float = 0.0
    grain: Grain = "none"
    seed: int = 0

    def cut(self, size: int, place: tuple[int, int, int, int]) -> Pixels:
        """Return uint8 RGB for the rectangle `(left, top, right, bottom)` of a canvas of `size` pixels."""
        x0, y0, x1, y1 = place
        if self.pattern == "plain":
            piece: Pixels = np.full((y1 - y0, x1 - x0, 3), self.color, np.uint8)
        else:
            piece = _sheet(self, size)[y0:y1, x0:x1]
        if self.grain == "none":
            return piece
        tile = cv2.cvtColor(grain_tile(self.grain, size)[y0:y1, x0:x1], cv2.COLOR_GRAY2RGB)
        return cv2.multiply(piece, tile, scale=1 / 128).astype(np.uint8, copy=False)

    def plain(self) -> Paint:
        """Return the same without the pattern."""
        return replace(self, pattern="plain")

    def turned(self, degrees: float) -> Paint:
        """Return the same with its pattern turned, as on a sleeve."""
        return replace(self, angle=self.angle + degrees)

    def tinted(self, amount: float) -> Paint:
        """Return the same, darker (amount below 0) or lighter (above 0), from -1 to 1."""
        return replace(
            self, color=blend(self.color, amount), accent=blend(self.accent, amount), second=blend(self.second, amount)
        )


def blend(color: Rgb, amount: float, other: Rgb | None = None) -> Rgb:
    """Return a colour moved towards black (amount below 0), white (above 0), or towards `other` where given."""
    goal = np.array(other if other is not None else ((0, 0, 0) if amount < 0 else (255, 255, 255)))
    mixed = np.array(color) + (goal - np.array(color)) * abs(amount)
    r, g, b = (int(v) for v in np.clip(np.round(mixed), 0, 255))
    return r, g, b


def brightness(color: Rgb) -> float:
    """Return the relative luma of a colour, 0 to 1 (Rec. 601 weights)."""
    return (0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]) / 255


_Axis = npt.NDArray[np.float32]


@functools.lru_cache(maxsize=12)
def _sheet(paint: Paint, size: int) -> Pixels:
    if paint.angle:
        upright = _sheet(replace(paint, angle=0.0), size)
        turn = cv2.getRotationMatrix2D((size / 2, size / 2), -paint.angle, 1.0)
        return cv2.warpAffine(upright, turn, (size, size), borderMode=cv2.BORDER_REFLECT).astype(np.uint8, copy=False)
    axis = np.arange(size, dtype=np.float32) / np.float32(size * paint.scale)
    sheet = _DRAW[paint.pattern](paint, size, axis[None, :], axis[:, None])
    return np.ascontiguousarray(np.broadcast_to(sheet, (size, size, 3)))


def _mixed(paint: Paint, weight: _Axis, over: Rgb, under: Rgb | Pixels | None = None) -> Pixels:
    base = paint.color if under is None else under
    w = np.clip(weight, 0, 1)[..., None].astype(np.float32)
    under_all = np.asarray(base, np.float32)
    return (under_all + (np.array(over, np.float32) - under_all) * w).astype(np.uint8)


def _bars(axis: _Axis, period: float, share: float, edge: float) -> _Axis:
    phase = np.abs((axis / np.float32(period)) % 1 - np.float32(0.5)) * np.float32(2)
    return np.asarray(np.clip((np.float32(share) - phase) / np.float32(edge) + np.float32(0.5), 0, 1), np.float32)


def _striped(paint: Paint, size: int, x: _Axis, y: _Axis) -> Pixels:
    period = (0.055, 0.085, 0.12)[paint.seed % 3]
    bars = _mixed(paint, _bars(y, period, (0.5, 0.34, 0.42)[paint.seed // 3 % 3], 0.06), paint.accent)
    if paint.seed % 4 == 3:
        return _mixed(paint, _bars(y + np.float32(period / 2), period, 0.10, 0.05), paint.second, bars)
    return bars


def _pinstriped(paint: Paint, size: int, x: _Axis, y: _Axis) -> Pixels:
    return _mixed(paint, _bars(x, (0.026, 0.036)[paint.seed % 2], 0.16, 0.16) * np.float32(0.75), paint.accent)


def _checked(paint: Paint, size: int, x: _Axis, y: _Axis) -> Pixels:
    period = (0.11, 0.15, 0.19)[paint.seed % 3]
    wide = _bars(x, period, 0.45, 0.03) * np.float32(0.5) + _bars(y, period, 0.45, 0.03) * np.float32(0.5)
    base = _mixed(paint, wide * np.float32(0.85), paint.accent)
    shift = np.float32(period * 0.5)
    thin = np.maximum(_bars(x + shift, period, 0.06, 0.04), _bars(y + shift, period, 0.06, 0.04))
    return _mixed(paint, thin * np.float32(0.8), paint.second, base)


def _gingham(paint: Paint, size: int, x: _Axis, y: _Axis) -> Pixels:
    period = (0.036, 0.05)[paint.seed % 2]
    both = _bars(x, period, 0.5, 0.06) + _bars(y, period, 0.5, 0.06)
    return _mixed(paint, both * np.float32(0.5), paint.accent)


def _dotted(paint: Paint, size: int, x: _Axis, y: _Axis) -> Pixels:
    step = np.float32((0.038, 0.052, 0.07)[paint.seed % 3])
    row = np.floor(y / step)
    u = (x / step + np.float32(0.5) * (row % 2)) % 1 - np.float32(0.5)
    v = (y / step) % 1 - np.float32(0.5)
    radius = np.float32((0.24, 0.3, 0.2)[paint.seed // 3 % 3])
    return _mixed(paint, (radius - np.sqrt(u * u + v * v)) / np.float32(0.05) + np.float32(0.5), paint.accent)


def _gradient(paint: Paint, size: int, x: _Axis, y: _Axis) -> Pixels:
    t = np.clip((y * np.float32(paint.scale) - np.float32(0.2)) / np.float32(0.6), 0, 1)
    return _mixed(paint, t * t * (3 - 2 * t), paint.accent)


def _blocked(paint: Paint, size: int, x: _Axis, y: _Axis) -> Pixels:
    level = (0.46, 0.54, 0.6)[paint.seed % 3]
    top = _mixed(paint, (y - np.float32(level)) * np.float32(300), paint.accent)
    band = _bars(y - np.float32(level), 2.0, 0.045, 0.004)
    return _mixed(paint, 1 - band if paint.seed % 2 else band * 0, paint.second, top) if paint.seed % 5 == 1 else top


def _wave(paint: Paint, size: int, x: _Axis, y: _Axis) -> Pixels:
    period = (0.07, 0.1)[paint.seed % 2]
    bent = y + np.float32(0.018) * np.sin(x * np.float32(2 * math.pi / 0.11))
    return _mixed(paint, _bars(bent, period, 0.36, 0.08), paint.accent)


def _geometric(paint: Paint, size: int, x: _Axis, y: _Axis) -> Pixels:
    step = np.float32((0.07, 0.1)[paint.seed % 2])
    u, v = (x / step) % 1 - np.float32(0.5), (y / step) % 1 - np.float32(0.5)
    diamond = np.abs(u) + np.abs(v)
    base = _mixed(paint, (np.float32(0.4) - diamond) / np.float32(0.04), paint.accent)
    return _mixed(paint, (np.float32(0.17) - diamond) / np.float32(0.04), paint.second, base)


def _marbled(paint: Paint, size: int, x: _Axis, y: _Axis) -> Pixels:
    rng = np.random.default_rng(paint.seed)
    small = cv2.GaussianBlur(rng.standard_normal((96, 96), dtype=np.float32), (0, 0), 5)
    field = cv2.resize(small / small.std(), (size, size), interpolation=cv2.INTER_CUBIC)
    veins = np.exp(-np.abs(np.sin(field * np.float32(1.6) + x * np.float32(7)) * np.float32(7)))
    return _mixed(paint, veins.astype(np.float32) * np.float32(0.8), paint.accent)


def _stamped(
    paint: Paint, size: int, step: float, motif: Callable[[Pixels, npt.NDArray[np.float64], float, int], None]
) -> Pixels:
    rng = np.random.default_rng(paint.seed)
    sheet: Pixels = np.full((size, size, 3), paint.color, np.uint8)
    step *= paint.scale
    count = math.ceil(1 / step) + 1
    for row in range(count):
        for column in range(count):
            middle = np.array([column + 0.5 * (row % 2), row]) * step + rng.uniform(-0.2, 0.2, 2) * step
            motif(sheet, middle * size, step * size * float(rng.uniform(0.32, 0.46)), int(rng.integers(360)))
    return sheet


def _drawn(sheet: Pixels, points: npt.NDArray[np.float64], color: Rgb) -> None:
    cv2.fillPoly(sheet, [np.round(points * 16).astype(np.int32)], color, cv2.LINE_AA, 4)


def _petal(middle: npt.NDArray[np.float64], length: float, width: float, degrees: float) -> npt.NDArray[np.float64]:
    t = np.linspace(0, 2 * math.pi, 20)
    along, across = length * (1 - np.cos(t)) / 2, width * np.sin(t) * np.sqrt((1 - np.cos(t)) / 2 + 0.05)
    a = math.radians(degrees)
    return middle + np.stack(
        [along * math.cos(a) - across * math.sin(a), along * math.sin(a) + across * math.cos(a)], axis=1
    )


def _floral(paint: Paint, size: int, x: _Axis, y: _Axis) -> Pixels:
    def flower(sheet: Pixels, middle: npt.NDArray[np.float64], radius: float, turn: int) -> None:
        for leaf in (turn + 40, turn + 200):
            _drawn(sheet, _petal(middle, radius * 1.35, radius * 0.26, leaf), (96, 138, 92))
        color = paint.accent if turn % 3 else paint.second
        for petal in range(5):
            _drawn(sheet, _petal(middle, radius, radius * 0.42, turn + 72 * petal), color)
        _drawn(sheet, _petal(middle - (radius * 0.22, 0), radius * 0.44, radius * 0.22, 0), (244, 196, 84))

    return _stamped(paint, size, (0.1, 0.14)[paint.seed % 2], flower)


def _leaf(paint: Paint, size: int, x: _Axis, y: _Axis) -> Pixels:
    def twig(sheet: Pixels, middle: npt.NDArray[np.float64], radius: float, turn: int) -> None:
        a = math.radians(turn)
        way = np.array([math.cos(a), math.sin(a)])
        color = paint.accent if turn % 2 else paint.second
        for k in range(3):
            root = middle + way * radius * (k - 1) * 0.6
            for side in (-48, 48):
                _drawn(sheet, _petal(root, radius * 0.85, radius * 0.22, turn + side), color)
        _drawn(sheet, _petal(middle + way * radius * 0.8, radius * 0.9, radius * 0.22, turn), color)

    return _stamped(paint, size, (0.11, 0.15)[paint.seed % 2], twig)


_DRAW: dict[str, Callable[[Paint, int, _Axis, _Axis], Pixels]] = {
    "striped": _striped,
    "pinstriped": _pinstriped,
    "checked": _checked,
    "gingham": _gingham,
    "dotted": _dotted,
    "gradient": _gradient,
    "floral": _floral,
    "leaf": _leaf,
    "wave": _wave,
    "geometric": _geometric,
    "blocked": _blocked,
    "marbled": _marbled,
}
