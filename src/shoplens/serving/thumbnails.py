"""Small copies of the photos, made at first sight and kept."""

from __future__ import annotations

import os
import re
import tempfile
from enum import IntEnum
from pathlib import Path

from shoplens.errors import NotFound
from shoplens.photos.decode import decode_file
from shoplens.photos.encode import encode
from shoplens.photos.transform import resize
from shoplens.shop import Shop


class ThumbnailSize(IntEnum):
    """The sizes that are made, in pixels of the longer side; any other would let strangers fill the disk."""

    ICON = 160
    CARD = 320
    PAGE = 640
    ZOOM = 1280


def thumbnail(shop: Shop, sha256: str, size: ThumbnailSize) -> bytes:
    """Return the photo as WebP, its longer side at most `size` pixels.

    Raises:
        NotFound: there is no such photo, or its file is gone or was changed since the import.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise NotFound("There is no such photo.", received=sha256)
    cached = shop.folder / "thumbs" / sha256[:2] / f"{sha256}-{size.value}.webp"
    if cached.is_file():
        return cached.read_bytes()
    stored = shop.catalog.photo(sha256)
    if not stored.path.is_file():
        raise NotFound("The photo's file is gone.", received=stored.path, remedy="Import the catalogue again.")
    photo = decode_file(stored.path, min_side=size)
    if photo.facts.sha256 != sha256:
        raise NotFound("The photo's file was changed.", received=stored.path, remedy="Import the catalogue again.")
    pixels = photo.pixels
    if max(pixels.shape[:2]) > size:
        pixels = resize(pixels, long=size)
    data = encode(pixels, "webp", quality=82)
    _keep(cached, data)
    return data


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(path)
