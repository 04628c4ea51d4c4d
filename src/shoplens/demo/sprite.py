"""A cut-out drawing that can be placed on any background."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.demo.drawing.canvas import Canvas, Mask
from shoplens.records import Pixels

_Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Sprite:
    """A drawing with premultiplied colour, so that its edges stay clean on every background.

    Attributes:
        color: uint8 RGB `[s, s, 3]`, already multiplied by alpha.
        alpha: uint8 `[s, s]`.
        box: left, top, right, bottom of what is drawn, in pixels.
    """

    color: Pixels
    alpha: Mask
    box: tuple[int, int, int, int]

    @classmethod
    def of(cls, canvas: Canvas) -> Sprite:
        """Cut out what a canvas holds."""
        color = cv2.multiply(canvas.color, cv2.cvtColor(canvas.alpha, cv2.COLOR_GRAY2RGB), scale=1 / 255)
        x, y, width, height = cv2.boundingRect(canvas.alpha)
        return cls(color.astype(np.uint8, copy=False), canvas.alpha, (x, y, x + width, y + height))

    def fit(
        self, *, middle: tuple[float, float], side: float, turn: float = 0.0, mirror: bool = False, squeeze: float = 1.0
    ) -> _Matrix:
        """Return the 2x3 transform that puts the drawing's box at `middle` with its longer side `side` pixels long.

        Args:
            middle: where the box's centre goes, in pixels of the picture.
            side: length of the box's longer side there, in pixels.
            turn: degrees, clockwise.
            mirror: swap left and right.
            squeeze: width as a share of the true width, as if seen from the side.
        """
        x0, y0, x1, y1 = self.box
        scale = side / max(x1 - x0, y1 - y0)
        a = math.radians(turn)
        sx = scale * squeeze * (-1 if mirror else 1)
        linear = np.array([[math.cos(a) * sx, -math.sin(a) * scale], [math.sin(a) * sx, math.cos(a) * scale]])
        centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
        return np.hstack([linear, (np.array(middle) - linear @ centre)[:, None]])

    def placed(self, matrix: _Matrix, width: int, height: int) -> tuple[Pixels, Mask]:
        """Return its premultiplied colour and its alpha on a picture of that size."""
        color, alpha, matrix = self._reduced(matrix)
        warp = cv2.warpPerspective if matrix.shape == (3, 3) else cv2.warpAffine
        flat = warp(color, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        mask = warp(alpha, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return flat.astype(np.uint8, copy=False), mask.astype(np.uint8, copy=False)

    def _reduced(self, matrix: _Matrix) -> tuple[Pixels, Mask, _Matrix]:
        # Linear sampling alone would skip pixels and leave jagged edges where the drawing shrinks much.
        color, alpha = self.color, self.alpha
        scale = math.sqrt(abs(float(np.linalg.det(matrix[:2, :2]))))
        while scale < 0.6 and color.shape[0] > 32:
            half = (color.shape[1] // 2, color.shape[0] // 2)
            color = cv2.resize(color, half, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
            alpha = cv2.resize(alpha, half, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
            matrix = matrix @ np.diag([2.0, 2.0, 1.0])
            scale *= 2
        return color, alpha, matrix


def laid_on(picture: Pixels, color: Pixels, alpha: Mask) -> Pixels:
    """Return the picture with a premultiplied layer of the same size over it."""
    through = cv2.cvtColor(cv2.bitwise_not(alpha), cv2.COLOR_GRAY2RGB)
    return cv2.add(cv2.multiply(picture, through, scale=1 / 255), color).astype(np.uint8, copy=False)


def shadowed(picture: Pixels, alpha: Mask, *, shift: tuple[float, float], soft: float, strength: float) -> Pixels:
    """Return the picture darkened where a layer's soft shadow falls.

    Args:
        picture: uint8 RGB.
        alpha: the layer that throws the shadow, of the picture's size.
        shift: by how much, as shares of the picture's height.
        soft: the shadow's blur, as a share of the picture's height.
        strength: 0 to 1.
    """
    height, width = alpha.shape
    factor = max(1, height // 120)
    small = cv2.resize(alpha, (width // factor, height // factor), interpolation=cv2.INTER_AREA)
    move = np.array([[1, 0, shift[0] * height / factor], [0, 1, shift[1] * height / factor]])
    small = cv2.warpAffine(small, move, (small.shape[1], small.shape[0]))
    small = cv2.GaussianBlur(small, (0, 0), max(0.5, soft * height / factor))
    dark = cv2.resize(cv2.convertScaleAbs(small, alpha=strength), (width, height), interpolation=cv2.INTER_LINEAR)
    through = cv2.cvtColor(cv2.bitwise_not(dark.astype(np.uint8)), cv2.COLOR_GRAY2RGB)
    return cv2.multiply(picture, through, scale=1 / 255).astype(np.uint8, copy=False)
