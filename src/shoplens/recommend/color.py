"""The colours that shops name, as points of CIE Lab."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from shoplens.photos.color_names import lab
from shoplens.recommend.phrases import Phrases

Lab = npt.NDArray[np.float32]
"""CIE L*a*b* under D65: L* 0 to 100, a* and b* about -110 to 110; shape `[3]` or `[n, 3]`, NaN where unknown."""

UNKNOWN = np.full(3, np.nan, dtype=np.float32)

_PARTS = re.compile(r"[/|,;&、，]")


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


@cache
def _names() -> tuple[Phrases, dict[str, Lab]]:
    """Return the phrases and, for each colour's first name, its Lab."""
    table = tomllib.loads(files("shoplens.recommend").joinpath("defaults/colors.toml").read_text("utf-8"))
    words = {word: names[0] for names in table.values() for word in names}
    pixels = np.array([list(bytes.fromhex(code[1:])) for code in table], np.uint8)
    points = lab(pixels[None])[0]
    return Phrases(words), {names[0]: point for names, point in zip(table.values(), points, strict=True)}
