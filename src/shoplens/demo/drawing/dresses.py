"""Dresses."""

from __future__ import annotations

import numpy as np

from shoplens.demo.drawing.canvas import FLAT, Canvas, Fold, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import Knot, Outline, both_sides, ellipse, mirrored, polygon, smooth

BODY = Relief(bulge=0.75, soft=0.04, fall=0.10, cast=0.008)
BAND = Relief(bulge=0.8, soft=0.008, fall=0.0, cast=0.006)
_HEM = {"mini": 0.70, "midi": 0.83, "maxi": 0.945}
_FLARE = {"sheath": 0.02, "a-line": 0.09, "skater": 0.15, "wrap": 0.10, "shirt": 0.07}


def dress(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a dress: shape sheath, a-line, skater, wrap or shirt; sleeve none, strap, short or long; any length."""
    shape, sleeve = look.cut["shape"], look.cut["sleeve"]
    hem = _HEM[look.cut["length"]] + look.vary("hem", -0.015, 0.015)
    chest = look.vary("chest", 0.122, 0.134)
    waist = look.vary("waist", 0.092, 0.104) + (0.014 if shape in {"sheath", "shirt"} else 0)
    flare = 0.125 + _FLARE[shape] * (1 + (hem - 0.7) * 0.8) + look.vary("flare", -0.01, 0.015)
    strap = sleeve == "strap"
    shoulder = 0.07 if strap else look.vary("shoulder", 0.122, 0.132)
    if sleeve in {"short", "long"}:
        _sleeves(canvas, look, shoulder, chest, long=sleeve == "long")
    if not back:
        inner = both_sides([(0, 0.085), (0.06, 0.09), (0.066, 0.1, 1), (0.05, 0.2), (0, 0.24)])
        if not strap and look.cut["neck"] != "boat":
            canvas.fill(inner, look.main.plain().tinted(-0.4), Relief(bulge=-0.4, soft=0.02, fall=-0.2))
    if strap:
        for line in (polygon((0.437, 0.21), (0.447, 0.08)), polygon((0.563, 0.21), (0.553, 0.08))):
            canvas.tube(line, 0.013, look.main.plain(), BAND)
    top = _bodice(look, shoulder, chest, waist, back=back)
    skirt = _skirt(look, waist, flare, hem, shape)
    canvas.fill(skirt, look.main, BODY, folds=_drape(look, shape, waist, flare, hem))
    canvas.fill(top, look.main, Relief(bulge=0.75, soft=0.035, fall=0.04), folds=_darts(look, chest, waist))
    _details(canvas, look, waist, hem, back=back)


def _bodice(look: Look, shoulder: float, chest: float, waist: float, *, back: bool) -> Outline:
    neck = look.cut["neck"]
    drop = 0.1 if back else {"v": 0.235, "scoop": 0.18, "boat": 0.118, "square": 0.185}[neck]
    inner = 0.1 if neck == "boat" else 0.066
    half: list[Knot]
    if look.cut["sleeve"] == "strap":
        half = [
            (0, 0.235 if neck == "v" else 0.212),
            (0.04, 0.205),
            (0.068, 0.196, 1),
            (0.094, 0.235),
            (chest, 0.27, 1),
        ]
    else:
        half = [(0, drop, 1) if neck == "v" and not back else (0, drop)]
        if neck == "square" and not back:
            half = [(0, drop), (inner - 0.006, drop, 1)]
        elif neck != "v" or back:
            half.append((inner * 0.8, drop - (drop - 0.095) * 0.42))
        half += [(inner, 0.092, 1), (shoulder, 0.118, 1), (shoulder - 0.018, 0.2), (chest, 0.27, 1)]
    half += [((chest + waist) / 2 + 0.004, 0.35), (waist, 0.425, 1), (waist * 0.5, 0.434), (0, 0.437)]
    return both_sides(half)


def _skirt(look: Look, waist: float, flare: float, hem: float, shape: str) -> Outline:
    wave = 0.0 if shape in {"sheath", "shirt"} else 0.012
    hip = waist + (0.035 if shape != "skater" else 0.055)
    half: list[Knot] = [(0, 0.42), (waist, 0.42, 1), (hip, 0.42 + (hem - 0.42) * 0.26), (flare, hem - 0.012, 1)]
    half += [(flare * (1 - k / 5), hem + 0.008 + wave * (1 if k % 2 else -1)) for k in range(1, 5)]
    return both_sides([*half, (0, hem + 0.012)])


def _darts(look: Look, chest: float, waist: float) -> list[Fold]:
    folds = []
    for s in (-1, 1):
        folds.append(
            Fold(
                smooth([(0.5 + s * chest * 0.95, 0.29), (0.5 + s * 0.07, 0.3), (0.5 + s * 0.05, 0.29)], closed=False),
                0.014,
                0.4,
            )
        )
        folds.append(Fold(smooth([(0.5 + s * waist * 0.55, 0.42), (0.5 + s * 0.055, 0.34)], closed=False), 0.008, -0.6))
    return folds


def _drape(look: Look, shape: str, waist: float, flare: float, hem: float) -> list[Fold]:
    count = {"sheath": 3, "a-line": 7, "skater": 10, "wrap": 6, "shirt": 5}[shape]
    folds = []
    for k in range(count):
        share = (k + 0.5) / count * 2 - 1 + look.vary(f"drape{k}", -0.04, 0.04)
        start = 0.43 + (
            look.vary(f"start{k}", 0.0, 0.05) if shape in {"skater", "wrap"} else look.vary(f"start{k}", 0.05, 0.2)
        )
        line = smooth(
            [
                (0.5 + share * waist, start),
                (0.5 + share * (waist + flare) / 2, (start + hem) / 2),
                (0.5 + share * flare, hem),
            ],
            closed=False,
        )
        folds.append(Fold(line, 0.018, (0.8 if k % 2 else -0.8) * (0.5 if shape == "sheath" else 1)))
    return folds


def _sleeves(canvas: Canvas, look: Look, shoulder: float, chest: float, *, long: bool) -> None:
    end, out, cuff = (0.52, 0.12, 0.045) if long else (0.255, 0.07, 0.07)
    shape = smooth(
        [
            (0.5 + shoulder - 0.03, 0.11, 1),
            (0.5 + shoulder + 0.016, 0.132),
            (0.5 + shoulder + out * 0.62, 0.13 + (end - 0.13) * 0.5),
            (0.5 + shoulder + out, end, 1),
            (0.5 + shoulder + out - cuff, end + cuff * 0.25, 1),
            (0.5 + chest + 0.006, 0.275, 1),
            (0.5 + shoulder - 0.03, 0.2),
        ]
    )
    folds = [Fold(smooth([(0.5 + shoulder, 0.15), (0.5 + shoulder + out * 0.5, end - 0.06)], closed=False), 0.014, 0.5)]
    if long:
        folds += [
            Fold(
                polygon((0.5 + shoulder + 0.05, 0.34 + 0.04 * k), (0.5 + shoulder + 0.12, 0.345 + 0.04 * k)), 0.011, 0.5
            )
            for k in range(4)
        ]
    for right in (True, False):
        lines = folds if right else [Fold(mirrored(f.line), f.width, f.depth) for f in folds]
        canvas.fill(
            shape if right else mirrored(shape),
            look.main.turned(-20 if right else 20),
            Relief(bulge=0.8, soft=0.03, fall=0.05),
            folds=lines,
        )


def _details(canvas: Canvas, look: Look, waist: float, hem: float, *, back: bool) -> None:
    shape = look.cut["shape"]
    if back:
        canvas.tube(polygon((0.5, 0.11), (0.5, 0.56)), 0.004, look.main.plain().tinted(-0.4), FLAT, inside=True)
    elif shape == "shirt":
        canvas.tube(polygon((0.514, 0.12), (0.516, hem)), 0.003, look.main.plain().tinted(-0.35), FLAT, inside=True)
        for y in np.arange(0.26, hem - 0.04, 0.068):
            canvas.fill(
                ellipse(0.5, float(y), 0.008, 0.008), look.metal, Relief(bulge=0.9, soft=0.004, gloss=0.3, cast=0.005)
            )
        leaf = smooth(
            [
                (0.558, 0.075, 1),
                (0.578, 0.1, 1),
                (0.56, 0.17, 1),
                (0.505, 0.2 if look.cut["neck"] != "boat" else 0.15, 1),
                (0.55, 0.12),
            ]
        )
        for part in (leaf, mirrored(leaf)):
            canvas.fill(part, look.main.turned(20).tinted(0.05), BAND)
    elif shape == "wrap":
        edge = smooth([(0.438, 0.1), (0.5, 0.25), (0.5 + waist, 0.42)], closed=False)
        canvas.tube(edge, 0.006, look.main.plain().tinted(-0.35), FLAT, inside=True)
        fall = smooth([(0.5 + waist * 0.8, 0.44), (0.53, 0.6), (0.545, hem)], closed=False)
        canvas.tube(fall, 0.008, look.main.plain().tinted(-0.35), FLAT, opacity=0.7, inside=True)
    if look.cut["belt"] == "belt":
        belt = both_sides([(0, 0.414), (waist + 0.002, 0.404, 1), (waist + 0.003, 0.436, 1), (0, 0.448)])
        canvas.fill(belt, look.trim, Relief(bulge=0.8, soft=0.01, gloss=0.15, cast=0.008))
        if not back:
            canvas.tube(
                ellipse(0.5, 0.43, 0.018, 0.016),
                0.007,
                look.metal,
                Relief(bulge=0.9, soft=0.004, gloss=0.6, cast=0.005),
                closed=True,
            )
    elif look.cut["belt"] == "sash" and not back:
        canvas.fill(
            both_sides([(0, 0.41), (waist + 0.001, 0.402, 1), (waist + 0.002, 0.438, 1), (0, 0.45)]), look.trim, BAND
        )
        for turn in (1, -1):
            tail = smooth([(0.56, 0.43), (0.56 + 0.02 * turn, 0.5), (0.565 + 0.03 * turn, 0.58)], closed=False)
            canvas.tube(tail, 0.016, look.trim, Relief(bulge=0.8, soft=0.008, cast=0.008))
            canvas.fill(ellipse(0.56 + 0.022 * turn, 0.428, 0.024, 0.014), look.trim.tinted(0.04), BAND)
        canvas.fill(ellipse(0.56, 0.43, 0.011, 0.012), look.trim.tinted(-0.08), BAND)
    else:
        seam = smooth([(0.5 - waist, 0.425), (0.5, 0.437), (0.5 + waist, 0.425)], closed=False)
        canvas.tube(seam, 0.004, look.main.plain().tinted(-0.3), FLAT, opacity=0.6, inside=True)
