"""What an import would read, before it writes anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from shoplens.feeds.detect import Detection, open_feed
from shoplens.feeds.feed import FeedRow
from shoplens.feeds.field_map import columns_of

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of an import.

    Attributes:
        detection: the origin and why.
        mapping: field to column, as it would be used.
        unmapped: columns that no field is read from.
        rows: the first rows, good and bad.
    """

    detection: Detection
    mapping: Mapping[str, str]
    unmapped: tuple[str, ...]
    rows: tuple[FeedRow, ...]


def preview(path: Path, origin: str | None = None, mapping: Mapping[str, str] = _NOTHING, rows: int = 10) -> Preview:
    """Read the first `rows` rows of `path` and write nothing.

    Args:
        path: a file or a folder.
        origin: name of a feed plug-in; None detects it.
        mapping: field to column, overriding the origin's own.
        rows: how many to read.

    Raises:
        FeedError: as `open_feed` and `Feed.read`.
        UnknownName: there is no plug-in `origin`.
    """
    feed, detection = open_feed(path, origin)
    used = {name: text for name, text in {**feed.mapping(detection.head), **mapping}.items() if text}
    read = {column for text in used.values() for column in columns_of(text)}
    # Readers of nested sources (products.json, WordPress) speak of columns of their own: nothing can be compared.
    seen = detection.head.columns if read & set(detection.head.columns) else ()
    unmapped = tuple(column for column in seen if column not in read)
    return Preview(detection, used, unmapped, tuple(islice(feed.read(path, mapping), rows)))
