"""A coloured frame drawn around the photo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from shoplens.photos.median import median
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, rounded
from shoplens.records import Box, Finding, Measure, Photo

_SAME = np.array([16.0, 32.0, 32.0])
"""Largest difference from the frame's colour per 8-bit Lab channel: JPEG blurs colour twice as far as lightness."""

_FULL = 0.97
"""Share of a row or column in the frame's colour that makes it part of the frame."""

_GONE = 0.35
"""Share of the frame's colour that may remain just inside it: a product of that very colour may touch it."""

_SOFT = 3
"""Rows over which a resized frame's inner edge may spread."""

_WHITE = 242
"""8-bit L* above which a neutral frame is a white canvas, which channels ask for."""


class Border:
    """Four sides of one flat colour that end in straight lines.

    From each side inwards, whole lines in the border's median colour are counted; then the colour must be gone within
    three lines. A plain backdrop does not end in a line along all four sides, so it is no frame; a white canvas is
    never one. `measured` is the thinnest side's width over the shorter side of the picture, and the box is the frame's
    inner edge.
    """

    code = "photo_border"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"min_width": 0.004, "max_width": 0.2})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where all four sides are at least `min_width` and at most `max_width` wide."""
        widths = context.once(self.code, lambda: _frame(context))
        if widths is None:
            return
        height, width = context.lab.shape[:2]
        short = min(height, width)
        thinnest, widest = min(widths) / short, max(widths) / short
        if thinnest < rule.limits["min_width"] or widest > rule.limits["max_width"]:
            return
        top, right, bottom, left = widths
        yield rule.finding(
            f"A coloured frame of at least {thinnest:.1%} of the picture's shorter side is drawn around the photo.",
            Measure(rounded(thinnest, rule.limits["min_width"], 4), rule.limits["min_width"], "share"),
            box=Box(left / width, top / height, 1.0 - right / width, 1.0 - bottom / height),
        )


def _frame(context: PhotoContext) -> tuple[int, int, int, int] | None:
    """Return the frame's width in pixels at the top, right, bottom and left, or None where there is none."""
    lab = context.lab
    if min(lab.shape[:2]) < 16:
        return None
    ring = np.concatenate([lab[0], lab[-1], lab[1:-1, 0], lab[1:-1, -1]])
    color = median(np.ascontiguousarray(ring.T))
    if color[0] >= _WHITE and np.abs(color[1:] - 128).max() <= 6:
        return None
    for line in (lab[0], lab[-1], lab[:, 0], lab[:, -1]):  # of most photos one of them is enough
        if (np.abs(line - color) <= _SAME).all(axis=1).mean() < _FULL:
            return None
    same = context.near(color, _SAME)
    widths = []
    for turned in (same, same[:, ::-1].T, same[::-1], same.T):
        width = _side(turned)
        if width is None:
            return None
        widths.append(width)
    top, right, bottom, left = widths
    return top, right, bottom, left


def _side(same: npt.NDArray[np.bool_]) -> int | None:
    """Return how many rows from the top are frame, or None where the colour does not end in a line."""
    share = same.mean(axis=1)
    inside = np.flatnonzero(share < _FULL)
    if not len(inside):
        return None
    width = int(inside[0])
    # Left and right sides of the frame cross every inner row; only what lies between them tells.
    margin = width + _SOFT
    inner = same[width : width + _SOFT + 1, margin:-margin]
    if inner.shape[0] <= _SOFT or inner.shape[1] < 4:
        return None
    return width if float(inner.mean(axis=1).min()) <= _GONE else None
