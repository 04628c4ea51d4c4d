"""JSON Lines, and JSON files that hold a list of objects, item by item."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from shoplens.feeds.feed import RowProblem
from shoplens.feeds.record import Record
from shoplens.feeds.text_encoding import mended

Item = tuple[int, "dict[str, Any] | RowProblem"]
"""A line or item number, with its object or with what is wrong with it."""

_MARKS = re.compile(r'\\.|["{}]', re.DOTALL)
_CHUNK = 1 << 16
_DEEPEST = 3


def read_json_lines(file: TextIO, max_chars: int) -> Iterator[Item]:
    """Yield the line number and the object of each line that is not blank, or what is wrong with it."""
    number = 0
    while line := file.readline(max_chars + 1):
        number += 1
        rest = line
        while len(rest) > max_chars and not rest.endswith("\n"):
            rest = file.readline(max_chars + 1)
        if line.strip(" \t\r\n\ufeff"):
            yield number, _parse(line, max_chars)


def read_json_objects(file: TextIO, max_chars: int, depth: int) -> Iterator[Item]:
    """Yield the item number and each object that stands at `depth` braces, in memory of one object.

    Objects are found by their braces alone, so that one with a fault inside does not stop the rest.

    Args:
        file: a JSON document.
        max_chars: a longer object is skipped and reported.
        depth: 0 for `[{...}, ...]`, 1 for `{"products": [{...}, ...]}`.
    """
    level, number, in_string = 0, 0, False
    parts: list[str] = []
    while chunk := _chunk(file):
        start = 0
        for mark in _MARKS.finditer(chunk):
            sign = mark.group()
            if sign == '"':
                in_string = not in_string
            elif in_string or sign not in "{}":
                continue
            elif sign == "{":
                start = mark.start() if level == depth else start
                level += 1
            elif level:
                level -= 1
                if level == depth:
                    number += 1
                    yield number, _parse("".join([*parts, chunk[start : mark.end()]]), max_chars)
                    parts = []
        if level > depth and sum(map(len, parts)) <= max_chars:
            parts.append(chunk[start:])
    if level > depth:
        yield number + 1, RowProblem("json_malformed", "", "The file ends inside an object; it seems to be cut.")


def json_record(item: Item) -> Record:
    """Return an item as a record: nested objects as `price.amount`, lists as several values."""
    number, value = item
    if isinstance(value, RowProblem):
        return Record(number, {}, (value,), broken=True)
    values: dict[str, tuple[str, ...]] = {}
    damaged: list[RowProblem] = []
    for column, texts in _flat(value, ""):
        mends = [mended(text) for text in texts]
        if any(bad for _, bad in mends):
            text = f"Bytes that the file's encoding does not have. Received: {mends[0][0][:80]!r}"
            damaged.append(RowProblem("bytes_undecodable", column, text))
        values[column] = (*values.get(column, ()), *(text for text, _ in mends))
    return Record(number, values, tuple(damaged))


def json_text(value: object) -> str:
    """Return a JSON scalar as text: numbers as written, `true` and `false`, "" for null."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _chunk(file: TextIO) -> str:
    chunk = file.read(_CHUNK)
    # an escape must not be cut in two
    while (len(chunk) - len(chunk.rstrip("\\"))) % 2 and (more := file.read(1)):
        chunk += more
    return chunk


def _parse(text: str, max_chars: int) -> dict[str, Any] | RowProblem:
    received = f"Received: {mended(text)[0].strip()[:80]!r}"
    if len(text) > max_chars:
        return RowProblem("row_too_large", "", f"The item is longer than {max_chars} characters. {received}")
    try:
        # Numbers stay text: a price must not pass through a float, nor an id lose its zeros.
        value = json.loads(text.lstrip("\ufeff"), parse_float=str, parse_int=str)
    except ValueError as error:
        return RowProblem("json_malformed", "", f"The item is no JSON: {error}. {received}")
    except RecursionError:
        return RowProblem("json_malformed", "", f"The item is nested too deeply. {received}")
    if not isinstance(value, dict):
        return RowProblem("json_malformed", "", f"The item is no object with names. {received}")
    return value


def _flat(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, list[str]]]:
    for name, inner in value.items():
        column = prefix + name
        if isinstance(inner, dict):
            if prefix.count(".") < _DEEPEST:
                yield from _flat(inner, f"{column}.")
        elif isinstance(inner, list):
            yield column, [json_text(one) for one in inner if not isinstance(one, dict | list)]
            for one in inner:
                if isinstance(one, dict) and prefix.count(".") < _DEEPEST:
                    yield from _flat(one, f"{column}.")
        else:
            yield column, [json_text(inner)]
