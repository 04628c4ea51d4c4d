"""Jackets and blazers."""

from __future__ import annotations

import numpy as np

from shoplens.demo.drawing.canvas import FLAT, Canvas, Fold, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import Knot, both_sides, mirrored, polygon, rounded, smooth
from shoplens.demo.drawing.paint import Paint
from shoplens.demo.drawing.torso import CUFF, TRIM, Torso, draw_button, draw_inside, draw_sleeves


def jacket(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a jacket: style bomber, biker, denim, blazer or puffer."""
    style = look.cut["style"]
    torso = Torso(look, wide=0.016, hem={"blazer": 0.82, "puffer": 0.8}.get(style, 0.74))
    quilt = style == "puffer"
    gloss = {"biker": 0.35, "puffer": 0.22, "bomber": 0.12}.get(style, 0.0)
    draw_sleeves(canvas, torso, look, "long", look.trim if style == "varsity" else look.main, width=0.016)
    if quilt:
        _quilt_sleeves(canvas, torso, look)
    if not back:
        draw_inside(canvas, torso, look.trim, 0.36)
    relief = Relief(bulge=0.85, soft=0.05, fall=0.10, cast=0.012, gloss=gloss, sharp=16)
    folds = [] if quilt else torso.folds(look)
    if quilt:
        folds = [Fold(polygon((0.25, y), (0.75, y)), 0.016, -1.3) for y in np.arange(torso.top + 0.1, torso.hem, 0.072)]
    body = torso.body(curved=0.006) if back else both_sides(_jacket_half(torso, style))
    canvas.fill(body, look.main, relief, folds=folds)
    if style in {"bomber", "varsity"}:
        _ribbed_ends(canvas, torso, look)
    if back:
        return
    _fastening(canvas, torso, look, style)
    _jacket_pockets(canvas, torso, look, style)
    _jacket_collar(canvas, torso, look, style)


def _quilt_sleeves(canvas: Canvas, torso: Torso, look: Look) -> None:
    sleeve = torso.sleeve("long", width=0.016)
    folds = [Fold(polygon((0.62, y - 0.02), (0.86, y + 0.05)), 0.014, -1.2) for y in np.arange(0.24, 0.74, 0.07)]
    for side in (False, True):
        shape = mirrored(sleeve) if side else sleeve
        lines = [Fold(mirrored(f.line) if side else f.line, f.width, f.depth) for f in folds]
        canvas.fill(shape, look.main, Relief(bulge=0.9, soft=0.03, fall=0.06, gloss=0.2, sharp=16), folds=lines)


def _jacket_half(torso: Torso, style: str) -> list[Knot]:
    open_to = {"blazer": 0.36, "biker": 0.20}.get(style, 0.1)
    return [
        (0, torso.top + open_to, 1),
        (torso.neck, torso.top, 1),
        (torso.shoulder, torso.top + torso.slope, 1),
        (torso.shoulder - 0.012, torso.top + 0.12),
        (torso.chest, torso.armpit, 1),
        (torso.waist - (0.012 if style == "blazer" else 0), (torso.armpit + torso.hem) / 2),
        (torso.hip, torso.hem - 0.01, 1),
        (0.03 if style == "blazer" else 0.0, torso.hem + 0.012),
        *([(0.0, torso.hem - 0.06, 1)] if style == "blazer" else []),
    ]


def _ribbed_ends(canvas: Canvas, torso: Torso, look: Look) -> None:
    rib = Paint(look.trim.color, grain="rib")
    hem = torso.hem
    band = both_sides(
        [(0, hem - 0.012), (torso.hip - 0.004, hem - 0.018, 1), (torso.hip - 0.02, hem + 0.03, 1), (0, hem + 0.036)]
    )
    canvas.fill(band, rib, Relief(bulge=0.9, soft=0.014, fall=0.0, cast=0.004))
    cuff = torso.cuff(width=0.008, height=0.045, drop=0.012)
    for shape in (cuff, mirrored(cuff)):
        canvas.fill(shape, rib, CUFF)


def _fastening(canvas: Canvas, torso: Torso, look: Look, style: str) -> None:
    t, hem = torso.top, torso.hem
    dark = look.main.plain().tinted(-0.45)
    if style == "blazer":
        canvas.tube(
            smooth([(0.5, t + 0.36), (0.503, hem - 0.08), (0.515, hem)], closed=False), 0.004, dark, FLAT, inside=True
        )
        for y in (t + 0.385, t + 0.465):
            draw_button(canvas, look, 0.507, y, 0.012)
        return
    if style == "denim":
        canvas.tube(polygon((0.518, t + 0.08), (0.518, hem)), 0.0035, dark, FLAT, inside=True)
        for y in np.linspace(t + 0.11, hem - 0.03, 6):
            draw_button(canvas, look, 0.5, float(y), 0.01)
        return
    x = 0.53 if style == "biker" else 0.5
    canvas.tube(polygon((x + (0.03 if style == "biker" else 0), t + 0.1), (x, hem)), 0.014, dark, FLAT, inside=True)
    zip_line = polygon((x + (0.03 if style == "biker" else 0), t + 0.1), (x, hem))
    canvas.tube(zip_line, 0.007, look.metal, Relief(bulge=0.9, soft=0.003, gloss=0.4, fall=0.0), inside=True)
    canvas.stitch(zip_line, dark, width=0.004, dash=0.004)


def _jacket_pockets(canvas: Canvas, torso: Torso, look: Look, style: str) -> None:
    dark = look.main.plain().tinted(-0.4)
    if style == "denim":
        for x in (0.36, 0.56):
            shape = smooth(
                [(x, 0.3, 1), (x + 0.085, 0.3, 1), (x + 0.085, 0.335, 1), (x + 0.0425, 0.352, 1), (x, 0.335, 1)]
            )
            canvas.fill(shape, look.main.tinted(0.04), TRIM)
            draw_button(canvas, look, x + 0.0425, 0.338, 0.006)
        gold = Paint((214, 160, 84))
        for x in (0.4025, 0.6025):
            canvas.stitch(polygon((x - 0.03, 0.355), (x - 0.012, torso.hem - 0.04)), gold)
            canvas.stitch(polygon((x + 0.03, 0.355), (x + 0.012, torso.hem - 0.04)), gold)
        return
    y = torso.hem - (0.19 if style != "blazer" else 0.24)
    for line in (polygon((0.6, y), (0.635, y + 0.1)), polygon((0.4, y), (0.365, y + 0.1))):
        if style == "blazer":
            x = line[0, 0]
            flap = rounded(x - 0.045, y + 0.02, x + 0.045, y + 0.055, 0.008)
            canvas.fill(flap, look.main.tinted(0.02), TRIM)
        else:
            canvas.tube(line, 0.012, dark, FLAT, inside=True)
            canvas.tube(line, 0.005, look.metal, Relief(bulge=0.8, soft=0.002, gloss=0.3), inside=True)


def _jacket_collar(canvas: Canvas, torso: Torso, look: Look, style: str) -> None:
    n, t = torso.neck, torso.top
    if style == "puffer":
        roll = both_sides([(0, t - 0.06), (n, t - 0.055), (n * 1.15, t), (n * 0.9, t + 0.05), (0, t + 0.085)])
        canvas.fill(roll, look.main.tinted(0.03), Relief(bulge=1.0, soft=0.025, fall=0.05, cast=0.012, gloss=0.2))
        canvas.tube(polygon((0.5, t - 0.055), (0.5, t + 0.09)), 0.006, look.metal, FLAT, inside=True)
        return
    if style in {"bomber", "varsity"}:
        band = smooth([(0.5 + n * 0.94, t - 0.006), (0.5 + n * 0.78, t + 0.05), (0.503, t + 0.1)], closed=False)
        for line in (band, mirrored(band)):
            canvas.tube(line, 0.034, Paint(look.trim.color, grain="rib"), TRIM)
        return
    low = {"blazer": 0.36, "biker": 0.21, "denim": 0.12}[style]
    wide = {"blazer": 0.098, "biker": 0.125, "denim": 0.1}[style]
    leaf: list[Knot] = [
        (0.5 + n * 0.7, t - 0.025, 1),
        (0.5 + n * 1.05, t - 0.01),
        (0.5 + n * 1.2, t + 0.03, 1),
        (0.5 + wide, t + low * 0.5, 1),
        (0.5 + wide * 0.72, t + low * 0.54, 1),
        (0.5 + wide * 1.02, t + low * 0.62, 1),
        (0.502, t + low, 1),
        (0.5 + n * 0.5, t + low * 0.4),
    ]
    if style == "denim":
        leaf = [
            leaf[0],
            leaf[1],
            leaf[2],
            (0.5 + wide, t + low, 1),
            (0.506, t + low * 0.82, 1),
            (0.5 + n * 0.6, t + 0.03),
        ]
    shape = smooth(leaf)
    paint = look.trim if look.cut.get("collar") == "contrast" else look.main.tinted(0.05)
    for part in (mirrored(shape), shape):
        canvas.fill(
            part, paint, Relief(bulge=0.7, soft=0.012, fall=0.0, cast=0.01, gloss=0.2 if style == "biker" else 0.0)
        )
