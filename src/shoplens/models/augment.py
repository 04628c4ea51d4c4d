"""Changes of a photo that leave the product the same, for training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput

if TYPE_CHECKING:
    from shoplens.records import Pixels

Mask = npt.NDArray[np.uint8]
"""Foreground share of each pixel, uint8 `[h, w]`: 0 is background, 255 is the product."""


@dataclass(frozen=True)
class Augmentation:
    """How strongly a photo is changed; the hue stays, since red and blue of one shirt are two products.

    Attributes:
        scale: smallest and largest share of the photo's area that a crop keeps.
        ratio: largest aspect ratio of a crop; its inverse is the smallest.
        flip: probability of a mirror image.
        rotate: largest rotation in degrees, either way.
        perspective: largest shift of a corner, as a share of the side.
        light: largest change of brightness, contrast (both as a share) and of the exponent of a gamma curve.
        cast: largest change of one colour channel's gain, as a share; a lamp's colour cast.
        saturation: largest change of saturation, as a share.
        grey: probability that all colour is taken away.
        blur: probability of a blur.
        jpeg: probability that the photo goes through JPEG at a quality of 30 to 80.
        erase: probability that a rectangle is painted over (random erasing, Zhong et al. 2020).
        swap: probability that the background is replaced where a mask of the product is given.
    """

    scale: tuple[float, float] = (0.35, 1.0)
    ratio: float = 4 / 3
    flip: float = 0.5
    rotate: float = 10.0
    perspective: float = 0.06
    light: float = 0.2
    cast: float = 0.05
    saturation: float = 0.1
    grey: float = 0.0
    blur: float = 0.1
    jpeg: float = 0.1
    erase: float = 0.2
    swap: float = 0.5

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", tuple(self.scale))
        if not 0.0 < self.scale[0] <= self.scale[1] <= 1.0:
            raise BadInput("A crop's scale needs 0 < smallest <= largest <= 1.", received=self.scale)
        for name in ("flip", "grey", "blur", "jpeg", "erase", "swap"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise BadInput(f"{name} is a probability.", received=getattr(self, name))

    @classmethod
    def none(cls) -> Augmentation:
        """Return the one that only resizes."""
        return cls((1.0, 1.0), 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

    @classmethod
    def light_touch(cls) -> Augmentation:
        """Return the one for the last epochs and for small sets of clean photos."""
        return cls((0.6, 1.0), 1.2, 0.5, 6.0, 0.03, 0.1, 0.03, 0.05, 0.0, 0.05, 0.05, 0.0, 0.2)

    def apply(
        self,
        photo: Pixels,
        size: int,
        rng: np.random.Generator,
        *,
        mask: Mask | None = None,
        background: Pixels | None = None,
    ) -> Pixels:
        """Return a changed copy, uint8 RGB `[size, size, 3]`.

        Args:
            photo: uint8 RGB `[h, w, 3]`.
            size: side of the result in pixels.
            rng: source of every random choice; the same state gives the same result.
            mask: the product's pixels, where they are known; without one the background stays.
            background: another photo that may stand behind the product, of any size; without one the new background
                is a plain colour.
        """
        if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8:
            raise BadInput("Augmentation needs uint8 RGB pixels [h, w, 3].", received=f"{photo.dtype} {photo.shape}")
        if mask is not None and self.swap and rng.random() < self.swap:
            photo = swap_background(photo, mask, rng, background)
        picture = self._warp(photo, size, rng)
        picture = self._colour(picture, rng)
        return self._damage(picture, rng)

    def apply_with_mask(
        self, photo: Pixels, mask: Mask, size: int, rng: np.random.Generator, background: Pixels | None = None
    ) -> tuple[Pixels, Mask]:
        """Return a changed copy as `apply` does, and the mask moved alike, uint8 `[size, size]`."""
        if self.swap and rng.random() < self.swap:
            photo = swap_background(photo, mask, rng, background)
        import cv2

        both = self._warp(cv2.merge([*cv2.split(photo), mask]), size, rng)  # type: ignore[arg-type]
        picture = self._colour(cv2.cvtColor(both, cv2.COLOR_RGBA2RGB), rng)  # type: ignore[arg-type]
        return self._damage(picture, rng), cv2.extractChannel(both, 3)  # type: ignore[return-value]

    def _warp(self, photo: Pixels, size: int, rng: np.random.Generator) -> Pixels:
        """Crop, mirror, turn and tilt in a single interpolation."""
        import cv2

        height, width = photo.shape[:2]
        area = rng.uniform(*self.scale)
        aspect = self.ratio ** rng.uniform(-1, 1)
        half_w = 0.5 * width * min(1.0, np.sqrt(area * aspect))
        half_h = 0.5 * height * min(1.0, np.sqrt(area / aspect))
        cx = rng.uniform(half_w, width - half_w) if half_w < width / 2 else width / 2
        cy = rng.uniform(half_h, height - half_h) if half_h < height / 2 else height / 2
        corners = np.array([(-half_w, -half_h), (half_w, -half_h), (half_w, half_h), (-half_w, half_h)], np.float64)
        if self.perspective:
            shifts = rng.uniform(-self.perspective, self.perspective, (4, 2))
            corners += shifts * (2 * half_w, 2 * half_h)
        turn = np.deg2rad(rng.uniform(-self.rotate, self.rotate)) if self.rotate else 0.0
        rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        # A corner is the outer edge of a pixel, whose centre lies half a pixel further in.
        corners = corners @ rotation + (cx - 0.5, cy - 0.5)
        if self.flip and rng.random() < self.flip:
            corners = corners[[1, 0, 3, 2]]
        edge = size - 0.5
        target = np.array([(-0.5, -0.5), (edge, -0.5), (edge, edge), (-0.5, edge)], np.float32)
        matrix = np.asarray(cv2.getPerspectiveTransform(corners.astype(np.float32), target), np.float64)
        shrink = max(half_w, half_h) * 2 / size
        if shrink >= 1.6:
            photo, matrix = _half(photo, matrix)
        return cv2.warpPerspective(  # type: ignore[return-value]
            photo, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )

    def _colour(self, picture: Pixels, rng: np.random.Generator) -> Pixels:
        """Change brightness, contrast, gamma and white balance by one table per channel, then the saturation."""
        import cv2

        if self.light or self.cast:
            gamma = np.exp(rng.uniform(-self.light, self.light))
            contrast = 1 + rng.uniform(-self.light, self.light)
            brightness = rng.uniform(-self.light, self.light) * 0.5
            gain = 1 + rng.uniform(-self.cast, self.cast, 3)
            curve = (np.linspace(0, 1, 256) ** gamma - 0.5) * contrast + 0.5 + brightness
            table = np.clip(curve[:, None] * gain * 255, 0, 255).astype(np.uint8)
            picture = cv2.LUT(picture, table[None])  # type: ignore[assignment]
        keep = 1 + rng.uniform(-self.saturation, self.saturation) if self.saturation else 1.0
        if self.grey and rng.random() < self.grey:
            keep = 0.0
        if keep != 1.0:
            grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
            picture = cv2.addWeighted(picture, keep, grey, 1 - keep, 0)  # type: ignore[assignment]
        return picture

    def _damage(self, picture: Pixels, rng: np.random.Generator) -> Pixels:
        """Blur, compress and cover a part."""
        import cv2

        size = picture.shape[0]
        if self.blur and rng.random() < self.blur:
            sigma = size / 96 * rng.uniform(0.4, 1.2)
            picture = cv2.GaussianBlur(picture, (0, 0), sigma)  # type: ignore[assignment]
        if self.jpeg and rng.random() < self.jpeg:
            _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 81))])
            picture = cv2.imdecode(data, cv2.IMREAD_COLOR)  # type: ignore[assignment]
        return erase(picture, rng) if self.erase and rng.random() < self.erase else picture


def erase(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Return a square picture with a rectangle of one colour over 1 to 20 % of it (Zhong et al. 2020)."""
    size = picture.shape[0]
    height, width = (max(1, int(size * side)) for side in rng.uniform(0.12, 0.45, 2))
    top, left = rng.integers(0, size - height + 1), rng.integers(0, size - width + 1)
    picture = picture.copy()
    picture[top : top + height, left : left + width] = rng.integers(0, 256, 3)
    return picture


def swap_background(photo: Pixels, mask: Mask, rng: np.random.Generator, background: Pixels | None = None) -> Pixels:
    """Return `photo` with another background where `mask` is 0: `background`, or a plain colour, half the time white.

    Args:
        photo: uint8 RGB `[h, w, 3]`.
        mask: uint8 `[h, w]`, 255 on the product; values between blend.
        rng: chooses the colour.
        background: uint8 RGB of any size, stretched to the photo's.
    """
    import cv2

    height, width = photo.shape[:2]
    if background is None:
        light = rng.random() < 0.5
        colour = np.full(3, rng.integers(235, 256)) if light else rng.integers(0, 256, 3)
        behind = np.empty_like(photo)
        behind[:] = colour
    else:
        behind = cv2.resize(background, (width, height), interpolation=cv2.INTER_LINEAR)  # type: ignore[assignment]
    weight = cv2.cvtColor(mask, cv2.COLOR_GRAY2RGB)
    kept = cv2.multiply(photo, weight, scale=1 / 255)
    return cv2.add(kept, cv2.multiply(behind, 255 - weight, scale=1 / 255))  # type: ignore[return-value]


def mix(
    photos: Pixels,
    targets: npt.NDArray[np.float32],
    rng: np.random.Generator,
    *,
    mixup: float = 0.0,
    cutmix: float = 0.0,
) -> tuple[Pixels, npt.NDArray[np.float32]]:
    """Blend each photo of a batch with another one, and their targets alike.

    MixUp (Zhang et al. 2018) and CutMix (Yun et al. 2019); where both are on, a coin decides for the whole batch.

    Args:
        photos: uint8 `[n, s, s, 3]`.
        targets: float32 `[n, classes]`, one-hot or soft.
        rng: source of the shares, places and partners.
        mixup: alpha of MixUp's Beta distribution, 0 for off.
        cutmix: alpha of CutMix's, 0 for off.

    Returns:
        The blended photos and targets; the arguments stay as they are.
    """
    if mixup <= 0 and cutmix <= 0:
        return photos, targets
    cut = cutmix > 0 and (mixup <= 0 or rng.random() < 0.5)
    share = float(rng.beta(cutmix, cutmix) if cut else rng.beta(mixup, mixup))
    partner = rng.permutation(len(photos))
    if cut:
        size = photos.shape[1]
        side = int(size * np.sqrt(1 - share))
        top, left = rng.integers(0, size - side + 1, 2)
        mixed = photos.copy()
        mixed[:, top : top + side, left : left + side] = photos[partner, top : top + side, left : left + side]
        share = 1 - side * side / (size * size)
    else:
        blend = photos.astype(np.float32) * share + photos[partner].astype(np.float32) * (1 - share)
        mixed = np.rint(blend).astype(np.uint8)
    return mixed, (targets * share + targets[partner] * (1 - share)).astype(np.float32)


def _half(photo: Pixels, matrix: npt.NDArray[np.float64]) -> tuple[Pixels, npt.NDArray[np.float64]]:
    """Halve a photo by averaging, so that a strong reduction does not skip pixels, and fit the matrix to it."""
    import cv2

    height, width = photo.shape[:2]
    small = cv2.resize(photo, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    grow_x, grow_y = width / (width // 2), height / (height // 2)
    back = np.array([[grow_x, 0, (grow_x - 1) / 2], [0, grow_y, (grow_y - 1) / 2], [0, 0, 1]])
    return small, matrix @ back  # type: ignore[return-value]
