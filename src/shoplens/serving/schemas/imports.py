"""Imports of feeds, as OpenAPI shows them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ImportOut(BaseModel):
    """One import: `state` is "running", "done" or "failed"."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    source: str
    origin: str
    state: str
    started_at: str
    finished_at: str
    summary: dict[str, object]
