"""The learned product lines of one shop, each a folder of plain numbers that is verified when it is read."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput, BundleError, NotFound
from shoplens.models.bundle_files import MANIFEST, json_bytes, parse_json, read_file
from shoplens.quality.defects.defect_line import DefectLine, KnownDefects
from shoplens.quality.defects.patch_memory import PatchMemory
from shoplens.replace_file import replace_file

FORMAT = 1
"""Version of the folder's layout; another one is refused."""

_FACTS, _NUMBERS = ".json", ".npz"
_UNNAMED_S = 60.0
"""How long files stay that no manifest names: another process may be about to write the one that does."""

_PLAIN = ("name", "bundle_id", "samples", "defects", "rate", "threshold", "usual", "found", "least_similarity")
_AGAIN = "Learn it again: shoplens inspect learn LINE PHOTOS."

Arrays = dict[str, npt.NDArray[Any]]


class LineShelf:
    """The folder `lines` of a shop.

    A line is what its manifest names. The files beside it are called by their hashes, so those of another version never
    stand in their place: the manifest alone is replaced.

    Args:
        folder: holds a folder for each line; it need not be there yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """Return the names of the lines."""
        return sorted(path.parent.name for path in self._folder.glob(f"*/{MANIFEST}"))

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
        files = {Path(file).suffix: (file, digest) for file, digest in manifest.get("files", {}).items()}
        if manifest.get("format") != FORMAT or set(files) != {_FACTS, _NUMBERS}:
            raise BundleError("The line was written by another version.", received=name, remedy=_AGAIN)
        parts = {suffix: read_file(folder / file, digest) for suffix, (file, digest) in files.items()}
        facts = parse_json(parts[_FACTS], files[_FACTS][0])
        try:
            with np.load(io.BytesIO(parts[_NUMBERS]), allow_pickle=False) as numbers:
                return _line(facts, {key: numbers[key] for key in numbers.files})
        except (KeyError, TypeError, ValueError, OSError, zipfile.BadZipFile) as error:
            raise BundleError("A file of the line has another shape.", received=error, remedy=_AGAIN) from error

    def put(self, line: DefectLine) -> None:
        """Write a line whole or not at all, in place of an older one of its name.

        Several processes may write one line: the last one's stays. The files of the older one stay until a writing a
        minute later, for who has just read its manifest.

        Raises:
            BadInput: its name is no plain name.
        """
        check_line_name(line.name)
        folder = self._folder / line.name
        folder.mkdir(parents=True, exist_ok=True)
        _clear(folder)
        numbers = io.BytesIO()
        np.savez(numbers, allow_pickle=False, **_arrays(line))
        facts = json_bytes({key: getattr(line, key) for key in _PLAIN} | _kinds(line))
        files = {}
        for suffix, data in ((_FACTS, facts), (_NUMBERS, numbers.getvalue())):
            digest = hashlib.sha256(data).hexdigest()
            replace_file(folder / f"{digest}{suffix}", data)  # the older version may have the same one
            files[f"{digest}{suffix}"] = digest
        replace_file(folder / MANIFEST, json_bytes({"format": FORMAT, "files": files}))

    def forget(self, name: str) -> None:
        """Remove a line.

        Raises:
            NotFound: there is none of that name.
        """
        self._known(name)
        (self._folder / name / MANIFEST).unlink()  # first: without it what a kill leaves is no line
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


def _clear(folder: Path) -> None:
    """Delete old files that the folder's manifest does not name: of an older version, or what a kill left."""
    manifest = folder / MANIFEST
    named = manifest.read_text(encoding="utf-8", errors="replace") if manifest.is_file() else ""
    for path in folder.iterdir():
        if path.name == MANIFEST or path.name in named or not path.is_file():
            continue
        with suppress(FileNotFoundError):  # another process clears, too
            if time.time() - path.stat().st_mtime > _UNNAMED_S:
                path.unlink()


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
