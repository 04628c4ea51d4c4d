"""Chairs and stools."""

from __future__ import annotations

import numpy as np

from shoplens.demo.drawing.canvas import Canvas, Fold, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import both_sides, ellipse, mirrored, polygon, rounded, smooth
from shoplens.demo.drawing.paint import Paint

WOOD = Relief(bulge=0.9, soft=0.012, fall=0.06, cast=0.006)
SOFT = Relief(bulge=0.95, soft=0.05, fall=0.10, cast=0.014)
METAL = Relief(bulge=0.95, soft=0.010, gloss=0.6, sharp=12, fall=0.04)


def chair(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a chair: style dining, shell, armchair or stool; legs wood or metal."""
    {"dining": _dining, "shell": _shell, "armchair": _armchair, "stool": _stool}[look.cut["style"]](canvas, look)


def _legs(canvas: Canvas, look: Look, seat: float, wide: float, *, splay: float = 0.05, rear: bool = True) -> None:
    wood = look.cut["legs"] == "wood"
    paint = Paint((178, 130, 84), grain="wood") if wood else look.metal
    relief = WOOD if wood else METAL
    width = 0.03 if wood else 0.018
    if rear:
        for s in (-1, 1):
            canvas.tube(
                polygon((0.5 + s * (wide - 0.08), seat), (0.5 + s * (wide - 0.07 + splay), 0.86)),
                width * 0.9,
                paint.tinted(-0.2),
                relief,
            )
    for s in (-1, 1):
        canvas.tube(polygon((0.5 + s * (wide - 0.03), seat), (0.5 + s * (wide + splay), 0.935)), width, paint, relief)


def _dining(canvas: Canvas, look: Look) -> None:
    wood = Paint((184, 136, 88), grain="wood") if look.cut["legs"] == "wood" else look.metal
    seat, w = 0.58, look.vary("wide", 0.18, 0.21)
    top = look.vary("top", 0.10, 0.15)
    _legs(canvas, look, seat, w, splay=0.025)
    for s in (-1, 1):
        canvas.tube(
            smooth(
                [(0.5 + s * w * 0.95, seat), (0.5 + s * w * 0.98, 0.35), (0.5 + s * w * 0.92, top + 0.02)], closed=False
            ),
            0.028,
            wood,
            WOOD,
        )
    _dining_back(canvas, look, wood, w, top, seat)
    cushion = smooth(
        [
            (0.5 - w * 1.08, seat - 0.01),
            (0.5 - w * 0.9, seat - 0.045),
            (0.5 + w * 0.9, seat - 0.045),
            (0.5 + w * 1.08, seat - 0.01),
            (0.5 + w * 1.16, seat + 0.05),
            (0.5 + w, seat + 0.075),
            (0.5 - w, seat + 0.075),
            (0.5 - w * 1.16, seat + 0.05),
        ]
    )
    canvas.fill(cushion, look.main, SOFT)


def _dining_back(canvas: Canvas, look: Look, wood: Paint, w: float, top: float, seat: float) -> None:
    if look.cut["back"] == "slats":
        for k in range(3):
            y = top + 0.02 + 0.105 * k
            canvas.fill(
                smooth(
                    [
                        (0.5 - w, y, 1),
                        (0.5, y + 0.022),
                        (0.5 + w, y, 1),
                        (0.5 + w, y + 0.055, 1),
                        (0.5, y + 0.078),
                        (0.5 - w, y + 0.055, 1),
                    ]
                ),
                wood,
                WOOD,
            )
    elif look.cut["back"] == "spindles":
        for s in np.linspace(-0.72, 0.72, 6):
            canvas.tube(polygon((0.5 + s * w, top + 0.03), (0.5 + s * w * 0.95, seat)), 0.015, wood, WOOD)
        canvas.fill(
            smooth(
                [
                    (0.5 - w * 1.06, top + 0.02),
                    (0.5, top - 0.02),
                    (0.5 + w * 1.06, top + 0.02),
                    (0.5 + w * 1.02, top + 0.07),
                    (0.5, top + 0.045),
                    (0.5 - w * 1.02, top + 0.07),
                ]
            ),
            wood,
            WOOD,
        )
    else:
        canvas.fill(rounded(0.5 - w * 1.02, top, 0.5 + w * 1.02, top + 0.30, 0.05), look.main, SOFT)


def _shell(canvas: Canvas, look: Look) -> None:
    w, top, seat = look.vary("wide", 0.2, 0.235), look.vary("top", 0.12, 0.18), 0.56
    _legs(canvas, look, seat + 0.05, w * 0.8, splay=0.10)
    shell = both_sides(
        [
            (0, top),
            (w * 0.72, top + 0.02),
            (w * 0.98, top + 0.13),
            (w * 0.9, seat - 0.08),
            (w * 1.18, seat + 0.01),
            (w * 1.12, seat + 0.09),
            (w * 0.7, seat + 0.125),
            (0, seat + 0.135),
        ]
    )
    canvas.fill(
        shell,
        look.main,
        Relief(bulge=0.9, soft=0.05, gloss=0.3, sharp=18, fall=0.06),
        folds=[
            Fold(
                smooth([(0.5 - w, seat - 0.05), (0.5, seat - 0.005), (0.5 + w, seat - 0.05)], closed=False), 0.05, -0.9
            )
        ],
    )
    if look.cut["back"] == "padded":
        pad = both_sides(
            [
                (0, seat + 0.0),
                (w * 0.8, seat - 0.006),
                (w * 0.98, seat + 0.04),
                (w * 0.8, seat + 0.085),
                (0, seat + 0.095),
            ]
        )
        canvas.fill(pad, look.trim, SOFT)


def _armchair(canvas: Canvas, look: Look) -> None:
    w, top = look.vary("wide", 0.25, 0.28), look.vary("top", 0.17, 0.23)
    _legs(canvas, look, 0.8, w * 0.9, splay=0.04)
    back = both_sides([(0, top), (w * 0.8, top + 0.012), (w * 0.98, top + 0.1), (w * 0.96, 0.7), (0, 0.72)])
    tufts = (
        [
            Fold(polygon((0.5 + s * w * 0.33, top + 0.04), (0.5 + s * w * 0.33, 0.52)), 0.014, -1.0)
            for s in (-2, -1, 0, 1, 2)
        ]
        if look.cut["back"] == "tufted"
        else []
    )
    canvas.fill(back, look.main, SOFT, folds=tufts)
    canvas.fill(rounded(0.5 - w * 0.95, 0.68, 0.5 + w * 0.95, 0.84, 0.03), look.main.tinted(-0.08), SOFT)
    canvas.fill(rounded(0.5 - w * 0.92, 0.555, 0.5 + w * 0.92, 0.70, 0.05), look.main.tinted(0.04), SOFT)
    arm = smooth(
        [
            (0.5 + w * 0.78, 0.49),
            (0.5 + w * 1.0, 0.46),
            (0.5 + w * 1.2, 0.50),
            (0.5 + w * 1.2, 0.62),
            (0.5 + w * 1.14, 0.82, 1),
            (0.5 + w * 0.86, 0.83, 1),
            (0.5 + w * 0.84, 0.62),
        ]
    )
    for shape in (arm, mirrored(arm)):
        canvas.fill(shape, look.main, SOFT)


def _stool(canvas: Canvas, look: Look) -> None:
    w, seat = look.vary("wide", 0.16, 0.2), look.vary("seat", 0.28, 0.36)
    _legs(canvas, look, seat, w, splay=0.07)
    paint = Paint((178, 130, 84), grain="wood") if look.cut["legs"] == "wood" else look.metal
    canvas.tube(polygon((0.5 - w - 0.01, 0.70), (0.5 + w + 0.01, 0.70)), 0.018, paint, WOOD)
    canvas.tube(polygon((0.5 - w + 0.05, 0.62), (0.5 + w - 0.05, 0.62)), 0.014, paint.tinted(-0.15), WOOD)
    canvas.fill(rounded(0.5 - w * 1.1, seat - 0.04, 0.5 + w * 1.1, seat + 0.045, 0.04), look.main, SOFT)
    canvas.fill(ellipse(0.5, seat - 0.028, w * 1.04, 0.026), look.main.tinted(0.06), Relief(bulge=0.5, soft=0.02))
