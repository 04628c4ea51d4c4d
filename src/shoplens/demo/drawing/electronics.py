"""Phones and headphones."""

from __future__ import annotations

import numpy as np

from shoplens.demo.drawing.canvas import FLAT, Canvas, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import both_sides, ellipse, mirrored, polygon, rounded, smooth
from shoplens.demo.drawing.paint import Paint, blend

METAL = Relief(bulge=0.95, soft=0.012, gloss=0.5, sharp=12, fall=0.06)
GLASS = Relief(bulge=0.3, soft=0.012, gloss=0.25, sharp=18, fall=0.04)
PAD = Relief(bulge=1.0, soft=0.03, fall=0.06, cast=0.01)


def phone(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a phone: its back (camera square, bar, pill or round) beside its screen; with `back`, the screen alone."""
    w, h = look.vary("wide", 0.185, 0.2), look.vary("high", 0.39, 0.41)
    if back:
        _screen_side(canvas, look, 0.5, 0.5, w, h)
        return
    _screen_side(canvas, look, 0.62, 0.49, w * 0.97, h * 0.97)
    _back_side(canvas, look, 0.395, 0.51, w, h)


def _edges(canvas: Canvas, look: Look, x: float, y: float, w: float, h: float) -> None:
    r = look.vary("corner", 0.035, 0.075)
    for dy, dx, length in ((-0.16, 1, 0.07), (-0.2, -1, 0.05), (-0.12, -1, 0.05)):
        canvas.fill(
            rounded(x + dx * w - 0.012, y + dy, x + dx * w + 0.012, y + dy + length, 0.004),
            look.metal.tinted(-0.15),
            METAL,
        )
    canvas.fill(
        rounded(x - w - 0.006, y - h - 0.006, x + w + 0.006, y + h + 0.006, r + 0.006),
        look.metal,
        Relief(bulge=0.9, soft=0.008, gloss=0.5, sharp=10, cast=0.014),
    )


def _screen_side(canvas: Canvas, look: Look, x: float, y: float, w: float, h: float) -> None:
    _edges(canvas, look, x, y, w, h)
    r = look.vary("corner", 0.035, 0.075)
    canvas.fill(rounded(x - w, y - h, x + w, y + h, r), Paint((16, 16, 20)), FLAT)
    tint = look.trim.color
    wall = Paint(blend(tint, 0.25), "gradient", blend(tint, -0.55), seed=look.seed)
    glass = rounded(x - w + 0.012, y - h + 0.012, x + w - 0.012, y + h - 0.012, max(r - 0.012, 0.012))
    canvas.fill(glass, wall, FLAT)
    for k in range(3):
        hill = smooth(
            [
                (x - w + 0.012, y + h * (0.25 + 0.2 * k), 1),
                (x - w * 0.3, y + h * (0.05 + 0.22 * k)),
                (x + w * 0.4, y + h * (0.3 + 0.18 * k)),
                (x + w - 0.012, y + h * (0.1 + 0.24 * k), 1),
                (x + w - 0.012, y + h - 0.04, 1),
                (x - w + 0.012, y + h - 0.04, 1),
            ]
        )
        canvas.fill(hill, Paint(blend(tint, -0.15 - 0.18 * k)), Relief(bulge=0.1, soft=0.02, fall=0.1), opacity=0.75)
    white = Paint((250, 250, 252))
    canvas.fill(rounded(x - 0.045, y - h + 0.03, x + 0.045, y - h + 0.052, 0.011), Paint((10, 10, 12)), FLAT)
    for k, dx in enumerate((-0.075, -0.03, 0.03, 0.075)):
        canvas.fill(
            rounded(x + dx - 0.014, y - h * 0.66, x + dx + 0.014, y - h * 0.5, 0.006),
            white,
            FLAT,
            opacity=0.92 if k % 2 else 0.85,
        )
    for row in range(2):
        for column in range(4):
            cx, cy = x + (column - 1.5) * w * 0.43, y + h * (0.62 + 0.2 * row)
            color = ((250, 120, 100), (110, 200, 140), (250, 206, 90), (120, 170, 250))[(column + row + look.seed) % 4]
            canvas.fill(
                rounded(cx - w * 0.15, cy - w * 0.15, cx + w * 0.15, cy + w * 0.15, 0.012),
                Paint(color),
                FLAT,
                opacity=0.95,
            )
    canvas.fill(
        polygon((x - w * 0.9, y - h), (x + w * 0.1, y - h), (x - w * 0.9, y + h * 0.5)),
        white,
        FLAT,
        opacity=0.08,
        inside=True,
    )


def _back_side(canvas: Canvas, look: Look, x: float, y: float, w: float, h: float) -> None:
    _edges(canvas, look, x, y, w, h)
    r = look.vary("corner", 0.035, 0.075)
    canvas.fill(rounded(x - w, y - h, x + w, y + h, r), look.main, GLASS)
    canvas.shade(polygon((x - w, y - h), (x + w * 0.2, y - h), (x - w * 0.5, y + h), (x - w, y + h)), 0.10, soft=0.03)
    camera = look.cut["camera"]
    lens = []
    if camera == "square":
        canvas.fill(
            rounded(x - w + 0.022, y - h + 0.022, x - w + 0.19, y - h + 0.19, 0.04),
            look.main.tinted(0.08),
            Relief(bulge=0.8, soft=0.008, gloss=0.3, cast=0.006),
        )
        lens = [(x - w + 0.068, y - h + 0.066), (x - w + 0.068, y - h + 0.146), (x - w + 0.142, y - h + 0.106)]
    elif camera == "bar":
        canvas.fill(
            rounded(x - w - 0.004, y - h + 0.09, x + w + 0.004, y - h + 0.18, 0.012),
            look.metal.tinted(-0.3),
            Relief(bulge=0.8, soft=0.01, gloss=0.3, cast=0.008),
        )
        lens = [(x - w + 0.06, y - h + 0.135), (x - w + 0.14, y - h + 0.135)]
    elif camera == "round":
        canvas.fill(
            ellipse(x, y - h + 0.16, 0.115, 0.115),
            look.main.tinted(-0.2),
            Relief(bulge=0.8, soft=0.01, gloss=0.4, cast=0.008),
        )
        lens = [(x + 0.052 * dx, y - h + 0.16 + 0.052 * dy) for dx, dy in ((-1, -1), (1, -1), (-1, 1), (1, 1))]
    else:
        canvas.fill(
            rounded(x - w + 0.025, y - h + 0.03, x - w + 0.115, y - h + 0.26, 0.045),
            look.main.tinted(0.08),
            Relief(bulge=0.8, soft=0.008, gloss=0.3, cast=0.006),
        )
        lens = [(x - w + 0.07, y - h + 0.08), (x - w + 0.07, y - h + 0.146), (x - w + 0.07, y - h + 0.212)]
    for cx, cy in lens:
        canvas.fill(ellipse(cx, cy, 0.032, 0.032), look.metal.tinted(-0.2), METAL)
        canvas.fill(
            ellipse(cx, cy, 0.025, 0.025), Paint((20, 22, 30)), Relief(bulge=0.8, soft=0.012, gloss=0.7, sharp=16)
        )
        canvas.fill(ellipse(cx, cy, 0.010, 0.010), Paint((50, 60, 96)), FLAT)
        canvas.fill(ellipse(cx - 0.008, cy - 0.009, 0.005, 0.005), Paint((240, 244, 255)), FLAT)
    canvas.fill(
        ellipse(x + (0.1 if camera != "round" else 0.0), y - h + (0.05 if camera != "round" else 0.16), 0.010, 0.010),
        Paint((255, 246, 220)),
        FLAT,
    )
    canvas.tube(
        ellipse(x, y + 0.03, 0.028, 0.028), 0.008, look.main.plain().tinted(0.3), FLAT, closed=True, opacity=0.7
    )


def headphones(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw headphones: style over-ear, on-ear, earbuds or gaming."""
    if look.cut["style"] == "earbuds":
        _earbuds(canvas, look)
        return
    big = look.cut["style"] != "on-ear"
    r = look.vary("span", 0.255, 0.285)
    y = 0.63
    top = look.vary("top", 0.15, 0.19)
    arc = smooth(
        [
            (0.5 - r, y - 0.03),
            (0.5 - r * 0.97, 0.42),
            (0.5 - r * 0.68, top + 0.07),
            (0.5, top),
            (0.5 + r * 0.68, top + 0.07),
            (0.5 + r * 0.97, 0.42),
            (0.5 + r, y - 0.03),
        ],
        closed=False,
    )
    inner = arc * 0.93 + np.array([0.5, y]) * 0.07
    canvas.tube(inner, 0.03, look.trim.plain().tinted(-0.2), PAD)
    canvas.tube(
        arc,
        0.022 if look.cut["band"] == "wire" else 0.048,
        look.metal if look.cut["band"] == "wire" else look.main,
        Relief(bulge=0.95, soft=0.018, gloss=0.35, sharp=16),
    )
    if look.cut["band"] == "padded":
        canvas.tube(arc[14:-14], 0.062, look.trim, Relief(bulge=1.0, soft=0.02, cast=0.008))
    ch = (0.165 if big else 0.125) + look.vary("cup", -0.01, 0.014)
    _cups(canvas, look, 0.5 + r, y, ch)
    if look.cut["style"] == "gaming":
        mic = smooth([(0.5 - r - 0.01, y + 0.1), (0.5 - r + 0.03, y + 0.22), (0.5 - 0.1, y + 0.25)], closed=False)
        canvas.tube(mic, 0.014, Paint((40, 40, 44)), METAL)
        canvas.fill(ellipse(0.5 - 0.09, y + 0.25, 0.034, 0.022), Paint((40, 40, 44)), PAD)


def _cups(canvas: Canvas, look: Look, x: float, y: float, ch: float) -> None:
    """Draw both ear cups, the right one around x, y, of half height `ch`."""
    for right in (True, False):
        yoke = polygon((x, y - ch - 0.05), (x + 0.004, y))
        pad = smooth(
            [
                (x - 0.085, y - ch * 0.92),
                (x - 0.03, y - ch),
                (x - 0.006, y),
                (x - 0.03, y + ch),
                (x - 0.085, y + ch * 0.92),
                (x - 0.104, y),
            ]
        )
        cup = smooth(
            [
                (x - 0.035, y - ch * 0.94),
                (x + 0.03, y - ch * 0.9),
                (x + 0.075, y - ch * 0.4),
                (x + 0.08, y + ch * 0.4),
                (x + 0.03, y + ch * 0.9),
                (x - 0.035, y + ch * 0.94),
            ]
        )
        flip = (lambda o: o) if right else mirrored
        canvas.tube(flip(yoke), 0.03, look.metal, METAL)
        canvas.fill(flip(pad), look.trim, PAD)
        canvas.fill(flip(cup), look.main, Relief(bulge=1.0, soft=0.04, gloss=0.4, sharp=18, cast=0.012))
        ring = flip(smooth([(x + 0.028, y - ch * 0.55), (x + 0.05, y), (x + 0.028, y + ch * 0.55)], closed=False))
        canvas.tube(ring, 0.010, look.metal, METAL)


def _earbuds(canvas: Canvas, look: Look) -> None:
    w = look.vary("case", 0.2, 0.235)
    lid = both_sides([(0, 0.47), (w * 0.8, 0.475), (w, 0.53), (w, 0.66, 1), (0, 0.672)])
    canvas.fill(lid, look.main.tinted(0.02), Relief(bulge=1.0, soft=0.04, gloss=0.45, sharp=20))
    body = both_sides([(0, 0.655), (w, 0.65, 1), (w, 0.76), (w * 0.8, 0.85), (0, 0.862)])
    canvas.fill(body, look.main, Relief(bulge=1.0, soft=0.045, gloss=0.4, sharp=20, fall=0.1))
    canvas.tube(polygon((0.5 - w, 0.654), (0.5 + w, 0.654)), 0.006, look.main.plain().tinted(-0.35), FLAT, inside=True)
    canvas.fill(ellipse(0.5, 0.72, 0.008, 0.008), Paint((120, 220, 140)), FLAT)
    for right in (True, False):
        flip = (lambda o: o) if right else mirrored
        x = 0.635
        canvas.tube(
            flip(smooth([(x, 0.25), (x - 0.004, 0.34), (x - 0.012, 0.42)], closed=False)),
            0.04,
            look.main,
            Relief(bulge=1.0, soft=0.02, gloss=0.45),
        )
        canvas.fill(flip(ellipse(x - 0.075, 0.215, 0.035, 0.045)), look.trim, PAD)
        canvas.fill(
            flip(smooth([(x - 0.06, 0.17), (x + 0.0, 0.15), (x + 0.05, 0.2), (x + 0.03, 0.27), (x - 0.05, 0.27)])),
            look.main,
            Relief(bulge=1.0, soft=0.035, gloss=0.5, sharp=20, cast=0.008),
        )
        canvas.fill(flip(ellipse(x - 0.014, 0.425, 0.012, 0.008)), look.metal, METAL)
