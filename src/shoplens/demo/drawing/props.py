"""Small things that lie or stand around a product in a photo taken at home."""

from __future__ import annotations

import math

import numpy as np

from shoplens.demo.drawing.canvas import FLAT, Canvas, Relief
from shoplens.demo.drawing.outline import Outline, ellipse, polygon, rounded, smooth
from shoplens.demo.drawing.paint import Paint

LYING = ("sprig", "coffee", "book", "shells", "cloth", "keys", "petals")
STANDING = ("plant", "books", "candle", "frame", "bottle", "bowl")

_SOFT = Relief(bulge=0.9, soft=0.03, fall=0.06, cast=0.01)
_TINTS = ((196, 110, 84), (92, 128, 148), (214, 186, 134), (120, 146, 112), (168, 132, 160), (226, 214, 196))


def draw_prop(canvas: Canvas, name: str, seed: int) -> None:
    """Draw one of `LYING` (seen from above) or `STANDING` (seen from the side); the seed picks shape and colour."""
    rng = np.random.default_rng(seed)
    tint = Paint(_TINTS[int(rng.integers(len(_TINTS)))])
    _DRAW[name](canvas, tint, rng)


def _leaf(x: float, y: float, length: float, width: float, degrees: float) -> Outline:
    a = math.radians(degrees)
    along, across = np.array([math.cos(a), math.sin(a)]), np.array([-math.sin(a), math.cos(a)])
    start = np.array([x, y])
    knots = [
        start,
        start + along * length * 0.5 + across * width,
        start + along * length,
        start + along * length * 0.5 - across * width,
    ]
    return smooth([(float(p[0]), float(p[1])) for p in knots])


def _sprig(canvas: Canvas, tint: Paint, rng: np.random.Generator) -> None:
    green = Paint((106, 142, 104))
    spine = smooth([(0.1, 0.9), (0.45, 0.55), (0.9, 0.1)], closed=False)
    canvas.tube(spine, 0.016, Paint((120, 104, 76)), _SOFT)
    for k in range(3, len(spine) - 1, 2):
        for side in (-1, 1):
            x, y = spine[k]
            canvas.fill(
                _leaf(float(x), float(y), 0.26, 0.055, -45 + side * 52),
                green.tinted(float(rng.uniform(-0.2, 0.15))),
                _SOFT,
            )


def _coffee(canvas: Canvas, tint: Paint, rng: np.random.Generator) -> None:
    canvas.fill(ellipse(0.5, 0.5, 0.44, 0.44), Paint((240, 238, 232)), Relief(bulge=0.6, soft=0.03))
    canvas.tube(smooth([(0.68, 0.6), (0.86, 0.72), (0.8, 0.78)], closed=False), 0.06, tint, _SOFT)
    canvas.fill(ellipse(0.5, 0.5, 0.26, 0.26), tint, Relief(bulge=0.9, soft=0.02, cast=0.02))
    canvas.fill(ellipse(0.5, 0.5, 0.225, 0.225), Paint((110, 70, 44)), Relief(bulge=-0.4, soft=0.03))
    canvas.fill(ellipse(0.47, 0.48, 0.1, 0.08), Paint((206, 170, 130)), FLAT, opacity=0.8)


def _book(canvas: Canvas, tint: Paint, rng: np.random.Generator) -> None:
    canvas.fill(rounded(0.16, 0.12, 0.86, 0.92, 0.01), Paint((240, 236, 226)), _SOFT)
    canvas.fill(rounded(0.13, 0.09, 0.83, 0.89, 0.012), tint, Relief(bulge=0.5, soft=0.012, cast=0.012))
    canvas.fill(rounded(0.25, 0.26, 0.71, 0.32, 0.004), Paint((246, 240, 226)), FLAT, opacity=0.9)
    canvas.fill(rounded(0.32, 0.36, 0.64, 0.39, 0.004), Paint((246, 240, 226)), FLAT, opacity=0.7)


def _shells(canvas: Canvas, tint: Paint, rng: np.random.Generator) -> None:
    for _ in range(6):
        x, y, r = rng.uniform(0.15, 0.85), rng.uniform(0.15, 0.85), rng.uniform(0.06, 0.13)
        canvas.fill(
            ellipse(float(x), float(y), float(r), float(r * 0.8)),
            Paint((222, 214, 202)).tinted(float(rng.uniform(-0.25, 0.1))),
            Relief(bulge=1.0, soft=0.05, cast=0.01),
        )


def _cloth(canvas: Canvas, tint: Paint, rng: np.random.Generator) -> None:
    edge = [(0.08, 0.2), (0.4, 0.12), (0.9, 0.1), (0.94, 0.5), (0.86, 0.9), (0.5, 0.86), (0.12, 0.92), (0.14, 0.55)]
    canvas.fill(
        smooth([(x + float(rng.uniform(-0.03, 0.03)), y) for x, y in edge]),
        Paint(tint.color, "gingham", (248, 246, 240), grain="weave"),
        _SOFT,
    )


def _keys(canvas: Canvas, tint: Paint, rng: np.random.Generator) -> None:
    steel = Paint((186, 188, 192))
    canvas.tube(ellipse(0.35, 0.35, 0.16, 0.16), 0.03, steel, _SOFT, closed=True)
    for degrees in (30, 62):
        a = math.radians(degrees)
        end = (0.42 + 0.5 * math.cos(a), 0.42 + 0.5 * math.sin(a))
        canvas.tube(polygon((0.42, 0.42), end), 0.05, steel.tinted(-0.1), _SOFT)
        canvas.fill(ellipse(0.47, 0.46, 0.08, 0.08), Paint((214, 178, 96)), _SOFT)


def _petals(canvas: Canvas, tint: Paint, rng: np.random.Generator) -> None:
    for _ in range(14):
        x, y = rng.uniform(0.1, 0.85, 2)
        canvas.fill(
            _leaf(float(x), float(y), 0.12, 0.04, float(rng.uniform(0, 360))),
            tint.tinted(float(rng.uniform(0, 0.35))),
            _SOFT,
        )


def _plant(canvas: Canvas, tint: Paint, rng: np.random.Generator) -> None:
    green = Paint((88, 132, 92))
    for k in range(13):
        degrees = -90 + (k - 6) * 17 + float(rng.uniform(-7, 7))
        canvas.fill(
            _leaf(0.5, 0.66, float(rng.uniform(0.36, 0.6)), 0.05, degrees),
            green.tinted(float(rng.uniform(-0.3, 0.2))),
            _SOFT,
        )
    canvas.fill(
        smooth([(0.32, 0.64, 1), (0.68, 0.64, 1), (0.63, 0.97, 1), (0.37, 0.97, 1)]),
        tint,
        Relief(bulge=0.9, soft=0.08, cast=0.02),
    )


def _books(canvas: Canvas, tint: Paint, rng: np.random.Generator) -> None:
    x = 0.08
    for k in range(5):
        width, top = float(rng.uniform(0.1, 0.17)), float(rng.uniform(0.3, 0.5))
        color = Paint(_TINTS[int(rng.integers(len(_TINTS)))])
        canvas.fill(rounded(x, top, x + width, 0.97, 0.008), color, Relief(bulge=0.6, soft=0.02))
        canvas.fill(rounded(x + 0.02, top + 0.08, x + width - 0.02, top + 0.1, 0.002), color.tinted(0.5), FLAT)
        x += width + 0.006 * (k % 2)


def _candle(canvas: Canvas, tint: Paint, rng: np.random.Generator) -> None:
    canvas.fill(rounded(0.3, 0.4, 0.7, 0.97, 0.03), tint, Relief(bulge=0.9, soft=0.08, gloss=0.3))
    canvas.fill(ellipse(0.5, 0.4, 0.2, 0.05), Paint((246, 238, 220)), FLAT)
    canvas.fill(_leaf(0.5, 0.38, 0.16, 0.04, -90), Paint((255, 214, 120)), Relief(bulge=0.5, soft=0.02, gloss=0.6))


def _frame(canvas: Canvas, tint: Paint, rng: np.random.Generator) -> None:
    canvas.fill(
        rounded(0.14, 0.06, 0.86, 0.97, 0.008), Paint((150, 112, 76), grain="wood"), Relief(bulge=0.6, soft=0.01)
    )
    canvas.fill(rounded(0.18, 0.1, 0.82, 0.93, 0.004), Paint((246, 244, 238)), FLAT)
    canvas.fill(ellipse(0.5, 0.42, 0.16, 0.16), tint, FLAT)
    canvas.fill(
        smooth([(0.26, 0.78, 1), (0.4, 0.56), (0.58, 0.66), (0.74, 0.5), (0.74, 0.78, 1)]), tint.tinted(-0.3), FLAT
    )


def _bottle(canvas: Canvas, tint: Paint, rng: np.random.Generator) -> None:
    body = smooth(
        [
            (0.44, 0.06, 1),
            (0.56, 0.06, 1),
            (0.56, 0.28),
            (0.68, 0.42),
            (0.68, 0.9),
            (0.62, 0.97),
            (0.38, 0.97),
            (0.32, 0.9),
            (0.32, 0.42),
            (0.44, 0.28),
        ]
    )
    canvas.fill(body, Paint((118, 150, 132)), Relief(bulge=1.0, soft=0.07, gloss=0.6))
    canvas.fill(rounded(0.34, 0.55, 0.66, 0.78, 0.01), Paint((244, 240, 230)), FLAT, opacity=0.92)


def _bowl(canvas: Canvas, tint: Paint, rng: np.random.Generator) -> None:
    for x, color in ((0.38, (226, 120, 70)), (0.6, (214, 84, 70)), (0.5, (240, 190, 80))):
        canvas.fill(ellipse(x, 0.5, 0.13, 0.13), Paint(color), Relief(bulge=1.0, soft=0.06, gloss=0.2))
    canvas.fill(
        smooth([(0.12, 0.54, 1), (0.88, 0.54, 1), (0.74, 0.86), (0.6, 0.96), (0.4, 0.96), (0.26, 0.86)]),
        tint,
        Relief(bulge=0.9, soft=0.08, gloss=0.3),
    )


_DRAW = {
    "sprig": _sprig, "coffee": _coffee, "book": _book, "shells": _shells, "cloth": _cloth, "keys": _keys,
    "petals": _petals, "plant": _plant, "books": _books, "candle": _candle, "frame": _frame,
    "bottle": _bottle, "bowl": _bowl,
}  # fmt: skip
