"""Addresses of feeds, as OpenAPI shows them."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from shoplens.catalog.feed_addresses import FeedAddress
from shoplens.serving.strict_model import StrictModel


class AddressIn(StrictModel):
    """The address of a feed."""

    url: str = Field(min_length=1, max_length=2_000)


class FeedIn(AddressIn):
    """A feed that is to be imported again and again."""

    every_s: int = Field(86_400, ge=300, le=2_592_000, description="seconds between two imports")
    origin: str = ""
    mapping: dict[str, str] = Field(default_factory=dict, max_length=200)
    sync: bool = Field(default=False, description="retire products that the feed no longer has")


class FeedChangeIn(StrictModel):
    """What is to be changed of a feed; what is not named stays."""

    url: str | None = Field(None, min_length=1, max_length=2_000)
    every_s: int | None = Field(None, ge=300, le=2_592_000)
    origin: str | None = None
    mapping: dict[str, str] | None = Field(None, max_length=200)
    sync: bool | None = None
    paused: bool | None = None


class FeedOut(FeedIn, extra="ignore"):
    """A feed, and how its last import went; a moment that has not come is empty."""

    id: int
    paused: bool
    added_at: str
    tried_at: str
    read_at: str = Field(description="when it was last imported, or found to be as before")
    next_at: str
    failures: int = Field(description="how often in a row it failed")
    problem_code: str
    problem: str

    @classmethod
    def of(cls, feed: FeedAddress) -> Self:
        """Return a feed's shape."""
        return cls.model_validate(feed, from_attributes=True)
