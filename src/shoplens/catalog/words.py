"""Words that mean the same, so that "T-shirt" finds "T恤" and "sweater" finds "jumper"; the table is `words.toml`."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

Tokens = tuple[str, ...]


@cache
def _table() -> bytes:
    return files("shoplens.catalog").joinpath("words.toml").read_bytes()


def table_version() -> int:
    """Return a number that changes with the table, 0 to 2^31 - 1."""
    return int.from_bytes(hashlib.sha256(_table()).digest()[:4], "big") >> 1


@cache
def word_groups() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Return the lines of the table: English words and Chinese ones of one meaning, lower case."""
    sections = tomllib.loads(_table().decode("utf-8"))
    lines = [line for section in sections.values() for line in section.items()]
    return tuple((_listed(english), _listed(chinese)) for english, chinese in lines)


@cache
def _english() -> dict[Tokens, list[int]]:
    """Return the groups of each English phrase, which is cut into its tokens."""
    found: dict[Tokens, list[int]] = {}
    for number, (english, _) in enumerate(word_groups()):
        for phrase in english:
            found.setdefault(tuple(phrase.split()), []).append(number)
    return found


@cache
def _chinese() -> dict[str, list[int]]:
    """Return the groups of each Chinese name; "包" is left out, being a part of many words that are no bags."""
    found: dict[str, list[int]] = {}
    for number, (_, chinese) in enumerate(word_groups()):
        for name in chinese:
            if len(name) > 1:
                found.setdefault(name, []).append(number)
    return found


@cache
def known_names() -> re.Pattern[str]:
    """Return what finds the Chinese names in a folded text, the longest first."""
    return re.compile("|".join(map(re.escape, sorted(_chinese(), key=len, reverse=True))))


def same_meaning(text: str, words: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the other words for what a text says, of both languages, each once.

    Args:
        text: folded.
        words: the forms of each of its words that are no Chinese, in order.
    """
    numbers = dict.fromkeys(_spoken_english(words))
    if not text.isascii():
        numbers |= dict.fromkeys(number for name in known_names().findall(text) for number in _chinese()[name])
    groups = word_groups()
    return tuple(dict.fromkeys(word for number in numbers for side in groups[number] for word in side))


def _spoken_english(words: Sequence[Sequence[str]]) -> list[int]:
    phrases = _english()
    longest = max(map(len, phrases))
    found: list[int] = []
    at = 0
    while at < len(words):
        length = next((n for n in range(min(longest, len(words) - at), 0, -1) if _starts(phrases, words, at, n)), 0)
        if length:
            found += _starts(phrases, words, at, length)
        at += length or 1
    return found


def _starts(phrases: dict[Tokens, list[int]], words: Sequence[Sequence[str]], at: int, length: int) -> list[int]:
    """Return the groups of the phrase of `length` words that begins at `at`; only its last word may be a plural."""
    first = tuple(forms[0] for forms in words[at : at + length - 1])
    return [number for form in words[at + length - 1] for number in phrases.get((*first, form), ())]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.lower().replace("-", " ").split()) for word in text.split("|") if word.strip())
