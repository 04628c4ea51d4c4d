"""The colours that shops filter by, in English and Chinese, and the naming of any RGB value in CIE Lab.

Gold and silver are left out: they are shine, not colour, and a patch of them is a patch of yellow, brown or grey.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

COLOR_NAMES: Final[dict[str, str]] = {
    "black": "黑色",
    "white": "白色",
    "grey": "灰色",
    "red": "红色",
    "orange": "橙色",
    "yellow": "黄色",
    "green": "绿色",
    "blue": "蓝色",
    "navy": "藏青色",
    "purple": "紫色",
    "pink": "粉色",
    "brown": "棕色",
    "beige": "米色",
    "multicolor": "多色",
}
"""English key to Chinese name."""

_ANCHORS: Final[dict[str, str]] = {
    "black": "000000 101010 1c1c1c 1a1614 14181a 1c1620 0c1210 26211f",
    "white": "ffffff f5f5f5 fafaf5 f2f4f8 ebebeb f7f2f2 dedede e0e2e6 e4e0de",
    "grey": "404040 585858 707070 808080 989898 b0b0b0 c4c4c4 6a7078 8c949c 4a4e54 a8b0b8 87807c 5c5650 b8b2ae",
    "red": "ff0000 e01020 c81e28 b01020 900a14 dc3c38 a02830 7a0c14 c83050 640c14 e8443c",
    "orange": "ff8000 ff6a14 f08c28 e87820 ff9c40 d86018 ffa858 f4793b e05c20 ffb070",
    "yellow": "ffff00 ffe020 f0d020 fff060 e8c81c ffcc10 f4e488 fff8a0 d8b818 e4d84c c8a814",
    "green": "00ff00 008000 20a040 60c040 406830 6b8e23 90d890 a8c840 204028 30c090 688048 b4e0a0 187058 5a6440 006050 "
    "80a080 c8f0c8 9cb080 404c28 78e850 38a08c",
    "blue": "0000ff 1e50c8 2878d8 40a0e8 68b0f0 a0c8f0 3c6ea8 1838a0 5080b8 86a8cc 00a0d0 20c0e0 40609c c0dcf4 6890b8 "
    "4870a0 78c8d8 2c88a8 00e0ff 50607c "
    "0340e0 1010cc 0020ff 4060ff 0810a0 d0f4fc 2030b0 003c8c 5a64e0",
    "navy": "000060 000080 101848 182050 1c2c58 0c1030 202c48 14203c 283860 101c60 1e2636",
    "purple": "800080 6020a0 8040c0 9858b0 b090d8 7040e0 5c2a6c 401858 a060c0 8800ff c8a8e0 806090 6c5878 9c80b4 "
    "3c1c48 a020a0 5c48a8",
    "pink": "ff80b0 ffc0cb ff60a0 f8a8c0 ff20a0 e04890 f0d0d8 d8789c ffa0a0 e890a0 ff00c0 f4b8b8 d890a8 ff80e0 e060b0",
    "brown": "804020 603818 8b4513 a0522d 6b4423 503020 9c6c44 785030 44281c a87850 5c4030 8c5c3c 3c2415 b07a48 704a3c "
    "6c5c4a 524538",
    "beige": "f5f5dc e8dcc0 d8c8a8 f0e4d0 d2b48c c8b090 ece0d0 e0d0b8 c4b49c f4e8d8 dcc4a0 f0dcc4 d0c4b0 e0c8b0",
}
"""Several sRGB values for each name, spread over what shops sell under it."""

_CELL = 8
_LIGHTNESS_WEIGHT = 0.75


def name_color(rgb: tuple[int, int, int]) -> str:
    """Return the name of an sRGB value, never "multicolor"."""
    return list(COLOR_NAMES)[int(name_pixels(np.array([[rgb]], np.uint8))[0, 0])]


def name_pixels(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return for uint8 RGB `[..., 3]` the index into `COLOR_NAMES` of each pixel, uint8 `[...]`."""
    cell = pixels // _CELL
    named: npt.NDArray[np.uint8] = _table()[cell[..., 0], cell[..., 1], cell[..., 2]]
    return named


def lab(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return CIE Lab (D65) of uint8 RGB `[h, w, 3]` as float32: L 0 to 100, a and b about -110 to 110."""
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB), np.float32)


@cache
def _table() -> npt.NDArray[np.uint8]:
    """Name each cell of 8 x 8 x 8 RGB values by the nearest anchor in Lab, lightness counting a little less."""
    middles = (np.arange(256 // _CELL) * _CELL + _CELL // 2).astype(np.uint8)
    cells = np.stack(np.meshgrid(middles, middles, middles, indexing="ij"), axis=-1).reshape(-1, 1, 3)
    names = list(COLOR_NAMES)
    anchors = [(names.index(name), bytes.fromhex(code)) for name, codes in _ANCHORS.items() for code in codes.split()]
    colors = np.array([list(code) for _, code in anchors], np.uint8)[:, None]
    weight = np.array([_LIGHTNESS_WEIGHT, 1.0, 1.0], np.float32)
    from_lab, to_lab = lab(cells)[:, 0] * weight, lab(colors)[:, 0] * weight
    # The nearest by |a - b|^2 without |a|^2, which is the same for every b.
    nearest = ((to_lab**2).sum(axis=1) - 2.0 * from_lab @ to_lab.T).argmin(axis=1)
    indices = np.array([index for index, _ in anchors], np.uint8)
    return np.asarray(indices[nearest], np.uint8).reshape(256 // _CELL, 256 // _CELL, 256 // _CELL)
