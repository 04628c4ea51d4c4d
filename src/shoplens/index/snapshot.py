"""A file that is taken whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from shoplens.errors import ShopLensError

_MAGIC = b"ShopLens snapshot 2\n"
_FIXED = struct.Struct("<32sQQ")
# Who writes a snapshot writes all the time: a file that nobody touched for so many seconds has lost its writer.
_ABANDONED = 600.0


class SnapshotDamaged(ShopLensError):
    """A snapshot is incomplete, altered, or of another version; what it holds is made anew from the catalogue."""

    code = "snapshot_damaged"


class _Hashed:
    """Passes on what is written, and hashes it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.length = 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.length += len(data)
        return self._file.write(data)


def write_snapshot(path: Path, head: Mapping[str, Any], write: Callable[[BinaryIO], None]) -> None:
    """Write a snapshot in place of the one at `path`: after a kill there is the old one or the new one.

    Args:
        path: of the file; its folder is made.
        head: what can be told in JSON.
        write: writes the rest.

    Raises:
        OSError: the disk is full or fails; the old file is still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    told = json.dumps(dict(head)).encode()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_MAGIC + bytes(_FIXED.size))
            hashed = _Hashed(file)
            hashed.write(told)
            write(cast(BinaryIO, hashed))
            file.seek(len(_MAGIC))
            file.write(_FIXED.pack(_sealed(hashed.digest.digest(), len(told), hashed.length), len(told), hashed.length))
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def remove_abandoned(folder: Path) -> None:
    """Remove what writers that were killed left half-written in a folder of snapshots.

    Raises:
        OSError: the folder or a file in it cannot be changed.
    """
    now = time.time()
    for path in folder.glob(".*.snapshot-*") if folder.is_dir() else ():
        try:
            if now - path.stat().st_mtime > _ABANDONED:
                path.unlink()
        except FileNotFoundError:  # it was finished, or another process removed it
            continue


@contextmanager
def open_snapshot(path: Path) -> Iterator[tuple[dict[str, Any], BinaryIO]]:
    """Yield the head and the file, which stands behind it, after every byte was checked.

    Raises:
        SnapshotDamaged: there is none, or it is not as it was written.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise SnapshotDamaged("There is no snapshot that can be read.", received=path) from error
    with file:
        start = file.read(len(_MAGIC) + _FIXED.size)
        if len(start) < len(_MAGIC) + _FIXED.size or not start.startswith(_MAGIC):
            raise _damaged(path, "its beginning")
        seal, told, length = _FIXED.unpack(start[len(_MAGIC) :])
        if os.fstat(file.fileno()).st_size != len(start) + length:
            raise _damaged(path, "its length")
        digest = hashlib.file_digest(file, "sha256").digest()
        if _sealed(digest, told, length) != seal:
            raise _damaged(path, "its checksum")
        file.seek(len(start))
        head = json.loads(file.read(told))
        yield head, file


def _sealed(digest: bytes, told: int, length: int) -> bytes:
    """Return a hash of the content's hash and of the lengths that stand before it."""
    return hashlib.sha256(digest + struct.pack("<QQ", told, length)).digest()


def _damaged(path: Path, what: str) -> SnapshotDamaged:
    return SnapshotDamaged(f"The snapshot is not as it was written, by {what}.", received=path)
