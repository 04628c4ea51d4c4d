"""The learned product lines of one shop, each a folder of plain numbers that is verified when it is read."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput, BundleError, NotFound
from shoplens.models.bundle_files import MANIFEST, parse_json, read_file, write_json
from shoplens.quality.defects.defect_line import DefectLine, KnownDefects
from shoplens.quality.defects.patch_memory import PatchMemory

FORMAT = 1
"""Version of the folder's layout; another one is refused."""

_FACTS, _NUMBERS = "line.json", "memory.npz"
_PLAIN = ("name", "bundle_id", "samples", "defects", "rate", "threshold", "usual", "found", "least_similarity")
_AGAIN = "Learn it again: shoplens inspect learn LINE PHOTOS."

Arrays = dict[str, npt.NDArray[Any]]


class LineShelf:
    """The folder `lines` of a shop.

    Args:
        folder: holds a folder for each line; it need not be there yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """Return the names of the lines."""
        return sorted(path.parent.name for path in self._folder.glob(f"[!.]*/{MANIFEST}"))

    def changed(self, name: str) -> int:
        """Return when the line was written, in nanoseconds.

        Raises:
            NotFound: there is none of that name.
        """
        self._known(name)
        return (self._folder / name / MANIFEST).stat().st_mtime_ns

    def load(self, name: str) -> DefectLine:
        """Read a line after verifying its files.

        Raises:
            NotFound: there is none of that name.
            BundleError: a file is missing or altered.
        """
        self._known(name)
        folder = self._folder / name
        manifest = parse_json(read_file(folder / MANIFEST, None), MANIFEST)
        digests = manifest.get("files", {})
        if manifest.get("format") != FORMAT or set(digests) != {_FACTS, _NUMBERS}:
            raise BundleError("The line was written by another version.", received=name, remedy=_AGAIN)
        facts = parse_json(read_file(folder / _FACTS, digests[_FACTS]), _FACTS)
        raw = read_file(folder / _NUMBERS, digests[_NUMBERS])
        try:
            with np.load(io.BytesIO(raw), allow_pickle=False) as numbers:
                return _line(facts, {key: numbers[key] for key in numbers.files})
        except (KeyError, TypeError, ValueError, OSError, zipfile.BadZipFile) as error:
            raise BundleError("A file of the line has another shape.", received=error, remedy=_AGAIN) from error

    def put(self, line: DefectLine) -> None:
        """Write a line whole or not at all, in place of an older one of its name.

        Raises:
            BadInput: its name is no plain name.
        """
        check_line_name(line.name)
        place = self._folder / line.name
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=self._folder) as scratch:
            new, old = Path(scratch, "new"), Path(scratch, "old")
            new.mkdir()
            write_json(new / _FACTS, {key: getattr(line, key) for key in _PLAIN} | _kinds(line))
            np.savez(new / _NUMBERS, allow_pickle=False, **_arrays(line))
            files = {name: hashlib.sha256((new / name).read_bytes()).hexdigest() for name in (_FACTS, _NUMBERS)}
            write_json(new / MANIFEST, {"format": FORMAT, "files": files})
            if place.exists():
                place.rename(old)
            new.rename(place)

    def forget(self, name: str) -> None:
        """Remove a line.

        Raises:
            NotFound: there is none of that name.
        """
        self._known(name)
        shutil.rmtree(self._folder / name)

    def _known(self, name: str) -> None:
        names = self.names()
        if name not in names:
            raise NotFound(
                "No product line of that name was learned.",
                received=name,
                remedy=f"There are: {', '.join(names) or 'none yet'}. Learn one: shoplens inspect learn LINE PHOTOS.",
            )


def check_line_name(name: str) -> None:
    """Refuse what is no name for a line, which is a folder's name and part of an address.

    Raises:
        BadInput: it has other characters than letters, digits, "-", "_" and ".", or more than 64.
    """
    if not re.fullmatch(r"[\w][\w.-]{0,63}", name):
        raise BadInput("A line's name has up to 64 letters, digits, '-', '_' and '.'.", received=name)


def _kinds(line: DefectLine) -> dict[str, object]:
    known = line.known and {"reach": line.known.reach, "weight": line.known.weight}
    return {"spreads": list(line.memory.spreads), "placed": line.memory.placed, "known": known}


def _arrays(line: DefectLine) -> Arrays:
    arrays: Arrays = {"patches": line.memory.patches, "embeddings": line.embeddings}
    arrays |= {f"mean{layer}": mean for layer, mean in enumerate(line.memory.means)}
    if line.reference is not None:
        arrays["reference"] = line.reference
    if line.known is not None:
        arrays["known"] = line.known.patches
    return arrays


def _line(facts: dict[str, Any], arrays: Arrays) -> DefectLine:
    spreads = tuple(float(spread) for spread in facts["spreads"])
    means = tuple(arrays[f"mean{layer}"] for layer in range(len(spreads)))
    known = facts["known"]
    return DefectLine(
        **{key: facts[key] for key in _PLAIN},
        memory=PatchMemory(means, spreads, bool(facts["placed"]), arrays["patches"]),
        embeddings=arrays["embeddings"],
        reference=arrays.get("reference"),
        known=KnownDefects(arrays["known"], float(known["reach"]), float(known["weight"])) if known else None,
    )
