"""Outlines in the unit square: x to the right, y downwards, float64 arrays of shape `[n, 2]`."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Outline = npt.NDArray[np.float64]
Knot = tuple[float, float] | tuple[float, float, int]
"""A point that a curve passes through; a third value of 1 makes it a corner."""

_STEPS = 9


def smooth(knots: Sequence[Knot], *, closed: bool = True) -> Outline:
    """Return a Catmull-Rom curve through the knots, with a corner wherever a knot asks for one.

    Two corners in a row are joined by a straight line.
    """
    points = np.array([knot[:2] for knot in knots], dtype=np.float64)
    sharp = np.array([len(knot) > 2 and bool(knot[2]) for knot in knots])
    if not closed:
        sharp[0] = sharp[-1] = True
    after = np.roll(points, -1, axis=0)
    tangents = (after - np.roll(points, 1, axis=0)) / 2
    chords = after - points
    leave = np.where(sharp[:, None], chords, tangents)
    arrive = np.where(np.roll(sharp, -1)[:, None], chords, np.roll(tangents, -1, axis=0))
    t = np.linspace(0, 1, _STEPS, endpoint=False)[None, :, None]
    curve = (
        (2 * t**3 - 3 * t**2 + 1) * points[:, None]
        + (t**3 - 2 * t**2 + t) * leave[:, None]
        + (3 * t**2 - 2 * t**3) * after[:, None]
        + (t**3 - t**2) * arrive[:, None]
    )
    if closed:
        return curve.reshape(-1, 2)
    return np.concatenate([curve[:-1].reshape(-1, 2), points[-1:]])


def both_sides(half: Sequence[Knot], *, axis: float = 0.5) -> Outline:
    """Return a symmetric closed curve from its right half, given as distances from the axis, from top to bottom."""
    right = [(axis + knot[0], *knot[1:]) for knot in half]
    left = [(axis - knot[0], *knot[1:]) for knot in reversed(half) if knot[0] != 0]
    return smooth([*right, *left])


def ellipse(x: float, y: float, rx: float, ry: float, *, start: float = 0, end: float = 360) -> Outline:
    """Return an ellipse, or the arc from `start` to `end` in degrees (0 is right, 90 is down)."""
    angles = np.radians(np.linspace(start, end, 65))
    return np.stack([x + rx * np.cos(angles), y + ry * np.sin(angles)], axis=1)


def rounded(x0: float, y0: float, x1: float, y1: float, radius: float) -> Outline:
    """Return a rectangle with round corners."""
    r = min(radius, (x1 - x0) / 2, (y1 - y0) / 2)
    corners = ((x1 - r, y0 + r, -90), (x1 - r, y1 - r, 0), (x0 + r, y1 - r, 90), (x0 + r, y0 + r, 180))
    return np.concatenate([ellipse(x, y, r, r, start=a, end=a + 90)[::8] for x, y, a in corners])


def polygon(*points: tuple[float, float]) -> Outline:
    """Return straight lines through the points."""
    return np.array(points, dtype=np.float64)


def turned(outline: Outline, degrees: float, *, about: tuple[float, float] = (0.5, 0.5)) -> Outline:
    """Return the outline turned clockwise about a point."""
    a = math.radians(degrees)
    matrix = np.array([[math.cos(a), math.sin(a)], [-math.sin(a), math.cos(a)]])
    centre = np.array(about)
    return np.asarray((outline - centre) @ matrix + centre)


def moved(outline: Outline, x: float, y: float) -> Outline:
    """Return the outline moved by that much."""
    return np.asarray(outline + np.array([x, y]))


def mirrored(outline: Outline, *, axis: float = 0.5) -> Outline:
    """Return the outline reflected about the vertical line at `axis`."""
    return np.stack([2 * axis - outline[:, 0], outline[:, 1]], axis=1)
