"""What photo checks share of one photo: where it stands, and the reduced copies that each would compute anew."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Literal, TypeVar, cast

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.photos.median import median
from shoplens.photos.subject import Background, Subject, subject_and_background
from shoplens.quality.gist_reader import Gist, gist_reader
from shoplens.quality.overlay_detector import Overlays, overlay_detector
from shoplens.records import Box, Photo, Pixels

WORK_SIDE = 512
"""Longest side in pixels of the copy that checks measure: faults that matter in a shop window are visible at it."""

SMALL_SIDE = 160
"""Longest side in pixels of the copy on which the product is told from its background, which asks for no more."""

FINE_SIDE = 512
"""Longest side in pixels of the part that is looked at pixel by pixel."""

_VISIBLE = 10
"""Difference of 8-bit Lab from the backdrop in any channel that is seen at a glance: about 4 units of L*."""

_LEAST_CONTENT = 0.01

_SURE = 0.5
"""Score of the subject from which its box can be relied on: a calm border, and a product unlike it."""

Plane = npt.NDArray[np.float32]
"""One value per pixel, float32 `[h, w]`."""

_T = TypeVar("_T")


class PhotoContext:
    """One photo's place in the shop, and its derived pictures, each computed once when first asked for.

    Args:
        photo: the decoded photo.
        name: the file's name or path, "" if unknown.
        main: whether it is the first photo of a product.
        categories: the categories of the products that it shows.
    """

    def __init__(self, photo: Photo, *, name: str = "", main: bool = True, categories: tuple[str, ...] = ()) -> None:
        self.name = name
        self.main = main
        self.categories = categories
        self._pixels = photo.pixels
        self._memory: dict[str, object] = {}

    @cached_property
    def work(self) -> Pixels:
        """The photo with its long side reduced to at most `WORK_SIDE` pixels, never enlarged."""
        height, width = self._pixels.shape[:2]
        scale = WORK_SIDE / max(height, width)
        if scale >= 1.0:
            return np.ascontiguousarray(self._pixels)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        return np.asarray(cv2.resize(self._pixels, size, interpolation=cv2.INTER_AREA), np.uint8)

    @cached_property
    def lab(self) -> Pixels:
        """`work` in CIE Lab as 8-bit: L* times 2.55, a* and b* plus 128; uint8 `[h, w, 3]`."""
        return np.asarray(cv2.cvtColor(self.work, cv2.COLOR_RGB2LAB), np.uint8)

    @cached_property
    def gray(self) -> Plane:
        """The luma of `work`, 0 to 255."""
        return np.asarray(cv2.cvtColor(self.work, cv2.COLOR_RGB2GRAY), np.float32)

    @cached_property
    def fine(self) -> Plane:
        """The luma of the photo's middle, as decoded, at most `FINE_SIDE` pixels a side; 0 to 255.

        It begins at a multiple of 8 pixels, so that JPEG's blocks begin where they do in the file.
        """
        if self.work.shape == self._pixels.shape:
            return self.gray
        top, left = ((max(0, side - FINE_SIDE) // 16) * 8 for side in self._pixels.shape[:2])
        part = np.ascontiguousarray(self._pixels[top : top + FINE_SIDE, left : left + FINE_SIDE])
        return np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.float32)

    @cached_property
    def small(self) -> Pixels:
        """`work` with its long side reduced to `SMALL_SIDE` pixels."""
        height, width = self.work.shape[:2]
        scale = SMALL_SIDE / max(height, width)
        if scale >= 1.0:
            return self.work
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        return self.shrunk(*size)

    @cached_property
    def square(self) -> Pixels:
        """`work` squeezed to the square that the base model's network takes."""
        reader = gist_reader()
        if min(self.work.shape[:2]) < reader.side:
            return reader.square(self.work)
        return self.shrunk(reader.side, reader.side)

    def shrunk(self, width: int, height: int) -> Pixels:
        """Return `cv2.resize` of `work` to a size, mostly a smaller one."""
        rows, columns = self.work.shape[:2]
        halved = (rows, columns) == (2 * height, 2 * width)
        if halved or width > columns or height > rows:
            return np.asarray(cv2.resize(self.work, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        # OpenCV takes the means of floats in two thirds of the time, and rounded they are the same as of bytes; but
        # bytes are halved in a fifth of it, and otherwise rounded.
        means = cv2.resize(self._levels, (width, height), interpolation=cv2.INTER_AREA)
        return np.rint(means, out=means).astype(np.uint8)

    @cached_property
    def _levels(self) -> Plane:
        return self.work.astype(np.float32)

    @cached_property
    def subject(self) -> Subject:
        """What stands out from the background of `small`; see its score."""
        return self._seen[0]

    @cached_property
    def product_box(self) -> Box | None:
        """The product's box, where it stands out from a calm backdrop; None where that is not sure."""
        return self.subject.box if self.subject.score >= _SURE else None

    @cached_property
    def background(self) -> Background:
        """What surrounds the product in `small`."""
        return self._seen[1]

    @cached_property
    def _seen(self) -> tuple[Subject, Background]:
        return subject_and_background(self.small)

    @cached_property
    def overlays(self) -> Overlays:
        """What the overlay network sees in `work`."""
        return overlay_detector().look(self.work)

    @cached_property
    def gist(self) -> Gist:
        """What the base model's network sees of `work`, `[1, gist]`."""
        return gist_reader().read([self.square])

    @cached_property
    def content(self) -> npt.NDArray[np.bool_]:
        """Where `work` differs visibly from the median colour of its rim; bool `[h, w]`."""
        rim = np.concatenate([self.lab[0], self.lab[-1], self.lab[:, 0], self.lab[:, -1]])
        return ~self.near(median(np.ascontiguousarray(rim.T)), _VISIBLE)

    def near(
        self, color: npt.NDArray[np.floating], tolerance: float | npt.NDArray[np.floating]
    ) -> npt.NDArray[np.bool_]:
        """Mark where every channel of `lab` is within `tolerance` (one, or `[3]`) of `color` `[3]`; bool `[h, w]`."""
        low, high = np.clip(color - tolerance, 0, 255), np.clip(color + tolerance, 0, 255)
        return np.asarray(cv2.inRange(self.lab, np.ceil(low), np.floor(high)), np.uint8) > 0

    def gradient(self, sigma: float) -> tuple[Plane, Plane]:
        """Return the gradient of `gray` across and down at the scale `sigma`, in levels per pixel.

        It is the central difference of the picture smoothed by a Gaussian of `sigma` pixels.
        """
        return self.once(f"gradient {sigma}", lambda: _gradient(self.smooth(sigma)))

    def smooth(self, sigma: float) -> Plane:
        """Return `gray` smoothed by a Gaussian of `sigma` pixels."""
        return self.once(
            f"smooth {sigma}",
            lambda: np.asarray(
                cv2.GaussianBlur(self.gray, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101), np.float32
            ),
        )

    def lightness(self, percent: float) -> float:
        """Return a percentile of L*, 0 (black) to 100 (white)."""
        return self._percentile(0, percent) / 2.55

    def content_lightness(self, percent: float) -> float:
        """Return a percentile of L* of what stands out from the backdrop; of the whole where next to nothing does."""
        content = self.lab[..., 0][self.content]
        if content.size < _LEAST_CONTENT * self.content.size:
            return self.lightness(percent)
        return float(np.percentile(content, percent)) / 2.55

    def median_lab(self) -> npt.NDArray[np.float64]:
        """Return the median of each channel of `lab`, `[3]`."""
        return np.array([self._percentile(channel, 50.0) for channel in range(3)])

    def chroma_range(self, channel: Literal[1, 2]) -> float:
        """Return the range of a* (1) or b* (2) between its 1st and 99th percentile, in units of Lab."""
        return self._percentile(channel, 99.0) - self._percentile(channel, 1.0)

    def _percentile(self, channel: int, percent: float) -> float:
        counts = self.once(f"lab {channel}", lambda: np.cumsum(_histogram(self.lab, channel)))
        return float(np.searchsorted(counts, counts[-1] * percent / 100.0))

    def once(self, name: str, compute: Callable[[], _T]) -> _T:
        """Return what `compute` gives, remembered under `name`: two rules of one check measure only once."""
        if name not in self._memory:
            self._memory[name] = compute()
        return cast(_T, self._memory[name])


def _histogram(picture: Pixels, channel: int) -> npt.NDArray[np.int64]:
    return cv2.calcHist([picture], [channel], None, [256], [0, 256]).ravel().astype(np.int64)


def _gradient(smooth: Plane) -> tuple[Plane, Plane]:
    """Return half the difference of the neighbours across and down; there is none at the rim, which is reflected."""
    across, down = np.zeros_like(smooth), np.zeros_like(smooth)
    np.subtract(smooth[:, 2:], smooth[:, :-2], out=across[:, 1:-1])
    np.subtract(smooth[2:], smooth[:-2], out=down[1:-1])
    across *= 0.5
    down *= 0.5
    return across, down
