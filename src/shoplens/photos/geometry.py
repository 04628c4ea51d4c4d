"""Transforms that change a picture's size or place: pure functions, uint8 RGB `[h, w, 3]` in and out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np

from shoplens.errors import BadInput
from shoplens.records import Box, Pixels

MAX_OUTPUT_PIXELS = 100_000_000
"""No transform makes a larger picture: a strip of 1 x 30,000 padded to a square would otherwise take 2.7 GB."""

Fill = Literal["border", "white"] | str | Sequence[int]
"""What fills new area: "border" (per-channel median of the outermost pixels), "white", "#rrggbb", or three integers."""


def resize(
    pixels: Pixels,
    width: int | None = None,
    height: int | None = None,
    *,
    short: int | None = None,
    long: int | None = None,
) -> Pixels:
    """Change the size.

    The result is `[height, width, 3]` if both are given (the aspect may change). With one of `width`, `height`,
    `short` (shorter side) or `long` (longer side) that side becomes the number and the aspect is kept, each side
    being at least 1. Shrinking averages areas (`INTER_AREA`); growing along a side uses `INTER_CUBIC`.

    Raises:
        BadInput: no size or contradictory sizes are given, a size is below 1, or the result would be too large.
    """
    check_pixels(pixels)
    old_height, old_width = pixels.shape[:2]
    new_width, new_height = _target_size(old_width, old_height, width, height, short, long)
    check_size(new_width, new_height)
    if (new_width, new_height) == (old_width, old_height):
        return np.ascontiguousarray(pixels)
    shrinks = new_width <= old_width and new_height <= old_height
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    if not shrinks and (new_width < old_width or new_height < old_height):
        # Cubic would alias along the side that shrinks: shrink that side by areas first.
        pixels = _resized(pixels, min(new_width, old_width), min(new_height, old_height), cv2.INTER_AREA)
    return _resized(pixels, new_width, new_height, interpolation)


def crop(pixels: Pixels, box: Box | tuple[int, int, int, int]) -> Pixels:
    """Cut a rectangle out; the result has the size of the box.

    Args:
        pixels: the picture.
        box: normalised (`Box`) or `(left, top, right, bottom)` in pixels, right and bottom exclusive.

    Raises:
        BadInput: a box in pixels is empty or leaves the picture.
    """
    check_pixels(pixels)
    height, width = pixels.shape[:2]
    left, top, right, bottom = box.pixels(width, height) if isinstance(box, Box) else box
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise BadInput(
            f"A crop must lie within the picture of {width} x {height} pixels.",
            received=(left, top, right, bottom),
            remedy="Give (left, top, right, bottom) with 0 <= left < right <= width and 0 <= top < bottom <= height.",
        )
    return np.ascontiguousarray(pixels[top:bottom, left:right])


def center_crop(pixels: Pixels, width: int | None = None, height: int | None = None) -> Pixels:
    """Cut the middle out.

    With both sizes the result is at most `[height, width, 3]` (a side shorter than asked stays as it is); with
    neither it is the largest square. One size alone asks for a square of that side.

    Raises:
        BadInput: a size is below 1.
    """
    check_pixels(pixels)
    old_height, old_width = pixels.shape[:2]
    side = min(old_width, old_height)
    new_width = min(_first(width, height, side), old_width)
    new_height = min(_first(height, width, side), old_height)
    check_size(new_width, new_height)
    left, top = (old_width - new_width) // 2, (old_height - new_height) // 2
    return crop(pixels, (left, top, left + new_width, top + new_height))


def pad(pixels: Pixels, aspect: float = 1.0, fill: Fill = "border") -> Pixels:
    """Add equal margins on two sides (letterbox) until width / height is `aspect`.

    One side stays, the other grows to `round(height * aspect)` or `round(width / aspect)`; nothing is cut. An odd
    margin puts the extra pixel right or below.

    Raises:
        BadInput: the aspect is not a positive number, the fill is unknown, or the result would be too large.
    """
    check_pixels(pixels)
    if not (math.isfinite(aspect) and aspect > 0):
        raise BadInput("An aspect is width divided by height.", received=aspect, remedy="Give a number above 0.")
    height, width = pixels.shape[:2]
    new_width, new_height = max(width, round(height * aspect)), max(height, round(width / aspect))
    check_size(new_width, new_height)
    color = fill_color(pixels, fill)
    if (new_width, new_height) == (width, height):
        return np.ascontiguousarray(pixels)
    left, top = (new_width - width) // 2, (new_height - height) // 2
    right, bottom = new_width - width - left, new_height - height - top
    # numpy takes ten times as long to fill a picture with a colour, and this runs for every photo
    padded = cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=color)
    return np.asarray(padded, np.uint8)


def rotate(pixels: Pixels, degrees: float, *, expand: bool = True, fill: Fill = "border") -> Pixels:
    """Turn counter-clockwise around the centre.

    Multiples of 90 degrees move pixels without loss; with `expand` the sides swap at 90 and 270. Other angles
    interpolate; with `expand` the result holds the whole turned picture, else it keeps the old size.

    Raises:
        BadInput: the angle is not finite, the fill is unknown, or the result would be too large.
    """
    check_pixels(pixels)
    if not math.isfinite(degrees):
        raise BadInput("An angle must be finite.", received=degrees, remedy="Give degrees, such as 90 or -7.5.")
    height, width = pixels.shape[:2]
    quarters, rest = divmod(degrees % 360, 90)
    if rest == 0 and (expand or quarters % 2 == 0 or width == height):
        return np.ascontiguousarray(np.rot90(pixels, int(quarters)))
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    new_width = math.ceil(round(width * cos + height * sin, 6)) if expand else width
    new_height = math.ceil(round(width * sin + height * cos, 6)) if expand else height
    check_size(new_width, new_height)
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    matrix[:, 2] += (new_width - width) / 2, (new_height - height) / 2
    color = tuple(float(value) for value in fill_color(pixels, fill))
    turned = cv2.warpAffine(
        np.ascontiguousarray(pixels), matrix, (new_width, new_height), flags=cv2.INTER_CUBIC, borderValue=color
    )
    return np.asarray(turned, np.uint8)


def flip(pixels: Pixels, axis: Literal["horizontal", "vertical"] = "horizontal") -> Pixels:
    """Mirror left to right ("horizontal") or top to bottom ("vertical"); the size stays.

    Raises:
        BadInput: the axis is neither.
    """
    check_pixels(pixels)
    if axis not in ("horizontal", "vertical"):
        raise BadInput("A flip needs an axis.", received=axis, remedy="Choose 'horizontal' or 'vertical'.")
    return np.ascontiguousarray(pixels[:, ::-1] if axis == "horizontal" else pixels[::-1])


def pyramid(pixels: Pixels, levels: int | None = None, *, min_side: int = 16) -> list[Pixels]:
    """Return the picture and its Gaussian halvings, largest first.

    Each level has half the sides of the one before, rounded up. Without `levels`, halving goes on while the shorter
    side stays at least `min_side`.

    Raises:
        BadInput: `levels` or `min_side` is below 1.
    """
    check_pixels(pixels)
    if min_side < 1 or (levels is not None and levels < 1):
        raise BadInput("A pyramid needs at least one level.", received=(levels, min_side), remedy="Give numbers >= 1.")
    out = [np.ascontiguousarray(pixels)]
    while len(out) < levels if levels is not None else (min(out[-1].shape[:2]) + 1) // 2 >= min_side:
        if max(out[-1].shape[:2]) == 1:
            break
        out.append(np.asarray(cv2.pyrDown(out[-1]), np.uint8))
    return out


def border_color(pixels: Pixels) -> tuple[int, int, int]:
    """Return the per-channel median of the outermost ring of pixels."""
    ring = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    middle = len(ring) // 2
    # A partition takes a tenth of the time of np.median, and this runs for every photo.
    red, green, blue = np.partition(ring, middle, axis=0)[middle]
    return int(red), int(green), int(blue)


def fill_color(pixels: Pixels, fill: Fill) -> tuple[int, int, int]:
    """Return the RGB value that a fill means for this picture.

    Raises:
        BadInput: the fill is not one of the forms of `Fill`.
    """
    if fill == "border":
        return border_color(pixels)
    if fill == "white":
        return 255, 255, 255
    try:
        if isinstance(fill, str):
            digits = bytes.fromhex(fill.removeprefix("#"))
            red, green, blue = digits
        else:
            red, green, blue = (int(value) for value in fill)
    except (TypeError, ValueError):
        red = green = blue = -1
    if min(red, green, blue) < 0 or max(red, green, blue) > 255:
        raise BadInput(
            "The fill is not a colour.",
            received=fill,
            remedy="Give 'border', 'white', '#rrggbb' or three 0-255 values.",
        )
    return red, green, blue


def check_pixels(pixels: Pixels) -> None:
    """Raise BadInput unless the array is uint8 `[h, w, 3]` with h and w at least 1."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
        raise BadInput(
            "A picture must be uint8 RGB of shape [h, w, 3], not empty.",
            received=f"{pixels.dtype} {pixels.shape}",
            remedy="Decode it with shoplens.photos.decode.",
        )


def check_size(width: int, height: int) -> None:
    """Raise BadInput for a size below 1 or of more than `MAX_OUTPUT_PIXELS`."""
    if width < 1 or height < 1 or width * height > MAX_OUTPUT_PIXELS:
        raise BadInput(
            f"A picture's sides must be at least 1 and its area at most {MAX_OUTPUT_PIXELS:,} pixels.",
            received=f"{width} x {height}",
            remedy="Choose another size, or shrink the picture before.",
        )


def _target_size(
    old_width: int, old_height: int, width: int | None, height: int | None, short: int | None, long: int | None
) -> tuple[int, int]:
    given = [value for value in (width, height, short, long) if value is not None]
    if not all(isinstance(value, int | np.integer) for value in given):
        raise BadInput("A size is a whole number of pixels.", received=given, remedy="For example 800.")
    if width is not None and height is not None and short is None and long is None:
        return width, height
    if len(given) != 1:
        raise BadInput(
            "Resize needs width and height, or exactly one of width, height, short and long.",
            received={"width": width, "height": height, "short": short, "long": long},
            remedy="For example resize(pixels, 800, 600) or resize(pixels, short=256).",
        )
    if width is not None:
        side = old_width
    elif height is not None:
        side = old_height
    else:
        side = min(old_width, old_height) if short is not None else max(old_width, old_height)
    if given[0] < 1:
        raise BadInput("A size must be at least 1 pixel.", received=given[0], remedy="Give a positive whole number.")
    scale = given[0] / side
    return max(1, round(old_width * scale)), max(1, round(old_height * scale))


def _resized(pixels: Pixels, width: int, height: int, interpolation: int) -> Pixels:
    resized = cv2.resize(np.ascontiguousarray(pixels), (width, height), interpolation=interpolation)
    return np.asarray(resized, np.uint8)


def _first(*values: int | None) -> int:
    return next(value for value in values if value is not None)
