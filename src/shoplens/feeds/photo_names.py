"""Which file names look like photos."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from shoplens.photos.suffixes import PHOTO_SUFFIXES

_WORDLESS = re.compile(r"[0-9a-fA-F\-]{16,}\Z")


def title_of(reference: str) -> str:
    """Return a title from a file's name: "shirts/red_tee-01.jpg" is "red tee 01"; a hash or UUID stays as it is."""
    stem = PurePosixPath(reference.replace("\\", "/")).stem
    return stem if _WORDLESS.match(stem) else " ".join(re.split(r"[_\-\s]+", stem)).strip()


def is_photo_name(name: str) -> bool:
    """Whether the suffix is one of a photo, not of a drawing or an icon; the decoder says later which it reads."""
    return name.casefold().endswith(tuple(PHOTO_SUFFIXES))
