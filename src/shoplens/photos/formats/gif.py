"""GIF: blocks up to the second picture (GIF89a specification)."""

from __future__ import annotations

from shoplens.photos.header import Header, damaged, truncated

MAGICS = (b"GIF87a", b"GIF89a")
MAX_EXTENSIONS = 10_000
MAX_BLOCKS = 300_000
_EXTENSION, _IMAGE, _TRAILER, _GRAPHIC_CONTROL = 0x21, 0x2C, 0x3B, 0xF9


def read(data: bytes) -> Header:
    """Return the header of a GIF file; its essence is the first frame without comments.

    Raises:
        PhotoError: the blocks are broken or hold no picture.
    """
    if len(data) < 13:
        raise truncated("it ends within its header")
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    position = 13 + _table_bytes(data[10])
    essence = [slice(0, position)]
    frame: slice | None = None
    for _ in range(MAX_EXTENSIONS):
        if position >= len(data):
            break
        kind, start = data[position], position
        if kind == _TRAILER or (kind == _IMAGE and frame):
            break
        if kind == _IMAGE:
            position = _image_end(data, start)
            frame = slice(start, position)
            essence.append(frame)
            # Pillow widens the canvas to hold a frame that leaves it.
            left, top, wide, high = (int.from_bytes(data[start + i : start + i + 2], "little") for i in (1, 3, 5, 7))
            width, height = max(width, left + wide), max(height, top + high)
        elif kind == _EXTENSION:
            position = _blocks_end(data, start + 2)
            if data[start + 1] == _GRAPHIC_CONTROL and not frame:
                essence = [essence[0], slice(start, position)]
        else:
            raise damaged("it holds an unknown block", kind)
    if frame is None:
        raise truncated("the GIF has no picture, or it lies behind more extensions than any needs")
    animated = position < len(data) and data[position] == _IMAGE
    return Header("gif", width, height, essence=tuple(essence), notes=("first_frame",) if animated else ())


def _table_bytes(flags: int) -> int:
    """Return the length of the colour table that the flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _image_end(data: bytes, start: int) -> int:
    if start + 10 > len(data):
        raise truncated("it ends within a frame")
    return _blocks_end(data, start + 10 + _table_bytes(data[start + 9]) + 1)


def _blocks_end(data: bytes, position: int) -> int:
    """Return the position behind a chain of data blocks."""
    for _ in range(MAX_BLOCKS):
        if position >= len(data):
            break
        length = data[position]
        position += length + 1
        if length == 0:
            return position
    raise truncated("it ends within a frame")
