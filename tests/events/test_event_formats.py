"""Each vendor's documented example becomes the right canonical event, and ours reads back unchanged."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplens.errors import BadInput, UnknownName
from shoplens.events.event_type import EventType
from shoplens.events.google import GoogleEvents, to_google
from shoplens.events.reading import read_events
from shoplens.records import Event, EventProduct

UTC = dt.UTC

GOOGLE = {
    "eventType": "detail-page-view",
    "visitorId": "visitor0",
    "eventTime": "2020-01-01T03:33:33.000001Z",
    "productDetails": [{"product": {"id": "abc"}}],
}
GOOGLE_PURCHASE = {
    "eventType": "purchase-complete",
    "visitorId": "visitor1",
    "eventTime": "2020-01-01T03:33:33+08:00",
    "attributionToken": "token",
    "productDetails": [
        {"product": {"id": "abc"}, "quantity": 2},
        {"product": {"name": "projects/p/locations/global/catalogs/default_catalog/branches/0/products/xyz"}},
    ],
    "purchaseTransaction": {"revenue": 25.0, "currencyCode": "USD"},
}
GA4 = {
    "client_id": "client_id",
    "timestamp_micros": "1641290601962000",
    "events": [
        {
            "name": "purchase",
            "params": {
                "currency": "USD",
                "transaction_id": "T_12345",
                "session_id": "12345",
                "items": [{"item_id": "SKU_12345", "item_name": "Tee", "quantity": 3}, {"item_id": "SKU_12346"}],
            },
        },
        {"name": "view_item", "params": {"items": [{"item_id": "SKU_12345"}]}},
    ],
}
GA4_EXPORT = {
    "event_name": "add_to_cart",
    "event_timestamp": 1641290601962000,
    "user_pseudo_id": "123.456",
    "event_params": [{"key": "ga_session_id", "value": {"string_value": None, "int_value": 77}}],
    "items": [{"item_id": "SKU_1", "quantity": 1}],
}
ALGOLIA = {
    "events": [
        {
            "eventType": "click",
            "eventName": "Product Clicked",
            "index": "products",
            "userToken": "user-123456",
            "timestamp": 1641290601962,
            "objectIDs": ["9780545139700", "9780439784542"],
            "queryID": "43b15df305339e827f0ac0bdc5ebcaa7",
            "positions": [7, 6],
        },
        {
            "eventType": "conversion",
            "eventSubtype": "purchase",
            "eventName": "Order",
            "index": "products",
            "userToken": "user-123456",
            "timestamp": 1641290601962,
            "objectIDs": ["a", "b"],
            "objectData": [{"price": 1, "quantity": 4}, {"price": 2, "quantity": 1}],
        },
    ]
}
RECOMBEE = {
    "requests": [
        {
            "method": "POST",
            "path": "/detailviews/",
            "params": {
                "userId": "user-7",
                "itemId": "item-12",
                "timestamp": "2022-05-13T18:25:43Z",
                "recommId": "ce52ada4-e4d9-4885-943c-407db2dee837",
            },
        },
        {
            "method": "POST",
            "path": "/ratings/",
            "params": {"userId": "user-7", "itemId": "item-13", "rating": -0.5, "timestamp": 1652466343},
        },
    ]
}
GORSE = [
    {"FeedbackType": "star", "UserId": "bob", "ItemId": "gorse", "Value": 1, "Timestamp": "2022-02-24T00:00:00Z"},
    {"FeedbackType": "read", "UserId": "bob", "ItemId": "other", "Value": 1, "Timestamp": "2022-02-24T00:00:01Z"},
]

METARANK: list[dict[str, Any]] = [
    {
        "event": "ranking",
        "id": "rank-1",
        "timestamp": "1599391467000",
        "user": "user1",
        "session": "session1",
        "fields": [{"name": "query", "value": "cat"}, {"name": "source", "value": "search"}],
        "items": [{"id": "item3", "relevancy": 2.0}, {"id": "item1", "relevancy": 1.0}, {"id": "item2"}],
    },
    {
        "event": "interaction",
        "id": "act-1",
        "ranking": "rank-1",
        "timestamp": "1599391467000",
        "user": "user1",
        "session": "session1",
        "type": "purchase",
        "item": "item1",
        "fields": [{"name": "count", "value": 2}, {"name": "shipping", "value": "DHL"}],
    },
    {"event": "interaction", "id": "act-2", "timestamp": 1599391467000, "session": "s2", "type": "click", "item": "a"},
]


def events_of(source: str | list[Any] | dict[str, Any]) -> list[Event]:
    rows = list(read_events(source))
    assert [row.code for row in rows] == [""] * len(rows), rows
    return [row.event for row in rows if row.event is not None]


def test_google_view_and_purchase() -> None:
    view, purchase = events_of([GOOGLE, GOOGLE_PURCHASE])
    moment = dt.datetime(2020, 1, 1, 3, 33, 33, 1, UTC)
    assert view == Event("", "detail-page-view", "visitor0", moment, (EventProduct("abc"),))
    assert purchase.products == (EventProduct("abc", 2), EventProduct("xyz", 1))
    assert purchase.time == dt.datetime(2019, 12, 31, 19, 33, 33, tzinfo=UTC)
    assert purchase.token == "token"


def test_google_import_request() -> None:
    request = {"inputConfig": {"userEventInlineSource": {"userEvents": [GOOGLE, GOOGLE_PURCHASE]}}}
    assert events_of(request) == events_of([GOOGLE, GOOGLE_PURCHASE])


def test_ga4_measurement_protocol_and_export() -> None:
    moment = dt.datetime(2022, 1, 4, 10, 3, 21, 962000, UTC)
    purchase, view = events_of(GA4)
    products = (EventProduct("SKU_12345", 3), EventProduct("SKU_12346", 1))
    assert purchase == Event("", "purchase-complete", "client_id", moment, products, session="12345")
    assert (view.type, view.products) == ("detail-page-view", (EventProduct("SKU_12345"),))
    (export,) = events_of(GA4_EXPORT)
    assert export == Event("", "add-to-cart", "123.456", moment, (EventProduct("SKU_1"),), session="77")


def test_algolia_click_and_purchase() -> None:
    click, purchase = events_of(ALGOLIA)
    moment = dt.datetime(2022, 1, 4, 10, 3, 21, 962000, UTC)
    clicked = (EventProduct("9780545139700"), EventProduct("9780439784542"))
    assert click == Event(
        "", "detail-page-view", "user-123456", moment, clicked, token="43b15df305339e827f0ac0bdc5ebcaa7"
    )
    assert (purchase.type, purchase.products) == ("purchase-complete", (EventProduct("a", 4), EventProduct("b", 1)))


def test_recombee_batch() -> None:
    view, rating = events_of(RECOMBEE)
    moment = dt.datetime(2022, 5, 13, 18, 25, 43, tzinfo=UTC)
    token = "ce52ada4-e4d9-4885-943c-407db2dee837"
    assert view == Event("", "detail-page-view", "user-7", moment, (EventProduct("item-12"),), token=token)
    assert rating == Event("", "dislike", "user-7", moment, (EventProduct("item-13"),))


def test_metarank_ranking_and_interactions() -> None:
    ranking, purchase, click = events_of(METARANK)
    moment = dt.datetime(2020, 9, 6, 11, 24, 27, tzinfo=UTC)
    shown = tuple(EventProduct(name) for name in ("item3", "item1", "item2"))
    assert ranking == Event("rank-1", "search", "user1", moment, shown, "session1", "rank-1")
    bought = (EventProduct("item1", 2),)
    assert purchase == Event("act-1", "purchase-complete", "user1", moment, bought, "session1", "rank-1")
    assert click == Event("act-2", "detail-page-view", "s2", moment, (EventProduct("a"),), "s2")
    browsed = {**METARANK[0], "fields": []}
    assert [event.type for event in events_of([browsed])] == ["category-page-view"]


def test_metarank_metadata_tells_no_act() -> None:
    item = {"event": "item", "id": "m1", "timestamp": "1599391467000", "item": "item1", "fields": []}
    user = {"event": "user", "id": "m2", "timestamp": "1599391467000", "user": "user1", "fields": []}
    assert [row.code for row in read_events([item, user])] == ["event_type_unknown"] * 2


def test_an_algolia_purchase_of_several_queries_keeps_each_of_them() -> None:
    purchase = {
        "eventType": "conversion",
        "eventSubtype": "purchase",
        "userToken": "anonymous-1",
        "timestamp": 1641290601962,
        "objectIDs": ["a", "b", "c"],
        "objectData": [{"queryID": "q1", "quantity": 2}, {"queryID": "q2"}, {"queryID": "q1"}],
    }
    found = [(event.token, event.products) for event in events_of({"events": [purchase]})]
    assert found == [("q1", (EventProduct("a", 2), EventProduct("c"))), ("q2", (EventProduct("b"),))]


@pytest.mark.parametrize(
    "record",
    [
        {key: value for key, value in GOOGLE.items() if key != "eventTime"},
        {"client_id": "c", "events": [{"name": "view_item", "params": {"items": [{"item_id": "a"}]}}]},
        {"eventType": "click", "eventName": "Clicked", "userToken": "u", "objectIDs": ["a"]},
        {"method": "POST", "path": "/cartadditions/", "params": {"userId": "u", "itemId": "a", "cascadeCreate": True}},
        {"FeedbackType": "read", "UserId": "u", "ItemId": "a"},
    ],
)
def test_what_comes_as_it_happens_needs_no_time(record: dict[str, Any]) -> None:
    now = dt.datetime(2026, 1, 1, tzinfo=UTC)
    (row,) = read_events([record], received=now)
    assert row.event is not None, row
    assert row.event.time == now
    assert [row.code for row in read_events([record])] == ["time_missing"]


def test_gorse_json_and_csv_agree() -> None:
    star, read = events_of(GORSE)
    assert (star.type, star.visitor, star.products) == ("like", "bob", (EventProduct("gorse"),))
    assert read.type == "detail-page-view"
    table = "FeedbackType,UserId,ItemId,Value,Timestamp\n"
    table += "".join(",".join(str(value) for value in row.values()) + "\n" for row in GORSE)
    assert events_of(table) == [star, read]


def test_the_csv_files_of_gorse_and_algolia() -> None:
    gorse = "feedback_type,user_id,item_id,time_stamp\r\nread,bob,a,2022-02-24 01:02:03.5 +0000 UTC\r\n"
    algolia = "userToken,timestamp,objectID,eventType,eventName\nu-1,2022-02-24T01:02:03Z,b,conversion,Bought\n"
    moment = dt.datetime(2022, 2, 24, 1, 2, 3, tzinfo=UTC)
    (read,) = events_of(gorse)
    half = moment + dt.timedelta(milliseconds=500)
    assert read == Event("", "detail-page-view", "bob", half, (EventProduct("a"),))
    assert events_of(algolia) == [Event("", "add-to-cart", "u-1", moment, (EventProduct("b"),))]


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-01-31 12:00:00 UTC", 12),
        ("2026-01-31 12:00:00 +0000 UTC", 12),
        ("2026-01-31 12:00:00 -03:00", 15),
        ("2026-01-31T12:00:00+08:00", 4),
        ("2026-01-31T12:00:00.25Z", 12),
        ("1769860800", 12),
        (1769860800000, 12),
    ],
)
def test_times_of_many_writers(text: str | int, hour: int) -> None:
    (event,) = events_of([{**GOOGLE, "eventTime": text}])
    assert (event.time.date(), event.time.hour) == (dt.date(2026, 1, 31), hour)


def test_plain_csv_in_english_and_chinese() -> None:
    table = "Event_Type,User_ID,Timestamp,Product_ID,Quantity\n"
    table += "purchase,u1,2026-01-02 03:04:05,A|B,2\n购买,u2,1767323045,C,\n"
    first, second = events_of(table)
    moment = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert first == Event("", "purchase-complete", "u1", moment, (EventProduct("A", 2), EventProduct("B", 2)))
    assert second == Event("", "purchase-complete", "u2", moment, (EventProduct("C"),))


def test_a_file_of_lines_keeps_the_numbers_of_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join([json.dumps(GOOGLE), "", "{broken", "[1]", json.dumps({"x": 1})]), encoding="utf-8")
    rows = list(read_events(file))
    assert [(row.number, row.code) for row in rows] == [
        (1, ""),
        (3, "event_malformed"),
        (4, "event_malformed"),
        (5, "format_unknown"),
    ]


def test_one_bad_event_of_a_request_does_not_spoil_the_others() -> None:
    events: list[Any] = [*ALGOLIA["events"], 7, {"eventType": "dance", "userToken": "u", "objectIDs": ["a"]}]
    codes = [row.code for row in read_events({"events": events})]
    assert codes == ["", "", "event_malformed", "event_type_unknown"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"eventTime": None}, "time_missing"),
        ({"eventTime": "yesterday"}, "time_malformed"),
        ({"eventTime": "NaN"}, "time_malformed"),
        ({"eventTime": True}, "time_malformed"),
        ({"eventTime": 1e300}, "time_malformed"),
        ({"eventType": "jump"}, "event_type_unknown"),
        ({"visitorId": {"a": 1}}, "field_malformed"),
        ({"productDetails": "abc"}, "products_malformed"),
        ({"productDetails": [{"product": {}}]}, "products_malformed"),
        ({"productDetails": [{"product": {"id": "a"}, "quantity": 0}]}, "quantity_malformed"),
        ({"productDetails": [{"product": {"id": "a"}, "quantity": 1.5}]}, "quantity_malformed"),
    ],
)
def test_a_bad_value_is_refused_by_name(change: dict[str, Any], code: str) -> None:
    (row,) = read_events([{**GOOGLE, **change}])
    assert (row.event, row.code) == (None, code)


@pytest.mark.parametrize("text", ["", "hello", "[1, 2", '{"a": \n', '"text"'])
def test_what_is_no_file_of_events_is_an_error(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        list(read_events(text))
    assert caught.value.code == "events_unreadable"


def test_an_unknown_format_lists_the_choices() -> None:
    with pytest.raises(UnknownName, match="algolia, ga4, google, gorse, metarank, plain, recombee"):
        read_events([], format="segment")


names = st.text(min_size=1, max_size=20).map(str.strip).filter(bool)
canonical = st.builds(
    Event,
    id=names,
    type=st.sampled_from([kind.value for kind in EventType]),
    visitor=names,
    time=st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(UTC)),
    products=st.lists(st.builds(EventProduct, names, st.integers(1, 99)), min_size=1, max_size=4).map(tuple),
    session=names,
    token=names,
)


@given(canonical)
def test_the_canonical_form_reads_back_unchanged(event: Event) -> None:
    assert GoogleEvents().translate(json.loads(json.dumps(to_google(event)))) == event
