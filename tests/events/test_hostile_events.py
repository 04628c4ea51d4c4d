"""Whatever stands in an event, the batch goes through: each event is stored, known, or refused with a reason."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens.catalog.store import Catalog
from shoplens.events.event_database import EventDatabase
from shoplens.events.event_store import EventStore
from shoplens.events.reading import read_events
from tests.events.test_event_formats import ALGOLIA, GA4, GA4_EXPORT, GOOGLE, GOOGLE_PURCHASE, GORSE, METARANK, RECOMBEE

EXAMPLES: list[Any] = [GOOGLE, GOOGLE_PURCHASE, GA4, GA4_EXPORT, ALGOLIA, RECOMBEE, *GORSE, *METARANK]
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(), max_size=5)
    | st.sampled_from(["\ud800", "x" * 300, "1e400", "-1", "NaN", "9999-12-31T23:59:59-23:59", "0001-01-01"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "product", "key"]), inner),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventStore]:
    with Catalog.open(tmp_path_factory.mktemp("hostile"), create=True) as catalog:
        yield EventStore(EventDatabase(catalog))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - any JSON
    """The way to every value of a JSON object."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*path, key))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_value_anywhere_is_stored_or_refused(store: EventStore, data: st.DataObject) -> None:
    record = copy.deepcopy(data.draw(st.sampled_from(EXAMPLES)))
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from(list(places(record))))
        inner = record
        for key in path:
            inner = inner[key]
        inner[last] = data.draw(values)
        if not isinstance(record, dict) or not list(places(record)):
            break
    read = list(read_events([record]))
    intake = store.add_rows(iter(read))
    assert intake.accepted + intake.repeated + len(intake.rejected) == len(read)
    assert all(each.code and each.message for each in intake.rejected)


def test_half_a_character_is_refused_by_name(store: EventStore, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    good = {**GOOGLE, "visitorId": "购物者"}
    file.write_text("\n".join(json.dumps(row) for row in (good, {**GOOGLE, "visitorId": "\ud800"})))
    intake = store.add_rows(read_events(file))
    assert (intake.accepted, [each.code for each in intake.rejected]) == (1, ["id_malformed"])
