"""Writes a file beside its place and moves it there."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from uuid import uuid4


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that the one before stays until the new one is whole; its folder must be there.

    Several may write one path at a time: the last one stays, whole. Who may read the file before may read the new one.

    Raises:
        OSError: no space left, no permission, or the path is a folder's; the file before is still there, and nothing
            beside it.
    """
    new = path.with_name(f".{uuid4().hex}.new")
    try:
        new.write_bytes(data)
        with suppress(FileNotFoundError):
            shutil.copymode(path, new)
        new.replace(path)
    except OSError as error:  # it tells of a name that nobody gave
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)
