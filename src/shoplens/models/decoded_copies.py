"""Small decoded copies of photos in one file on disk, so that memory stays flat however many photos there are."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from shoplens.errors import PhotoError
from shoplens.models.pixel_rows import PixelRows
from shoplens.photos.decode import decode_file
from shoplens.photos.recipe import Recipe
from shoplens.records import Pixels

Progress = Callable[[int, int], None]
"""Called with the number of photos that are done and the number of all."""

_BATCH = 256
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A file that cannot be used: its path, a stable code and a sentence."""

    path: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class DecodedCopies:
    """The copies of those files that could be read.

    Attributes:
        pixels: uint8 RGB `[n, side, side, 3]`, on disk.
        kept: for each row the position of its file in the list that was asked for, ascending.
        quarantined: the other files, each with its reason.
    """

    pixels: PixelRows
    kept: tuple[int, ...]
    quarantined: tuple[Quarantined, ...]

    @classmethod
    def of(
        cls, paths: Sequence[Path], recipe: Recipe, side: int, folder: Path, progress: Progress | None = None
    ) -> DecodedCopies:
        """Decode what is new or changed since the last call, take the rest from disk.

        A row needs `3 * side * side` bytes of disk: 62 KB at 144 pixels. Files are told apart by path, size and time of
        change. A kill leaves the previous state intact.

        Args:
            paths: files to read.
            recipe: applied to each photo; its result must be `[side, side, 3]`.
            side: of the copies, in pixels.
            folder: where the copies and their index lie; made if absent.
            progress: told after every batch.

        Raises:
            OSError: the folder cannot be written (no space left, no permission).
        """
        folder.mkdir(parents=True, exist_ok=True)
        facts = [_facts(path) for path in paths]
        index = _read_index(folder, recipe, side)
        if list(index.entries) != facts:
            index = _write(facts, recipe, side, folder, index, progress)
        entries = [index.entries[fact] for fact in facts]
        kept = tuple(i for i, entry in enumerate(entries) if entry.row >= 0)
        bad = (Quarantined(fact.path, e.code, e.reason) for fact, e in zip(facts, entries, strict=True) if e.row < 0)
        return cls(PixelRows(folder / index.file, side), kept, tuple(bad))


class _Facts(NamedTuple):
    """What tells one state of a file from another."""

    path: str
    size: int
    changed_ns: int


class _Entry(NamedTuple):
    """What became of a file: its row, or -1 with a code and a reason."""

    row: int
    code: str = ""
    reason: str = ""


class _Index(NamedTuple):
    """The file of copies, and what it holds, in order."""

    file: str
    entries: dict[_Facts, _Entry]


def _facts(path: Path) -> _Facts:
    try:
        state = path.stat()
    except OSError:  # reading it will say why
        return _Facts(str(path), -1, 0)
    return _Facts(str(path), state.st_size, state.st_mtime_ns)


def _read_index(folder: Path, recipe: Recipe, side: int) -> _Index:
    """Return what the last call left, or an empty index where it does not fit: copies can always be made again."""
    path = folder / "index.json"
    if not path.exists():
        return _Index("", {})
    index = json.loads(path.read_text("utf-8"))
    if (index["version"], index["recipe"], index["side"]) != (_VERSION, recipe.digest, side):
        return _Index("", {})
    return _Index(index["file"], {_Facts(*fact): _Entry(*entry) for fact, entry in index["entries"]})


def _write(
    facts: Sequence[_Facts], recipe: Recipe, side: int, folder: Path, old: _Index, progress: Progress | None
) -> _Index:
    """Write a new file of copies and its index, then drop the older ones."""
    new = _Index(f"pixels-{secrets.token_hex(4)}.u8", {})
    row = 0
    # a plain file, not a memory map: a full disk is then an OSError and not a SIGBUS
    with (folder / new.file).open("wb") as file:
        for done, (fact, result) in enumerate(_results(facts, recipe, side, folder, old), start=1):
            if isinstance(result, _Entry):
                new.entries[fact] = result
            else:
                file.write(result.tobytes())
                new.entries[fact] = _Entry(row)
                row += 1
            if progress is not None and (done % _BATCH == 0 or done == len(facts)):
                progress(done, len(facts))
    index = {
        "version": _VERSION,
        "recipe": recipe.digest,
        "side": side,
        "file": new.file,
        "entries": list(new.entries.items()),
    }
    (folder / "index.new.json").write_text(json.dumps(index, ensure_ascii=False), "utf-8")
    (folder / "index.new.json").replace(folder / "index.json")
    for stale in folder.glob("pixels-*.u8"):
        if stale.name != new.file:
            stale.unlink()
    return new


def _results(
    facts: Sequence[_Facts], recipe: Recipe, side: int, folder: Path, old: _Index
) -> Iterator[tuple[_Facts, Pixels | _Entry]]:
    """Yield the copy of each file, or why there is none, in order; decoding runs on all cores."""
    rows = PixelRows(folder / old.file, side) if old.file else None

    def one(fact: _Facts) -> tuple[_Facts, Pixels | _Entry]:
        entry = old.entries.get(fact)
        if entry is not None and rows is not None:
            return fact, rows[entry.row] if entry.row >= 0 else entry
        try:
            return fact, recipe.apply(decode_file(Path(fact.path), min_side=side).pixels)
        except PhotoError as error:
            return fact, _Entry(-1, error.code, str(error))
        except OSError as error:
            return fact, _Entry(-1, "file_unreadable", f"The file cannot be read: {error.strerror}.")

    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        for start in range(0, len(facts), _BATCH):
            yield from pool.map(one, facts[start : start + _BATCH])
