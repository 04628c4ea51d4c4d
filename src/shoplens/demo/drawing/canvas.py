"""A canvas that draws outlines as if they were soft objects under one studio light."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.demo.drawing.outline import Outline
from shoplens.demo.drawing.paint import Paint
from shoplens.records import Pixels

Mask = npt.NDArray[np.uint8]
_Field = npt.NDArray[np.float32]
_SHIFT = 4
_DETAIL = 150
"""Longest side, in pixels, at which light is computed: it is smooth, so it is computed small and enlarged."""
_LIGHT = np.array([-0.40, -0.62, 0.675], np.float32)
_TOWARDS_VIEWER = np.array([0, 0, 1], np.float32)
_HALF_WAY = (_LIGHT + _TOWARDS_VIEWER) / np.linalg.norm(_LIGHT + _TOWARDS_VIEWER)


@dataclass(frozen=True, slots=True)
class Fold:
    """A soft ridge (depth above 0) or groove (below 0) along a line; `width` as a share of the canvas."""

    line: Outline
    width: float = 0.012
    depth: float = 0.5


@dataclass(frozen=True, slots=True)
class Relief:
    """How a part stands out.

    Attributes:
        bulge: how strongly its rim turns away from the viewer; 0 is flat, 1 is a cushion.
        soft: width of that rim as a share of the canvas.
        gloss: strength of the highlight, 0 (cloth) to 1 (glazed).
        sharp: exponent of the highlight; larger is smaller and harder.
        fall: how much darker the lower end is than the upper one.
        cast: length of the shadow that falls on the parts below it, as a share of the canvas.
    """

    bulge: float = 0.6
    soft: float = 0.03
    gloss: float = 0.0
    sharp: float = 24.0
    fall: float = 0.08
    cast: float = 0.0


CLOTH = Relief()
FLAT = Relief(bulge=0.0, soft=0.01, fall=0.0)


class Canvas:
    """A square drawing with transparency, painted part by part from back to front.

    Attributes:
        size: side in pixels.
        color: uint8 RGB `[size, size, 3]`, not premultiplied.
        alpha: uint8 `[size, size]`.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.color: Pixels = np.full((size, size, 3), 255, np.uint8)
        self.alpha: Mask = np.zeros((size, size), np.uint8)

    def fill(
        self,
        outline: Outline,
        paint: Paint,
        relief: Relief = CLOTH,
        *,
        folds: Sequence[Fold] = (),
        opacity: float = 1.0,
        inside: bool = False,
    ) -> None:
        """Paint the inside of a closed outline.

        Args:
            outline: `[n, 2]` in the unit square.
            paint: colour, pattern and grain.
            relief: how it is lit.
            folds: ridges and grooves on it.
            opacity: 0 to 1.
            inside: paint only where something is painted already.
        """
        place = self._place(outline, 2)
        if place is None:
            return
        mask = np.zeros((place[3] - place[1], place[2] - place[0]), np.uint8)
        cv2.fillPoly(mask, [self._fixed(outline, place)], 255, cv2.LINE_AA, _SHIFT)
        self._lay(mask, place, paint, relief, folds, opacity, inside)

    def tube(
        self,
        line: Outline,
        width: float,
        paint: Paint,
        relief: Relief = CLOTH,
        *,
        closed: bool = False,
        opacity: float = 1.0,
        inside: bool = False,
    ) -> None:
        """Paint a line of the given width (a share of the canvas) with round ends: a strap, a leg, a handle."""
        thickness = max(1, round(width * self.size))
        place = self._place(line, thickness)
        if place is None:
            return
        mask = np.zeros((place[3] - place[1], place[2] - place[0]), np.uint8)
        cv2.polylines(mask, [self._fixed(line, place)], closed, 255, thickness, cv2.LINE_AA, _SHIFT)
        self._lay(mask, place, paint, relief, (), opacity, inside)

    def stitch(self, line: Outline, paint: Paint, *, width: float = 0.003, dash: float = 0.011) -> None:
        """Sew a dashed line onto what is painted already."""
        steps = np.hypot(*np.diff(line, axis=0).T)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        for start in np.arange(0, along[-1] - dash * 0.5, dash * 1.6):
            at = np.linspace(start, min(start + dash, along[-1]), 3)
            piece = np.stack([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])], axis=1)
            self.tube(piece, width, paint, FLAT, opacity=0.85, inside=True)

    def shade(self, outline: Outline, amount: float, *, soft: float = 0.02) -> None:
        """Darken (amount below 0) or lighten (above 0) softly what is painted inside the outline."""
        margin = int(soft * self.size * 3) + 2
        place = self._place(outline, margin)
        if place is None:
            return
        x0, y0, x1, y1 = place
        factor = max(1, max(x1 - x0, y1 - y0) // _DETAIL)
        small = np.zeros((max(1, (y1 - y0) // factor), max(1, (x1 - x0) // factor)), np.uint8)
        points = ((outline * self.size - (x0, y0)) / factor * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(small, [points], 255, cv2.LINE_AA, _SHIFT)
        blurred = _blur(small.astype(np.float32) / np.float32(255), soft * self.size / factor)
        weight = cv2.resize(blurred, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        self._tone(place, (weight * np.float32(amount)).astype(np.float32))

    def _tone(self, place: tuple[int, int, int, int], amount: _Field) -> None:
        x0, y0, x1, y1 = place
        view = self.color[y0:y1, x0:x1]
        if float(amount.min()) < 0:
            darker = np.clip(255 * (1 + np.minimum(amount, 0)), 0, 255).astype(np.uint8)
            view = _bytes(cv2.multiply(view, cv2.cvtColor(darker, cv2.COLOR_GRAY2RGB), scale=1 / 255))
        if float(amount.max()) > 0:
            lighter = cv2.cvtColor(np.clip(255 * amount, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2RGB)
            view = _bytes(cv2.add(view, cv2.multiply(cv2.bitwise_not(view), lighter, scale=1 / 255)))
        self.color[y0:y1, x0:x1] = view

    def _place(self, outline: Outline, margin: int) -> tuple[int, int, int, int] | None:
        low = np.floor(outline.min(axis=0) * self.size).astype(int) - margin
        high = np.ceil(outline.max(axis=0) * self.size).astype(int) + margin
        x0, y0 = (max(0, int(v)) for v in low)
        x1, y1 = (min(self.size, int(v)) for v in high)
        return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None

    def _fixed(self, outline: Outline, place: tuple[int, int, int, int]) -> npt.NDArray[np.int32]:
        return np.round((outline * self.size - place[:2]) * (1 << _SHIFT)).astype(np.int32)

    def _lay(
        self,
        mask: Mask,
        place: tuple[int, int, int, int],
        paint: Paint,
        relief: Relief,
        folds: Sequence[Fold],
        opacity: float,
        inside: bool,
    ) -> None:
        x0, y0, x1, y1 = place
        if relief.cast > 0:
            self._cast(mask, place, relief.cast)
        skin = paint.cut(self.size, place)
        if relief.bulge or folds or relief.fall or relief.gloss:
            skin = self._lit(skin, mask, place, relief, folds)
        if opacity < 1:
            mask = _bytes(cv2.convertScaleAbs(mask, alpha=opacity))
        below = self.alpha[y0:y1, x0:x1]
        if inside:
            mask = _bytes(cv2.multiply(mask, below, scale=1 / 255))
        joined = _bytes(cv2.add(mask, cv2.multiply(below, cv2.bitwise_not(mask), scale=1 / 255)))
        weight = cv2.divide(mask, np.maximum(joined, 1), dtype=cv2.CV_32F)
        self.color[y0:y1, x0:x1] = cv2.blendLinear(skin, self.color[y0:y1, x0:x1], weight, 1 - weight)
        self.alpha[y0:y1, x0:x1] = joined

    def _cast(self, mask: Mask, place: tuple[int, int, int, int], length: float) -> None:
        reach = max(1, round(length * self.size))
        x0, y0 = max(0, place[0] - reach), max(0, place[1] - reach)
        x1, y1 = min(self.size, place[2] + 2 * reach), min(self.size, place[3] + 2 * reach)
        factor = max(1, max(x1 - x0, y1 - y0) // _DETAIL)
        small = np.zeros((max(1, (y1 - y0) // factor), max(1, (x1 - x0) // factor)), np.float32)
        part = cv2.resize(
            mask, (max(1, mask.shape[1] // factor), max(1, mask.shape[0] // factor)), interpolation=cv2.INTER_AREA
        )
        left = (place[0] - x0 + round(reach * 0.4)) // factor
        top = (place[1] - y0 + round(reach * 0.8)) // factor
        height, width = min(part.shape[0], small.shape[0] - top), min(part.shape[1], small.shape[1] - left)
        small[top : top + height, left : left + width] = part[:height, :width]
        weight = cv2.resize(_blur(small, reach / factor * 0.6), (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        self._tone((x0, y0, x1, y1), (weight * np.float32(-0.42 / 255)).astype(np.float32))

    def _lit(
        self, skin: Pixels, mask: Mask, place: tuple[int, int, int, int], relief: Relief, folds: Sequence[Fold]
    ) -> Pixels:
        height, width = mask.shape
        factor = max(1, max(height, width) // _DETAIL)
        rim = max(relief.soft * self.size / factor, 0.8)
        pad = math.ceil(rim * 2.5)
        small = cv2.resize(mask, (max(1, width // factor), max(1, height // factor)), interpolation=cv2.INTER_AREA)
        shape = cv2.copyMakeBorder(small, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0).astype(
            np.float32
        ) / np.float32(255)
        ground = _blur(shape, rim) * np.float32(relief.bulge * rim * 2.2)
        for fold in folds:
            ground += self._ridge(fold, shape.shape, place, factor, pad)
        slope_x = cv2.Sobel(ground, cv2.CV_32F, 1, 0, scale=1 / 8)[pad:-pad, pad:-pad]
        slope_y = cv2.Sobel(ground, cv2.CV_32F, 0, 1, scale=1 / 8)[pad:-pad, pad:-pad]
        inverse = 1 / np.sqrt(slope_x * slope_x + slope_y * slope_y + 1)
        facing = (_LIGHT[2] - slope_x * _LIGHT[0] - slope_y * _LIGHT[1]) * inverse / _LIGHT[2]
        if relief.fall:
            facing += np.linspace(relief.fall * 0.4, -relief.fall, facing.shape[0], dtype=np.float32)[:, None]
        glow = np.maximum(facing - 1, 0) * np.float32(0.34)
        if relief.gloss:
            mirror = (_HALF_WAY[2] - slope_x * _HALF_WAY[0] - slope_y * _HALF_WAY[1]) * inverse
            glow += np.float32(relief.gloss) * np.maximum(mirror, 0) ** np.float32(relief.sharp)
        dark = np.clip(255 * (0.30 + 0.70 * np.clip(facing, 0, 1)), 0, 255).astype(np.uint8)
        lit = _bytes(cv2.multiply(skin, _enlarged(dark, width, height), scale=1 / 255))
        if float(glow.max()) > 0.02:
            light = _enlarged(np.clip(255 * glow, 0, 255).astype(np.uint8), width, height)
            lit = _bytes(cv2.add(lit, cv2.multiply(cv2.bitwise_not(lit), light, scale=1 / 255)))
        return lit

    def _ridge(
        self, fold: Fold, shape: tuple[int, ...], place: tuple[int, int, int, int], factor: int, pad: int
    ) -> _Field:
        field = np.zeros((shape[0], shape[1]), np.uint8)
        points = ((fold.line * self.size - place[:2]) / factor + pad) * (1 << _SHIFT)
        thickness = max(1, round(fold.width * self.size / factor))
        cv2.polylines(field, [points.astype(np.int32)], False, 255, thickness, cv2.LINE_AA, _SHIFT)
        soft = max(fold.width * self.size / factor * 0.7, 0.7)
        return _blur(field.astype(np.float32) / np.float32(255), soft) * np.float32(fold.depth * soft * 2)


def _enlarged(field: Mask, width: int, height: int) -> Pixels:
    return _bytes(cv2.cvtColor(cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR), cv2.COLOR_GRAY2RGB))


def _blur(field: _Field, sigma: float) -> _Field:
    # Three box blurs come close to a Gaussian and cost the same whatever its width.
    side = max(1, round(sigma * 2)) | 1
    if side == 1:
        return field
    for _ in range(3):
        field = np.asarray(cv2.blur(field, (side, side), borderType=cv2.BORDER_CONSTANT), np.float32)
    return field


def _bytes(result: npt.NDArray[Any]) -> Pixels:
    """Return what OpenCV made of bytes, as bytes: its stubs promise no type."""
    return np.asarray(result, np.uint8)
