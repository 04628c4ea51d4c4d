"""Shirts with collars and buttons."""

from __future__ import annotations

from shoplens.demo.drawing.canvas import Canvas, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import Knot, both_sides, mirrored, smooth
from shoplens.demo.drawing.torso import (
    CUFF,
    TRIM,
    Torso,
    draw_button,
    draw_inside,
    draw_placket,
    draw_pocket,
    draw_sleeves,
)


def shirt(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a shirt with a collar and buttons: sleeve short or long; collar pointed, button-down, stand or camp."""
    torso = Torso(look, hem=0.82)
    length = look.cut["sleeve"]
    draw_sleeves(canvas, torso, look, length, look.main)
    if not back:
        draw_inside(canvas, torso, look.main, 0.1)
    body = both_sides(_shirt_half(torso, back=back))
    canvas.fill(body, look.main, Relief(bulge=0.75, soft=0.045, fall=0.10, cast=0.01), folds=torso.folds(look))
    thread = look.main.plain().tinted(-0.25)
    if back:
        yoke = smooth(
            [
                (0.5 - torso.shoulder, torso.top + 0.09),
                (0.5, torso.top + 0.1),
                (0.5 + torso.shoulder, torso.top + 0.09),
            ],
            closed=False,
        )
        canvas.stitch(yoke, thread)
        _collar_back(canvas, torso, look)
    else:
        start = torso.top + (0.11 if look.cut["collar"] == "camp" else 0.072)
        draw_placket(canvas, look, start, torso.hem + 0.012, 6, width=0.036)
        if look.cut["pocket"] == "one":
            draw_pocket(canvas, look, 0.552, torso.armpit - 0.035, 0.082)
        elif look.cut["pocket"] == "two":
            draw_pocket(canvas, look, 0.552, torso.armpit - 0.035, 0.082)
            draw_pocket(canvas, look, 0.366, torso.armpit - 0.035, 0.082)
        _collar(canvas, torso, look)
    if length == "long":
        cuff = torso.cuff(width=0.002, height=0.05)
        for shape in (cuff, mirrored(cuff)):
            canvas.fill(shape, look.main.turned(70).tinted(0.03), CUFF)
    else:
        cuff = torso.cuff_line(length, inset=0.02)
        canvas.stitch(cuff, thread)
        canvas.stitch(mirrored(cuff), thread)


def _shirt_half(torso: Torso, *, back: bool) -> list[Knot]:
    open_to = torso.top + (0.012 if back else 0.075)
    return [
        (0, open_to),
        (torso.neck, torso.top, 1),
        (torso.shoulder, torso.top + torso.slope, 1),
        (torso.shoulder - 0.012, torso.top + 0.12),
        (torso.chest, torso.armpit, 1),
        (torso.waist, (torso.armpit + torso.hem) / 2),
        (torso.hip, torso.hem - 0.05),
        (torso.hip * 0.62, torso.hem + 0.004),
        (0, torso.hem + 0.024),
    ]


def _collar_back(canvas: Canvas, torso: Torso, look: Look) -> None:
    n, t = torso.neck, torso.top
    shape = both_sides(
        [(0, t - 0.038), (n * 0.8, t - 0.03), (n * 1.12, t + 0.014, 1), (n * 0.6, t + 0.03), (0, t + 0.034)]
    )
    canvas.fill(shape, look.main.tinted(0.03), TRIM)


def _collar(canvas: Canvas, torso: Torso, look: Look) -> None:
    n, t = torso.neck, torso.top
    kind = look.cut["collar"]
    stand = both_sides(
        [(0, t - 0.03), (n * 0.72, t - 0.022), (n * 0.98, t + 0.012, 1), (n * 0.5, t + 0.02), (0, t + 0.026)]
    )
    canvas.fill(stand, look.main.plain().tinted(-0.3), Relief(bulge=0.4, soft=0.01, fall=0.0))
    if kind == "stand":
        band = smooth([(0.5 + n * 0.98, t - 0.012), (0.5 + n * 0.7, t + 0.05), (0.502, t + 0.088)], closed=False)
        for line in (band, mirrored(band)):
            canvas.tube(line, 0.034, look.main, TRIM)
        return
    reach = {"pointed": 0.135, "button-down": 0.14, "camp": 0.165}[kind]
    spread = {"pointed": 0.062, "button-down": 0.066, "camp": 0.112}[kind]
    leaf = smooth(
        [
            (0.5 + n * 0.78, t - 0.03, 1),
            (0.5 + n * 1.02, t - 0.008),
            (0.5 + n * 1.14, t + 0.03, 1),
            (0.5 + spread, t + reach, 1),
            (0.5 + 0.004, t + (0.1 if kind == "camp" else 0.078), 1),
            (0.5 + n * 0.62, t + 0.03),
        ]
    )
    for shape in (leaf, mirrored(leaf)):
        canvas.fill(shape, look.main.turned(20).tinted(0.03), TRIM)
    if kind == "button-down":
        for x in (0.5 + spread - 0.004, 0.5 - spread + 0.004):
            draw_button(canvas, look, x, t + reach - 0.018, 0.006)
