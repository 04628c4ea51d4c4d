"""Class folders: every sub-folder with files is a class."""

from __future__ import annotations

from pathlib import Path

from shoplens.errors import BadInput
from shoplens.models.decoded_copies import Quarantined
from shoplens.models.photo_list import LabelledPhoto, PhotoList

SEPARATOR = " > "
"""Joins nested folders into a class, as category paths are written."""


def read_class_folders(folder: Path) -> PhotoList:
    """Return every file under `folder`, in order of their paths, with its class.

    Nested folders are classes by their path ("Shoes > Boots"); files outside a class folder are quarantined. Hidden
    files and folders are passed over.

    Args:
        folder: holds the class folders.

    Raises:
        BadInput: there is no such folder.
    """
    if not folder.is_dir():
        raise BadInput(
            "There is no such folder.", received=folder, remedy="Give the folder that holds the class folders."
        )
    root = folder.resolve()
    found, stray = [], []
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if not path.is_file() or any(part.startswith(".") for part in parts):
            continue
        if len(parts) == 1:
            stray.append(Quarantined(str(path), "no_class", "The file lies outside the class folders."))
        else:
            found.append(LabelledPhoto(path, SEPARATOR.join(parts[:-1])))
    return PhotoList(folder, tuple(found), tuple(stray))
