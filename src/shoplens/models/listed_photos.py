"""Labelled photos as people keep them: class folders, or a table of paths and labels."""

from __future__ import annotations

from pathlib import Path

from shoplens.errors import BadInput
from shoplens.models.class_folders import read_class_folders
from shoplens.models.manifest import SUFFIXES, read_manifest
from shoplens.models.photo_list import PhotoList


def listed_photos(source: Path, split: str | None = None) -> PhotoList:
    """Return the photos of class folders or of a manifest, which may lie anywhere on this machine.

    Args:
        source: the folder that holds the class folders, or a table; see `read_class_folders` and `read_manifest`.
        split: None to put photos on the sides that a manifest names. A text takes only its rows of that split and ""
            takes all; their sides are then `FREE`.

    Raises:
        BadInput: the source does not exist, cannot be read, has no splits, or holds no labelled photo.
        UnknownName: a manifest names splits, but not this one.
    """
    if source.is_file() or (source.suffix.lower() in SUFFIXES and not source.is_dir()):
        listed = read_manifest(source, split)
    elif split and source.is_dir():
        raise BadInput(
            "Class folders have no splits.",
            received=split,
            remedy="Give the folder of that part, or a table with a column 'split'.",
        )
    else:
        listed = read_class_folders(source)
    if not listed.photos:
        raise BadInput(
            "There is no labelled photo.",
            received=f"{source}: {len(listed.quarantined)} files or rows without use",
            remedy="Put photos into a folder for each class, or name them in a table with the columns path and label.",
        )
    return listed
