"""Cushions."""

from __future__ import annotations

import math

import numpy as np

from shoplens.demo.drawing.canvas import Canvas, Fold, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import ellipse, polygon, smooth


def cushion(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a cushion: shape square, long or round; edge plain, piped, fringed or buttoned."""
    shape = look.cut["shape"]
    w = look.vary("wide", 0.31, 0.345) if shape != "long" else look.vary("wide", 0.37, 0.4)
    h = {"square": w, "long": w * 0.62, "round": w}[shape]
    if shape == "round":
        outline = ellipse(0.5, 0.5, w, w)
        pinch = [
            Fold(polygon((0.5, 0.5), (0.5 + w * math.cos(a), 0.5 + w * math.sin(a))), 0.012, -0.7)
            for a in np.linspace(0, 2 * math.pi, 16, endpoint=False)
        ]
    else:
        p = look.vary("pinch", 0.9, 0.94)
        quarter = [
            (w, -h, 1),
            (w * p, -h * 0.4),
            (w * p, h * 0.4),
            (w, h, 1),
            (w * 0.4, h * p),
            (-w * 0.4, h * p),
            (-w, h, 1),
            (-w * p, h * 0.4),
            (-w * p, -h * 0.4),
            (-w, -h, 1),
            (-w * 0.4, -h * p),
            (w * 0.4, -h * p),
        ]
        outline = smooth([(0.5 + q[0], 0.5 + q[1], *q[2:]) for q in quarter])  # type: ignore[misc]
        pinch = [
            Fold(
                polygon(
                    (0.5 + sx * w * 0.97, 0.5 + sy * h * 0.97), (0.5 + sx * w * (0.62 + d), 0.5 + sy * h * (0.78 - d))
                ),
                0.016,
                -0.6,
            )
            for sx in (-1, 1)
            for sy in (-1, 1)
            for d in (0.0, 0.16)
        ]
    if look.cut["edge"] == "fringed":
        for k in range(0, len(outline), 2):
            at = outline[k]
            way = (at - 0.5) / np.linalg.norm(at - 0.5)
            canvas.tube(
                polygon(tuple(at), tuple(at + way * 0.035)), 0.008, look.trim.plain(), Relief(bulge=0.8, soft=0.004)
            )
    canvas.fill(outline, look.main, Relief(bulge=1.0, soft=0.10, fall=0.10), folds=pinch)
    if look.cut["edge"] == "piped":
        canvas.tube(outline, 0.014, look.trim.plain(), Relief(bulge=0.9, soft=0.007), closed=True)
    elif look.cut["edge"] == "buttoned":
        canvas.shade(ellipse(0.5, 0.5, 0.05, 0.05), -0.35, soft=0.04)
        canvas.fill(ellipse(0.5, 0.5, 0.024, 0.024), look.trim.plain(), Relief(bulge=1.0, soft=0.012))
