"""Sweaters and hoodies."""

from __future__ import annotations

import numpy as np

from shoplens.demo.drawing.canvas import Canvas, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import both_sides, mirrored, smooth
from shoplens.demo.drawing.paint import Paint
from shoplens.demo.drawing.torso import CUFF, TRIM, Torso, draw_neckline, draw_sleeves


def sweater(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a sweater or hoodie: neck crew, v, roll or hood."""
    torso = Torso(look, wide=0.012, hem=0.77)
    rib = look.trim
    draw_sleeves(canvas, torso, look, "long", look.main, width=0.012)
    cuff = torso.cuff(width=0.004, height=0.05, drop=0.015)
    for shape in (cuff, mirrored(cuff)):
        canvas.fill(shape, rib, CUFF)
    hood = look.cut["neck"] == "hood"
    if hood:
        shape = both_sides([(0, 0.045), (0.085, 0.06), (0.128, 0.13), (0.118, 0.21), (0.05, 0.25), (0, 0.255)])
        canvas.fill(shape, look.main.tinted(-0.06), Relief(bulge=0.9, soft=0.04, fall=0.1))
    canvas.fill(
        torso.body(curved=0.004),
        look.main,
        Relief(bulge=0.8, soft=0.05, fall=0.10, cast=0.01),
        folds=torso.folds(look),
    )
    hem = torso.hem
    band = both_sides(
        [(0, hem - 0.012), (torso.hip - 0.004, hem - 0.018, 1), (torso.hip - 0.02, hem + 0.034, 1), (0, hem + 0.04)]
    )
    canvas.fill(band, rib, Relief(bulge=0.9, soft=0.014, fall=0.0, cast=0.004))
    if back:
        line = smooth(
            [(0.5 + torso.neck, torso.top, 1), (0.5, torso.top + 0.02), (0.5 - torso.neck, torso.top, 1)], closed=False
        )
        canvas.tube(line, 0.03, rib, TRIM, inside=True)
    elif hood:
        _hood_front(canvas, torso, look)
    elif look.cut["neck"] == "roll":
        roll = both_sides(
            [
                (0, torso.top - 0.07),
                (0.07, torso.top - 0.064),
                (0.082, torso.top - 0.02),
                (0.09, torso.top + 0.03),
                (0.05, torso.top + 0.06),
                (0, torso.top + 0.068),
            ]
        )
        canvas.fill(roll, rib, Relief(bulge=1.0, soft=0.022, fall=0.05, cast=0.012))
    else:
        draw_neckline(canvas, torso, look, look.cut["neck"], rib, width=0.03)
    if look.cut["style"] == "cable" and not back:
        _cables(canvas, torso, look)


def _cables(canvas: Canvas, torso: Torso, look: Look) -> None:
    plain = look.main.plain()
    for x in (0.41, 0.5, 0.59):
        start = torso.top + (0.2 if x == 0.5 else 0.12)
        for phase in (0.0, np.pi):
            y = np.linspace(start, torso.hem - 0.03, 40)
            line = np.stack([x + 0.014 * np.sin(y * 42 + phase), y], axis=1)
            canvas.tube(line, 0.017, plain, Relief(bulge=0.9, soft=0.009, fall=0.05, cast=0.004), inside=True)


def _hood_front(canvas: Canvas, torso: Torso, look: Look) -> None:
    t = torso.top
    hole = both_sides([(0, t - 0.072), (0.062, t - 0.045), (0.078, t + 0.02), (0.05, t + 0.085), (0, t + 0.115, 1)])
    canvas.fill(hole, look.main.plain().tinted(-0.45), Relief(bulge=-0.7, soft=0.03, fall=-0.1))
    canvas.tube(hole, 0.02, look.main.tinted(0.03), TRIM, closed=True)
    for x, low in ((0.478, 0.36), (0.523, 0.34)):
        cord = smooth([(x, t + 0.1), (x - 0.006, t + 0.16), (x + 0.002, low)], closed=False)
        canvas.tube(cord, 0.009, Paint((240, 238, 232)), Relief(bulge=0.8, soft=0.004, fall=0.0, cast=0.006))
    y = torso.hem - 0.17
    pocket = both_sides([(0, y), (0.07, y, 1), (0.125, y + 0.09, 1), (0.125, y + 0.15, 1), (0, y + 0.152)])
    canvas.fill(pocket, look.main.tinted(-0.02), Relief(bulge=0.7, soft=0.012, fall=0.05, cast=0.008), inside=True)
