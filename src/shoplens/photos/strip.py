"""A picture file without what its camera and its owner wrote beside the picture; no pixel is touched."""

from __future__ import annotations

import struct
import zlib

from shoplens.errors import BadInput
from shoplens.photos.exif import read_exif
from shoplens.photos.formats import jpeg, png, webp
from shoplens.photos.header import damaged

_KEPT_APPS = {0xE0: b"", 0xE2: b"ICC_PROFILE\0", 0xEE: b""}
"""JFIF, colour profile and Adobe's colour transform: without them the pixels would mean something else."""

_APPS = frozenset(range(0xE0, 0xF0))
_COMMENT, _SCAN, _END, _EXIF_APP = 0xFE, 0xDA, 0xD9, 0xE1
_PNG_TEXTS = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_WEBP_TEXTS = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS = 0x08 | 0x04


def without_metadata(data: bytes) -> bytes:
    """Return the file without EXIF, GPS, XMP, IPTC, comments, and what stands behind its end.

    Kept are the compressed picture byte for byte, its colour profile, and of EXIF only how the picture is turned.

    Args:
        data: a file that `decode` reads.

    Raises:
        BadInput: it is no JPEG, PNG or WebP.
        PhotoError: it is damaged.
    """
    if data.startswith(jpeg.MAGIC):
        return _jpeg(data, _orientation(jpeg.read(data).exif))
    if data.startswith(png.MAGIC):
        return _png(data, _orientation(png.read(data).exif))
    if webp.matches(data):
        return _webp(data, _orientation(webp.read(data).exif))
    raise BadInput("Metadata are stripped from JPEG, PNG and WebP only.", received=data[:8])


def _orientation(exif: bytes) -> bytes:
    """Return EXIF data that tell only how the picture is turned; b"" for an upright one."""
    turned = read_exif(exif).orientation
    return b"" if turned == 1 else struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, turned, 0, 0)


def _jpeg(data: bytes, exif: bytes) -> bytes:
    parts, position = [data[:2]], 2
    if exif:
        body = b"Exif\0\0" + exif
        parts.append(b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body)
    while True:
        start = data.find(b"\xff", position)
        while data[start + 1 : start + 2] == b"\xff":
            start += 1
        if start < 0 or start + 2 > len(data):
            raise damaged("it ends within its markers")
        marker, position = data[start + 1], start + 2
        if marker == _END:
            return b"".join((*parts, data[start:position]))
        if 0xD0 <= marker <= 0xD7 or marker == 0x01:
            parts.append(data[start:position])
            continue
        end = position + int.from_bytes(data[position : position + 2])
        if marker == _SCAN:
            end = _scan_end(data, end)
        kept = marker not in _APPS and marker != _COMMENT
        if kept or (marker in _KEPT_APPS and data[position + 2 :].startswith(_KEPT_APPS[marker])):
            parts.append(data[start:end])
        position = end


def _scan_end(data: bytes, position: int) -> int:
    """Return where the next marker stands that is neither a stuffed byte nor a restart."""
    while True:
        position = data.find(b"\xff", position)
        if position < 0 or position + 1 >= len(data):
            raise damaged("it ends within its picture")
        if data[position + 1] == 0 or 0xD0 <= data[position + 1] <= 0xD7:
            position += 2
        else:
            return position


def _png(data: bytes, exif: bytes) -> bytes:
    parts, position = [data[:8]], 8
    while position < len(data):
        length, kind = int.from_bytes(data[position : position + 4]), data[position + 4 : position + 8]
        end = position + 12 + length
        if kind not in _PNG_TEXTS:
            parts.append(data[position:end])
        if kind == b"IHDR" and exif:
            chunk = b"eXIf" + exif
            parts.append(len(exif).to_bytes(4) + chunk + zlib.crc32(chunk).to_bytes(4))
        position = end
        if kind == b"IEND":
            break
    return b"".join(parts)


def _webp(data: bytes, exif: bytes) -> bytes:
    parts, position = [], 12
    end = 8 + int.from_bytes(data[4:8], "little")
    while position + 8 <= end:
        kind, length = data[position : position + 4], int.from_bytes(data[position + 4 : position + 8], "little")
        chunk = data[position : position + 8 + length + (length & 1)]
        if kind == b"VP8X":
            flags = chunk[8] & ~_WEBP_FLAGS | (0x08 if exif else 0)
            chunk = chunk[:8] + bytes([flags]) + chunk[9:]
        if kind not in _WEBP_TEXTS:
            parts.append(chunk)
        position += 8 + length + (length & 1)
    if exif:
        parts.append(b"EXIF" + len(exif).to_bytes(4, "little") + exif + b"\0" * (len(exif) & 1))
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
