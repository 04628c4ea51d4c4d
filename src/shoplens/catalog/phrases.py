"""Finds known words in names, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from shoplens.catalog.text import fold_text

_LATIN = re.compile(r"[^\W_]+")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Phrases:
    """Words and phrases, each standing for a name.

    English words are compared without regard to case, accents and plural endings; Chinese ones wherever they occur.
    The longest phrase wins; among equals the last, because the last noun of an English or Chinese name says what
    the thing is ("shirt dress" is a dress, "衬衫裙" is a 裙).

    Args:
        words: phrase to name.
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        self._latin: dict[tuple[str, ...], str] = {}
        self._wide: dict[str, str] = {}
        for phrase, name in words.items():
            if _WIDE.search(phrase):
                self._wide[fold_text(phrase)] = name
            else:
                self._latin[_tokens(phrase)] = name
        self._longest = max((len(tokens) for tokens in self._latin), default=0)

    def find(self, text: str) -> str:
        """Return the name that the text speaks of, or ""."""
        hits = [*self._latin_hits(_tokens(text)), *self._wide_hits(fold_text(text))]
        return max(hits, key=lambda hit: hit[:2])[2] if hits else ""

    def _latin_hits(self, tokens: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
        for start in range(len(tokens)):
            for length in range(1, min(self._longest, len(tokens) - start) + 1):
                name = self._latin.get(tokens[start : start + length])
                if name is not None:
                    yield length, start, name

    def _wide_hits(self, text: str) -> Iterator[tuple[int, int, str]]:
        if not _WIDE.search(text):
            return
        for phrase, name in self._wide.items():
            at = text.rfind(phrase)
            if at >= 0:
                yield len(phrase), at, name


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_singular(word) for word in _LATIN.findall(fold_text(text)))


def _singular(word: str) -> str:
    """Return an English plural without its ending; crude, and harmless because both sides do the same."""
    if len(word) < 4:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
