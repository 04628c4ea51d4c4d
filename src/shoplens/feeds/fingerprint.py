"""What tells that an import would read the same content in the same way as one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from shoplens import __version__
from shoplens.errors import FeedError


def source_fingerprint(
    source: Path, origin: str, mapping: Mapping[str, str], photos: Path | None, currency: str = ""
) -> str:
    """Return a digest of the file and of how it is read; "" for a folder, whose files have to be looked at anyway.

    Args:
        source: the feed.
        origin: name of the feed that reads it.
        mapping: the user's own mapping.
        photos: the folder of the photos, if it was given.
        currency: of prices whose feed names none.

    Raises:
        FeedError: the file cannot be read.
    """
    if not source.is_file():
        return ""
    way = [
        str(source.absolute()),
        origin,
        dict(mapping),
        str(photos.absolute()) if photos else "",
        currency,
        __version__,
    ]
    digest = hashlib.sha256(json.dumps(way).encode())
    try:
        with source.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise FeedError(f"The file cannot be read: {error.strerror}.", received=source) from error
    digest.update(content)
    return digest.hexdigest()
