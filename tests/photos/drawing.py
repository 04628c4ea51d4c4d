"""Pictures that the tests of this room draw."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from shoplens.records import Pixels

CORNERS = {(0, 0): (220, 30, 30), (0, 1): (30, 160, 60), (1, 0): (40, 70, 200), (1, 1): (230, 200, 40)}
"""Row and column to the colour of that quarter: red, green / blue, yellow."""


def quarters(width: int = 64, height: int = 48) -> Pixels:
    """Return four plain quarters, so that every turn and flip can be told."""
    pixels = np.empty((height, width, 3), np.uint8)
    for (row, column), color in CORNERS.items():
        rows = slice(0, height // 2) if row == 0 else slice(height // 2, None)
        columns = slice(0, width // 2) if column == 0 else slice(width // 2, None)
        pixels[rows, columns] = color
    return pixels


def saved(image: Image.Image | Pixels, format: str, **options: object) -> bytes:
    """Return the bytes of a file as another program would write it."""
    buffer = io.BytesIO()
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    image.save(buffer, format, **options)
    return buffer.getvalue()


def off_by(a: Pixels, b: Pixels) -> float:
    """Return the mean absolute difference of two pictures, in levels."""
    assert a.shape == b.shape, (a.shape, b.shape)
    return float(np.abs(a.astype(np.int16) - b.astype(np.int16)).mean())
