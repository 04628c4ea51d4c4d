"""Tables that no shop software wrote: CSV, TSV, JSON Lines or XML with columns of any name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from shoplens.errors import FeedError
from shoplens.feeds.column_key import column_key
from shoplens.feeds.duplicates import note_duplicates
from shoplens.feeds.feed import FeedRow, Head
from shoplens.feeds.feed_limits import FeedLimits
from shoplens.feeds.field_map import FieldMap
from shoplens.feeds.photo_names import title_of
from shoplens.feeds.record import Record
from shoplens.feeds.source import Source
from shoplens.feeds.synonyms import SYNONYMS

_NUMBERED = re.compile(r"_?\d{1,2}\Z")


class TableFeed:
    """Guesses the columns by their names in English and Chinese; a mapping puts right what it guesses wrong.

    A table without an id is a table of photos: each photo's reference is the id. Without a title, the photo's file
    name is the title.

    Args:
        limits: caps on the size of the file and of a row.
    """

    name: Final = "table"

    def __init__(self, limits: FeedLimits | None = None) -> None:
        self._limits = limits

    def confidence(self, head: Head) -> float:
        """Judge by how much could be guessed; always less than a vendor whose own columns are there."""
        found = set(self.mapping(head))
        if not found & {"photos", "title"}:
            return 0.0
        return 0.4 if {"id", "photos"} <= found else 0.2

    def mapping(self, head: Head) -> Mapping[str, str]:
        """Return the guess: for each field the first of its names that a column carries; all columns of photos."""
        free: dict[str, str] = {}
        for column in head.columns:
            free.setdefault(column_key(column), column)
        guess: dict[str, str] = {}
        for field, names in SYNONYMS.items():
            if field == "photos":
                # a column name with + or | cannot be combined with others, so it stays for the user to map
                keys = [key for name in names for key in free if name in (key, _NUMBERED.sub("", key))]
                keys = [key for key in dict.fromkeys(keys) if not {*free[key]} & {*"+|"}]
            else:
                keys = [name for name in names if name in free][:1]
            if keys:
                guess[field] = "+".join(free.pop(key) for key in keys)
        if "id" not in guess and "photos" in guess:
            guess = {"id": guess["photos"].split("+")[0], **guess}
        return guess

    def read(self, path: Path, mapping: Mapping[str, str]) -> Iterator[FeedRow]:
        """Yield every row; see `Feed.read`.

        Raises:
            FeedError: neither the guess nor `mapping` says which column holds the id.
        """
        source = Source.open(path, self._limits)
        fields = FieldMap(self.mapping(source.head), mapping, source.columns, open_ended=source.open_ended)
        if "id" not in fields.fields:
            raise FeedError(
                "No column is known to hold the id.",
                received=", ".join(source.columns) or "no columns",
                remedy="Map it, for example: --map id=COLUMN --map photos=COLUMN.",
                code="mapping_incomplete",
            )
        return note_duplicates(_row(record, fields) for record in source.records())


def _row(record: Record, fields: FieldMap) -> FeedRow:
    if record.broken:
        return FeedRow(record.number, None, record.problems)
    draft = fields.draft(record)
    if "title" not in fields.fields and draft.photos:
        draft.title = title_of(draft.photos[0])
    # a path as an id is nobody's SKU, so no vendor's limit on its length applies
    return draft.finish(limits=draft.id not in draft.photos)
