"""Weights from an address, taken only if they are what the hash says."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from urllib.parse import urlsplit

from shoplens.errors import DownloadError
from shoplens.models.resumable_download import ResumableDownload


def fetch_weights(address: str, folder: Path) -> Path:
    """Return the file behind `https://.../name.h5#sha256=<64 hexadecimal characters>`, fetched once and then kept.

    Args:
        address: with the hash of the file; without one a stranger's file could be anything.
        folder: where it is kept, under its hash.

    Raises:
        DownloadError: there is no hash, the address cannot be reached, or it brings something else.
    """
    parts = urlsplit(address)
    found = re.fullmatch(r"sha256=([0-9a-fA-F]{64})", parts.fragment)
    suffix = Path(parts.path).suffix.lower()
    if found is None or suffix not in (".h5", ".npz"):
        raise DownloadError(
            "Weights from an address need their hash, and a name that ends in .h5 or .npz.",
            received=address,
            remedy="Write https://host/weights.h5#sha256=<hash of the file>.",
        )
    wanted = found[1].lower()
    kept = folder / f"{wanted}{suffix}"
    if not kept.is_file() or hashlib.sha256(kept.read_bytes()).hexdigest() != wanted:
        ResumableDownload(folder).fetch(parts._replace(fragment="").geturl(), wanted).replace(kept)
    return kept
