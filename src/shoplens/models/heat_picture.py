"""A heat map over its photo, for people."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from shoplens.errors import BadInput
from shoplens.models.explain import Heat
from shoplens.photos.encode import EncodeFormat
from shoplens.records import Pixels

_FORMATS: dict[str, EncodeFormat] = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}

_STRENGTH = 0.65
_GREY = 0.85


def heat_picture(photo: Pixels, heat: Heat) -> Pixels:
    """Return the photo, paled to grey where it is cold and glowing where it is hot: uint8 RGB `[h, w, 3]`.

    The colours are those of inferno without its black end (van der Walt and Smith, 2015): they grow lighter with the
    heat, so that they can be told without colour vision and in print.

    Args:
        photo: uint8 RGB `[h, w, 3]`.
        heat: `[h, w]`, 0 to 1.
    """
    levels = np.rint(70 + 185 * np.clip(heat, 0, 1)).astype(np.uint8)
    colors = cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO)[:, :, ::-1].astype(np.float32)
    grey = cv2.cvtColor(np.ascontiguousarray(photo), cv2.COLOR_RGB2GRAY)[:, :, None].astype(np.float32)
    pale = photo * (1 - _GREY) + grey * _GREY
    weight = _STRENGTH * np.clip(heat, 0, 1)[:, :, None] ** 1.2
    return np.asarray(np.rint(pale * (1 - weight) + colors * weight), np.uint8)


def heat_format(path: Path) -> EncodeFormat:
    """Return the format in which a heat map is written under a file's name.

    Raises:
        BadInput: the name asks for another one.
    """
    found = _FORMATS.get(path.suffix.lower())
    if found is None:
        raise BadInput("A heat map is written as .png, .jpg or .webp.", received=path.name)
    return found
