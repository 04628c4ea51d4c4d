"""RandAugment (Cubuk et al. 2020): a few operations, drawn anew for each photo, all of one strength."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from shoplens.errors import BadInput
from shoplens.models.augment import Augmentation, erase
from shoplens.records import Pixels

Operation = Callable[[Pixels, float], Pixels]
"""Changes a photo by a strength of -1 to 1."""

_CROP = replace(Augmentation.none(), scale=(0.5, 1.0), ratio=4 / 3, flip=0.5)


@dataclass(frozen=True, slots=True)
class RandAugment:
    """A crop and a mirror image, then `operations` of the list; some change the hue, so a red shirt may turn green.

    Attributes:
        operations: how many after one another.
        magnitude: their strength, 0 to 10.
        erase: probability that a rectangle is painted over.
    """

    operations: int = 2
    magnitude: float = 7.0
    erase: float = 0.0

    def __post_init__(self) -> None:
        if self.operations < 0 or not 0 <= self.magnitude <= 10:
            raise BadInput(
                "RandAugment needs 0 operations or more and a magnitude of 0 to 10.",
                received=f"{self.operations} operations of magnitude {self.magnitude}",
            )

    def apply(self, photo: Pixels, size: int, rng: np.random.Generator) -> Pixels:
        """Return a changed copy, uint8 RGB `[size, size, 3]`."""
        picture = _CROP.apply(photo, size, rng)
        for place in rng.integers(0, len(OPERATIONS), self.operations).tolist():
            sign = 1 if rng.random() < 0.5 else -1
            picture = np.asarray(OPERATIONS[place](picture, sign * self.magnitude / 10), np.uint8)
        if self.erase and rng.random() < self.erase:
            picture = erase(picture, rng)
        return picture


def _moved(photo: Pixels, matrix: list[list[float]]) -> Pixels:
    side = photo.shape[0]
    warped = cv2.warpAffine(photo, np.array(matrix, np.float32), (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)


def _turn(photo: Pixels, strength: float) -> Pixels:
    middle = (photo.shape[0] - 1) / 2
    return _moved(photo, cv2.getRotationMatrix2D((middle, middle), 30 * strength, 1.0).tolist())


def _shear(photo: Pixels, strength: float, axis: int) -> Pixels:
    slope, middle = 0.3 * strength, (photo.shape[0] - 1) / 2
    matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    matrix[axis][1 - axis] = slope
    matrix[axis][2] = -slope * middle
    return _moved(photo, matrix)


def _shift(photo: Pixels, strength: float, axis: int) -> Pixels:
    matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    matrix[axis][2] = 0.3 * strength * photo.shape[0]
    return _moved(photo, matrix)


def _blend(photo: Pixels, other: Pixels, strength: float) -> Pixels:
    """Return the photo further from (above 0) or nearer to `other`."""
    keep = 1 + 0.9 * strength
    return np.asarray(cv2.addWeighted(photo, keep, other, 1 - keep, 0), np.uint8)


def _grey(photo: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8)


def _saturation(photo: Pixels, strength: float) -> Pixels:
    return _blend(photo, _grey(photo), strength)


def _contrast(photo: Pixels, strength: float) -> Pixels:
    return _blend(photo, np.full_like(photo, round(float(_grey(photo).mean()))), strength)


def _brightness(photo: Pixels, strength: float) -> Pixels:
    return _blend(photo, np.zeros_like(photo), strength)


def _sharpness(photo: Pixels, strength: float) -> Pixels:
    return _blend(photo, np.asarray(cv2.GaussianBlur(photo, (3, 3), 0), np.uint8), strength)


def _autocontrast(photo: Pixels, strength: float) -> Pixels:
    low, high = photo.min(axis=(0, 1)).astype(np.float32), photo.max(axis=(0, 1)).astype(np.float32)
    return np.asarray(np.clip((photo - low) * (255 / np.maximum(high - low, 1)), 0, 255), np.uint8)


def _equalize(photo: Pixels, strength: float) -> Pixels:
    return np.stack([cv2.equalizeHist(np.ascontiguousarray(photo[..., c])) for c in range(3)], axis=2).astype(np.uint8)


def _solarize(photo: Pixels, strength: float) -> Pixels:
    return np.where(photo >= 256 - 128 * abs(strength), 255 - photo, photo).astype(np.uint8)


def _posterize(photo: Pixels, strength: float) -> Pixels:
    return np.asarray(photo & np.uint8(256 - 2 ** round(4 * abs(strength))), np.uint8)


OPERATIONS: tuple[Operation, ...] = (
    lambda photo, strength: photo,
    _autocontrast,
    _equalize,
    _turn,
    _solarize,
    _saturation,
    _posterize,
    _contrast,
    _brightness,
    _sharpness,
    lambda photo, strength: _shear(photo, strength, 0),
    lambda photo, strength: _shear(photo, strength, 1),
    lambda photo, strength: _shift(photo, strength, 0),
    lambda photo, strength: _shift(photo, strength, 1),
)
"""The fourteen of the paper."""
