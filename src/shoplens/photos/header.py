"""What the first bytes of a picture file say, read without any decoder and in bounded time.

Pillow and OpenCV are only given files whose format, size and structure passed here: a bomb is refused by its header,
and chunks that no picture needs (text, colour profiles, comments) never reach a decoder that would inflate them.
"""

from __future__ import annotations

from dataclasses import dataclass

from shoplens.errors import PhotoError

ADVICE = "Save the picture again as JPEG, PNG or WebP."


@dataclass(frozen=True, slots=True)
class Header:
    """A picture file's facts before decoding.

    Attributes:
        format: "jpeg", "png", "webp" or "gif".
        width: pixels as stored, before the EXIF rotation.
        height: pixels as stored, before the EXIF rotation.
        exif: the TIFF block of the EXIF data, b"" without one.
        essence: slices of the file that hold the first picture; joined, they are a valid file of the same format.
        notes: facts such as "first_frame", "cmyk_converted", "reduced_to_8_bit".
        plain: an 8-bit grey or colour JPEG, which OpenCV decodes faithfully.
    """

    format: str
    width: int
    height: int
    exif: bytes = b""
    essence: tuple[slice, ...] = (slice(None),)
    notes: tuple[str, ...] = ()
    plain: bool = False


def damaged(what: str, received: object = None) -> PhotoError:
    """Return the error for a file whose structure is broken."""
    return PhotoError(f"The picture file is damaged: {what}.", received=received, remedy=ADVICE)


def truncated(what: str) -> PhotoError:
    """Return the error for a file that ends too early."""
    return PhotoError(
        f"The picture file is cut off: {what}.", remedy="Copy or download it again.", code="photo_truncated"
    )
