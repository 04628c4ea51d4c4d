"""Column names as they compare."""

from __future__ import annotations

import re
import unicodedata


def column_key(name: str) -> str:
    """Return the name lower-case, composed, with `_` for spaces and hyphens, and without quotes or Google's `g:`."""
    plain = unicodedata.normalize("NFKC", name).strip(" \t\"'\ufeff").casefold().removeprefix("g:")
    return re.sub(r"[\s_\-]+", "_", plain)
