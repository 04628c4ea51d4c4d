"""The upper body that tops share: its measures, sleeves, neck and small parts."""

from __future__ import annotations

import numpy as np

from shoplens.demo.drawing.canvas import FLAT, Canvas, Fold, Relief
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import Knot, Outline, both_sides, ellipse, mirrored, polygon, rounded, smooth
from shoplens.demo.drawing.paint import Paint

BODY = Relief(bulge=0.75, soft=0.045, fall=0.10)
SLEEVE = Relief(bulge=0.8, soft=0.032, fall=0.06, cast=0.012)
TRIM = Relief(bulge=0.8, soft=0.008, fall=0.0, cast=0.006)
CUFF = Relief(bulge=0.8, soft=0.012, fall=0.0, cast=0.005)
_SLEEVE_END = {"cap": 0.36, "short": 0.43, "long": 0.74}
_SLEEVE_OUT = {"cap": 0.055, "short": 0.088, "long": 0.115}
_SLEEVE_WIDTH = {"cap": 0.088, "short": 0.092, "long": 0.048}


class Torso:
    """The measures that the parts of one top share; x values are distances from the axis."""

    def __init__(self, look: Look, *, wide: float = 0.0, hem: float = 0.80) -> None:
        self.shoulder = look.vary("shoulder", 0.178, 0.198) + wide * 0.5
        self.chest = look.vary("chest", 0.178, 0.20) + wide
        self.waist = self.chest + look.vary("waist", -0.022, 0.006)
        self.hip = self.chest + look.vary("hip", -0.006, 0.016)
        self.neck = look.vary("neck", 0.074, 0.088)
        self.top = 0.155
        self.slope = look.vary("slope", 0.038, 0.05)
        self.armpit = look.vary("armpit", 0.345, 0.365)
        self.hem = hem + look.vary("hem", -0.02, 0.025)

    def body(self, *, curved: float = 0.012) -> Outline:
        """Return the body's outline; `curved` is how far the hem sags in the middle."""
        half: list[Knot] = [
            (0, self.top + 0.012),
            (self.neck, self.top, 1),
            (self.shoulder, self.top + self.slope, 1),
            (self.shoulder - 0.012, self.top + 0.12),
            (self.chest, self.armpit, 1),
            (self.waist, (self.armpit + self.hem) / 2),
            (self.hip, self.hem - 0.01, 1),
            (self.hip * 0.5, self.hem + curved),
            (0, self.hem + curved * 1.3),
        ]
        return both_sides(half)

    def sleeve(self, length: str, *, width: float = 0.0) -> Outline:
        """Return the right sleeve: it hangs down and slightly outwards."""
        end = _SLEEVE_END[length]
        drop = end - self.top - self.slope
        out = self.shoulder + _SLEEVE_OUT[length]
        cuff = _SLEEVE_WIDTH[length] + width
        s, t = self.shoulder, self.top + self.slope
        knots: list[Knot] = [
            (0.5 + s - 0.03, self.top + self.slope * 0.82, 1),
            (0.5 + s + 0.018, t + 0.016),
            (0.5 + (s + out) / 2 + 0.022, t + drop * 0.42),
            (0.5 + out, end, 1),
            (0.5 + out - cuff * 0.97, end + cuff * 0.28, 1),
            (0.5 + self.chest + 0.002, self.armpit + 0.012, 1),
            (0.5 + s - 0.02, self.top + 0.11),
        ]
        return smooth(knots)

    def cuff_line(self, length: str, *, width: float = 0.0, inset: float = 0.0) -> Outline:
        """Return the line across the right sleeve's end, `inset` above it."""
        end = _SLEEVE_END[length] - inset
        out = self.shoulder + _SLEEVE_OUT[length]
        cuff = _SLEEVE_WIDTH[length] + width
        return polygon((0.5 + out, end), (0.5 + out - cuff * 0.97, end + cuff * 0.28))

    def cuff(self, *, width: float, height: float, drop: float = 0.0) -> Outline:
        """Return the band at the end of the right long sleeve; `drop` moves it beyond the sleeve's end."""
        outer, inner = self.cuff_line("long", width=width, inset=-drop)
        along = np.array([-0.27, -0.96]) * height
        x = np.array([0.003, -0.001])
        return polygon(tuple(outer + x), tuple(inner - x), tuple(inner - x + along), tuple(outer + x + along))

    def folds(self, look: Look) -> list[Fold]:
        """Return the soft folds of cloth on the body."""
        low = self.hem - 0.05
        a, b, c = (look.vary(f"fold{k}", -0.03, 0.03) for k in range(3))
        lines = [
            (
                [
                    (0.5 + self.chest - 0.01, self.armpit + 0.01),
                    (0.58 + a, self.armpit + 0.07),
                    (0.55 + a, self.armpit + 0.12),
                ],
                0.5,
            ),
            (
                [
                    (0.5 - self.chest + 0.01, self.armpit + 0.01),
                    (0.42 + b, self.armpit + 0.07),
                    (0.45 + b, self.armpit + 0.12),
                ],
                0.5,
            ),
            ([(0.40 + a, low - 0.22), (0.385 + a, low - 0.1), (0.40 + b, low)], 0.42),
            ([(0.60 + c, low - 0.26), (0.615 + c, low - 0.12), (0.60 + a, low)], 0.42),
            ([(0.5 + b, low - 0.12), (0.51 + b, low - 0.04), (0.505 + b, low + 0.03)], 0.3),
            ([(0.5 + self.waist, low - 0.12), (0.6 + c, low - 0.1)], -0.3),
            ([(0.5 - self.waist, low - 0.15), (0.4 + c, low - 0.12)], -0.3),
        ]
        return [Fold(smooth(line, closed=False), 0.018, depth) for line, depth in lines]


def draw_sleeves(canvas: Canvas, torso: Torso, look: Look, length: str, paint: Paint, *, width: float = 0.0) -> None:
    """Draw both sleeves: length "cap", "short" or "long"; `width` is added to the cuff."""
    sleeve = torso.sleeve(length, width=width)
    t = torso.top + torso.slope
    x = 0.5 + torso.shoulder
    folds = [
        Fold(smooth([(x - 0.005, t + 0.03), (x + 0.02, t + 0.12), (x + 0.03, t + 0.2)], closed=False), 0.014, 0.45),
        Fold(smooth([(0.5 + torso.chest, torso.armpit), (x + 0.03, torso.armpit - 0.05)], closed=False), 0.014, -0.5),
    ]
    if length == "long":
        folds += [
            Fold(
                smooth(
                    [(x + 0.05, 0.44 + 0.05 * k), (x + 0.085, 0.455 + 0.05 * k), (x + 0.11, 0.445 + 0.05 * k)],
                    closed=False,
                ),
                0.012,
                0.5,
            )
            for k in range(5)
        ]
    for side, turn in ((False, -24.0), (True, 24.0)):
        shape = mirrored(sleeve) if side else sleeve
        lines = [Fold(mirrored(f.line) if side else f.line, f.width, f.depth) for f in folds]
        canvas.fill(shape, paint.turned(turn), SLEEVE, folds=lines)


def draw_inside(canvas: Canvas, torso: Torso, paint: Paint, depth: float) -> None:
    """Paint the inside of the back, seen through the neck opening."""
    shape = both_sides(
        [
            (0, torso.top - 0.012),
            (torso.neck * 0.7, torso.top - 0.008),
            (torso.neck, torso.top + 0.004, 1),
            (0, torso.top + depth + 0.02),
        ]
    )
    canvas.fill(shape, paint.plain().tinted(-0.35), Relief(bulge=0.3, soft=0.02, fall=-0.2))


def _opening(torso: Torso, kind: str) -> Outline:
    n, t = torso.neck, torso.top
    if kind == "v":
        return smooth(
            [
                (0.5 + n, t, 1),
                (0.5 + n * 0.62, t + 0.07),
                (0.5, t + 0.152, 1),
                (0.5 - n * 0.62, t + 0.07),
                (0.5 - n, t, 1),
            ],
            closed=False,
        )
    drop = {"crew": 0.062, "scoop": 0.118, "henley": 0.068}[kind]
    return smooth(
        [
            (0.5 + n, t, 1),
            (0.5 + n * 0.86, t + drop * 0.55),
            (0.5, t + drop),
            (0.5 - n * 0.86, t + drop * 0.55),
            (0.5 - n, t, 1),
        ],
        closed=False,
    )


def draw_neckline(canvas: Canvas, torso: Torso, look: Look, kind: str, collar: Paint, *, width: float = 0.02) -> None:
    """Cut the neck opening into the front and bind it."""
    line = _opening(torso, kind)
    t, n = torso.top, torso.neck
    back = smooth(
        [(0.5 - n, t, 1), (0.5 - n * 0.5, t + 0.016), (0.5, t + 0.021), (0.5 + n * 0.5, t + 0.016), (0.5 + n, t, 1)],
        closed=False,
    )
    canvas.fill(np.concatenate([line, back]), look.main.plain().tinted(-0.38), Relief(bulge=-0.6, soft=0.02, fall=-0.1))
    canvas.tube(back, width * 0.9, collar.tinted(-0.12), TRIM, inside=True)
    canvas.fill(rounded(0.483, t + 0.028, 0.517, t + 0.05, 0.003), Paint((244, 242, 238)), FLAT, inside=True)
    canvas.tube(line, width, collar, TRIM, inside=True)


def draw_placket(canvas: Canvas, look: Look, top: float, bottom: float, buttons: int, *, width: float = 0.034) -> None:
    """Draw a buttoned strip down the middle."""
    paint = look.main.plain() if look.main.pattern in {"checked", "floral", "leaf"} else look.main
    canvas.fill(
        rounded(0.5 - width / 2, top, 0.5 + width / 2, bottom, 0.004),
        paint,
        Relief(bulge=0.5, soft=0.005, fall=0.02, cast=0.004),
    )
    for y in np.linspace(top + 0.022, bottom - 0.022, buttons):
        draw_button(canvas, look, 0.5, float(y))


def draw_button(canvas: Canvas, look: Look, x: float, y: float, radius: float = 0.0088) -> None:
    """Draw a button with two holes."""
    canvas.fill(
        ellipse(x, y, radius, radius), look.metal, Relief(bulge=0.8, soft=0.004, gloss=0.3, fall=0.0, cast=0.005)
    )
    for dx in (-0.0025, 0.0025):
        canvas.fill(ellipse(x + dx, y, 0.0014, 0.0014), Paint((60, 50, 45)), FLAT)


def draw_pocket(canvas: Canvas, look: Look, x: float, y: float, side: float) -> None:
    """Draw a patch pocket whose upper left corner is at x, y."""
    shape = smooth(
        [
            (x, y, 1),
            (x + side, y, 1),
            (x + side, y + side * 0.92, 1),
            (x + side / 2, y + side * 1.12, 1),
            (x, y + side * 0.92, 1),
        ]
    )
    canvas.fill(shape, look.main.tinted(-0.04), Relief(bulge=0.5, soft=0.006, fall=0.05, cast=0.005))
    canvas.stitch(polygon((x, y + 0.013), (x + side, y + 0.013)), look.main.plain().tinted(-0.25))
