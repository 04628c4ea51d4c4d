"""Which field is read from which column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from shoplens.errors import FeedError
from shoplens.feeds.column_key import column_key
from shoplens.feeds.draft import Draft
from shoplens.feeds.photo_list import split_photos
from shoplens.feeds.record import Record

TEXT_FIELDS = (
    "id", "title", "description", "category", "brand", "price", "sale_price", "currency", "availability", "group",
    "link",
)  # fmt: skip
LIST_FIELDS = ("tags", "photos")
_JOINED_BY = {"description": "\n", "category": " > "}
_FIELD = re.compile(r"[^\W\d]\w*\Z")


class FieldMap:
    """Fills drafts from records.

    A mapping goes from a field to columns: `a+b` combines columns, `a|b` takes the first of them that is not blank,
    `=EUR` is a constant, "" leaves the field out. A field that `Product` does not have becomes an attribute.

    Args:
        own: what the reader itself reads; names that the source lacks are left out.
        override: what the user says; it wins field by field.
        columns: what the source has; names are compared without case, spaces and Google's `g:`.
        open_ended: the source may hold columns that its beginning does not show (XML, JSON).

    Raises:
        FeedError: `override` names a column that is not there, or a field that is no name.
    """

    def __init__(
        self, own: Mapping[str, str], override: Mapping[str, str], columns: Iterable[str], *, open_ended: bool = False
    ) -> None:
        self._open_ended = open_ended
        self._known: dict[str, str] = {}
        for column in columns:
            self._known.setdefault(column_key(column), column)
        for name, text in override.items():
            self._check(name, text)
        self._parts: dict[str, list[list[str]]] = {}
        for name, text in {**own, **override}.items():
            parts = [part for part in self._split(text) if part]
            if parts:
                self._parts[name] = parts

    @property
    def fields(self) -> dict[str, str]:
        """The mapping in force, with the names of columns as the source writes them."""
        return {name: "+".join("|".join(part) for part in parts) for name, parts in self._parts.items()}

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The columns that nothing reads."""
        used = {column for parts in self._parts.values() for part in parts for column in part}
        return tuple(column for column in self._known.values() if column not in used)

    def draft(self, record: Record) -> Draft:
        """Return what `record` says, field by field, unchecked."""
        draft = Draft(record.number, problems=list(record.problems))
        for name, parts in self._parts.items():
            texts = [found for part in parts if (found := self._value(record, part))]
            if name == "photos":
                draft.photos = _each(texts, split_photos)
            elif name == "tags":
                draft.tags = _each(texts, _split_tags)
            elif name in TEXT_FIELDS:
                setattr(draft, name, _JOINED_BY.get(name, " ").join(several[0] for several in texts))
            else:
                draft.attributes[name] = ", ".join(dict.fromkeys(one for several in texts for one in several))
        return draft

    def _value(self, record: Record, part: list[str]) -> tuple[str, ...]:
        if part[0].startswith("="):
            return (part[0][1:],)
        return next((found for column in part if (found := record.texts(column))), ())

    def _split(self, text: str) -> list[list[str]]:
        if text.startswith("="):
            return [[text]]
        if self._has(text):
            return [[self._actual(text)]]
        return [[self._actual(name) for name in part.split("|") if self._has(name)] for part in text.split("+")]

    def _has(self, name: str) -> bool:
        return column_key(name) in self._known or (
            self._open_ended and name == name.strip("+| ") != "" and not {*name} & {*"+|"}
        )

    def _actual(self, name: str) -> str:
        return self._known.get(column_key(name), name.strip())

    def _check(self, name: str, text: str) -> None:
        if not _FIELD.match(name):
            fields = ", ".join((*TEXT_FIELDS, *LIST_FIELDS))
            raise FeedError(
                "A mapping must name a field.", received=name, remedy=f"Use {fields}, or an attribute's name."
            )
        if not text or text.startswith("=") or self._has(text):
            return
        for column in re.split(r"[+|]", text):
            if not self._has(column):
                raise FeedError(
                    f"The mapping of {name!r} names a column that the source does not have.",
                    received=column,
                    remedy=f"Its columns are: {', '.join(self._known.values())}.",
                    code="column_unknown",
                )


def _each(texts: list[tuple[str, ...]], split: Callable[[str], list[str]]) -> list[str]:
    """Split lone values; a column of several values is a list already."""
    return [one for several in texts for text in several for one in (split(text) if len(several) == 1 else [text])]


def _split_tags(text: str) -> list[str]:
    return [tag for part in re.split(r"[,;|，、]", text) if (tag := part.strip())]


def columns_of(text: str) -> list[str]:
    """Return the columns that one mapping names: `a+b|c` is a, b and c; a constant names none."""
    return [] if text.startswith("=") else [text, *re.split(r"[+|]", text)]
