"""Pixels to the bytes of a picture file, with nothing of the original's metadata."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from shoplens.errors import BadInput
from shoplens.photos.geometry import check_pixels
from shoplens.records import Pixels

EncodeFormat = Literal["jpeg", "png", "webp"]


def encode(pixels: Pixels, format: EncodeFormat, quality: int = 90) -> bytes:
    """Return the bytes of a file that holds the pixels and no EXIF, GPS, colour profile or text.

    Args:
        pixels: uint8 RGB `[h, w, 3]`.
        format: "jpeg", "png" (lossless, `quality` does not matter) or "webp".
        quality: 1 to 100.

    Raises:
        BadInput: format or quality is out of range, or the picture is too large for the format (65,535 pixels a side
            for JPEG, 16,383 for WebP).
    """
    check_pixels(pixels)
    if format not in ("jpeg", "png", "webp"):
        raise BadInput("There is no such format to write.", received=format, remedy="Choose jpeg, png or webp.")
    if not 1 <= quality <= 100:
        raise BadInput("A quality is 1 to 100.", received=quality, remedy="90 suits shop photos.")
    limit = {"jpeg": 65_535, "webp": 16_383, "png": 1_000_000}[format]
    if max(pixels.shape[:2]) > limit:
        raise BadInput(
            f"A {format} picture has at most {limit:,} pixels a side.",
            received=f"{pixels.shape[1]} x {pixels.shape[0]}",
            remedy="Resize it before, or write PNG.",
        )
    options = {
        "jpeg": [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1],
        "webp": [cv2.IMWRITE_WEBP_QUALITY, quality],
        "png": [cv2.IMWRITE_PNG_COMPRESSION, 4],
    }[format]
    bgr = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2BGR)
    done, buffer = cv2.imencode(f".{format}", bgr, options)
    if not done:
        raise BadInput("The picture could not be written.", received=f"{format} {pixels.shape}", remedy="Try png.")
    return bytes(buffer)
