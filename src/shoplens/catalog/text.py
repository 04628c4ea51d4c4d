"""Words of titles and of queries: the same tokens on both sides, in English, Chinese and mixtures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from shoplens.catalog.words import known_names, same_meaning

LONGEST_QUERY = 32
"""Words of a query beyond this number are left out: nobody types them, and each costs a look-up."""

_CJK = (
    r"\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUNS = re.compile(rf"([{_CJK}]+)|((?:(?![{_CJK}])[^\W_])+)")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc]")
_ACCENTS = re.compile("[\u0300-\u036f]")


def fold_text(text: str) -> str:
    """Return the text in lower case, without accents, with full-width letters as plain ones."""
    text = _APOSTROPHES.sub("", text)
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", plain))


@lru_cache(maxsize=1024)  # the variants of one article share most of their texts
def index_tokens(text: str) -> tuple[str, ...]:
    """Return what a text is found under.

    A run of Chinese, Japanese or Korean letters gives each letter and each overlapping pair of letters, because
    nothing marks where its words begin. Another word gives itself and, where it looks like a plural, its singular.
    """
    tokens: list[str] = []
    for run, word in _RUNS.findall(fold_text(text)):
        if run:
            tokens += dict.fromkeys([*run, *_pairs(run)])
        else:
            tokens += word_forms(word)
    return tuple(tokens)


def index_text(texts: Iterable[str]) -> str:
    """Return the tokens of several texts, separated by spaces, for a column of the text index."""
    return " ".join(token for text in texts for token in index_tokens(text))


@lru_cache(maxsize=1024)
def other_names(text: str) -> tuple[str, ...]:
    """Return the other words, of both languages, for the shop words of a text: "red" gives "红色" and the reverse."""
    folded = fold_text(text)
    words = [word_forms(word) for _, word in _RUNS.findall(folded) if word]
    spoken = folded.replace("-", " ")
    return tuple(name for name in same_meaning(folded, words) if name not in spoken)


def match_expression(query: str, *, every_word: bool = True) -> str:
    """Return the FTS5 expression of a shopper's query, "" where it holds no word.

    The last word, unless it is Chinese, also finds words that begin with it, for search while typing.

    Args:
        query: anything at all; quotes and operators mean nothing.
        every_word: a product must hold every word; otherwise any of them.
    """
    runs = _RUNS.findall(fold_text(query))[:LONGEST_QUERY]
    terms: list[str] = []
    for position, (run, word) in enumerate(runs):
        if run:
            pairs = dict.fromkeys(pair for part in _words_of_run(run[:LONGEST_QUERY]) for pair in _pairs(part))
            terms.append((" AND " if every_word else " OR ").join(f'"{pair}"' for pair in pairs))
        else:
            prefix = "*" if position == len(runs) - 1 else ""
            forms = [f'"{word}"{prefix}', *(f'"{form}"' for form in word_forms(word)[1:])]
            terms.append(" OR ".join(forms))
    return (" AND " if every_word else " OR ").join(f"({term})" for term in terms)


def _pairs(run: str) -> list[str]:
    # "粉红色" is pink: whoever asks for "红色" does not mean it.
    names = (known for known in known_names().finditer(run) if len(known.group()) > 2)
    hidden = {name.end() - 2 for name in names if name.group().endswith("色")}
    return [run[i : i + 2] for i in range(len(run) - 1) if i not in hidden] or [run]


def _words_of_run(run: str) -> list[str]:
    """Cut a run of Chinese at the shop words that it holds, so that "红色连衣裙" asks for two words and not one."""
    words, start = [], 0
    for known in known_names().finditer(run):
        words += [run[start : known.start()], known.group()]
        start = known.end()
    return [word for word in [*words, run[start:]] if word]


def word_forms(word: str) -> tuple[str, ...]:
    """Return a word and, where it ends like an English plural, what may be its singular; crude, but on both sides."""
    if len(word) < 4 or not word.isascii():
        return (word,)
    if word.endswith("ies") and len(word) > 4:
        return word, word[:-3] + "y", word[:-1]
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word, word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word, word[:-1]
    return (word,)
