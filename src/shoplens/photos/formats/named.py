"""Formats that are not let in, told by their first bytes, so that the refusal can name them."""

from __future__ import annotations

from typing import Final

from shoplens.errors import PhotoError
from shoplens.photos.header import ADVICE

_BEGINNINGS: Final = (
    (b"BM", "a BMP picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"8BPS", "a Photoshop file"),
    (b"\0\0\1\0", "an icon file"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"%PDF", "a PDF document"),
)
_BRANDS: Final = {
    b"avif": "an AVIF picture",
    b"avis": "an AVIF picture",
    b"heic": "a HEIC picture (an iPhone's own format)",
    b"heix": "a HEIC picture (an iPhone's own format)",
    b"hevc": "a HEIC picture (an iPhone's own format)",
    b"mif1": "a HEIF picture",
    b"msf1": "a HEIF picture",
}


def refusal(data: bytes, name: str) -> PhotoError:
    """Return the error for bytes that are none of the formats let in."""
    kind = _kind(data)
    if kind:
        return PhotoError(
            f"The file is {kind}; JPEG, PNG, WebP and GIF are read.",
            received=name or data[:12],
            remedy="Convert it to JPEG, PNG or WebP.",
            code="photo_format",
        )
    looks = "a web page" if data[:512].lstrip().lower().startswith((b"<!doctype html", b"<html")) else "not a picture"
    return PhotoError(
        f"The file's content is {looks}, whatever its name says.",
        received=name or data[:24],
        remedy=ADVICE,
        code="photo_not_an_image",
    )


def _kind(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "a video or a picture of an unknown kind")
    if b"<svg" in data[:1024].lower():
        return "an SVG drawing"
    # A text may begin with BM: a bitmap states its own length.
    bitmap = data[:2] == b"BM" and int.from_bytes(data[6:10]) == 0
    return next((kind for magic, kind in _BEGINNINGS if data.startswith(magic) and (magic != b"BM" or bitmap)), "")
