"""Feeds, archives and folders that a merchant brings over HTTP, kept until they are imported."""

from __future__ import annotations

import shutil
import time
import uuid
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from shoplens.errors import BadInput, FeedError, NotFound
from shoplens.feeds.fetch_feed import FEED_ENDINGS
from shoplens.feeds.photo_names import is_photo_name

_MOST_FILES = 20_000
_MOST_BYTES = 2 << 30
_NAME_LENGTH = 200
# What was brought and never imported is in nobody's way for a day.
_FORGOTTEN_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Source:
    """What was brought.

    Attributes:
        id: its name in addresses.
        name: of the file or the folder, for people.
        path: the feed, or the folder where there are only photos.
        root: the folder of its own that holds everything.
        photos: how many pictures came with it.
    """

    id: str
    name: str
    path: Path
    root: Path
    photos: int


class Sources:
    """Keeps what is brought under a folder.

    Args:
        folder: where; it need not be there yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Source] = {}

    def add(self, files: Sequence[tuple[str, IO[bytes]]], to: str = "") -> Source:
        """Keep files: one feed, one archive (.zip), or a folder's files under their paths.

        Args:
            files: names and contents.
            to: the id of what was brought before, where these belong to it.

        Raises:
            NotFound: there is nothing of the id `to`.
            BadInput: there is nothing in it that can be imported, or it leaves its folder.
            FeedError: the archive cannot be read, or unpacks to too much.
        """
        self._forget_old()
        before = self.one(to) if to else None
        root = before.root if before else self._folder / uuid.uuid4().hex
        root.mkdir(parents=True, exist_ok=True)
        try:
            if len(files) == 1 and files[0][0].lower().endswith(".zip"):
                _unpack(files[0][1], root)
            else:
                for name, content in files:
                    with _place(root, name).open("wb") as file:
                        shutil.copyfileobj(content, file)
            source = _found(root, PurePosixPath(files[0][0].replace("\\", "/")).parts if files else ())
        except BaseException:
            self._known.pop(root.name, None)
            self._mark(root.name).unlink(missing_ok=True)
            shutil.rmtree(root, ignore_errors=True)
            raise
        self._known[source.id] = source
        self._mark(source.id).touch()
        return source

    def one(self, name: str) -> Source:
        """Return what was brought under that name.

        Raises:
            NotFound: there is nothing.
        """
        source = self._known.get(name)
        if source is None or not source.path.exists():
            raise NotFound("There is no such source.", received=name, remedy="Bring it again.")
        return source

    def begin(self, source: Source) -> None:
        """Let its photos stay for good: an import commits on its way, and what it committed shows them if it fails."""
        if source.photos:
            self._mark(source.id).unlink(missing_ok=True)

    def done(self, source: Source) -> None:
        """Let go of what was imported: a feed alone is deleted, photos stay, since the catalogue shows them."""
        self._known.pop(source.id, None)
        self._mark(source.id).unlink(missing_ok=True)
        if not source.photos:
            shutil.rmtree(source.root, ignore_errors=True)

    def _mark(self, name: str) -> Path:
        """Return the file that is there while a source waits: one that a stopped server left is known by it."""
        return self._folder / f"{name}.waiting"

    def _forget_old(self) -> None:
        for mark in self._folder.glob("*.waiting"):
            if time.time() - mark.stat().st_mtime > _FORGOTTEN_S:
                self._known.pop(mark.stem, None)
                shutil.rmtree(self._folder / mark.stem, ignore_errors=True)
                mark.unlink(missing_ok=True)


def _found(root: Path, parts: Sequence[str]) -> Source:
    """Return the one feed in the folder, or the folder where it holds photos alone."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    feeds = [path for path in files if path.suffix.lower() in FEED_ENDINGS]
    photos = sum(is_photo_name(path.name) for path in files)
    name = parts[0] if parts else root.name
    if feeds:
        # Of several the one nearest to the top, and there the largest: a read-me is shorter than a catalogue.
        feed = min(feeds, key=lambda path: (len(path.parts), -path.stat().st_size))
        return Source(root.name, feed.name if len(files) == 1 else f"{name}: {feed.name}", feed, root, photos)
    if not photos:
        raise BadInput(
            "There is nothing in it to import.",
            received=name,
            remedy=f"Bring a feed ({', '.join(FEED_ENDINGS)}), photos, or a .zip of them.",
        )
    top = [path for path in root.iterdir() if not path.name.startswith(".")]
    folder = top[0] if len(top) == 1 and top[0].is_dir() else root
    return Source(root.name, name, folder, root, photos)


def _place(root: Path, name: str) -> Path:
    """Return where a file of this name goes, its folders made; never outside of `root`."""
    path = PurePosixPath(name.replace("\\", "/"))
    parts = [part for part in path.parts if part not in ("/", ".", "..")]
    if not parts or ".." in path.parts or "\0" in name or any(len(part.encode()) > _NAME_LENGTH for part in parts):
        raise BadInput("A file's name leaves the folder, or is none.", received=ascii(name)[:120])
    place = root.joinpath(*parts)
    if not place.resolve().is_relative_to(root.resolve()):
        raise BadInput("A file's name leaves the folder, or is none.", received=ascii(name)[:120])
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise BadInput("A file and a folder have one name.", received=ascii(name)[:120]) from error
    return place


def _unpack(content: IO[bytes], root: Path) -> None:
    try:
        with zipfile.ZipFile(content) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and _wanted(entry.filename)]
            if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
                raise FeedError(
                    "The archive unpacks to too much.",
                    received=f"{len(entries)} files",
                    remedy=f"Keep it below {_MOST_FILES} files and {_MOST_BYTES >> 30} GB.",
                )
            for entry in entries:
                place = _place(root, entry.filename)
                with archive.open(entry) as packed, place.open("wb") as file:
                    _copy(packed, file, entry.file_size)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise FeedError(f"The archive cannot be read: {error}.", remedy="Make it again as a plain .zip.") from error


def _wanted(name: str) -> bool:
    # Others have no business in a catalogue, and a link in an archive has no ending of these that is a file's.
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in path.parts)
    return not hidden and (path.suffix.lower() in FEED_ENDINGS or is_photo_name(path.name))


def _copy(packed: IO[bytes], file: IO[bytes], size: int) -> None:
    """Copy, and refuse an entry that is larger than the archive says."""
    left = size
    while piece := packed.read(1 << 20):
        left -= len(piece)
        if left < 0:
            raise FeedError("The archive unpacks to more than it says.", received=f"above {size} bytes")
        file.write(piece)
