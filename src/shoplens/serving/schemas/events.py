"""What became of shoppers' events, as OpenAPI shows it."""

from __future__ import annotations

from pydantic import BaseModel


class RejectionOut(BaseModel):
    """One refused event: its number in the batch, from 1 on, and why."""

    number: int
    code: str
    message: str


class EventsOut(BaseModel):
    """What became of the events sent."""

    accepted: int
    repeated: int
    rejected: list[RejectionOut]
