"""Backpacks."""

from __future__ import annotations

from shoplens.demo.drawing.canvas import FLAT, Canvas, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import Knot, both_sides, ellipse, polygon, rounded, smooth

BODY = Relief(bulge=0.85, soft=0.05, fall=0.12, gloss=0.14, sharp=14)
PIECE = Relief(bulge=0.7, soft=0.016, fall=0.04, cast=0.010, gloss=0.08)
STRAP = Relief(bulge=0.9, soft=0.010, fall=0.04, cast=0.012, gloss=0.1)
METAL = Relief(bulge=0.95, soft=0.006, gloss=0.7, sharp=12, fall=0.0, cast=0.006)


def backpack(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a backpack: style school, roll or flap; detail pocket, badge or straps."""
    style = look.cut["style"]
    w, low = look.vary("wide", 0.215, 0.245), 0.88
    top = look.vary("top", 0.16, 0.19)
    canvas.tube(
        smooth([(0.45, top + 0.02), (0.455, top - 0.06), (0.545, top - 0.06), (0.55, top + 0.02)], closed=False),
        0.024,
        look.trim,
        STRAP,
    )
    for s in (-1, 1):
        strap = smooth(
            [
                (0.5 + s * (w - 0.07), top + 0.06),
                (0.5 + s * (w + 0.05), top + 0.16),
                (0.5 + s * (w + 0.065), 0.55),
                (0.5 + s * (w - 0.01), 0.76),
            ],
            closed=False,
        )
        canvas.tube(strap, 0.034, look.trim, STRAP)
    dome = 0.16 if style == "school" else 0.05
    half: list[Knot] = [
        (0, top),
        (w * 0.62, top + 0.012),
        (w, top + dome),
        (w + 0.012, 0.62),
        (w, low - 0.04),
        (w - 0.04, low),
        (0, low + 0.004),
    ]
    canvas.fill(both_sides(half), look.main, BODY)
    if back:
        for s in (-1, 1):
            pad = smooth([(0.5 + s * 0.07, top + 0.08), (0.5 + s * 0.13, 0.4), (0.5 + s * 0.15, 0.72)], closed=False)
            canvas.tube(pad, 0.075, look.trim, Relief(bulge=1.0, soft=0.025, cast=0.012))
        return
    {"school": _school, "roll": _roll, "flap": _flap}[style](canvas, look, w, top, low)


def _zip(canvas: Canvas, look: Look, knots: list[Knot]) -> None:
    line = smooth(knots, closed=False)
    canvas.tube(line, 0.016, look.main.plain().tinted(-0.4), FLAT, inside=True)
    canvas.tube(line, 0.005, look.metal, FLAT, inside=True)
    x, y = line[-1]
    canvas.tube(polygon((float(x), float(y)), (float(x) + 0.004, float(y) + 0.04)), 0.011, look.trim, STRAP)


def _school(canvas: Canvas, look: Look, w: float, top: float, low: float) -> None:
    _zip(
        canvas,
        look,
        [
            (0.5 - w, 0.46),
            (0.5 - w * 0.8, top + 0.12),
            (0.5, top + 0.055),
            (0.5 + w * 0.8, top + 0.12),
            (0.5 + w, 0.44),
        ],
    )
    y = look.vary("pocket", 0.55, 0.59)
    pocket = both_sides(
        [
            (0, y),
            (w * 0.72, y + 0.006),
            (w * 0.84, y + 0.05),
            (w * 0.86, low - 0.06),
            (w * 0.76, low - 0.025),
            (0, low - 0.018),
        ]
    )
    canvas.fill(
        pocket,
        look.trim if look.cut["detail"] == "pocket" else look.main.tinted(-0.03),
        Relief(bulge=0.8, soft=0.03, fall=0.06, cast=0.014),
    )
    _zip(canvas, look, [(0.5 - w * 0.78, y + 0.055), (0.5, y + 0.04), (0.5 + w * 0.78, y + 0.055)])
    if look.cut["detail"] == "badge":
        canvas.fill(ellipse(0.5, y + 0.17, 0.052, 0.052), look.trim, PIECE)
        canvas.fill(ellipse(0.5, y + 0.17, 0.03, 0.03), look.metal, PIECE)
    canvas.fill(rounded(0.46, 0.40, 0.54, 0.44, 0.006), look.trim, PIECE)


def _roll(canvas: Canvas, look: Look, w: float, top: float, low: float) -> None:
    canvas.fill(
        rounded(0.5 - w - 0.01, top - 0.02, 0.5 + w + 0.01, top + 0.09, 0.045),
        look.main.tinted(0.05),
        Relief(bulge=1.0, soft=0.035, cast=0.018, gloss=0.12),
    )
    strap = polygon((0.5, top - 0.02), (0.5, 0.62))
    canvas.tube(strap, 0.03, look.trim, STRAP, inside=True)
    canvas.fill(rounded(0.465, 0.40, 0.535, 0.455, 0.01), look.metal, METAL)
    y = look.vary("pocket", 0.6, 0.64)
    canvas.fill(
        rounded(0.5 - w * 0.82, y, 0.5 + w * 0.82, low - 0.03, 0.025),
        look.main.tinted(-0.04),
        Relief(bulge=0.8, soft=0.025, cast=0.012),
    )
    _zip(canvas, look, [(0.5 - w * 0.72, y + 0.03), (0.5 + w * 0.72, y + 0.03)])


def _flap(canvas: Canvas, look: Look, w: float, top: float, low: float) -> None:
    y = look.vary("pocket", 0.61, 0.64)
    canvas.fill(
        rounded(0.5 - w * 0.8, y, 0.5 + w * 0.8, low - 0.03, 0.03),
        look.main.tinted(-0.04),
        Relief(bulge=0.8, soft=0.025, cast=0.012),
    )
    deep = look.vary("flap", 0.5, 0.54)
    flap = both_sides(
        [
            (0, top - 0.014),
            (w * 0.66, top),
            (w + 0.008, top + 0.07),
            (w + 0.006, deep - 0.05),
            (w - 0.03, deep),
            (0, deep + 0.008),
        ]
    )
    canvas.fill(flap, look.main.tinted(0.04), Relief(bulge=0.8, soft=0.04, fall=0.06, cast=0.016))
    canvas.stitch(
        smooth(
            [
                (0.5 - w + 0.012, deep - 0.05),
                (0.5 - w + 0.04, deep - 0.016),
                (0.5, deep - 0.01),
                (0.5 + w - 0.04, deep - 0.016),
                (0.5 + w - 0.012, deep - 0.05),
            ],
            closed=False,
        ),
        look.main.plain().tinted(-0.3),
    )
    for x in (0.41, 0.59):
        canvas.fill(rounded(x - 0.017, top + 0.12, x + 0.017, deep + 0.1, 0.008), look.trim, PIECE)
        canvas.tube(
            rounded(x - 0.026, deep + 0.012, x + 0.026, deep + 0.058, 0.006), 0.008, look.metal, METAL, closed=True
        )
