"""WebP: the RIFF chunks (RFC 9649)."""

from __future__ import annotations

from shoplens.photos.color_profile import is_srgb
from shoplens.photos.header import Header, damaged, truncated

MAX_CHUNKS = 5_000
_ANIMATION, _EXIF, _PROFILE = 0x02, 0x08, 0x20


def matches(data: bytes) -> bool:
    """Return whether the file begins as WebP does."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def read(data: bytes) -> Header:
    """Return the header of a WebP file.

    Raises:
        PhotoError: the first chunk holds no size, or the file is shorter than it says.
    """
    if len(data) < 30:
        raise truncated("it ends within its header")
    if int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise truncated("it is shorter than its header says")
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X":
        flags, width, height = body[0], int.from_bytes(body[4:7], "little"), int.from_bytes(body[7:10], "little")
        exif = _find(data, b"EXIF") if flags & _EXIF else b""
        notes: tuple[str, ...] = ("first_frame",) if flags & _ANIMATION else ()
        if flags & _PROFILE and not is_srgb(_find(data, b"ICCP")):
            notes += ("not_srgb",)
        return Header("webp", width + 1, height + 1, exif=exif.removeprefix(b"Exif\0\0"), notes=notes)
    if kind == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return Header("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = int.from_bytes(body[6:8], "little"), int.from_bytes(body[8:10], "little")
        return Header("webp", width & 0x3FFF, height & 0x3FFF)
    raise damaged("its first chunk holds no picture", kind)


def _find(data: bytes, kind: bytes) -> bytes:
    """Return the body of the first chunk of a kind, b"" if there is none."""
    position = 12
    for _ in range(MAX_CHUNKS):
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        if position >= len(data):
            break
        if data[position : position + 4] == kind:
            return data[position + 8 : position + 8 + length]
        position += 8 + length + (length & 1)
    return b""
