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

PICTURE_SUFFIXES: Final = frozenset(chain(*SUFFIXES.values())) | {
    ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".svg", ".ico", ".jp2", ".jxl"
}  # fmt: skip
"""These, and those of pictures that are refused by their format."""
