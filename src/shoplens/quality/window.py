"""A canvas around the product: a part of its photo, or the photo with its backdrop drawn out."""

from __future__ import annotations

import cv2
import numpy as np

from shoplens.photos.geometry import border_color
from shoplens.quality.draft import Draft
from shoplens.quality.fix import CannotFix
from shoplens.records import Box, Pixels

_TOUCHES = 0.006
"""A product so near to an edge, in shares of the side, may go on beyond it."""

_FLAT = 6.0
"""Standard deviation in levels of the picture's rim up to which one colour draws the backdrop out unseen."""


def whole_product(draft: Draft) -> Box:
    """Return the product's box.

    Raises:
        CannotFix: the product cannot be told from its background, or leaves the picture.
    """
    box = draft.context.product_box
    if box is None or not draft.context.background.uniform:
        raise CannotFix("The product does not stand out clearly enough from a calm background.")
    if min(box.x0, box.y0, 1.0 - box.x1, 1.0 - box.y1) < _TOUCHES:
        raise CannotFix("The product reaches the edge of the picture, and may go on beyond it.")
    return box


def window(pixels: Pixels, box: Box, fill: float, aspect: float) -> Pixels:
    """Return the picture of the product in the middle of a canvas, at the scale that it has.

    Args:
        pixels: uint8 RGB `[h, w, 3]` with a calm backdrop.
        box: the product's.
        fill: how much of the canvas the product takes in the direction in which it takes more.
        aspect: width over height of the canvas.

    Raises:
        CannotFix: the canvas reaches beyond the picture, whose backdrop cannot be drawn out.
    """
    height, width = pixels.shape[:2]
    wide, high = (box.x1 - box.x0) * width, (box.y1 - box.y0) * height
    new_height = max(high / fill, wide / fill / aspect)
    new_width = new_height * aspect
    left = round((box.x0 + box.x1) / 2 * width - new_width / 2)
    top = round((box.y0 + box.y1) / 2 * height - new_height / 2)
    right, bottom = left + round(new_width), top + round(new_height)
    beyond = (max(0, -top), max(0, bottom - height), max(0, -left), max(0, right - width))
    part = pixels[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    return drawn_out(np.ascontiguousarray(part), *beyond) if any(beyond) else np.ascontiguousarray(part)


def drawn_out(pixels: Pixels, top: int, bottom: int, left: int, right: int) -> Pixels:
    """Return the picture with more of its backdrop at the sides, in pixels.

    Raises:
        CannotFix: the picture's rim is not of one colour there.
    """
    color = np.array(border_color(pixels))
    rims = ((top, pixels[:2]), (bottom, pixels[-2:]), (left, pixels[:, :2]), (right, pixels[:, -2:]))
    for more, rim in rims:
        spread = float(np.sqrt(np.square(rim.astype(np.float32) - color).mean()))
        if more and spread > _FLAT:
            raise CannotFix("The background is not of one colour where more of it is needed.")
    grown = cv2.copyMakeBorder(
        pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=tuple(int(level) for level in color)
    )
    return np.asarray(grown, np.uint8)
