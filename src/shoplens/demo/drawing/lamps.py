"""Lamps."""

from __future__ import annotations

import numpy as np

from shoplens.demo.drawing.canvas import FLAT, Canvas, Fold, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import Knot, both_sides, ellipse, polygon, rounded, smooth
from shoplens.demo.drawing.paint import Paint

WOOD = Relief(bulge=0.9, soft=0.012, fall=0.06, cast=0.006)
METAL = Relief(bulge=0.95, soft=0.010, gloss=0.6, sharp=12, fall=0.04)
GLAZE = Relief(bulge=1.0, soft=0.09, gloss=0.55, sharp=22, fall=0.06)
_GLOW = Paint((255, 232, 186))


def lamp(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a lamp: style table, floor, desk, globe or pendant; shade drum, cone or dome."""
    {"table": _table_lamp, "floor": _floor_lamp, "desk": _desk_lamp, "pendant": _pendant}[look.cut["style"]](
        canvas, look
    )


def _lampshade(canvas: Canvas, look: Look, x: float, top: float, low: float, wide: float) -> None:
    narrow = {"drum": 0.86, "cone": 0.45, "dome": 0.5}[look.cut["shade"]] * wide
    half: list[Knot] = [(0, top), (narrow, top + 0.006, 1), (wide, low - 0.008, 1), (0, low + 0.012)]
    if look.cut["shade"] == "dome":
        half = [
            (0, top),
            (wide * 0.55, top + 0.035),
            (wide * 0.92, top + (low - top) * 0.6),
            (wide, low, 1),
            (0, low + 0.012),
        ]
    pleats = []
    if look.cut.get("surface") == "pleated":
        for s in np.linspace(-0.94, 0.94, 15):
            pleats.append(Fold(polygon((x + s * narrow, top), (x + s * wide, low)), 0.006, 0.8))
    canvas.fill(both_sides(half, axis=x), look.main, Relief(bulge=0.8, soft=0.05, fall=0.02, cast=0.01), folds=pleats)
    canvas.shade(ellipse(x - wide * 0.1, low - (low - top) * 0.4, wide * 0.5, (low - top) * 0.3), 0.30, soft=0.05)
    rim = smooth([(x - wide, low - 0.006), (x, low + 0.012), (x + wide, low - 0.006)], closed=False)
    canvas.tube(rim, 0.007, look.main.plain().tinted(-0.25), FLAT, inside=True)


def _table_lamp(canvas: Canvas, look: Look) -> None:
    wide, low = look.vary("wide", 0.21, 0.25), look.vary("low", 0.44, 0.48)
    base, ground = look.cut["base"], 0.90
    canvas.tube(polygon((0.5, low - 0.02), (0.5, 0.62)), 0.018, look.metal, METAL)
    if base == "ceramic":
        b = look.vary("belly", 0.115, 0.15)
        body = both_sides(
            [
                (0, 0.545),
                (0.028, 0.548, 1),
                (0.032, 0.58),
                (b, 0.70),
                (b * 0.9, 0.82),
                (0.065, 0.885),
                (0.06, ground, 1),
                (0, ground + 0.006),
            ]
        )
        canvas.fill(body, look.trim, GLAZE)
    elif base == "wood":
        for k, (r, y) in enumerate(((0.04, 0.60), (0.06, 0.68), (0.075, 0.77))):
            canvas.fill(
                ellipse(0.5, y, r, 0.05 + 0.004 * k),
                Paint((186, 138, 90), grain="wood"),
                Relief(bulge=1.0, soft=0.04, gloss=0.2),
            )
        canvas.fill(rounded(0.5 - 0.1, 0.83, 0.6, ground, 0.02), Paint((170, 122, 78), grain="wood"), WOOD)
    else:
        canvas.tube(polygon((0.5, low), (0.5, 0.87)), 0.026, look.metal, METAL)
        canvas.fill(ellipse(0.5, 0.88, 0.125, 0.028), look.metal, METAL)
    _lampshade(canvas, look, 0.5, low - look.vary("tall", 0.27, 0.33), low, wide)


def _floor_lamp(canvas: Canvas, look: Look) -> None:
    if look.cut["base"] == "wood":
        for x in (0.36, 0.64, 0.51):
            canvas.tube(polygon((0.5, 0.33), (x, 0.945)), 0.02, Paint((176, 128, 82), grain="wood"), WOOD)
    else:
        canvas.tube(polygon((0.5, 0.3), (0.5, 0.93)), 0.016, look.metal, METAL)
        canvas.fill(ellipse(0.5, 0.935, 0.12, 0.02), look.metal, METAL)
    wide = look.vary("wide", 0.15, 0.18)
    _lampshade(canvas, look, 0.5, 0.08, 0.08 + look.vary("tall", 0.21, 0.26), wide)


def _desk_lamp(canvas: Canvas, look: Look) -> None:
    elbow = (look.vary("ex", 0.64, 0.7), look.vary("ey", 0.42, 0.48))
    head = (look.vary("hx", 0.38, 0.43), look.vary("hy", 0.22, 0.27))
    canvas.fill(ellipse(0.52, 0.875, 0.15, 0.034), look.main, Relief(bulge=0.9, soft=0.02, gloss=0.4))
    for start, end in (((0.52, 0.86), elbow), (elbow, head)):
        canvas.tube(polygon(start, end), 0.02, look.metal, METAL)
    for at in (elbow, head):
        canvas.fill(ellipse(at[0], at[1], 0.026, 0.026), look.metal.tinted(-0.2), METAL)
    x, y = head
    shade = smooth(
        [
            (x + 0.05, y - 0.05),
            (x + 0.055, y + 0.035, 1),
            (x - 0.02, y + 0.19, 1),
            (x - 0.235, y + 0.03, 1),
            (x - 0.06, y - 0.07),
        ]
    )
    canvas.fill(ellipse(x - 0.125, y + 0.115, 0.05, 0.05), _GLOW, Relief(bulge=0.6, soft=0.02, gloss=0.5))
    canvas.fill(shade, look.main, Relief(bulge=1.0, soft=0.05, gloss=0.4, cast=0.01))
    canvas.tube(polygon((x - 0.02, y + 0.19), (x - 0.235, y + 0.03)), 0.012, _GLOW, FLAT, inside=True)


def _pendant(canvas: Canvas, look: Look) -> None:
    canvas.tube(polygon((0.5, 0.03), (0.5, 0.42)), 0.008, Paint((50, 50, 54)), FLAT)
    canvas.fill(rounded(0.45, 0.025, 0.55, 0.05, 0.01), look.metal, METAL)
    canvas.fill(rounded(0.468, 0.37, 0.532, 0.46, 0.014), look.metal, METAL)
    low = look.vary("low", 0.72, 0.78)
    wide = look.vary("wide", 0.26, 0.31)
    canvas.fill(ellipse(0.5, low + 0.01, 0.06, 0.06), _GLOW, Relief(bulge=0.6, soft=0.02, gloss=0.5))
    canvas.fill(ellipse(0.5, low, wide * 0.98, 0.03), _GLOW.tinted(-0.12), Relief(bulge=-0.4, soft=0.02))
    _lampshade(canvas, look, 0.5, 0.435, low, wide)
