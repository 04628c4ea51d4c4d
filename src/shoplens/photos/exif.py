"""The facts that matter of a photo's EXIF data: how it is turned, and whether it says where or by whom it was taken."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_ORIENTATION, _GPS, _GPS_LATITUDE, _CAMERA = 0x0112, 0x8825, 0x0002, 0x8769
_PERSONAL = frozenset({0x013B, 0x013C, 0x9C9D})
"""Artist, host computer and Windows' author (Exif 3.0, CIPA DC-008)."""

_PERSONAL_CAMERA = frozenset({0xA430, 0xA431, 0xA435})
"""Owner's name, and the serial numbers of body and lens, which tie photos to one person."""

_MAX_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Exif:
    """`orientation` is 1 (upright) to 8; `gps` tells of a latitude; `readable` is False for damaged data.

    `personal` tells of a name or of a serial number.
    """

    orientation: int = 1
    gps: bool = False
    readable: bool = True
    personal: bool = False


def read_exif(tiff: bytes) -> Exif:
    """Read a TIFF block as cameras write it; damaged data give an upright picture and `readable=False`.

    A picture is worth showing even if its notes are not: browsers do the same.
    """
    if not tiff:
        return Exif()
    try:
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        main = _entries(tiff, struct.unpack_from(order + "I", tiff, 4)[0], order)
        gps = _entries(tiff, struct.unpack(order + "I", main[_GPS])[0], order) if _GPS in main else {}
        orientation = struct.unpack(order + "H", main[_ORIENTATION][:2])[0] if _ORIENTATION in main else 1
    except (struct.error, KeyError):
        return Exif(readable=False)
    personal = bool(_PERSONAL & main.keys() or _PERSONAL_CAMERA & _camera(tiff, main, order).keys())
    return Exif(orientation if 1 <= orientation <= 8 else 1, _GPS_LATITUDE in gps, personal=personal)


def _camera(tiff: bytes, main: dict[int, bytes], order: str) -> dict[int, bytes]:
    """Return what the camera says of itself; nothing where that part alone is damaged."""
    try:
        return _entries(tiff, struct.unpack(order + "I", main[_CAMERA])[0], order)
    except (struct.error, KeyError):
        return {}


def _entries(tiff: bytes, offset: int, order: str) -> dict[int, bytes]:
    """Return tag to its four value bytes."""
    (count,) = struct.unpack_from(order + "H", tiff, offset)
    entries = (struct.unpack_from(order + "HHI4s", tiff, offset + 2 + 12 * i) for i in range(min(count, _MAX_ENTRIES)))
    return {tag: value for tag, _, _, value in entries}
