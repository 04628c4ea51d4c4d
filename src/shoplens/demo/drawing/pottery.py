"""Mugs and vases."""

from __future__ import annotations

import math

import numpy as np

from shoplens.demo.drawing.canvas import FLAT, Canvas, Fold, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import Knot, both_sides, ellipse, mirrored, smooth
from shoplens.demo.drawing.paint import Paint

GLAZE = Relief(bulge=1.0, soft=0.09, gloss=0.55, sharp=22, fall=0.06)


def mug(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a mug: style straight, barrel, tapered or espresso; handle round or square; a band, a dip or none."""
    style = look.cut["style"]
    w = {"straight": 0.19, "barrel": 0.18, "tapered": 0.215, "espresso": 0.165}[style] + look.vary(
        "wide", -0.012, 0.012
    )
    top = {"straight": 0.27, "barrel": 0.29, "tapered": 0.33, "espresso": 0.44}[style] + look.vary("top", -0.02, 0.02)
    low, x = 0.79, 0.455
    v = {"straight": w, "barrel": w * 0.9, "tapered": w * 0.66, "espresso": w * 0.72}[style]
    mid = w * (1.16 if style == "barrel" else 1.0) if style != "tapered" else w * 0.9
    reach, y0, y1 = look.vary("reach", 0.13, 0.17), top + 0.09, low - 0.11
    handle = smooth(
        [
            (x + w * 0.9, y0),
            (x + w + reach * 0.8, y0 + 0.01),
            (x + w + reach, (y0 + y1) / 2),
            (x + w + reach * 0.62, y1 - 0.005),
            (x + v * 0.95, y1 + 0.01),
        ],
        closed=False,
    )
    if look.cut["handle"] == "square":
        handle = smooth(
            [(x + w * 0.9, y0, 1), (x + w + reach * 0.85, y0, 1), (x + w + reach * 0.85, y1, 1), (x + v * 0.95, y1, 1)],
            closed=False,
        )
    canvas.tube(handle, 0.044, look.main.plain(), Relief(bulge=1.0, soft=0.018, gloss=0.5, sharp=18, fall=0.05))
    body = both_sides(
        [(0, top), (w, top, 1), (mid, (top + low) / 2), (v, low - 0.03), (v * 0.93, low), (0, low + 0.026)], axis=x
    )
    canvas.fill(body, look.main, GLAZE)
    _glaze(canvas, look, x, w, top, low)
    canvas.shade(ellipse(x - w * 0.55, (top + low) / 2, w * 0.1, (low - top) * 0.32), 0.30, soft=0.016)
    canvas.shade(ellipse(x + w * 0.82, (top + low) / 2, w * 0.14, (low - top) * 0.45), -0.16, soft=0.025)
    canvas.fill(ellipse(x, top, w, w * 0.2), look.main.plain().tinted(0.18), Relief(bulge=0.4, soft=0.006))
    canvas.fill(
        ellipse(x, top + 0.005, w * 0.92, w * 0.165), look.main.plain().tinted(-0.35), Relief(bulge=-0.5, soft=0.02)
    )
    canvas.fill(
        ellipse(x, top + 0.02, w * 0.84, w * 0.125), Paint((92, 58, 38)), Relief(bulge=0.1, soft=0.01), inside=True
    )


def _glaze(canvas: Canvas, look: Look, x: float, w: float, top: float, low: float) -> None:
    if look.cut["glaze"] == "dip":
        drip = [
            (x + s * (w + 0.02), top + (0.24 + 0.03 * math.sin(5 * s + look.seed)), 0) for s in np.linspace(1, -1, 9)
        ]
        canvas.fill(
            smooth([(x - w - 0.03, top - 0.03, 1), (x + w + 0.03, top - 0.03, 1), *drip]),
            look.trim.plain(),
            Relief(bulge=0.2, soft=0.02, gloss=0.25),
            opacity=0.96,
            inside=True,
        )
    elif look.cut["glaze"] == "band":
        band = smooth(
            [
                (x - w - 0.05, top + 0.2, 1),
                (x, top + 0.235),
                (x + w + 0.05, top + 0.2, 1),
                (x + w + 0.05, top + 0.27, 1),
                (x, top + 0.305),
                (x - w - 0.05, top + 0.27, 1),
            ]
        )
        canvas.fill(band, look.trim.plain(), Relief(bulge=0.1, soft=0.02, gloss=0.2), opacity=0.92, inside=True)
    elif look.cut["glaze"] == "heart":
        y = (top + low) / 2
        heart = both_sides(
            [(0, y - 0.03, 1), (0.035, y - 0.065), (0.075, y - 0.03), (0.05, y + 0.03), (0, y + 0.08, 1)], axis=x
        )
        canvas.fill(heart, look.trim.plain(), FLAT, opacity=0.95, inside=True)


def vase(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a vase: style bottle, belly, cylinder, amphora or bowl; empty, or with stems."""
    style = look.cut["style"]
    top = (
        look.vary("top", -0.02, 0.03)
        + {"bottle": 0.30, "belly": 0.42, "cylinder": 0.36, "amphora": 0.34, "bowl": 0.52}[style]
    )
    low = 0.9
    tall = low - top
    profile = _profiles(top, tall, low, look.vary("belly", -0.02, 0.03))[style]
    mouth = profile[0][0]
    if look.cut["stems"] != "none":
        _stems(canvas, look, mouth, top)
    if style == "amphora":
        loop = smooth(
            [(0.5 + 0.05, top + tall * 0.06), (0.5 + 0.16, top + tall * 0.08), (0.5 + 0.15, top + tall * 0.28)],
            closed=False,
        )
        for line in (loop, mirrored(loop)):
            canvas.tube(line, 0.022, look.main.plain(), Relief(bulge=1.0, soft=0.01, gloss=0.4))
    rings = (
        [
            Fold(smooth([(0.28, y), (0.5, y + 0.02), (0.72, y)], closed=False), 0.010, -0.7)
            for y in np.arange(top + 0.06, low, 0.045)
        ]
        if look.cut["surface"] == "ribbed"
        else []
    )
    canvas.fill(both_sides([(0, top), *profile, (0, low + 0.012)]), look.main, GLAZE, folds=rings)
    if look.cut["surface"] == "dipped":
        canvas.fill(
            smooth(
                [
                    (0.2, top + tall * 0.62, 1),
                    (0.5, top + tall * 0.66),
                    (0.8, top + tall * 0.6, 1),
                    (0.8, 0.98, 1),
                    (0.2, 0.98, 1),
                ]
            ),
            look.trim,
            Relief(bulge=0.0, soft=0.02, fall=0.12),
            opacity=0.93,
            inside=True,
        )
    canvas.fill(ellipse(0.5, top, mouth, mouth * 0.2), look.main.plain().tinted(0.15), Relief(bulge=0.4, soft=0.005))
    canvas.fill(ellipse(0.5, top + 0.003, mouth * 0.86, mouth * 0.15), look.main.plain().tinted(-0.6), FLAT)


def _profiles(top: float, tall: float, low: float, b: float) -> dict[str, list[Knot]]:
    """Return the right half of every style from mouth to foot; `b` is how much wider the belly is than usual."""
    wide = 0.115 + b
    return {
        "bottle": [
            (0.05, top, 1),
            (0.042, top + tall * 0.2),
            (0.055, top + tall * 0.36),
            (0.15 + b, top + tall * 0.62),
            (0.145 + b, top + tall * 0.85),
            (0.085, low, 1),
        ],
        "belly": [
            (0.085, top, 1),
            (0.075, top + tall * 0.1),
            (0.19 + b, top + tall * 0.42),
            (0.17 + b, top + tall * 0.78),
            (0.085, low, 1),
        ],
        "cylinder": [(wide, top, 1), (wide, top + tall * 0.5), (wide * 0.98, low - 0.03), (wide * 0.9, low, 1)],
        "amphora": [
            (0.07, top, 1),
            (0.05, top + tall * 0.12),
            (0.17 + b, top + tall * 0.32),
            (0.15 + b, top + tall * 0.6),
            (0.07, low - 0.03),
            (0.085, low, 1),
        ],
        "bowl": [(0.13, top, 1), (0.22 + b, top + tall * 0.35), (0.19 + b, top + tall * 0.75), (0.1, low, 1)],
    }


def _stems(canvas: Canvas, look: Look, mouth: float, top: float) -> None:
    flowers = look.cut["stems"] == "flowers"
    for k in range(5):
        lean = (k - 2) * 0.075 + look.vary(f"lean{k}", -0.02, 0.02)
        end = (0.5 + lean * 1.5, top - look.vary(f"stem{k}", 0.14, 0.24))
        line = smooth(
            [(0.5 + lean * 0.3 * mouth / 0.1, top + 0.01), (0.5 + lean * 0.6, (top + end[1]) / 2), end], closed=False
        )
        canvas.tube(line, 0.008, Paint((96, 134, 84)), Relief(bulge=0.6, soft=0.004))
        if flowers:
            for p in range(6):
                a = math.radians(60 * p + 20 * k)
                canvas.fill(
                    ellipse(end[0] + 0.026 * math.cos(a), end[1] + 0.026 * math.sin(a), 0.021, 0.021),
                    look.trim.plain().tinted(0.1 * (p % 2)),
                    Relief(bulge=0.7, soft=0.01),
                )
            canvas.fill(ellipse(end[0], end[1], 0.016, 0.016), Paint((244, 200, 90)), Relief(bulge=0.8, soft=0.008))
            continue
        for t, side in ((14, 1), (10, -1), (17, -1), (7, 1)):
            x, y = (float(v) for v in line[min(t, len(line) - 1)])
            leaf = smooth(
                [(x, y), (x + side * 0.03, y - 0.03), (x + side * 0.065, y - 0.045), (x + side * 0.04, y - 0.006)]
            )
            canvas.fill(leaf, Paint((116, 158, 104)).tinted(-0.1 * (t % 3)), Relief(bulge=0.7, soft=0.01))
