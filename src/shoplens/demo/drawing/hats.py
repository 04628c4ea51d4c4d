"""Hats."""

from __future__ import annotations

import math

import numpy as np

from shoplens.demo.drawing.canvas import FLAT, Canvas, Fold, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import both_sides, ellipse, rounded, smooth, turned
from shoplens.demo.drawing.paint import brightness

CROWN = Relief(bulge=1.0, soft=0.08, fall=0.10)
PIECE = Relief(bulge=0.8, soft=0.016, fall=0.05, cast=0.012)


def hat(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a hat: style cap, beanie, bucket or fedora."""
    {"cap": _cap, "beanie": _beanie, "bucket": _bucket, "fedora": _fedora}[look.cut["style"]](canvas, look, back)


def _cap(canvas: Canvas, look: Look, back: bool) -> None:
    h = look.vary("height", 0.27, 0.32)
    top, low = 0.62 - h, 0.62
    dome = smooth(
        [
            (0.16, low, 1),
            (0.17, low - h * 0.45),
            (0.27, top + 0.05),
            (0.44, top),
            (0.60, top + 0.05),
            (0.70, low - h * 0.45),
            (0.715, low - 0.02, 1),
            (0.45, low + 0.045),
        ]
    )
    seams = [
        Fold(smooth([(0.44, top), (x, low - h * 0.5), (x2, low)], closed=False), 0.007, -0.9)
        for x, x2 in ((0.32, 0.29), (0.53, 0.56))
    ]
    canvas.fill(dome, look.trim if look.cut["detail"] == "two-tone" else look.main, CROWN, folds=seams)
    thread = look.main.plain().tinted(-0.3 if brightness(look.main.color) > 0.3 else 0.3)
    for x, x2 in ((0.33, 0.30), (0.52, 0.55)):
        canvas.stitch(smooth([(0.44, top + 0.01), (x, low - h * 0.5), (x2, low)], closed=False), thread)
    brim = smooth(
        [
            (0.42, low + 0.012, 1),
            (0.58, low - 0.012),
            (0.715, low - 0.04, 1),
            (0.85, low + 0.005),
            (0.93, low + 0.07),
            (0.90, low + 0.1),
            (0.72, low + 0.062),
            (0.54, low + 0.056),
        ]
    )
    canvas.fill(brim, look.main, PIECE)
    for k in (1, 2, 3):
        canvas.stitch(
            smooth(
                [(0.50 + 0.03 * k, low + 0.03), (0.70, low - 0.02 + 0.02 * k), (0.91 - 0.02 * k, low + 0.055)],
                closed=False,
            ),
            thread,
            width=0.0025,
        )
    canvas.fill(ellipse(0.44, top - 0.002, 0.022, 0.012), look.main.tinted(0.08), PIECE)
    if look.cut["detail"] == "patch" and not back:
        canvas.fill(
            turned(rounded(0.57, low - h * 0.62, 0.69, low - h * 0.25, 0.014), -10, about=(0.62, low - h * 0.45)),
            look.trim,
            PIECE,
            inside=True,
        )
    for x in (0.27, 0.50):
        canvas.fill(ellipse(x, top + 0.1, 0.007, 0.007), thread, FLAT)


def _beanie(canvas: Canvas, look: Look, back: bool) -> None:
    top = look.vary("top", 0.24, 0.29)
    if look.cut["detail"] == "pompom":
        rng = np.random.default_rng(look.seed)
        for k in range(90):
            a, r = rng.uniform(0, 2 * math.pi), 0.085 * math.sqrt(rng.uniform(0, 1))
            x, y = 0.5 + r * math.cos(a), top - 0.035 + r * math.sin(a)
            canvas.fill(
                ellipse(x, y, 0.018, 0.018),
                look.trim.plain().tinted(0.12 * math.sin(k)),
                Relief(bulge=0.8, soft=0.01, fall=0.0),
            )
    w = look.vary("wide", 0.245, 0.27)
    dome = both_sides([(0, top), (w * 0.5, top + 0.03), (w * 0.9, top + 0.17), (w, 0.6), (w, 0.7, 1), (0, 0.72)])
    ribs = [
        Fold(
            smooth([(0.5 + s * w * 0.12, top), (0.5 + s * w * 0.8, top + 0.15), (0.5 + s * w, 0.68)], closed=False),
            0.01,
            -0.8,
        )
        for s in np.linspace(-1, 1, 13)
    ]
    canvas.fill(dome, look.main, CROWN, folds=ribs)
    cuff = both_sides([(0, 0.585), (w + 0.012, 0.57, 1), (w + 0.016, 0.715, 1), (0, 0.74)])
    canvas.fill(
        cuff,
        look.trim if look.cut["detail"] == "two-tone" else look.main.plain().tinted(-0.04),
        Relief(bulge=0.9, soft=0.03, fall=0.06, cast=0.012),
    )
    if look.cut["detail"] == "patch":
        canvas.fill(rounded(0.45, 0.62, 0.55, 0.69, 0.006), look.trim, PIECE)


def _bucket(canvas: Canvas, look: Look, back: bool) -> None:
    top = look.vary("top", 0.27, 0.31)
    w = look.vary("wide", 0.175, 0.195)
    crown = both_sides([(0, top), (w * 0.8, top + 0.006), (w, top + 0.04), (w + 0.045, 0.57, 1), (0, 0.6)])
    canvas.fill(crown, look.main, CROWN)
    brim = both_sides([(0, 0.555), (w + 0.042, 0.53, 1), (w + 0.13, 0.665), (w + 0.1, 0.70), (0, 0.735)])
    canvas.fill(
        brim,
        look.trim if look.cut["detail"] == "two-tone" else look.main,
        Relief(bulge=0.7, soft=0.03, fall=0.1, cast=0.012),
    )
    thread = look.main.plain().tinted(-0.25)
    for k in range(5):
        y = 0.595 + 0.028 * k
        x = w + 0.06 + 0.014 * k
        canvas.stitch(smooth([(0.5 - x, y - 0.03), (0.5, y), (0.5 + x, y - 0.03)], closed=False), thread, width=0.0025)
    canvas.stitch(
        smooth([(0.5 - w + 0.01, top + 0.05), (0.5, top + 0.07), (0.5 + w - 0.01, top + 0.05)], closed=False), thread
    )


def _fedora(canvas: Canvas, look: Look, back: bool) -> None:
    brim_w = look.vary("brim", 0.36, 0.41)
    brim = smooth(
        [
            (0.5 - brim_w, 0.60),
            (0.5 - brim_w * 0.6, 0.565),
            (0.5, 0.60),
            (0.5 + brim_w * 0.6, 0.565),
            (0.5 + brim_w, 0.60),
            (0.5 + brim_w * 0.7, 0.67),
            (0.5, 0.705),
            (0.5 - brim_w * 0.7, 0.67),
        ]
    )
    canvas.fill(brim, look.main.tinted(-0.06), Relief(bulge=0.8, soft=0.02, fall=0.1))
    top = look.vary("top", 0.285, 0.32)
    crown = smooth(
        [
            (0.30, 0.61, 1),
            (0.315, top + 0.1),
            (0.36, top + 0.01),
            (0.44, top + 0.005),
            (0.5, top + 0.045),
            (0.56, top + 0.005),
            (0.64, top + 0.01),
            (0.685, top + 0.1),
            (0.70, 0.61, 1),
            (0.5, 0.645),
        ]
    )
    folds = [
        Fold(smooth([(0.5, top + 0.05), (0.495, top + 0.13)], closed=False), 0.03, -0.9),
        Fold(smooth([(0.36, top + 0.06), (0.39, top + 0.15)], closed=False), 0.03, -0.5),
    ]
    canvas.fill(crown, look.main, Relief(bulge=1.0, soft=0.06, fall=0.06, cast=0.018), folds=folds)
    band = smooth(
        [(0.297, 0.545, 1), (0.5, 0.585), (0.703, 0.545, 1), (0.708, 0.605, 1), (0.5, 0.65), (0.292, 0.605, 1)]
    )
    canvas.fill(band, look.trim, Relief(bulge=0.4, soft=0.015, fall=0.0), inside=True)
    bow = smooth([(0.64, 0.565), (0.70, 0.535), (0.705, 0.62), (0.65, 0.63)])
    canvas.fill(bow, look.trim.tinted(-0.05), PIECE, inside=True)
