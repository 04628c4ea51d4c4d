"""Several photo references in one cell."""

from __future__ import annotations

import re

_BEFORE_URL = re.compile(r"\s*[,;|\s]\s*(?=(?:https?:)?//)", re.IGNORECASE)
_AFTER_FILE = re.compile(r"(?<=\.)(\w{2,5})\s*[,;|\n]\s*(?=\S)")


def split_photos(text: str) -> list[str]:
    """Split a cell into references, without breaking an address or a file name that holds a comma.

    Addresses are split before the next address, file names after a suffix: `a.jpg, b.jpg` is two,
    `red, large.jpg` is one, `https://x/w_300,h_300/a.jpg` is one.
    """
    text = text.strip()
    if re.match(r"(?:https?:)?//", text, re.IGNORECASE):
        parts = _BEFORE_URL.split(text)
    else:
        parts = _AFTER_FILE.sub(r"\1\n", text).split("\n")
    return [part.strip(" ,;|\t") for part in parts if part.strip(" ,;|\t")]
