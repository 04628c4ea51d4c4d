"""Class folders: every sub-folder with files is a class."""

from __future__ import annotations

from pathlib import Path

from shoplens.errors import BadInput
from shoplens.models.photo_list import LabelledPhoto, PhotoList
from shoplens.models.split import FREE

SEPARATOR = " > "
"""Joins nested folders into a class, as category paths are written."""


def read_class_folders(folder: Path, side: int = FREE) -> PhotoList:
    """Return every file under `folder`, in order of their paths, with its class.

    Nested folders are classes by their path ("Shoes > Boots"); files outside a class folder have the class "". Hidden
    files and folders are passed over.

    Args:
        folder: holds the class folders.
        side: that all of its photos have to lie on.

    Raises:
        BadInput: there is no such folder.
    """
    if not folder.is_dir():
        raise BadInput(
            "There is no such folder.", received=folder, remedy="Give the folder that holds the class folders."
        )
    root = folder.resolve()
    found = []
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and not any(part.startswith(".") for part in parts):
            found.append(LabelledPhoto(path, SEPARATOR.join(parts[:-1]), side))
    return PhotoList(folder, tuple(found))
