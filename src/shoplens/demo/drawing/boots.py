"""Boots, seen from the side with the toe to the left."""

from __future__ import annotations

import numpy as np

from shoplens.demo.drawing.canvas import FLAT, Canvas, Fold, Relief
from shoplens.demo.drawing.laces import CORD, draw_laces
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import ellipse, polygon, rounded, smooth
from shoplens.demo.drawing.paint import Paint

PIECE = Relief(bulge=0.6, soft=0.014, fall=0.05, cast=0.005)
SOLE = Relief(bulge=0.7, soft=0.014, fall=0.10, cast=0.008)


def boot(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a boot: style chelsea, lace-up, tall or rain; heel flat or block."""
    style = look.cut["style"]
    top = {"chelsea": 0.34, "lace-up": 0.27, "tall": 0.10, "rain": 0.16}[style] + look.vary("top", -0.015, 0.015)
    toe = look.vary("toe", 0.615, 0.64)
    ground = 0.79
    gloss = {"rain": 0.55, "chelsea": 0.16, "tall": 0.18, "lace-up": 0.1}[style]
    inner = ellipse(0.66, top + 0.004, 0.128, 0.022)
    canvas.fill(inner, look.trim.plain().tinted(-0.4), FLAT)
    shaft = smooth(
        [
            (0.16, ground, 1),
            (0.155, toe + 0.055),
            (0.22, toe),
            (0.34, toe - 0.03),
            (0.46, toe - 0.1),
            (0.528, 0.47),
            (0.53, top + 0.004, 1),
            (0.66, top + 0.022),
            (0.79, top + 0.004, 1),
            (0.80, 0.45),
            (0.805, 0.58),
            (0.84, 0.68),
            (0.835, ground, 1),
        ]
    )
    folds = [
        Fold(
            smooth(
                [(0.46, 0.55 + 0.035 * k), (0.54, 0.565 + 0.03 * k), (0.62 + 0.02 * k, 0.56 + 0.03 * k)], closed=False
            ),
            0.016,
            -0.6,
        )
        for k in range(3)
    ]
    if style in {"tall", "rain"}:
        folds += [Fold(smooth([(0.54, 0.36), (0.64, 0.385), (0.78, 0.36)], closed=False), 0.016, -0.35)]
    canvas.fill(shaft, look.main, Relief(bulge=0.9, soft=0.05, fall=0.1, gloss=gloss, sharp=18), folds=folds)
    _boot_parts(canvas, look, style, top)
    _boot_sole(canvas, look, style, ground)


def _boot_parts(canvas: Canvas, look: Look, style: str, top: float) -> None:
    thread = look.main.plain().tinted(-0.35 if max(look.main.color) > 90 else 0.3)
    if style == "chelsea":
        gore = smooth([(0.60, top + 0.014, 1), (0.71, top + 0.014, 1), (0.69, 0.5), (0.655, 0.575, 1), (0.615, 0.5)])
        canvas.fill(gore, Paint(look.trim.color, grain="rib"), PIECE, inside=True)
        canvas.tube(
            smooth([(0.785, top + 0.04), (0.82, top - 0.02), (0.79, top - 0.03), (0.77, top + 0.03)], closed=False),
            0.012,
            look.trim,
            CORD,
        )
    elif style == "lace-up":
        tongue = smooth([(0.515, top + 0.04), (0.52, top - 0.03), (0.60, top - 0.035), (0.62, top + 0.03)])
        canvas.fill(tongue, look.main.plain().tinted(-0.15), PIECE)
        canvas.stitch(smooth([(0.44, 0.63), (0.56, 0.55), (0.60, 0.42), (0.60, top + 0.02)], closed=False), thread)
        low, high = np.array([0.44, 0.585]), np.array([0.55, top + 0.03])
        draw_laces(canvas, look, low, high, 7)
        canvas.tube(
            smooth([(0.56, top + 0.012), (0.66, top + 0.03), (0.788, top + 0.012)], closed=False),
            0.03,
            look.trim,
            CORD,
            inside=True,
        )
    elif style == "tall":
        canvas.tube(polygon((0.72, top + 0.02), (0.735, 0.72)), 0.004, thread, FLAT, inside=True)
        strap = smooth(
            [(0.44, 0.645, 1), (0.62, 0.60), (0.83, 0.635, 1), (0.835, 0.665, 1), (0.62, 0.632), (0.43, 0.675, 1)]
        )
        canvas.fill(strap, look.trim, PIECE, inside=True)
        canvas.tube(
            rounded(0.60, 0.588, 0.645, 0.648, 0.008),
            0.008,
            look.metal,
            Relief(bulge=0.9, soft=0.004, gloss=0.6, cast=0.005),
            closed=True,
        )
    else:
        canvas.tube(
            smooth([(0.53, top + 0.016), (0.66, top + 0.034), (0.79, top + 0.016)], closed=False),
            0.035,
            look.trim,
            Relief(bulge=0.8, soft=0.012, gloss=0.4),
            inside=True,
        )
        canvas.fill(rounded(0.60, 0.26, 0.70, 0.315, 0.01), look.trim, PIECE, inside=True)
    canvas.stitch(smooth([(0.30, 0.77), (0.36, 0.67), (0.47, 0.62)], closed=False), thread)


def _boot_sole(canvas: Canvas, look: Look, style: str, ground: float) -> None:
    dark = look.trim.plain().tinted(-0.35) if style == "rain" else Paint((58, 46, 40))
    if look.cut["heel"] == "block":
        canvas.fill(
            smooth([(0.655, ground, 1), (0.84, ground, 1), (0.83, ground + 0.085, 1), (0.675, ground + 0.085, 1)]),
            dark,
            SOLE,
        )
        line = smooth(
            [(0.145, ground + 0.06), (0.35, ground + 0.06), (0.52, ground + 0.03), (0.66, ground), (0.84, ground)],
            closed=False,
        )
        canvas.fill(
            np.concatenate([smooth([(0.15, ground - 0.02), (0.842, ground - 0.02)], closed=False), line[::-1]]),
            dark.tinted(0.06),
            Relief(bulge=0.5, soft=0.01),
        )
        return
    canvas.fill(rounded(0.14, ground - 0.018, 0.85, ground + 0.05, 0.018), dark, SOLE)
    for x in np.arange(0.17, 0.83, 0.05):
        canvas.fill(rounded(float(x), ground + 0.035, float(x) + 0.028, ground + 0.062, 0.004), dark.tinted(-0.2), FLAT)
    canvas.tube(
        polygon((0.15, ground - 0.004), (0.84, ground - 0.004)),
        0.006,
        Paint((206, 160, 92)),
        FLAT,
        opacity=0.8,
        inside=True,
    )
