"""Shoe laces."""

from __future__ import annotations

from shoplens.demo.drawing.canvas import FLAT, Canvas, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import Outline, ellipse, smooth
from shoplens.demo.drawing.paint import Paint

CORD = Relief(bulge=0.9, soft=0.006, fall=0.0, cast=0.006)


def draw_laces(canvas: Canvas, look: Look, low: Outline, high: Outline, count: int) -> None:
    """Lace a shoe from `low` to `high`, points `[2]` on the edge of its opening, and tie a bow."""
    lace = look.metal.plain()
    for k in range(count):
        x, y = (float(v) for v in low + (high - low) * (k / (count - 1)))
        canvas.fill(ellipse(x + 0.016, y + 0.024, 0.006, 0.006), Paint((60, 60, 64)), FLAT)
        cord = smooth([(x + 0.016, y + 0.022), (x - 0.024, y + 0.002), (x - 0.049, y + 0.012)], closed=False)
        canvas.tube(cord, 0.013, lace, CORD)
    x, y = float(high[0]), float(high[1])
    for turn in (1, -1):
        loop = ellipse(x - 0.022 + 0.03 * turn, y - 0.01 + 0.012 * turn, 0.03, 0.014)
        canvas.tube(loop, 0.009, lace, CORD, closed=True)
