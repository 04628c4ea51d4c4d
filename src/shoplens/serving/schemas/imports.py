"""Imports of feeds, as OpenAPI shows them."""

from __future__ import annotations

from pydantic import BaseModel


class ImportOut(BaseModel):
    """One import: `state` is "running", "done" or "failed"; what the feed was taken for is known once done."""

    id: int
    source: str
    origin: str
    state: str
    started_at: str
    finished_at: str
    summary: dict[str, object]
