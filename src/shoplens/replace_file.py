"""Writes a file beside its place and moves it there."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that the one before stays until the new one is whole; its folder must be there.

    Raises:
        OSError: no space left, no permission; the file before is still there, and nothing beside it.
    """
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_bytes(data)
        new.replace(path)
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)
