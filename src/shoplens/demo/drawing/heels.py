"""Pumps and heeled sandals, seen from the side with the toe to the left."""

from __future__ import annotations

from shoplens.demo.drawing.canvas import FLAT, Canvas, Relief
from shoplens.demo.drawing.laces import CORD
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.outline import ellipse, rounded, smooth
from shoplens.demo.drawing.paint import Paint


def heel(canvas: Canvas, look: Look, *, back: bool = False) -> None:
    """Draw a pump or sandal: style pump, ankle-strap, bow or peep; heel stiletto, block or kitten."""
    high = {"stiletto": 0.24, "block": 0.19, "kitten": 0.12}[look.cut["heel"]] + look.vary("high", -0.01, 0.014)
    ground = 0.74
    seat = ground - high
    _heel_block(canvas, look, seat, ground)
    inner = smooth(
        [
            (0.34, ground - 0.10),
            (0.5, ground - 0.1 - high * 0.25),
            (0.7, seat - 0.10),
            (0.82, seat - 0.11),
            (0.82, seat - 0.03),
            (0.6, ground - high * 0.55),
        ]
    )
    canvas.fill(inner, Paint((226, 202, 176)), Relief(bulge=0.4, soft=0.02))
    upper = smooth(
        [
            (0.10, ground - 0.012, 1),
            (0.15, ground - 0.055),
            (0.25, ground - 0.105),
            (0.325, ground - 0.135, 1),
            (0.44, ground - 0.085),
            (0.58, ground - 0.06 - high * 0.42),
            (0.70, seat - 0.065),
            (0.80, seat - 0.10),
            (0.845, seat - 0.105, 1),
            (0.87, seat - 0.04),
            (0.855, seat + 0.025, 1),
            (0.74, seat + 0.04),
            (0.58, ground - high * 0.46),
            (0.42, ground - 0.01),
            (0.26, ground, 1),
        ]
    )
    canvas.fill(upper, look.main, Relief(bulge=0.9, soft=0.04, fall=0.08, gloss=0.4, sharp=22))
    sole = smooth(
        [
            (0.10, ground - 0.008),
            (0.26, ground + 0.002),
            (0.42, ground - 0.008),
            (0.60, ground - high * 0.5),
            (0.74, seat + 0.036),
            (0.85, seat + 0.024),
        ],
        closed=False,
    )
    canvas.tube(sole, 0.012, look.trim.plain().tinted(-0.3), Relief(bulge=0.6, soft=0.005))
    _ornament(canvas, look, seat, ground)


def _heel_block(canvas: Canvas, look: Look, seat: float, ground: float) -> None:
    kind = look.cut["heel"]
    low0, low1 = {"stiletto": (0.812, 0.832), "kitten": (0.79, 0.822), "block": (0.745, 0.85)}[kind]
    shape = smooth(
        [
            (0.735, seat + 0.02, 1),
            (0.865, seat, 1),
            (0.852, (seat + ground) / 2),
            (low1, ground, 1),
            (low0, ground, 1),
            ((low0 + 0.755) / 2 + 0.01, (seat + ground) / 2),
        ]
    )
    canvas.fill(shape, look.main.plain().tinted(-0.04), Relief(bulge=0.9, soft=0.018, fall=0.05, gloss=0.4))
    canvas.fill(rounded(low0, ground - 0.014, low1, ground + 0.002, 0.003), Paint((50, 44, 42)), FLAT)


def _ornament(canvas: Canvas, look: Look, seat: float, ground: float) -> None:
    style = look.cut["style"]
    if style == "ankle-strap":
        ankle = ellipse(0.76, seat - 0.21, 0.105, 0.028)
        canvas.tube(ankle, 0.018, look.main.plain(), CORD, closed=True)
        canvas.tube(
            smooth([(0.85, seat - 0.09), (0.862, seat - 0.15), (0.858, seat - 0.205)], closed=False),
            0.024,
            look.main.plain(),
            CORD,
        )
        canvas.tube(
            rounded(0.71, seat - 0.205, 0.745, seat - 0.165, 0.006),
            0.007,
            look.metal,
            Relief(bulge=0.9, soft=0.003, gloss=0.6),
            closed=True,
        )
    elif style == "peep":
        canvas.fill(ellipse(0.135, ground - 0.03, 0.028, 0.02), Paint((70, 50, 44)), Relief(bulge=-0.6, soft=0.01))
    elif style == "bow":
        for turn in (-1, 1):
            canvas.fill(
                ellipse(0.315 + 0.04 * turn, ground - 0.145, 0.042, 0.028),
                look.trim,
                Relief(bulge=0.9, soft=0.014, cast=0.006),
            )
        canvas.fill(
            ellipse(0.315, ground - 0.142, 0.015, 0.018),
            look.trim.tinted(-0.1),
            Relief(bulge=0.9, soft=0.008, cast=0.005),
        )
