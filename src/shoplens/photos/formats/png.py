"""PNG: the list of chunks (https://www.w3.org/TR/png-3/)."""

from __future__ import annotations

import zlib

from shoplens.photos.color_profile import is_srgb
from shoplens.photos.header import Header, damaged, truncated

MAGIC = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 20_000
_PROFILE_BYTES = 4096
"""So much of a colour profile is inflated: its header and its name, whatever it claims to hold."""

_NEEDED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


def read(data: bytes) -> Header:
    """Return the header of a PNG file; its essence leaves out text, colour profiles and the frames of an animation.

    Raises:
        PhotoError: the chunks are broken, too many, or end before the picture does.
    """
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise damaged("it does not begin with its size")
    notes = ["reduced_to_8_bit"] if data[24] == 16 else []
    essence, exif, position, kind, found = [slice(0, 8)], b"", 8, b"", False
    for _ in range(MAX_CHUNKS):
        length, kind = int.from_bytes(data[position : position + 4]), data[position + 4 : position + 8]
        end = position + 12 + length
        if end > len(data):
            raise truncated("a chunk is longer than the file")
        if kind in _NEEDED:
            essence.append(slice(position, end))
        elif kind == b"eXIf":
            exif = data[position + 8 : end - 4]
        elif kind == b"acTL":
            notes.append("first_frame")
        elif kind == b"iCCP" and not is_srgb(_profile(data[position + 8 : end - 4])):
            notes.append("not_srgb")
        found |= kind == b"IDAT"
        position = end
        if kind == b"IEND" or position == len(data):
            break
    if not found or kind != b"IEND":
        raise truncated("the PNG has no end, or more parts than any picture needs")
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    return Header("png", width, height, exif=exif, essence=tuple(essence), notes=tuple(notes))


def _profile(chunk: bytes) -> bytes:
    """Return the beginning of the colour profile: it stands behind its name, a zero and the method, deflated."""
    try:
        return zlib.decompressobj().decompress(chunk.partition(b"\0")[2][1:], _PROFILE_BYTES)
    except zlib.error:
        return b""
