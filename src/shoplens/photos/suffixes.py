"""The endings of picture files, in lower case."""

from __future__ import annotations

from itertools import chain
from typing import Final

SUFFIXES: Final[dict[str, tuple[str, ...]]] = {
    "jpeg": (".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg"),
    "png": (".png", ".apng"),
    "webp": (".webp",),
    "gif": (".gif",),
}
"""Those of each format that is decoded, the usual one first."""

PHOTO_SUFFIXES: Final = frozenset(chain(*SUFFIXES.values())) | {".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif"}
"""These, and those that photos have in formats that are refused; a feed's product may show one."""

PICTURE_SUFFIXES: Final = PHOTO_SUFFIXES | {".svg", ".ico", ".jp2", ".jxl"}
"""These, and those of drawings, icons and rare formats, which are refused too."""
