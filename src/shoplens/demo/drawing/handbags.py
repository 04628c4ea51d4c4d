"""Handbags."""

from __future__ import annotations

import numpy as np

from shoplens.demo.drawing.canvas import Canvas, Fold, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import both_sides, ellipse, polygon, rounded, smooth

BODY = Relief(bulge=0.85, soft=0.05, fall=0.12, gloss=0.14, sharp=14)
PIECE = Relief(bulge=0.7, soft=0.016, fall=0.04, cast=0.010, gloss=0.08)
STRAP = Relief(bulge=0.9, soft=0.010, fall=0.04, cast=0.012, gloss=0.1)
METAL = Relief(bulge=0.95, soft=0.006, gloss=0.7, sharp=12, fall=0.0, cast=0.006)


def handbag(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a handbag: style tote, satchel, bucket, crossbody or clutch."""
    {"tote": _tote, "satchel": _satchel, "bucket": _bucket, "crossbody": _crossbody, "clutch": _clutch}[
        look.cut["style"]
    ](canvas, look, back)


def _handle(
    canvas: Canvas, look: Look, wide: float, top: float, foot: float, *, width: float = 0.022, tint: float = 0.0
) -> None:
    line = smooth(
        [
            (0.5 - wide, foot),
            (0.5 - wide * 0.94, top + (foot - top) * 0.4),
            (0.5 - wide * 0.5, top + 0.015),
            (0.5, top),
            (0.5 + wide * 0.5, top + 0.015),
            (0.5 + wide * 0.94, top + (foot - top) * 0.4),
            (0.5 + wide, foot),
        ],
        closed=False,
    )
    canvas.tube(line, width, look.trim.plain().tinted(tint), STRAP)


def _tote(canvas: Canvas, look: Look, back: bool) -> None:
    top, low = 0.40 + look.vary("top", -0.02, 0.02), 0.86
    w, v = look.vary("mouth", 0.265, 0.315), look.vary("foot", 0.225, 0.265)
    h = look.vary("handle", 0.10, 0.17)
    _handle(canvas, look, 0.115, h + 0.03, top + 0.03, tint=-0.2)
    body = both_sides([(0, top), (w, top - 0.006, 1), (v, low - 0.03), (v - 0.03, low, 1), (0, low + 0.006)])
    folds = [
        Fold(
            smooth(
                [
                    (0.5 + s * 0.1, top + 0.04),
                    (0.5 + s * (0.14 + look.vary("f", 0, 0.04)), 0.62),
                    (0.5 + s * 0.17, low - 0.05),
                ],
                closed=False,
            ),
            0.03,
            0.5,
        )
        for s in (-1, 1)
    ]
    canvas.fill(body, look.main, BODY, folds=folds)
    thread = look.main.plain().tinted(-0.3)
    canvas.stitch(polygon((0.5 - w, top + 0.022), (0.5 + w, top + 0.022)), thread)
    if look.cut["detail"] == "base":
        canvas.fill(
            both_sides([(0, low - 0.13), (v + 0.03, low - 0.14, 1), (v + 0.03, low + 0.02, 1), (0, low + 0.02)]),
            look.trim,
            Relief(bulge=0.3, soft=0.02, fall=0.1),
            inside=True,
        )
    elif look.cut["detail"] == "pocket" and not back:
        canvas.fill(rounded(0.36, 0.55, 0.64, 0.76, 0.02), look.main.tinted(-0.04), PIECE)
        canvas.stitch(polygon((0.36, 0.567), (0.64, 0.567)), thread)
    elif not back:
        canvas.fill(rounded(0.44, 0.60, 0.56, 0.65, 0.006), look.trim, PIECE)
    _handle(canvas, look, 0.115, h, top + 0.1)
    for x in (0.385, 0.615):
        canvas.fill(rounded(x - 0.02, top + 0.07, x + 0.02, top + 0.13, 0.006), look.trim, PIECE)
        canvas.fill(ellipse(x, top + 0.1, 0.007, 0.007), look.metal, METAL)


def _satchel(canvas: Canvas, look: Look, back: bool) -> None:
    w, low = look.vary("wide", 0.30, 0.34), 0.82
    top = look.vary("top", 0.38, 0.42)
    _handle(canvas, look, 0.13, look.vary("handle", 0.2, 0.25), top + 0.02, width=0.028)
    for x in (0.37, 0.63):
        canvas.tube(ellipse(x, top, 0.016, 0.02), 0.008, look.metal, METAL, closed=True)
    body = both_sides(
        [(0, top), (w - 0.05, top + 0.005), (w - 0.008, top + 0.05), (w, low - 0.06), (w - 0.03, low - 0.005), (0, low)]
    )
    canvas.fill(body, look.main, BODY)
    if back:
        canvas.stitch(polygon((0.5 - w, top + 0.09), (0.5 + w, top + 0.09)), look.main.plain().tinted(-0.3))
        return
    deep = look.vary("flap", 0.19, 0.25)
    flap = both_sides(
        [
            (0, top - 0.004),
            (w - 0.05, top),
            (w - 0.004, top + 0.05),
            (w - 0.014, top + deep * 0.8),
            (w * 0.55, top + deep),
            (0, top + deep * 1.04),
        ]
    )
    canvas.fill(flap, look.main.tinted(0.05), PIECE)
    canvas.stitch(flap * 0.955 + 0.5 * 0.045 + (0, -0.012), look.main.plain().tinted(-0.3))
    if look.cut["detail"] == "buckles":
        for x in (0.5 - w * 0.5, 0.5 + w * 0.5):
            canvas.fill(rounded(x - 0.02, top + 0.05, x + 0.02, top + deep + 0.1, 0.012), look.trim, PIECE)
            canvas.tube(
                rounded(x - 0.028, top + deep - 0.02, x + 0.028, top + deep + 0.03, 0.006),
                0.008,
                look.metal,
                METAL,
                closed=True,
            )
    else:
        y = top + deep
        canvas.fill(rounded(0.455, y - 0.035, 0.545, y + 0.03, 0.014), look.metal, METAL)
        canvas.fill(ellipse(0.5, y, 0.013, 0.013), look.metal.tinted(-0.35), METAL)


def _bucket(canvas: Canvas, look: Look, back: bool) -> None:
    top, low = look.vary("top", 0.37, 0.41), 0.87
    w, v = look.vary("mouth", 0.2, 0.225), look.vary("foot", 0.225, 0.26)
    strap = smooth(
        [(0.5 - w, top + 0.08), (0.5 - w * 0.9, 0.2), (0.5, 0.085), (0.5 + w * 0.9, 0.2), (0.5 + w, top + 0.08)],
        closed=False,
    )
    canvas.tube(strap, 0.024, look.trim, STRAP)
    canvas.fill(ellipse(0.5, top + 0.004, w, 0.035), look.main.plain().tinted(-0.5), Relief(bulge=-0.5, soft=0.02))
    body = both_sides(
        [
            (0, top + 0.036),
            (w * 0.6, top + 0.026),
            (w, top, 1),
            (v * 0.98, 0.6),
            (v, low - 0.06),
            (v - 0.03, low - 0.01),
            (0, low + 0.01),
        ]
    )
    gathers = [
        Fold(
            smooth([(0.5 + s * w * 0.9, top + 0.03), (0.5 + s * v * 0.8, top + 0.2)], closed=False),
            0.012,
            0.8 if k % 2 else -0.8,
        )
        for k, s in enumerate(np.linspace(-0.85, 0.85, 9))
    ]
    canvas.fill(body, look.main, BODY, folds=gathers)
    cord = smooth([(0.5 - w, top + 0.05), (0.5, top + 0.09), (0.5 + w, top + 0.05)], closed=False)
    canvas.tube(cord, 0.013, look.trim, STRAP, inside=True)
    if not back:
        for x, y in ((0.487, top + 0.24), (0.515, top + 0.26)):
            canvas.tube(
                smooth([(0.5, top + 0.085), (x - 0.01, top + 0.17), (x, y)], closed=False), 0.011, look.trim, STRAP
            )
            canvas.fill(
                smooth([(x, y - 0.012), (x + 0.014, y + 0.05, 1), (x - 0.014, y + 0.05, 1)]),
                look.trim.tinted(-0.1),
                PIECE,
            )
    canvas.fill(
        both_sides([(0, low - 0.09), (v + 0.03, low - 0.1, 1), (v + 0.03, low + 0.03, 1), (0, low + 0.03)]),
        look.trim,
        Relief(bulge=0.3, soft=0.02, fall=0.1),
        inside=True,
    )


def _crossbody(canvas: Canvas, look: Look, back: bool) -> None:
    w, top, low = look.vary("wide", 0.22, 0.26), look.vary("top", 0.46, 0.5), 0.83
    chain = look.cut["detail"] == "chain"
    strap = smooth(
        [
            (0.5 - w + 0.02, top + 0.03),
            (0.5 - w * 0.85, 0.25),
            (0.5, 0.085),
            (0.5 + w * 0.85, 0.25),
            (0.5 + w - 0.02, top + 0.03),
        ],
        closed=False,
    )
    if chain:
        for k in range(2, len(strap) - 1, 1):
            x, y = strap[k]
            canvas.tube(ellipse(float(x), float(y), 0.011, 0.008), 0.005, look.metal, METAL, closed=True)
    else:
        canvas.tube(strap, 0.017, look.trim, STRAP)
    r = look.vary("round", 0.03, 0.12)
    canvas.fill(rounded(0.5 - w, top, 0.5 + w, low, r), look.main, BODY)
    if back:
        return
    deep = look.vary("flap", 0.17, 0.23)
    flap = both_sides(
        [
            (0, top - 0.006),
            (w - r * 0.6, top - 0.004),
            (w + 0.004, top + r * 0.7),
            (w * 0.96, top + deep * 0.62),
            (w * 0.5, top + deep * 0.95),
            (0, top + deep * 1.08),
        ]
    )
    quilt = [
        Fold(polygon((0.5 - w + d, top), (0.5 - w + d + 0.3, top + 0.3)), 0.008, -0.9)
        for d in np.arange(-0.3, 2 * w, 0.075)
    ]
    quilt += [
        Fold(polygon((0.5 + w - d, top), (0.5 + w - d - 0.3, top + 0.3)), 0.008, -0.9)
        for d in np.arange(-0.3, 2 * w, 0.075)
    ]
    canvas.fill(flap, look.main.tinted(0.04), PIECE, folds=quilt if chain else ())
    canvas.fill(ellipse(0.5, top + deep * 0.96, 0.026, 0.026), look.metal, METAL)
    if not chain:
        for k in (-1, 0, 1):
            tassel = smooth(
                [
                    (0.5 + w - 0.03, top + 0.03),
                    (0.5 + w - 0.02 + k * 0.008, top + 0.1),
                    (0.5 + w - 0.02 + k * 0.016, top + 0.18),
                ],
                closed=False,
            )
            canvas.tube(tassel, 0.01, look.trim.tinted(0.05 * k), STRAP)


def _clutch(canvas: Canvas, look: Look, back: bool) -> None:
    w, top, low = look.vary("wide", 0.32, 0.36), look.vary("top", 0.36, 0.4), 0.7
    canvas.fill(rounded(0.5 - w, top, 0.5 + w, low, 0.025), look.main, BODY)
    if back:
        return
    point = look.vary("point", 0.15, 0.25)
    flap = both_sides(
        [(0, top - 0.004), (w + 0.002, top - 0.004, 1), (w + 0.002, top + 0.04, 1), (0, top + point + 0.05, 1)]
    )
    canvas.fill(flap, look.trim if look.cut["detail"] == "base" else look.main.tinted(0.05), PIECE)
    canvas.fill(ellipse(0.5, top + point + 0.005, 0.022, 0.022), look.metal, METAL)
    loop = smooth(
        [
            (0.5 + w - 0.01, top + 0.06),
            (0.5 + w + 0.05, top + 0.15),
            (0.5 + w + 0.02, top + 0.3),
            (0.5 + w - 0.03, top + 0.24),
        ],
        closed=False,
    )
    canvas.tube(loop, 0.014, look.trim, STRAP)
