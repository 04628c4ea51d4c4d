"""Which kinds of product go together, from tables that a shop can edit."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from shoplens.catalog.phrases import Phrases
from shoplens.errors import BadInput, UnknownName

DEFAULTS = ("fashion", "home", "grocery", "electronics")
"""The tables that ship, in `defaults/`."""

PAIRS_FILE = "pairs.toml"
"""A shop's own table, in its folder."""

UNPAIRED = 0.2
"""How well two categories go together of which at least one is of no known kind: a guess, below every stated pair."""

_PARTS: Mapping[str, tuple[type[list[str]] | type[dict[str, float]], str]] = {
    "kinds": (list, 'Under [kinds] a kind has a list of words, as: lamp = ["lamp", "lantern"]'),
    "audience": (list, 'Under [audience] a name has a list of words, as: kids = ["kids", "junior"]'),
    "pairs": (dict, "Under [pairs] a kind has a table of weights, as: lamp = { sofa = 0.8 }"),
}


@dataclass(frozen=True, eq=False)
class CategoryPairs:
    """Kinds of product, the words that tell them, and how well each two go together.

    Attributes:
        kinds: their names, the place of each being its code.
        weights: float32 `[kinds, kinds]`, symmetric, 0 (never) to 1 (best); the diagonal is 0 unless a table pairs a
            kind with itself.
    """

    kinds: tuple[str, ...]
    weights: npt.NDArray[np.float32]
    _words: Phrases = field(repr=False)
    _audiences: Phrases = field(repr=False)

    @classmethod
    def read(cls, texts: Iterable[str]) -> Self:
        """Merge tables in TOML; a word or a pair that several give is as the last one says.

        Raises:
            BadInput: a table is no TOML, has another part or a line of another shape, pairs an unknown kind, or weighs
                a pair outside 0 to 1.
        """
        words: dict[str, str] = {}
        audiences: dict[str, str] = {}
        pairs: dict[tuple[str, str], float] = {}
        kinds: dict[str, None] = {}
        for text in texts:
            table = _parse(text)
            kinds.update(dict.fromkeys(table.get("kinds", {})))
            words.update({word: kind for kind, known in table.get("kinds", {}).items() for word in known})
            audiences.update({word: who for who, known in table.get("audience", {}).items() for word in known})
            for one, others in table.get("pairs", {}).items():
                pairs.update({(min(one, other), max(one, other)): weight for other, weight in others.items()})
        return cls(tuple(kinds), _matrix(tuple(kinds), pairs), Phrases(words), Phrases(audiences))

    def kind(self, category: str, title: str = "") -> int:
        """Return the code of the kind that a category path tells, its last part first; else the title; else -1."""
        for part in (*reversed(category.split(">")), title):
            name = self._words.find(part)
            if name:
                return self.kinds.index(name)
        return -1

    def audience(self, category: str, attributes: Mapping[str, str]) -> str:
        """Return for whom a product is ("women", "men", "kids"), "" for everybody or where nothing says so."""
        texts = (attributes.get("age_group", ""), attributes.get("gender", ""), *reversed(category.split(">")))
        found = [name for name in map(self._audiences.find, texts) if name]
        # a girl's dress is for kids first of all, wherever that is said
        name = "kids" if "kids" in found else next(iter(found), "")
        return "" if name == "all" else name


@cache
def default_pairs() -> CategoryPairs:
    """Return the tables that ship."""
    return CategoryPairs.read(_shipped())


def read_pairs(path: Path) -> CategoryPairs:
    """Return the tables that ship with a shop's own file on top of them; those that ship where there is no such file.

    Raises:
        BadInput: the file cannot be read, or its table is wrong.
    """
    if not path.exists():
        return default_pairs()
    try:
        own = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("A table of category pairs cannot be read.", received=error, remedy="Check the file.") from error
    try:
        return CategoryPairs.read([*_shipped(), own])
    except BadInput as error:  # nothing is wrong with those that ship
        what = f"In {path.name} of the shop's folder: {error.what}"
        raise BadInput(what, received=error.received, remedy=error.remedy, code=error.code) from error


def _shipped() -> list[str]:
    folder = files("shoplens.recommend").joinpath("defaults")
    return [folder.joinpath(f"{name}.toml").read_text("utf-8") for name in DEFAULTS]


def _parse(text: str) -> dict[str, Any]:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput("A table of category pairs is no TOML.", received=error, remedy="Correct that line.") from error
    for part, lines in table.items():
        if part not in _PARTS:
            raise UnknownName("part of a table of category pairs", part, _PARTS)
        wanted, remedy = _PARTS[part]
        for name, line in lines.items() if isinstance(lines, dict) else [("", lines)]:
            if not name or not isinstance(line, wanted) or not all(isinstance(one, str) for one in line):
                received = f"{part}.{name} = {line}" if name else f"{part} = {line}"
                raise BadInput("A line of category pairs is wrong.", received=received, remedy=remedy)
    return table


def _matrix(kinds: tuple[str, ...], pairs: Mapping[tuple[str, str], float]) -> npt.NDArray[np.float32]:
    codes = {kind: code for code, kind in enumerate(kinds)}
    weights = np.zeros((len(kinds), len(kinds)), dtype=np.float32)
    for (one, other), weight in pairs.items():
        unknown = {one, other} - codes.keys()
        if unknown:
            raise BadInput(
                "A category pair names a kind that no table describes.",
                received=f"{one} with {other}",
                remedy=f"Add {', '.join(sorted(unknown))} to [kinds].",
            )
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight <= 1:
            raise BadInput(
                "A category pair needs a weight from 0 to 1.",
                received=f"{one} with {other} = {weight}",
                remedy="0 parts them, 1 is the best match.",
            )
        weights[codes[one], codes[other]] = weights[codes[other], codes[one]] = weight
    return weights
