"""Where a photo that a feed names can be had."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from shoplens.feeds.feed import RowProblem
from shoplens.feeds.photo_names import is_photo_name

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]{1,20}):")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class LocalPhoto:
    """A regular file under one of the roots; `path` is its real path."""

    path: Path


@dataclass(frozen=True, slots=True)
class RemotePhoto:
    """An address to download, http or https."""

    url: str


class PhotoLocator:
    """Resolves references, and never to a file outside its roots.

    A reference such as `/m/h/shirt.jpg` is looked up as a path below each root, then by its file name anywhere below
    them; of several files of that name the one whose folders agree most with the reference. Symbolic links are
    refused. The index of names is made when it is first needed.

    Args:
        roots: folders, in the order in which they are tried.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(Path(os.path.realpath(root)) for root in roots)

    @classmethod
    def for_feed(cls, feed: Path, photos: Path | None = None) -> PhotoLocator:
        """Look in `photos` where it is given, else in the feed's folder."""
        return cls([photos if photos is not None else feed if feed.is_dir() else feed.parent])

    def locate(self, reference: str) -> LocalPhoto | RemotePhoto | RowProblem:
        """Return where the photo is, or why it cannot be had.

        The codes are `photo_not_found`, `photo_ambiguous`, `photo_forbidden` and `photo_scheme`.
        """
        text = reference.strip()
        scheme = _SCHEME.match(text)
        if text.startswith("//"):
            return RemotePhoto(f"https:{text}")
        if scheme and scheme.group(1).lower() in ("http", "https"):
            return RemotePhoto(text)
        if scheme and text[scheme.end() :].startswith("//"):
            return _problem("photo_scheme", "Only http and https addresses and files are read.", reference)
        path = PurePosixPath(text.replace("\\", "/"))
        if "\x00" in text or not path.name or ".." in path.parts:
            return _problem("photo_forbidden", "The path is empty or leaves the photos' folder.", reference)
        return self._by_path(path, reference) or self._by_name(path, reference)

    def _by_path(self, path: PurePosixPath, reference: str) -> LocalPhoto | RowProblem | None:
        relative = [part for part in path.parts if part != "/"]
        for root in self._roots:
            below = Path(path) if path.is_absolute() and Path(path).is_relative_to(root) else root.joinpath(*relative)
            for form in dict.fromkeys(
                (str(below), *(unicodedata.normalize(form, str(below)) for form in ("NFC", "NFD")))
            ):
                found = self._check(root, Path(form), reference)
                if found:
                    return found
        return None

    def _check(self, root: Path, path: Path, reference: str) -> LocalPhoto | RowProblem | None:
        """Return the file if it is one, a problem if it may not be read, None if there is nothing."""
        try:
            steps = [
                root.joinpath(*path.relative_to(root).parts[:depth])
                for depth in range(1, len(path.relative_to(root).parts) + 1)
            ]
            modes = [step.lstat().st_mode for step in steps]
        except (OSError, ValueError):
            return None
        if any(stat.S_ISLNK(mode) for mode in modes):
            return _problem("photo_forbidden", "Symbolic links are not followed.", reference)
        return LocalPhoto(path) if modes and stat.S_ISREG(modes[-1]) else None

    def _by_name(self, path: PurePosixPath, reference: str) -> LocalPhoto | RowProblem:
        found = self._index.get(_key(path.name)) or self._index.get(_key(unquote(path.name))) or []
        if len(found) > 1:
            found = _nearest(found, path)
        if not found:
            looked = ", ".join(str(root) for root in self._roots)
            return _problem(
                "photo_not_found", f"No such file in {looked}, nor one of its name in a folder below.", reference
            )
        if len(found) > 1:
            places = ", ".join(str(one) for one in found[:_SHOWN])
            return _problem("photo_ambiguous", f"{len(found)} files have that name: {places}.", reference)
        return LocalPhoto(found[0])

    @cached_property
    def _index(self) -> dict[str, list[Path]]:
        index: dict[str, list[Path]] = {}
        for root in self._roots:
            for path in _photos_below(root):
                index.setdefault(_key(path.name), []).append(path)
        return index


def _photos_below(root: Path) -> Iterator[Path]:
    # os.walk does not enter linked folders, and a linked file is no regular one
    for folder, _, names in os.walk(root):
        for name in sorted(names):
            path = Path(folder, name)
            if is_photo_name(name) and not path.is_symlink():
                yield path


def _nearest(found: list[Path], wanted: PurePosixPath) -> list[Path]:
    def agreement(path: Path) -> int:
        pairs = zip(reversed(path.parts), reversed(wanted.parts), strict=False)
        steps = 0
        for one, other in pairs:
            if _key(one) != _key(other):
                break
            steps += 1
        return steps

    most = max(map(agreement, found))
    return [path for path in found if agreement(path) == most]


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _problem(code: str, message: str, reference: str) -> RowProblem:
    return RowProblem(code, "photos", f"{message} Received: {reference[:200]!r}")
