"""Files and request bodies of events, in any of the known formats, one row for each event."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from shoplens.errors import BadInput, UnknownName, printable
from shoplens.events.algolia import AlgoliaEvents
from shoplens.events.event_format import EventFormat, Received
from shoplens.events.ga4 import Ga4Events
from shoplens.events.google import GoogleEvents
from shoplens.events.gorse import GorseEvents
from shoplens.events.metarank import MetarankEvents
from shoplens.events.plain import PlainEvents
from shoplens.events.recombee import RecombeeEvents
from shoplens.records import Event

FORMATS: tuple[EventFormat, ...] = (
    GoogleEvents(),
    Ga4Events(),
    AlgoliaEvents(),
    RecombeeEvents(),
    GorseEvents(),
    MetarankEvents(),
    PlainEvents(),
)
"""In the order in which they are asked: the ones with the most particular names first."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as read: `event` is None where it was refused, and `code` and `message` then say why.

    `number` is the line of a file of lines (a CSV's header is line 1), else the place in the array, from 1 on. Events
    that came in one request body share its number.
    """

    number: int
    event: Event | None
    code: str = ""
    message: str = ""


def read_events(
    source: Path | str | list[object] | dict[str, object], format: str = "", received: Received = None
) -> Iterator[EventRow]:
    """Yield every event of a source, good or bad, in order. Lines and CSV are read in constant memory.

    Args:
        source: a file, its text, or parsed JSON: one object or a list of them.
        format: the name of one of `FORMATS`; "" finds it for each record by its names.
        received: the time of events that bring none, where they come as they happen; None refuses them.

    Raises:
        UnknownName: no format is called so.
        BadInput: the source as a whole is neither JSON, lines of JSON nor a CSV with a header (`events_unreadable`).
    """
    formats = [known for known in FORMATS if known.name == format] if format else list(FORMATS)
    if not formats:
        raise UnknownName("event format", format, [known.name for known in FORMATS])
    return itertools.chain.from_iterable(
        _rows(number, record, formats, received) for number, record in _records(source)
    )


def _records(source: Path | str | list[object] | dict[str, object]) -> Iterator[tuple[int, object]]:
    if isinstance(source, list):
        yield from enumerate(source, start=1)
    elif isinstance(source, dict):
        yield 1, source
    elif isinstance(source, str):
        yield from _text_records(StringIO(source), "the text")
    else:
        try:
            with source.open(encoding="utf-8-sig", newline="") as lines:
                yield from _text_records(lines, str(source))
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(str(source), str(error)) from error


def _text_records(lines: Iterable[str], name: str) -> Iterator[tuple[int, object]]:
    stream = iter(lines)
    first = next((line for line in stream if line.strip()), "")
    if first.lstrip().startswith("["):
        yield from _records(_parse(first + "".join(stream), name))
    elif not first.lstrip().startswith("{"):
        yield from _csv_records(itertools.chain([first], stream), name)
    elif _is_json(first):
        for number, line in enumerate(itertools.chain([first], stream), start=1):
            if line.strip():
                yield number, _line(line)
    else:
        yield from _records(_parse(first + "".join(stream), name))


def _csv_records(lines: Iterable[str], name: str) -> Iterator[tuple[int, object]]:
    reader = csv.DictReader(lines)
    if not reader.fieldnames or len(reader.fieldnames) < 2:
        raise _unreadable(name, f"its first line is {reader.fieldnames}")
    try:
        for row in reader:
            # a row with more cells than the header has names keeps the rest under None
            yield reader.line_num, row if None not in row else "a row with more cells than the header"
    except csv.Error as error:
        raise _unreadable(name, str(error)) from error


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _line(line: str) -> object:
    """Return the parsed line, or the line itself, which is no object and so will be refused by its number."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return line


def _parse(text: str, name: str) -> list[object] | dict[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unreadable(name, str(error)) from error
    if not isinstance(value, list | dict):
        raise _unreadable(name, f"a JSON {type(value).__name__}")
    return value


def _unreadable(name: str, why: str) -> BadInput:
    return BadInput(
        f"The events of {name} cannot be read.",
        received=why,
        remedy="Send a JSON array, one JSON object on each line, or a CSV with a header, in UTF-8.",
        code="events_unreadable",
    )


def _rows(number: int, record: object, formats: list[EventFormat], received: Received) -> Iterator[EventRow]:
    if not isinstance(record, dict):
        yield _no_object(number, record)
        return
    known = next((each for each in formats if each.matches(record)), None)
    if known is None:
        names = ", ".join(sorted(map(str, record)))
        message = printable(f"No known kind of event has these names. Received: {names:.200}")
        yield EventRow(number, None, "format_unknown", message)
        return
    for part in known.unpack(record):
        yield _row(number, part, known, received)


def _no_object(number: int, record: object) -> EventRow:
    message = printable(f"An event must be a JSON object. Received: {record!s:.120}")
    return EventRow(number, None, "event_malformed", message)


def _row(number: int, record: object, known: EventFormat, received: Received) -> EventRow:
    if not isinstance(record, dict):
        return _no_object(number, record)
    try:
        return EventRow(number, known.translate(record, received))
    except BadInput as error:
        return EventRow(number, None, error.code, str(error))
