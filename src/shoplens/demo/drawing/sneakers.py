"""Sneakers, seen from the side with the toe to the left."""

from __future__ import annotations

import numpy as np

from shoplens.demo.drawing.canvas import FLAT, Canvas, Fold, Relief
from shoplens.demo.drawing.laces import CORD, draw_laces
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import ellipse, polygon, rounded, smooth
from shoplens.demo.drawing.paint import Paint

UPPER = Relief(bulge=0.9, soft=0.05, fall=0.12)
PIECE = Relief(bulge=0.6, soft=0.014, fall=0.05, cast=0.005)
SOLE = Relief(bulge=0.7, soft=0.014, fall=0.10, cast=0.008)


def sneaker(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a sneaker: style runner, court, hightop or slip-on; mark stripes, swoop, star or none."""
    style = look.cut["style"]
    collar = {"hightop": 0.30, "slip-on": 0.50, "court": 0.46, "runner": 0.44}[style] + look.vary(
        "collar", -0.012, 0.012
    )
    tongue = collar - (0.02 if style != "slip-on" else -0.02)
    toe = look.vary("toe", 0.585, 0.605)
    ground = 0.70
    if style != "slip-on":
        flap = smooth(
            [
                (0.50, 0.56),
                (0.545, tongue + 0.03),
                (0.57, tongue - 0.035),
                (0.635, tongue - 0.03),
                (0.65, tongue + 0.06),
                (0.6, 0.58),
            ]
        )
        canvas.fill(flap, look.trim.tinted(-0.05), Relief(bulge=0.8, soft=0.02))
    inner = smooth(
        [
            (0.60, collar + 0.01),
            (0.72, collar + 0.03),
            (0.855, collar - 0.012),
            (0.86, collar + 0.07),
            (0.7, collar + 0.1),
        ]
    )
    canvas.fill(inner, look.main.plain().tinted(-0.5), Relief(bulge=-0.3, soft=0.02))
    upper = smooth(
        [
            (0.095, ground - 0.02, 1),
            (0.10, toe + 0.01),
            (0.17, toe - 0.035),
            (0.30, toe - 0.055),
            (0.44, 0.505 if style != "slip-on" else 0.525),
            (0.575, collar + 0.015, 1),
            (0.70, collar + 0.052 if style != "hightop" else collar + 0.02),
            (0.865, collar - 0.012, 1),
            (0.885, (collar + ground) / 2),
            (0.895, ground - 0.02, 1),
        ]
    )
    creases = [
        Fold(smooth([(0.30, 0.56), (0.34, 0.60), (0.40, 0.63)], closed=False), 0.012, -0.4),
        Fold(smooth([(0.26, 0.575), (0.29, 0.61), (0.34, 0.64)], closed=False), 0.012, -0.4),
    ]
    canvas.fill(upper, look.main, UPPER, folds=creases)
    _sneaker_parts(canvas, look, style, collar, toe, ground)
    _sole(canvas, look, style, ground)


def _sneaker_parts(canvas: Canvas, look: Look, style: str, collar: float, toe: float, ground: float) -> None:
    thread = look.main.plain().tinted(-0.28)
    cap = smooth(
        [
            (0.08, ground, 1),
            (0.10, toe + 0.01),
            (0.17, toe - 0.035),
            (0.235, toe - 0.05, 1),
            (0.275, toe + 0.03),
            (0.27, ground, 1),
        ]
    )
    canvas.fill(
        cap,
        look.trim if style in {"court", "hightop"} else look.main.plain().tinted(-0.1),
        Relief(bulge=0.6, soft=0.03, fall=0.05),
        inside=True,
    )
    heel = smooth(
        [
            (0.80, collar + 0.02, 1),
            (0.88, collar - 0.02, 1),
            (0.93, 0.6),
            (0.93, ground, 1),
            (0.76, ground, 1),
            (0.775, 0.6),
        ]
    )
    canvas.fill(heel, look.trim, PIECE, inside=True)
    canvas.tube(
        smooth([(0.60, collar + 0.03), (0.70, collar + 0.06), (0.868, collar + 0.004)], closed=False),
        0.022,
        look.main.plain().tinted(-0.14),
        CORD,
        inside=True,
    )
    _mark(canvas, look, collar)
    if style == "slip-on":
        gore = smooth([(0.50, 0.53, 1), (0.56, 0.52), (0.60, collar + 0.03, 1), (0.57, 0.6, 1)])
        canvas.fill(gore, Paint(look.main.plain().tinted(-0.4).color, grain="rib"), PIECE, inside=True)
        return
    panel = smooth(
        [
            (0.36, 0.545, 1),
            (0.44, 0.50),
            (0.56, collar + 0.02, 1),
            (0.595, collar + 0.045, 1),
            (0.52, 0.56),
            (0.40, 0.60, 1),
        ]
    )
    canvas.fill(panel, look.trim if style == "runner" else look.main.plain().tinted(-0.06), PIECE, inside=True)
    canvas.stitch(smooth([(0.40, 0.592), (0.52, 0.556), (0.585, collar + 0.05)], closed=False), thread)
    draw_laces(
        canvas, look, np.array([0.385, 0.545]), np.array([0.572, collar + 0.035]), 6 if style == "hightop" else 5
    )
    if style == "runner":
        canvas.stitch(smooth([(0.76, 0.6), (0.79, 0.52), (0.81, collar + 0.03)], closed=False), thread)


def _mark(canvas: Canvas, look: Look, collar: float) -> None:
    mark, paint = look.cut["mark"], look.trim.plain()
    if mark == "stripes":
        for k in range(3):
            x = 0.52 + 0.058 * k
            stripe = polygon((x, 0.54), (x + 0.028, 0.53), (x + 0.085, 0.68), (x + 0.057, 0.68))
            canvas.fill(stripe, paint, PIECE, inside=True)
    elif mark == "swoop":
        shape = smooth(
            [(0.46, 0.645, 1), (0.56, 0.655), (0.70, 0.60), (0.84, 0.52, 1), (0.70, 0.635), (0.57, 0.685), (0.48, 0.68)]
        )
        canvas.fill(shape, paint, PIECE, inside=True)
    elif mark == "star":
        points = [
            (0.70 + np.sin(a) * r, 0.58 - np.cos(a) * r)
            for a, r in zip(np.linspace(0, 2 * np.pi, 10, endpoint=False), [0.05, 0.021] * 5, strict=True)
        ]
        canvas.fill(ellipse(0.70, 0.58, 0.066, 0.066), Paint((250, 250, 248)), PIECE, inside=True)
        canvas.fill(polygon(*points), paint, FLAT, inside=True)


def _sole(canvas: Canvas, look: Look, style: str, ground: float) -> None:
    white = Paint((244, 243, 239)) if look.cut.get("sole", "white") == "white" else look.trim.plain().tinted(-0.05)
    if style == "runner":
        shape = smooth(
            [
                (0.075, 0.69),
                (0.085, 0.672, 1),
                (0.30, 0.695),
                (0.55, 0.665),
                (0.80, 0.64),
                (0.925, 0.63, 1),
                (0.94, 0.70),
                (0.91, 0.765),
                (0.60, 0.765),
                (0.25, 0.77),
                (0.12, 0.745),
            ]
        )
        canvas.fill(shape, white, SOLE)
        canvas.tube(
            smooth([(0.13, 0.748), (0.30, 0.77), (0.60, 0.766), (0.90, 0.765)], closed=False),
            0.014,
            look.trim.plain().tinted(-0.2),
            FLAT,
            inside=True,
        )
        for k in range(3):
            canvas.fill(
                ellipse(0.66 + 0.085 * k, 0.71, 0.026, 0.017), white.tinted(-0.14), Relief(bulge=-0.8, soft=0.008)
            )
        return
    shape = rounded(0.075, ground - 0.035, 0.915, ground + 0.045, 0.03)
    canvas.fill(shape, white, SOLE)
    canvas.tube(polygon((0.09, ground - 0.008), (0.9, ground - 0.008)), 0.006, look.trim.plain(), FLAT, inside=True)
    canvas.tube(polygon((0.10, ground + 0.04), (0.89, ground + 0.04)), 0.012, Paint((176, 140, 100)), FLAT, inside=True)
