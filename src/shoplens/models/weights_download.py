"""Weights from an address, taken only if they are what the hash says."""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from shoplens.errors import DownloadError

_MAX_BYTES = 1024**3
_SECONDS = 60.0


def fetch_weights(address: str, folder: Path) -> Path:
    """Return the file behind `https://.../name.h5#sha256=<64 hexadecimal characters>`, fetched once and then kept.

    Args:
        address: with the hash of the file; without one a stranger's file could be anything.
        folder: where it is kept, under its hash.

    Raises:
        DownloadError: there is no hash, the answer is none, it is larger than 1 GiB, or it has another hash.
    """
    import httpx

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
    if kept.is_file() and hashlib.sha256(kept.read_bytes()).hexdigest() == wanted:
        return kept
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryDirectory(prefix=".download-", dir=folder) as scratch:
        fresh = Path(scratch) / "weights"
        try:
            with (
                fresh.open("wb") as file,
                httpx.stream("GET", address, timeout=_SECONDS, follow_redirects=True) as answer,
            ):
                answer.raise_for_status()
                for part in answer.iter_bytes():
                    size += len(part)
                    if size > _MAX_BYTES:
                        raise DownloadError("The weights are larger than 1 GiB.", received=address)
                    digest.update(part)
                    file.write(part)
        except httpx.HTTPError as error:
            raise DownloadError("The weights cannot be fetched.", received=f"{address}: {error}") from error
        if digest.hexdigest() != wanted:
            raise DownloadError(
                "The weights are not those of the hash.",
                received=digest.hexdigest(),
                remedy="Check the address and the hash; do not use the file.",
            )
        fresh.replace(kept)
    return kept
