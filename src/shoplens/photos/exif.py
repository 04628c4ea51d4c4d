"""The two facts that matter of a photo's EXIF data: how it is turned, and whether it says where it was taken."""

from __future__ import annotations

import struct
from dataclasses import dataclass

_ORIENTATION, _GPS, _GPS_LATITUDE = 0x0112, 0x8825, 0x0002
_MAX_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Exif:
    """`orientation` is 1 (upright) to 8; `gps` tells of a latitude; `readable` is False for damaged data."""

    orientation: int = 1
    gps: bool = False
    readable: bool = True


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
    return Exif(orientation if 1 <= orientation <= 8 else 1, _GPS_LATITUDE in gps)


def _entries(tiff: bytes, offset: int, order: str) -> dict[int, bytes]:
    """Return tag to its four value bytes."""
    (count,) = struct.unpack_from(order + "H", tiff, offset)
    entries = (struct.unpack_from(order + "HHI4s", tiff, offset + 2 + 12 * i) for i in range(min(count, _MAX_ENTRIES)))
    return {tag: value for tag, _, _, value in entries}
