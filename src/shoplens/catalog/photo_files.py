"""A folder of photos that ShopLens keeps itself: each under the hash of its content, so that none is kept twice."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from shoplens.errors import StoreError
from shoplens.records import PhotoFacts

_SUFFIXES = {"jpeg": ".jpg"}
_MORE_SPACE, _LEAVE = "Free some space.", "Give this user leave to write to the shop's folder."
_REMEDIES = {
    errno.ENOSPC: _MORE_SPACE,
    errno.EDQUOT: _MORE_SPACE,
    errno.EACCES: _LEAVE,
    errno.EPERM: _LEAVE,
    errno.EROFS: _LEAVE,
}


class PhotoFiles:
    """Files `<folder>/ab/<sha256>.<format>`; safe for many threads and processes.

    Args:
        folder: made when the first photo comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, facts: PhotoFacts, data: bytes) -> Path:
        """Store a photo's bytes unless they are there, and return where; they have reached the disk.

        Raises:
            StoreError: the file cannot be written.
        """
        suffix = _SUFFIXES.get(facts.format, f".{facts.format}")
        path = self._folder / facts.sha256[:2] / f"{facts.sha256}{suffix}"
        try:
            if path.is_file() and path.stat().st_size == len(data):
                return path
            path.parent.mkdir(parents=True, exist_ok=True)
            # Written beside and renamed, so that a kill leaves no half photo under a name that promises its content.
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            remedy = _REMEDIES.get(error.errno or 0, "Look at what lies at this path, and at the disk.")
            raise StoreError(f"A photo cannot be stored: {error.strerror}.", received=path, remedy=remedy) from error
        return path
