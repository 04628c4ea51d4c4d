"""Bundles in one file: `.zip`, `.tar` and compressed tars, unpacked as if somebody wanted to do harm."""

from __future__ import annotations

import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from shoplens.errors import BundleError
from shoplens.models.bundle_files import FILES, size_limit

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_ENTRIES = 32


def is_archive(name: str) -> bool:
    """Return whether a file's name says that it is an archive."""
    return name.lower().endswith(SUFFIXES)


def unpack(archive: Path, folder: Path) -> None:
    """Write the files of the bundle in `archive` to `folder`, which is made.

    The bundle's files may lie in one folder of the archive or in none. Only plain files with the names that a bundle
    has are taken; anything else refuses the whole.

    Raises:
        BundleError: it is no such archive, is damaged, or holds a link, another file, a path, or too many bytes.
    """
    folder.mkdir(parents=True)
    members = _zip(archive) if zipfile.is_zipfile(archive) else _tar(archive)
    tops: set[str] = set()
    try:
        for count, (name, file) in enumerate(members):
            top, plain = _checked(name)
            tops.add(top)
            if count >= _ENTRIES or len(tops) > 1 or (folder / plain).exists():
                raise BundleError("An archive holds one bundle.", received=f"{archive.name}: {name}")
            _copy(file, folder / plain)
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise BundleError("The archive cannot be unpacked.", received=f"{archive.name}: {error}") from error


def _checked(name: str) -> tuple[str, str]:
    """Return the folder and the file's name of a member; refuse what is not a bundle's file."""
    parts = PurePosixPath(name).parts
    if not 1 <= len(parts) <= 2 or parts[-1] not in FILES or any(part in ("..", "/") for part in parts):
        raise BundleError(
            "The archive holds something that is no file of a bundle.",
            received=name,
            remedy=f"A bundle has {', '.join(sorted(FILES))}, and nothing else.",
        )
    return (parts[0] if len(parts) == 2 else ""), parts[-1]


def _copy(source: IO[bytes], path: Path) -> None:
    limit = size_limit(path.name)
    left = limit
    with path.open("xb") as file:
        while chunk := source.read(min(1 << 20, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise BundleError(f"A file of the bundle has more than {limit} bytes.", received=path.name)
            file.write(chunk)


def _zip(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            kind = stat.S_IFMT(member.external_attr >> 16)
            if member.is_dir():
                continue
            if kind not in (0, stat.S_IFREG):
                raise BundleError("The archive holds something else than plain files.", received=member.filename)
            with opened.open(member) as file:
                yield member.filename, file


def _tar(archive: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(archive) as opened:
        for member in opened:
            if member.isdir():
                continue
            file = opened.extractfile(member) if member.isreg() else None
            if file is None:
                raise BundleError("The archive holds something else than plain files.", received=member.name)
            with file:
                yield member.name, file
