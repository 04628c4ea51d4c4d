"""What shoppers did."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body

from shoplens.errors import BadInput
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.schemas.events import EventsOut, RejectionOut

router = APIRouter(prefix="/v1", tags=["events"])
_AT_MOST = 1000


@router.post("/events")
def add_events(shop: ShopDep, events: Annotated[dict[str, Any] | list[dict[str, Any]], Body()]) -> EventsOut:
    """Take up to 1,000 events, as Google retail, GA4, Algolia, Recombee or Gorse write them.

    A repeated delivery does no harm. What is answered as accepted is on the disk.
    """
    batch = events if isinstance(events, list) else [events]
    if len(batch) > _AT_MOST:
        raise BadInput(f"One request may bring {_AT_MOST} events.", received=len(batch), remedy="Send smaller batches.")
    result = shop.events.add(events)
    return EventsOut(
        accepted=result.accepted,
        repeated=result.repeated,
        rejected=[RejectionOut(number=r.number, code=r.code, message=r.message) for r in result.rejected],
    )
