"""Sunglasses."""

from __future__ import annotations

from shoplens.demo.drawing.canvas import FLAT, Canvas, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import Outline, ellipse, mirrored, polygon, smooth
from shoplens.demo.drawing.paint import Paint


def sunglasses(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw sunglasses: style round, aviator, square or cat-eye."""
    style = look.cut["style"]
    w, h = look.vary("wide", 0.165, 0.185), look.vary("high", 0.12, 0.14)
    x, y = 0.5 + 0.032 + w, 0.5
    lens = _lens(style, x, y, w, h)
    wire = style in {"aviator", "round"}
    frame = look.metal if wire else look.main
    relief = Relief(bulge=0.95, soft=0.008 if wire else 0.014, gloss=0.6, sharp=14, fall=0.04, cast=0.008)
    for right in (True, False):
        arm = smooth(
            [(0.5 + 0.032 + 2 * w - 0.02, y - h * 0.62), (0.92, y - h * 0.78), (0.955, y - h * 0.5)], closed=False
        )
        canvas.tube(
            arm if right else mirrored(arm),
            0.016 if wire else 0.03,
            look.main if wire else look.main.tinted(-0.1),
            relief,
        )
    for right in (True, False):
        _glaze(canvas, look, lens if right else mirrored(lens), x if right else 1 - x, h)
        canvas.tube(lens if right else mirrored(lens), 0.015 if wire else 0.034, frame, relief, closed=True)
    if style == "aviator":
        canvas.tube(polygon((0.5 - 0.06, y - h * 0.84), (0.5 + 0.06, y - h * 0.84)), 0.013, frame, relief)
    bridge = smooth([(0.5 - 0.055, y - h * 0.35), (0.5, y - h * 0.58), (0.5 + 0.055, y - h * 0.35)], closed=False)
    canvas.tube(bridge, 0.014 if wire else 0.03, frame, relief)


def _lens(style: str, x: float, y: float, w: float, h: float) -> Outline:
    """Return the right lens around x, y, about 2 w wide and 2 h high."""
    return {
        "round": ellipse(x - 0.012, y, w * 0.88, w * 0.88),
        "aviator": smooth(
            [
                (x - w, y - h * 0.75),
                (x - w * 0.1, y - h * 0.92),
                (x + w * 0.92, y - h * 0.8),
                (x + w, y - h * 0.2),
                (x + w * 0.62, y + h * 0.85),
                (x, y + h * 1.2),
                (x - w * 0.66, y + h * 0.6),
            ]
        ),
        "square": smooth(
            [
                (x - w * 0.95, y - h * 0.8),
                (x, y - h * 0.92),
                (x + w * 0.98, y - h * 0.86),
                (x + w * 0.92, y + h * 0.5),
                (x + w * 0.5, y + h * 0.9),
                (x - w * 0.5, y + h * 0.86),
                (x - w * 0.88, y + h * 0.4),
            ]
        ),
        "cat-eye": smooth(
            [
                (x - w * 0.92, y - h * 0.5),
                (x - w * 0.1, y - h * 0.8),
                (x + w * 0.72, y - h * 1.05),
                (x + w * 1.12, y - h * 1.3, 1),
                (x + w * 0.98, y - h * 0.1),
                (x + w * 0.4, y + h * 0.85),
                (x - w * 0.4, y + h * 0.8),
                (x - w * 0.85, y + h * 0.3),
            ]
        ),
    }[style]


def _glaze(canvas: Canvas, look: Look, lens: Outline, middle: float, h: float) -> None:
    canvas.fill(lens, look.trim, Relief(bulge=0.3, soft=0.03, gloss=0.25, sharp=20, fall=-0.35), opacity=0.93)
    for shift, wide in ((0.0, 0.035), (0.055, 0.012)):
        glint = polygon(
            (middle - 0.06 + shift, 0.5 - h),
            (middle - 0.06 + shift + wide, 0.5 - h),
            (middle - 0.1 + shift + wide, 0.5 + h),
            (middle - 0.1 + shift, 0.5 + h),
        )
        canvas.fill(glint, Paint((255, 255, 255)), FLAT, opacity=0.16, inside=True)
