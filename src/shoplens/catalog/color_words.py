"""The colours that shops name: as points of CIE Lab, and as the few that shoppers filter by."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from shoplens.catalog.phrases import Phrases
from shoplens.photos.color_names import COLOR_NAMES, lab, name_color

Lab = npt.NDArray[np.float32]
"""CIE L*a*b* under D65: L* 0 to 100, a* and b* about -110 to 110; shape `[3]` or `[n, 3]`, NaN where unknown."""

UNKNOWN = np.full(3, np.nan, dtype=np.float32)

_PARTS = re.compile(r"[/|,;&、，]")


@lru_cache(maxsize=4_096)  # a shop names few colours, and each of them often
def named_color(text: str) -> tuple[str, Lab]:
    """Return the first colour that a text names: its plain name and its Lab, or "" and NaN.

    "Dark Navy/White" is navy; a text with no known colour word is of unknown colour, and never a guess.
    """
    phrases, looks = _names()
    for part in _PARTS.split(text):
        name = phrases.find(part)
        if name:
            return name, looks[name]
    return "", UNKNOWN


def color_family(text: str) -> str:
    """Return the colour of `COLOR_NAMES` that a text names first ("burgundy" is red, "墨绿" is green), or ""."""
    name, _ = named_color(text)
    return _families().get(name, "") if name else next((key for key in COLOR_NAMES if key == text.strip().lower()), "")


@lru_cache(maxsize=4_096)
def color_families(text: str) -> tuple[str, ...]:
    """Return the colours of every part of a text such as "Navy/White", in order, each once."""
    return tuple(dict.fromkeys(family for part in _PARTS.split(text) if (family := color_family(part))))


@cache
def color_words() -> dict[str, str]:
    """Return every word that the table knows, and the colour of `COLOR_NAMES` that it stands for."""
    families = _families()
    return {word: families[names[0]] for names in _table().values() for word in names}


@cache
def _table() -> dict[str, list[str]]:
    """Return the look of each colour, as "#rrggbb", and its names."""
    return tomllib.loads(files("shoplens.catalog").joinpath("colors.toml").read_text("utf-8"))


@cache
def _families() -> dict[str, str]:
    """Return for each colour's first name the colour of `COLOR_NAMES` that it is, or that it looks like."""
    looks = {names[0]: (int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)) for code, names in _table().items()}
    return {name: name if name in COLOR_NAMES else name_color(look) for name, look in looks.items()}


@cache
def _names() -> tuple[Phrases, dict[str, Lab]]:
    """Return the phrases and, for each colour's first name, its Lab."""
    table = _table()
    words = {word: names[0] for names in table.values() for word in names}
    pixels = np.array([list(bytes.fromhex(code[1:])) for code in table], np.uint8)
    points = lab(pixels[None])[0]
    return Phrases(words), {names[0]: point for names, point in zip(table.values(), points, strict=True)}
