"""JPEG: markers up to the first scan (ITU-T T.81, annex B)."""

from __future__ import annotations

from shoplens.photos.color_profile import is_srgb
from shoplens.photos.header import Header, damaged, truncated

MAGIC = b"\xff\xd8\xff"
MAX_MARKERS = 2_000
MAX_JUNK = 65_536
FEW_SCANS = 15
MAX_SCAN_PIXELS = 1_500_000_000
"""Scans times pixels: each scan of a progressive JPEG visits every pixel, however few bytes it has. Encoders write
about ten scans, which allows 150 megapixels; a file made to hurt holds thousands."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_STANDALONE = frozenset(range(0xD0, 0xD9)) | {0x01}
_SCAN, _END, _APP1, _APP2 = 0xDA, 0xD9, 0xE1, 0xE2
_PROFILE = b"ICC_PROFILE\0\x01"
"""The first part of a colour profile; its header and its name are always in there (ICC.1:2022, annex B)."""


def read(data: bytes) -> Header:
    """Return the header of a JPEG file.

    Raises:
        PhotoError: the markers are broken, or the file has no end-of-image marker after its first scan. libjpeg would
            fill the missing part with grey.
    """
    frame, exif, profile, position, junk, progressive = b"", b"", b"", 2, 0, False
    for _ in range(MAX_MARKERS):
        start = data.find(b"\xff", position)
        if start < 0:
            raise truncated("it has no picture data")
        junk += start - position
        marker, position = _marker(data, start)
        if junk > MAX_JUNK or marker == _END:
            raise damaged("it has no picture data")
        if marker in _STANDALONE:
            continue
        length = int.from_bytes(data[position : position + 2])
        if length < 2 or position + length > len(data):
            raise truncated("a segment is longer than the file")
        segment = data[position + 2 : position + length]
        position += length
        if marker in _FRAMES:
            if frame or len(segment) < 6:
                raise damaged("its frame header is wrong")
            frame, progressive = segment, marker in _PROGRESSIVE
        elif marker == _APP1 and segment.startswith(b"Exif\0\0") and not exif:
            exif = segment[6:]
        elif marker == _APP2 and segment.startswith(_PROFILE):
            profile = segment[len(_PROFILE) + 1 :]
        elif marker == _SCAN:
            if data.rfind(b"\xff\xd9", position) < 0:
                raise truncated("the JPEG has no end marker")
            single = segment[:1] == frame[5:6] and not progressive
            return _header(frame, exif, profile, scans=1 if single else 1 + data.count(b"\xff\xda", position))
    raise damaged("it has too many segments", MAX_MARKERS)


def _marker(data: bytes, start: int) -> tuple[int, int]:
    """Return the marker that begins at `start` and the position behind it; fill bytes may stand before."""
    position = start + 1
    while data[position : position + 64] == b"\xff" * 64:
        position += 64
    while data[position : position + 1] == b"\xff":
        position += 1
    if position >= len(data):
        raise truncated("it ends within a marker")
    return data[position], position + 1


def _header(frame: bytes, exif: bytes, profile: bytes, scans: int) -> Header:
    if not frame:
        raise damaged("the size is missing")
    bits, height, width, components = frame[0], int.from_bytes(frame[1:3]), int.from_bytes(frame[3:5]), frame[5]
    if scans > FEW_SCANS and scans * width * height > MAX_SCAN_PIXELS:
        raise damaged("it repeats its scans too often for its size", scans)
    return Header(
        "jpeg",
        width,
        height,
        exif=exif,
        notes=("cmyk_converted",) if components == 4 else () if is_srgb(profile) else ("not_srgb",),
        plain=bits == 8 and components in (1, 3),
    )
