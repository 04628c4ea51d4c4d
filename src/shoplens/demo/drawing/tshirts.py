"""T-shirts."""

from __future__ import annotations

import numpy as np

from shoplens.demo.drawing.canvas import Canvas, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import ellipse, mirrored, polygon, rounded, smooth, turned
from shoplens.demo.drawing.paint import Paint, brightness
from shoplens.demo.drawing.torso import TRIM, Torso, draw_neckline, draw_placket, draw_pocket, draw_sleeves


def tshirt(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a T-shirt: neck crew, v, scoop or henley; sleeve cap, short or long; print or pocket."""
    torso = Torso(look)
    length = look.cut["sleeve"]
    draw_sleeves(canvas, torso, look, length, look.trim.plain() if look.cut["style"] == "raglan" else look.main)
    canvas.fill(torso.body(), look.main, Relief(bulge=0.75, soft=0.045, fall=0.10, cast=0.01), folds=torso.folds(look))
    collar = look.trim if look.cut["style"] in {"raglan", "ringer"} else look.main.plain().tinted(-0.06)
    if back:
        line = smooth(
            [(0.5 + torso.neck, torso.top, 1), (0.5, torso.top + 0.02), (0.5 - torso.neck, torso.top, 1)], closed=False
        )
        canvas.tube(line, 0.02, collar, TRIM, inside=True)
    else:
        draw_neckline(canvas, torso, look, look.cut["neck"], collar)
        _front(canvas, torso, look)
    thread = look.main.plain().tinted(-0.22 if brightness(look.main.color) > 0.25 else 0.3)
    hem = torso.body()[:, 1].max() - 0.03
    canvas.stitch(
        smooth([(0.5 - torso.hip, hem - 0.012), (0.5, hem + 0.006), (0.5 + torso.hip, hem - 0.012)], closed=False),
        thread,
    )
    cuff = torso.cuff_line(length, inset=0.018)
    canvas.stitch(cuff, thread)
    canvas.stitch(mirrored(cuff), thread)


def _front(canvas: Canvas, torso: Torso, look: Look) -> None:
    style = look.cut["style"]
    if look.cut["neck"] == "henley":
        draw_placket(canvas, look, torso.top + 0.066, torso.top + 0.2, 3)
    if style == "pocket":
        draw_pocket(canvas, look, 0.55, torso.armpit - 0.03, 0.085)
    elif style == "graphic":
        _graphic(canvas, look, 0.5, torso.armpit + 0.07, 0.1)


def _graphic(canvas: Canvas, look: Look, x: float, y: float, r: float) -> None:
    """Print a picture on the chest, one of six."""
    ink, other = look.trim.plain(), look.metal.plain()
    flat = Relief(bulge=0.0, soft=0.01, fall=0.05)
    kind = look.cut["print"]
    if kind == "sunset":
        canvas.fill(ellipse(x, y, r, r), ink, flat, opacity=0.95, inside=True)
        for k in range(5):
            gap = 0.006 + 0.003 * k
            level = y + r * (0.05 + 0.2 * k)
            reach = float(np.sqrt(max(r * r - (level - y) ** 2, 0)))
            canvas.fill(rounded(x - reach, level, x + reach, level + gap, 0), look.main.plain(), flat, inside=True)
    elif kind == "mountain":
        _mountain(canvas, ink, other, x, y, r)
    elif kind == "star":
        points = [
            (x + np.sin(a) * q, y - np.cos(a) * q)
            for a, q in zip(np.linspace(0, 2 * np.pi, 10, endpoint=False), [r, r * 0.42] * 5, strict=True)
        ]
        canvas.fill(polygon(*points), ink, flat, opacity=0.95, inside=True)
    elif kind == "wave":
        for k in range(4):
            level = y - r * 0.5 + k * r * 0.36
            wave = [(x - r * 1.2 + r * 0.4 * j, level + (0.02 if j % 2 else -0.02)) for j in range(7)]
            canvas.tube(smooth(wave, closed=False), 0.017, ink if k % 2 else other, flat, inside=True)
    elif kind == "rings":
        for k, q in enumerate((1.0, 0.72, 0.44)):
            canvas.tube(
                ellipse(x, y, r * q, r * q), 0.016, ink if k % 2 == 0 else other, flat, closed=True, inside=True
            )
    else:
        for k in range(6):
            petal = turned(
                smooth([(x, y), (x + r * 0.3, y - r * 0.5), (x, y - r), (x - r * 0.3, y - r * 0.5)]),
                60 * k,
                about=(x, y),
            )
            canvas.fill(petal, ink if k % 2 else other, flat, opacity=0.95, inside=True)


def _mountain(canvas: Canvas, ink: Paint, other: Paint, x: float, y: float, r: float) -> None:
    flat = Relief(bulge=0.0, soft=0.01, fall=0.05)
    canvas.fill(ellipse(x + r * 0.45, y - r * 0.5, r * 0.3, r * 0.3), other, flat, inside=True)
    canvas.fill(
        polygon((x - r * 1.2, y + r * 0.7), (x - r * 0.35, y - r * 0.7), (x + r * 0.5, y + r * 0.7)),
        ink,
        flat,
        inside=True,
    )
    canvas.fill(
        polygon((x - r * 0.2, y + r * 0.7), (x + r * 0.5, y - r * 0.25), (x + r * 1.2, y + r * 0.7)),
        ink.tinted(0.25),
        flat,
        inside=True,
    )
    canvas.fill(
        polygon(
            (x - r * 0.56, y - r * 0.36),
            (x - r * 0.35, y - r * 0.7),
            (x - r * 0.13, y - r * 0.34),
            (x - r * 0.35, y - r * 0.2),
        ),
        Paint((250, 250, 250)),
        flat,
        inside=True,
    )
