"""Trousers, shorts and skirts."""

from __future__ import annotations

import numpy as np

from shoplens.demo.drawing.canvas import FLAT, Canvas, Fold, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import Knot, both_sides, ellipse, mirrored, moved, polygon, rounded, smooth
from shoplens.demo.drawing.paint import Paint

LEG = Relief(bulge=0.8, soft=0.04, fall=0.10)
BAND = Relief(bulge=0.7, soft=0.012, fall=0.0, cast=0.005)
_GOLD = Paint((214, 160, 84))


def trousers(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw trousers: style jeans, chinos or joggers; leg skinny, straight or wide."""
    ankle = {"skinny": 0.036, "straight": 0.052, "wide": 0.082}[look.cut["leg"]] + look.vary("ankle", -0.004, 0.008)
    _legs(canvas, look, hem=0.925 + look.vary("hem", -0.02, 0.015), ankle=ankle, back=back)


def shorts(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw shorts: style jeans, chinos or joggers; leg short or knee."""
    hem = {"short": 0.60, "knee": 0.72}[look.cut["leg"]] + look.vary("hem", -0.02, 0.02)
    _legs(canvas, look, hem=hem, ankle=0.078 + look.vary("ankle", 0, 0.01), back=back, top=0.24)


def _legs(canvas: Canvas, look: Look, *, hem: float, ankle: float, back: bool, top: float = 0.08) -> None:
    waist = look.vary("waist", 0.128, 0.142)
    hip = waist + look.vary("hip", 0.026, 0.04)
    crotch = top + look.vary("crotch", 0.245, 0.27)
    apart = 0.008 + hip * 0.5
    long = hem > 0.8
    outer: list[Knot] = [
        (0.5, top + 0.02, 1),
        (0.5 + waist, top + 0.012, 1),
        (0.5 + hip, top + 0.17),
        (0.5 + max(apart + ankle * 0.5, hip * (0.92 if long else 1.0)), (crotch + hem) / 2 - (0.06 if long else 0.03)),
        (0.5 + apart + ankle, hem, 1),
        (0.5 + apart - ankle * 0.85, hem + 0.008, 1),
        (0.5 + (0.026 if long else 0.012), (crotch + hem) / 2 - (0.02 if long else 0.0)),
        (0.5 + 0.004, crotch, 1),
    ]
    leg = smooth(outer)
    for right in (False, True):
        folds = _creases(look, crotch, hem, apart, hip, right=right)
        canvas.fill(leg if right else mirrored(leg), look.main.turned(2 if right else -2), LEG, folds=folds)
    if look.cut["style"] == "jeans":
        for right in (False, True):
            x = 0.5 + (1 if right else -1) * (apart + 0.012)
            canvas.shade(
                ellipse(x, (crotch + min(hem, 0.7)) / 2, 0.034, 0.12 if long else 0.05),
                look.vary("wash", 0.08, 0.26),
                soft=0.035,
            )
    _hem(canvas, look, apart, ankle, hem)
    _seat(canvas, look, top, waist, hip, crotch, back=back)


def _creases(look: Look, crotch: float, hem: float, apart: float, hip: float, *, right: bool) -> list[Fold]:
    a = look.vary("crease", -0.01, 0.01)
    lines = [
        ([(0.505, crotch - 0.01), (0.54, crotch + 0.015), (0.5 + hip * 0.8, crotch + 0.012)], 0.6),
        ([(0.506, crotch - 0.04), (0.545, crotch - 0.045), (0.5 + hip * 0.75, crotch - 0.075)], 0.5),
    ]
    if hem > 0.8:
        knee = (crotch + hem) / 2 - 0.01
        lines += [
            ([(0.5 + apart - 0.045, knee), (0.5 + apart, knee + 0.018 + a), (0.5 + apart + 0.05, knee - 0.004)], 0.5),
            (
                [(0.5 + apart - 0.045, knee + 0.05), (0.5 + apart, knee + 0.056), (0.5 + apart + 0.045, knee + 0.03)],
                0.45,
            ),
            ([(0.5 + apart - 0.04, hem - 0.075), (0.5 + apart, hem - 0.06), (0.5 + apart + 0.04, hem - 0.08)], 0.55),
            ([(0.5 + apart - 0.04, hem - 0.035), (0.5 + apart, hem - 0.026), (0.5 + apart + 0.04, hem - 0.045)], 0.5),
        ]
        if look.cut["style"] == "chinos":
            lines.append(([(0.5 + apart + 0.006, crotch - 0.06), (0.5 + apart + 0.004, hem)], 0.5))
    folds = [Fold(smooth(line, closed=False), 0.014, depth) for line, depth in lines]
    return folds if right else [Fold(mirrored(f.line), f.width, f.depth) for f in folds]


def _hem(canvas: Canvas, look: Look, apart: float, ankle: float, hem: float) -> None:
    x0, x1 = 0.5 + apart - ankle * 0.87, 0.5 + apart + ankle * 1.0
    style = look.cut["style"]
    thread = _GOLD if style == "jeans" else look.main.plain().tinted(-0.3)
    for right in (False, True):
        if style == "joggers":
            cuff = smooth(
                [
                    (x0 - 0.002, hem - 0.012, 1),
                    (x1 + 0.002, hem - 0.018, 1),
                    (x1 - 0.006, hem + 0.024, 1),
                    (x0 + 0.006, hem + 0.03, 1),
                ]
            )
            canvas.fill(cuff if right else mirrored(cuff), Paint(look.main.color, grain="rib"), BAND)
        elif look.cut.get("cuff") == "rolled":
            cuff = smooth(
                [
                    (x0 - 0.004, hem - 0.024, 1),
                    (x1 + 0.004, hem - 0.032, 1),
                    (x1 + 0.004, hem + 0.002, 1),
                    (x0 - 0.004, hem + 0.01, 1),
                ]
            )
            canvas.fill(cuff if right else mirrored(cuff), look.main.plain().tinted(0.35), BAND)
        else:
            line = polygon((x0, hem - 0.01), (x1, hem - 0.018))
            canvas.stitch(line if right else mirrored(line), thread)


def _seat(canvas: Canvas, look: Look, top: float, waist: float, hip: float, crotch: float, *, back: bool) -> None:
    style = look.cut["style"]
    thread = _GOLD if style == "jeans" else look.main.plain().tinted(-0.3)
    dark = look.main.plain().tinted(-0.4)
    middle = smooth([(0.5, top + 0.05), (0.5, crotch - 0.07), (0.501, crotch)], closed=False)
    canvas.tube(middle, 0.004, dark, FLAT, inside=True)
    if not back:
        inner = both_sides(
            [
                (0, top - 0.012),
                (waist * 0.7, top - 0.009),
                (waist, top + 0.006, 1),
                (waist * 0.6, top + 0.03),
                (0, top + 0.036),
            ]
        )
        canvas.fill(inner, look.main.plain().tinted(-0.42), Relief(bulge=0.2, soft=0.01, fall=0.0))
    low = 0.012 if back else 0.026
    band = both_sides(
        [
            (0, top + low),
            (waist * 0.6, top + low - 0.003),
            (waist + 0.001, top + 0.004, 1),
            (waist + 0.006, top + 0.046, 1),
            (waist * 0.6, top + low + 0.042),
            (0, top + low + 0.044),
        ]
    )
    canvas.fill(
        band, Paint(look.main.color, grain="rib") if style == "joggers" else look.main.plain().tinted(0.02), BAND
    )
    if style == "joggers":
        for x, long in ((0.485, 0.1), (0.513, 0.085)):
            cord = smooth([(x, top + 0.05), (x - 0.004, top + 0.08), (x + 0.004, top + 0.05 + long)], closed=False)
            canvas.tube(cord, 0.008, look.trim, Relief(bulge=0.8, soft=0.004, cast=0.005))
    else:
        for x in (0.5 - waist * 0.62, 0.5 + waist * 0.62):
            canvas.fill(
                rounded(x - 0.006, top + 0.008, x + 0.006, top + 0.064, 0.002), look.main.plain().tinted(-0.06), BAND
            )
    if back:
        _back_pockets(canvas, look, top, thread)
        return
    if style != "joggers":
        canvas.fill(
            ellipse(0.503, top + low + 0.024, 0.0105, 0.0105),
            look.metal,
            Relief(bulge=0.9, soft=0.005, gloss=0.5, cast=0.005),
        )
        fly = smooth([(0.538, top + 0.075), (0.537, crotch - 0.1), (0.503, crotch - 0.05)], closed=False)
        canvas.stitch(fly, thread)
    for right in (False, True):
        edge = smooth(
            [(0.5 + waist * 0.5, top + 0.068), (0.5 + waist * 0.66, top + 0.105), (0.5 + hip * 0.98, top + 0.118)],
            closed=False,
        )
        edge = edge if right else mirrored(edge)
        canvas.tube(edge, 0.005, dark, FLAT, inside=True)
        canvas.stitch(moved(edge, 0, 0.01), thread)


def _back_pockets(canvas: Canvas, look: Look, top: float, thread: Paint) -> None:
    for x in (0.392, 0.524):
        y = top + 0.11
        pocket = smooth(
            [
                (x, y, 1),
                (x + 0.085, y, 1),
                (x + 0.08, y + 0.085, 1),
                (x + 0.0425, y + 0.105, 1),
                (x + 0.005, y + 0.085, 1),
            ]
        )
        canvas.fill(pocket, look.main.plain().tinted(0.03), BAND)
        canvas.stitch(smooth([(x + 0.006, y + 0.05), (x + 0.04, y + 0.07), (x + 0.08, y + 0.05)], closed=False), thread)
        canvas.stitch(polygon((x, y + 0.012), (x + 0.085, y + 0.012)), thread)
    if look.cut["style"] == "jeans":
        canvas.fill(rounded(0.55, top + 0.02, 0.6, top + 0.05, 0.003), Paint((150, 96, 54), grain="leather"), BAND)


def skirt(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a skirt: style pencil, a-line, pleated, flared or tiered; length mini, midi or maxi."""
    style = look.cut["style"]
    top = {"mini": 0.24, "midi": 0.15, "maxi": 0.08}[look.cut["length"]]
    hem = {"mini": 0.68, "midi": 0.82, "maxi": 0.93}[look.cut["length"]] + look.vary("hem", -0.015, 0.015)
    waist = look.vary("waist", 0.112, 0.128)
    flare = {"pencil": 0.148, "a-line": 0.225, "pleated": 0.25, "flared": 0.30, "tiered": 0.27}[style] + look.vary(
        "flare", -0.012, 0.016
    )
    hip = waist + {"pencil": 0.045, "a-line": 0.05, "pleated": 0.05, "flared": 0.06, "tiered": 0.06}[style]
    wave = 0.0 if style == "pencil" else 0.012
    half: list[Knot] = [(0, top), (waist, top, 1), (hip, top + (hem - top) * 0.32), (flare, hem - 0.012, 1)]
    half += [(flare * (1 - k / 4), hem + 0.01 + wave * (1 if k % 2 else -1)) for k in range(1, 4)] + [(0, hem + 0.016)]
    canvas.fill(
        both_sides(half),
        look.main,
        Relief(bulge=0.8, soft=0.045, fall=0.12),
        folds=_drape(look, style, top, hem, waist, flare),
    )
    if style == "tiered":
        for share in (0.36, 0.68):
            y = top + (hem - top) * share
            x = waist + (flare - waist) * share**0.8 + 0.012
            seam = smooth([(0.5 - x, y), (0.5, y + 0.014), (0.5 + x, y)], closed=False)
            canvas.tube(seam, 0.008, look.main.plain().tinted(-0.3), FLAT, opacity=0.5, inside=True)
            canvas.stitch(seam, look.main.plain().tinted(0.3), width=0.002, dash=0.006)
    band = both_sides(
        [(0, top - 0.006), (waist - 0.002, top - 0.014, 1), (waist + 0.004, top + 0.03, 1), (0, top + 0.038)]
    )
    canvas.fill(band, look.trim if look.cut.get("waist") == "contrast" else look.main.plain().tinted(-0.05), BAND)
    if look.cut.get("front") == "buttons" and not back:
        for y in np.linspace(top + 0.06, hem - 0.04, 7):
            canvas.fill(
                ellipse(0.5, float(y), 0.0105, 0.0105), look.metal, Relief(bulge=0.9, soft=0.004, gloss=0.4, cast=0.006)
            )
        canvas.tube(
            polygon((0.52, top + 0.04), (0.524, hem + 0.01)), 0.003, look.main.plain().tinted(-0.4), FLAT, inside=True
        )
    if style == "pencil" and back:
        canvas.tube(
            polygon((0.5, hem - 0.12), (0.5, hem + 0.016)), 0.006, look.main.plain().tinted(-0.5), FLAT, inside=True
        )


def _drape(look: Look, style: str, top: float, hem: float, waist: float, flare: float) -> list[Fold]:
    if style == "pencil":
        return [
            Fold(polygon((0.5 + s * 0.06, top + 0.02), (0.5 + s * 0.055, top + 0.13)), 0.006, -0.8) for s in (-1, 1)
        ]
    count = {"pleated": 12, "flared": 7, "tiered": 8, "a-line": 5}[style]
    folds = []
    for k in range(count):
        share = (k + 0.5) / count * 2 - 1 + look.vary(f"drape{k}", -0.03, 0.03)
        start = top + (0.03 if style in {"pleated", "tiered"} else look.vary(f"start{k}", 0.08, 0.22))
        line = smooth(
            [
                (0.5 + share * waist, start),
                (0.5 + share * (waist + flare) / 2, (start + hem) / 2),
                (0.5 + share * flare, hem),
            ],
            closed=False,
        )
        folds.append(Fold(line, 0.012 if style == "pleated" else 0.02, 0.9 if k % 2 else -0.9))
    return folds
