"""What shoppers did, what came of answers, and what a shopper may ask for."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query
from pydantic import WithJsonSchema

from shoplens.errors import BadInput
from shoplens.events.event_rules import MAX_VISITOR
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.schemas.events import (
    ErasedOut,
    EventsOut,
    RatesOut,
    RejectionOut,
    SearchDaysOut,
    SearchesOut,
    VisitorOut,
)

router = APIRouter(prefix="/v1", tags=["events"])
_AT_MOST = 1000
_EVENT = {"type": "object", "additionalProperties": True}
# not looked into here: a malformed event is refused by itself, by its number, and not with the whole request
Events = Annotated[Any, WithJsonSchema({"anyOf": [_EVENT, {"type": "array", "items": _EVENT}]}), Body()]
Visitor = Annotated[str, Path(min_length=1, max_length=MAX_VISITOR)]


@router.post("/events")
def add_events(shop: ShopDep, events: Events) -> EventsOut:
    """Take up to 1,000 events, as Google retail, GA4, Algolia, Recombee, Gorse or Metarank write them.

    A repeated delivery does no harm. What is answered as accepted is on the disk. An event without a time happened now.
    """
    if not isinstance(events, dict | list):
        raise BadInput("Events are one JSON object or an array of them.", received=events, code="events_unreadable")
    if isinstance(events, list) and len(events) > _AT_MOST:
        raise BadInput(
            f"One request may bring {_AT_MOST} events.", received=len(events), remedy="Send smaller batches."
        )
    result = shop.events.add(events, received=dt.datetime.now(dt.UTC))
    return EventsOut(
        accepted=result.accepted,
        repeated=result.repeated,
        rejected=[RejectionOut(number=r.number, code=r.code, message=r.message) for r in result.rejected],
    )


@router.get("/events/rates")
def rates(
    shop: ShopDep,
    since: Annotated[dt.datetime | None, Query(description="of answers from here on, RFC 3339; UTC by default")] = None,
) -> list[RatesOut]:
    """Tell click-through, add-to-cart and purchase rates of answers, by placement, model and experiment.

    An event counts for the answer whose `token` it brings back as `attributionToken`.
    """
    return [RatesOut.of(line) for line in shop.events.rates(_in_utc(since))]


@router.get("/events/searches")
def searches(
    shop: ShopDep,
    since: Annotated[
        dt.datetime | None, Query(description="of searches from here on, RFC 3339; UTC by default")
    ] = None,
    utc_offset_minutes: Annotated[
        int, Query(gt=-1440, lt=1440, description="of the clock that the days are of, from UTC")
    ] = 0,
) -> SearchDaysOut:
    """Tell how many searches there were each day, by photo and by words, and how many of them found nothing.

    Every answer to a search counts, so one that is narrowed by a filter counts again.
    """
    found = shop.events.searches(_in_utc(since), offset=dt.timedelta(minutes=utc_offset_minutes))
    return SearchDaysOut(log_answers=shop.settings.log_answers, days=[SearchesOut.of(line) for line in found])


def _in_utc(time: dt.datetime | None) -> dt.datetime | None:
    return time.replace(tzinfo=dt.UTC) if time is not None and time.tzinfo is None else time


@router.get("/visitors/{visitor:path}")
def export_visitor(shop: ShopDep, visitor: Visitor) -> VisitorOut:
    """Give out all that is kept of a visitor: events, and the logged answers that the visitor was given."""
    return VisitorOut.model_validate(shop.events.export(visitor))


@router.delete("/visitors/{visitor:path}")
def erase_visitor(shop: ShopDep, visitor: Visitor) -> ErasedOut:
    """Delete all that is kept of a visitor; what is learned of events is learned without these from then on."""
    erased = shop.events.erase(visitor)
    return ErasedOut(events=erased.events, answers=erased.answers)
