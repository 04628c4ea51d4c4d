"""Watches."""

from __future__ import annotations

import math

import numpy as np

from shoplens.demo.drawing.canvas import FLAT, Canvas, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import Outline, both_sides, ellipse, polygon, rounded
from shoplens.demo.drawing.paint import Paint, brightness

METAL = Relief(bulge=0.95, soft=0.018, gloss=0.6, sharp=12, fall=0.05)


def watch(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a watch: case round, square or smart; strap leather, link or rubber; face plain, numbers, ring or date."""
    case, strap = look.cut["case"], look.cut["strap"]
    r = look.vary("radius", 0.185, 0.215)
    w = r * look.vary("strap", 0.58, 0.68)
    _strap(canvas, look, w, r, strap)
    for s in (-1, 1):
        lug = both_sides(
            [
                (w * 0.7, 0.5 + s * (r + 0.035)),
                (w * 1.16, 0.5 + s * (r + 0.03)),
                (w * 1.25, 0.5 + s * r * 0.55),
                (w * 0.6, 0.5 + s * r * 0.55),
            ]
        )
        canvas.fill(lug, look.metal.tinted(-0.05), METAL)
    canvas.fill(rounded(0.5 + r - 0.01, 0.475, 0.5 + r + 0.035, 0.525, 0.008), look.metal.tinted(-0.1), METAL)
    if case == "round":
        outer, inner = ellipse(0.5, 0.5, r + 0.022, r + 0.022), ellipse(0.5, 0.5, r - 0.008, r - 0.008)
    else:
        tall = 1.16 if case == "smart" else 1.0
        q = r * 0.92
        outer = rounded(
            0.5 - q - 0.02,
            0.5 - q * tall - 0.02,
            0.5 + q + 0.02,
            0.5 + q * tall + 0.02,
            0.075 if case == "smart" else 0.035,
        )
        inner = rounded(
            0.5 - q + 0.004,
            0.5 - q * tall + 0.004,
            0.5 + q - 0.004,
            0.5 + q * tall - 0.004,
            0.058 if case == "smart" else 0.02,
        )
    canvas.fill(outer, look.metal, Relief(bulge=0.95, soft=0.012, gloss=0.7, sharp=10, fall=0.1, cast=0.014))
    if case == "smart":
        _screen(canvas, look, inner, r)
    else:
        canvas.fill(inner, look.main, Relief(bulge=-0.35, soft=0.012, fall=-0.1))
        _dial(canvas, look, r - 0.012)
    glass = polygon((0.5 - r * 0.9, 0.5 - r), (0.5 - r * 0.1, 0.5 - r), (0.5 - r * 0.6, 0.5 + r), (0.5 - r, 0.5 + r))
    canvas.shade(glass, 0.10, soft=0.012)


def _strap(canvas: Canvas, look: Look, w: float, r: float, strap: str) -> None:
    for s in (-1, 1):
        y0, y1 = 0.5 + s * r * 0.8, 0.5 + s * 0.455
        if strap == "link":
            for k in range(8):
                t = k / 8
                y = y0 + (y1 - y0) * t
                x = w * (1 - 0.22 * t)
                step = abs(y1 - y0) / 8 * 0.47
                for left, right, tint in ((-x, -x * 0.36, 0.0), (-x * 0.33, x * 0.33, 0.14), (x * 0.36, x, 0.0)):
                    link = rounded(0.5 + left, y + s * step - step, 0.5 + right, y + s * step + step, 0.006)
                    canvas.fill(
                        link, look.metal.tinted(tint), Relief(bulge=0.9, soft=0.008, gloss=0.5, sharp=10, fall=0.0)
                    )
            continue
        shape = both_sides([(0, y0), (w, y0, 1), (w * 0.8, y1 - s * 0.02), (w * 0.7, y1), (0, y1 + s * 0.004)])
        canvas.fill(shape, look.trim, Relief(bulge=0.9, soft=0.022, fall=0.04, gloss=0.1))
        if strap == "leather":
            thread = look.trim.plain().tinted(0.35)
            for side in (-1, 1):
                canvas.stitch(polygon((0.5 + side * w * 0.85, y0), (0.5 + side * w * 0.68, y1 - s * 0.02)), thread)
        if s > 0:
            for k in range(4):
                canvas.fill(
                    ellipse(0.5, y0 + (y1 - y0) * (0.45 + 0.13 * k), 0.008, 0.008), look.trim.plain().tinted(-0.5), FLAT
                )


def _dial(canvas: Canvas, look: Look, r: float) -> None:
    ink = Paint((246, 246, 244)) if brightness(look.main.color) < 0.5 else Paint((44, 44, 50))
    face = look.cut["face"]
    if face == "ring":
        canvas.tube(ellipse(0.5, 0.5, r * 0.62, r * 0.62), 0.006, look.metal, FLAT, closed=True)
    for k in range(60 if face == "ring" else 12):
        a = math.radians(k * (6 if face == "ring" else 30))
        far = np.array([math.sin(a), -math.cos(a)])
        major = k % (5 if face == "ring" else 3) == 0
        inner = 0.5 + far * r * (0.78 if major else 0.86)
        canvas.tube(polygon(tuple(inner), tuple(0.5 + far * r * 0.92)), 0.011 if major else 0.005, ink, FLAT)
    if face in {"chrono", "numbers"}:
        for x, y in ((0.5, 0.5 + r * 0.45), (0.5 - r * 0.42, 0.5), (0.5 + r * 0.42, 0.5)):
            canvas.fill(ellipse(x, y, r * 0.23, r * 0.23), look.main.tinted(-0.15), Relief(bulge=-0.5, soft=0.006))
            canvas.tube(ellipse(x, y, r * 0.23, r * 0.23), 0.004, look.metal, FLAT, closed=True)
            canvas.tube(polygon((x, y), (x + r * 0.1, y - r * 0.12)), 0.004, ink, FLAT)
    if face == "date":
        canvas.fill(rounded(0.5 + r * 0.48, 0.48, 0.5 + r * 0.72, 0.52, 0.004), Paint((250, 250, 250)), FLAT)
        canvas.tube(polygon((0.5 + r * 0.56, 0.5), (0.5 + r * 0.64, 0.5)), 0.01, Paint((50, 50, 50)), FLAT)
    hand = Relief(bulge=0.6, soft=0.004, cast=0.006)
    hour, minute = look.vary("hour", 295, 312), look.vary("minute", 50, 66)
    for degrees, reach, width in ((hour, 0.5, 0.017), (minute, 0.76, 0.012)):
        a = math.radians(degrees)
        way = np.array([math.sin(a), -math.cos(a)])
        canvas.tube(polygon(tuple(0.5 - way * r * 0.1), tuple(0.5 + way * r * reach)), width, ink, hand)
    a = math.radians(200)
    canvas.tube(
        polygon((0.5, 0.5), (0.5 + math.sin(a) * r * 0.75, 0.5 - math.cos(a) * r * 0.75)),
        0.004,
        Paint((214, 70, 60)),
        FLAT,
    )
    canvas.fill(ellipse(0.5, 0.5, 0.012, 0.012), look.metal, METAL)


def _screen(canvas: Canvas, look: Look, inner: Outline, r: float) -> None:
    canvas.fill(inner, Paint((18, 19, 24)), Relief(bulge=0.2, soft=0.01, gloss=0.12))
    for k, (radius, color) in enumerate(((0.72, look.trim.color), (0.56, (120, 220, 130)), (0.40, (90, 190, 250)))):
        canvas.tube(ellipse(0.5, 0.53, r * radius, r * radius), 0.024, Paint(color).tinted(-0.7), FLAT, closed=True)
        canvas.tube(
            ellipse(0.5, 0.53, r * radius, r * radius, start=-90, end=-90 + look.vary(f"ring{k}", 150, 320)),
            0.024,
            Paint(color).tinted(0.15),
            FLAT,
        )
    for x in (-0.05, -0.02, 0.02, 0.05):
        canvas.fill(
            rounded(0.5 + x - 0.008, 0.5 - r * 0.92, 0.5 + x + 0.008, 0.5 - r * 0.78, 0.004),
            Paint((245, 245, 245)),
            FLAT,
        )
