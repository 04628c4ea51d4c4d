"""What the words beside a photo ask for: colours, a category, a brand, attributes, and the words that are left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from shoplens.catalog.color_words import color_words
from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.catalog.text import fold_text, other_names, word_forms
from shoplens.photos.color_names import COLOR_NAMES

_ATTRIBUTES = ("material", "pattern", "gender", "age_group")
_MOST_VALUES = 2_000
_TOKENS = r"[\u3400-\u9fff]+|(?:(?![\u3400-\u9fff])[^\W_])+"
_WIDE = re.compile(r"[\u3400-\u9fff]")

_FILLERS = frozenset(
    "a an and as but by color colour colored coloured for have i in is it like look looking looks made of one ones or "
    "please same show similar style that the this to want with".split()
)
"""English words that ask for nothing."""

_WIDE_FILLERS = re.compile(
    "同款|类似|相似|一样|这款|这个|这件|这条|这双|那款|换成|改成|但是|不过|颜色|我要|想要|有没有|请问|但|要|有|的|款"
)
"""Chinese ones."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text was taken for.

    Attributes:
        colors: keys of `COLOR_NAMES`.
        category: a path of the shop, "" for none.
        brand: as the shop writes it, "" for none.
        attributes: lower-case name to value.
        words: what else was said, for the search by words.
    """

    colors: tuple[str, ...] = ()
    category: str = ""
    brand: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    words: str = ""

    def narrowed(self, where: Filter) -> Filter:
        """Return the filter with what was understood, where it does not say something itself."""
        return replace(
            where,
            colors=where.colors or frozenset(self.colors),
            category=where.category or self.category,
            brand=where.brand or self.brand,
            attributes={**self.attributes, **where.attributes},
        )


_Meaning = tuple[str, str]
"""Kind ("color", "category", "brand" or an attribute's name) and value."""


class QueryWords:
    """Reads the words that shoppers put beside a photo, by the vocabulary of one shop.

    Args:
        meanings: folded phrase to its meaning; a Chinese one is found anywhere in a run of Chinese.
    """

    def __init__(self, meanings: Mapping[str, _Meaning]) -> None:
        wide = {phrase: meaning for phrase, meaning in meanings.items() if _WIDE.search(phrase)}
        latin = {phrase: meaning for phrase, meaning in meanings.items() if phrase not in wide}
        self._latin = {key: meaning for phrase, meaning in latin.items() for key in _keys(phrase)}
        self._longest = max((len(key) for key in self._latin), default=0)
        self._wide = wide
        # One letter alone is a part of many words ("金" of "金属"); it counts where nothing else stands beside it.
        longer = sorted((phrase for phrase in wide if len(phrase) > 1), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longer)) or "(?!)")
        mixed = [re.escape(phrase) for phrase in longer if re.search("[a-z]", phrase)]
        self._tokens = re.compile("|".join([*mixed, _TOKENS]))

    @classmethod
    def of(cls, catalog: Catalog) -> Self:
        """Read the brands, categories and attributes of a shop; colours are the same in every shop."""
        facets = catalog.facets(("brand", "category", *_ATTRIBUTES), limit=_MOST_VALUES)
        meanings: dict[str, _Meaning] = {fold_text(word): ("color", color) for word, color in _all_colors().items()}
        kinds: dict[str, set[str]] = {}
        for value in facets["category"]:
            for name in _names_of(value.value.rsplit(">", 1)[-1]):
                kinds.setdefault(name, set()).add(value.value)
        # A word of several categories ("Jackets" of women and of men) cannot choose one: it is searched as a word.
        meanings |= {name: ("category", next(iter(paths))) for name, paths in kinds.items() if len(paths) == 1}
        for attribute in _ATTRIBUTES:
            for value in facets[attribute]:
                for name in (fold_text(value.value), *map(fold_text, other_names(value.value))):
                    meanings[name] = (attribute, value.value)
        meanings |= {fold_text(value.value): ("brand", value.value) for value in facets["brand"]}
        return cls({phrase: meaning for phrase, meaning in meanings.items() if phrase.strip()})

    def read(self, text: str) -> Understood:
        """Return what a text asks for; of a category, a brand or an attribute the last one counts."""
        found: list[_Meaning] = []
        rest: list[str] = []
        latin: list[str] = []
        for token in [*self._tokens.findall(fold_text(text)), ""]:
            if token and not _WIDE.search(token):
                latin += re.findall(r"[^\W_]+", token)
                continue
            self._read_latin(latin, found, rest)
            latin = []
            self._read_wide(token, found, rest)
        said = dict(found)
        colors = tuple(dict.fromkeys(value for kind, value in found if kind == "color"))
        attributes = {kind: value for kind, value in found if kind in _ATTRIBUTES}
        return Understood(colors, said.get("category", ""), said.get("brand", ""), attributes, " ".join(rest))

    def _read_latin(self, words: list[str], found: list[_Meaning], rest: list[str]) -> None:
        at = 0
        while at < len(words):
            lengths = range(min(self._longest, len(words) - at), 0, -1)
            keys = (key for length in lengths for key in _keys(" ".join(words[at : at + length])) if key in self._latin)
            known = next(keys, None)
            if known:
                found.append(self._latin[known])
            elif words[at] not in _FILLERS:
                rest.append(words[at])
            at += len(known) if known else 1

    def _read_wide(self, run: str, found: list[_Meaning], rest: list[str]) -> None:
        at = 0
        for known in [*self._known.finditer(run), None]:
            between = run[at : known.start() if known else len(run)]
            for part in _WIDE_FILLERS.split(between):
                if part in self._wide:
                    found.append(self._wide[part])
                elif part:
                    rest.append(part)
            if known:
                found.append(self._wide[known.group()])
                at = known.end()


def _keys(phrase: str) -> list[tuple[str, ...]]:
    """Return a phrase word by word, once for each form of its last word, so that plurals meet their singulars."""
    words = re.findall(r"[^\W_]+", phrase)
    return [(*words[:-1], form) for form in word_forms(words[-1])] if words else []


def _names_of(category: str) -> Iterable[str]:
    """Return what a category is called: its name, the parts of "Sweaters & Hoodies", and their other names."""
    name = fold_text(category.strip())
    for part in dict.fromkeys([name, *re.split(r"\s*(?:&|,|/|\band\b)\s*", name)]):
        if part.strip():
            yield part.strip()
            yield from map(fold_text, other_names(part))


def _all_colors() -> dict[str, str]:
    """Return every colour word with its colour; those of `COLOR_NAMES` themselves among them."""
    return color_words() | {chinese: key for key, chinese in COLOR_NAMES.items()} | {key: key for key in COLOR_NAMES}
