"""Turning and shifting a photo onto the good samples of its line, where these lie on each other."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.records import Pixels

ALIKE = 0.75
"""Likeness to the reference, in detail, that half of the good samples must reach for a line to be registered at all.
Drawn labels of one print reach 0.99 once they lie on each other; drawn discs with chips in other places, which have but
their outline in common, stay below 0.6."""

_SIDE = 96
_COARSE = 48
_EVERYWHERE = np.full((_SIDE, _SIDE), 255, np.uint8)
_TURNS = 24
_BEST = 3
_STEPS = 60
_LEAST = 1e-4

Matrix = npt.NDArray[np.float32]
"""An affine map `[2, 3]` from places of the registered frame to places of the photo's frame, in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """A frame laid on the reference.

    Attributes:
        frame: uint8 RGB `[s, s, 3]`.
        matrix: where each of its places was before.
        correlation: with the reference, -1 to 1.
        detail: correlation of what is finer than a broad blur, -1 to 1: of all discs on a tray the first is high.
    """

    frame: Pixels
    matrix: Matrix
    correlation: float
    detail: float


class Registration:
    """Finds the turn and the shift between a photo and a reference.

    Coarse: of 24 turns the three whose best shifts, by phase correlation (Kuglin and Hines, 1975), correlate most;
    fine: enhanced correlation (Evangelidis and Psarakis, "Parametric Image Alignment Using Enhanced Correlation
    Coefficient Maximization", 2008).

    Args:
        reference: the sample that the others are laid on, uint8 grey `[96, 96]`; see `reference_of`.
    """

    def __init__(self, reference: npt.NDArray[np.uint8]) -> None:
        self.reference = reference
        self._small = cv2.resize(reference, (_COARSE, _COARSE), interpolation=cv2.INTER_AREA).astype(np.float32)
        self._window = cv2.createHanningWindow((_COARSE, _COARSE), cv2.CV_32F)

    def align(self, frame: Pixels) -> Registered:
        """Return the square frame `[s, s, 3]` as it lies best on the reference, as it is where nothing lies better."""
        grey = reference_of(frame)
        plain = _correlation(grey, self.reference)
        tried = [self._fine(grey, begun) for begun in self._coarse(grey)]
        found, matrix = max(
            ((_correlation(_warped(grey, m), self.reference), m) for m in tried), key=lambda one: one[0]
        )
        if found <= plain:
            return Registered(frame, _identity(), plain, _detail(grey, self.reference))
        grown = matrix.copy()
        grown[:, 2] = _shift_at(matrix, frame.shape[0] / _SIDE)
        detail = _detail(_warped(grey, matrix), self.reference)
        return Registered(_warped(frame, grown), grown, found, detail)

    def _coarse(self, grey: npt.NDArray[np.uint8]) -> list[Matrix]:
        small = np.asarray(cv2.resize(grey, (_COARSE, _COARSE), interpolation=cv2.INTER_AREA), np.uint8)
        tried: list[tuple[float, Matrix]] = []
        for turn in np.arange(_TURNS) * 360.0 / _TURNS:
            matrix = _turn(float(turn), _COARSE)
            turned = _warped(small, matrix).astype(np.float32)
            # It writes into what it is given.
            shift, _ = cv2.phaseCorrelate(self._small.copy(), turned, self._window)
            matrix[:, 2] += matrix[:, :2] @ np.array(shift, np.float32)
            tried.append((_correlation(_warped(small, matrix), self._small), matrix))
        tried.sort(key=lambda one: -one[0])
        for _, matrix in tried[:_BEST]:
            matrix[:, 2] = _shift_at(matrix, _SIDE / _COARSE)
        return [matrix for _, matrix in tried[:_BEST]]

    def _fine(self, grey: npt.NDArray[np.uint8], begun: Matrix) -> Matrix:
        until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _STEPS, _LEAST)
        near = _warped(grey, begun)  # it takes the turn for the arc sine, so it is given small ones only
        try:
            _, rest = cv2.findTransformECC(
                self.reference, near, _identity(), cv2.MOTION_EUCLIDEAN, until, _EVERYWHERE, 5
            )
        except cv2.error:  # it found no way on from here
            return begun
        matrix = begun[:, :2] @ np.asarray(rest, np.float32)
        matrix[:, 2] += begun[:, 2]
        return matrix


def reference_of(frame: Pixels) -> npt.NDArray[np.uint8]:
    """Return the square frame `[s, s, 3]` as a registration compares it: grey `[96, 96]`."""
    grey = cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def moved_back(heat: npt.NDArray[np.float32], matrix: Matrix) -> npt.NDArray[np.float32]:
    """Return a map over the registered frame as one over the photo's frame."""
    height, width = heat.shape
    return np.asarray(cv2.warpAffine(heat, matrix, (width, height), flags=cv2.INTER_LINEAR), np.float32)


def _identity() -> Matrix:
    return np.eye(2, 3, dtype=np.float32)


def _turn(degrees: float, side: int) -> Matrix:
    middle = (side - 1) / 2
    return np.asarray(cv2.getRotationMatrix2D((middle, middle), degrees, 1.0), np.float32)


def _shift_at(matrix: Matrix, scale: float) -> npt.NDArray[np.float32]:
    """Return the shift of a matrix for pictures `scale` times as large; a pixel's middle lies at half a pixel."""
    half = np.array([0.5, 0.5], np.float32)
    return np.asarray(scale * (matrix[:, 2] + matrix[:, :2] @ -half + half) - (half - matrix[:, :2] @ half), np.float32)


def _warped(picture: npt.NDArray[np.uint8], matrix: Matrix) -> npt.NDArray[np.uint8]:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    height, width = picture.shape[:2]
    warped = cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, picture.dtype)


def _detail(left: npt.NDArray[np.uint8], right: npt.NDArray[np.uint8]) -> float:
    fine = [np.asarray(grey, np.float32) for grey in (left, right)]
    fine = [cv2.GaussianBlur(grey, (0, 0), 1.0) - cv2.GaussianBlur(grey, (0, 0), 3.0) for grey in fine]
    return _correlation(fine[0], fine[1])


def _correlation(left: npt.NDArray[np.generic], right: npt.NDArray[np.generic]) -> float:
    a, b = left.astype(np.float64).ravel(), right.astype(np.float64).ravel()
    a, b = a - a.mean(), b - b.mean()
    return float(a @ b / max(1e-9, np.sqrt((a @ a) * (b @ b))))
