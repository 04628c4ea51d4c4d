"""Shoppers' events and what came of answers, as OpenAPI shows them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, Field

from shoplens.events.rates import Rates
from shoplens.events.searches import Searches


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


class RatesOut(BaseModel):
    """What came of the logged answers of one placement, model and experiment; a product counts once for each act."""

    placement: str
    model: str
    experiment: str
    answers: int
    answers_clicked: int
    shown: int = Field(description="products that the answers showed")
    clicked: int
    carted: int
    bought: int
    click_rate: float = Field(description="of the products shown")
    cart_rate: float = Field(description="of the products shown")
    purchase_rate: float = Field(description="of the products shown")
    answer_click_rate: float = Field(description="answers with a click, of all answers")
    answer_click_interval: tuple[float, float] = Field(description="the 95 % interval of answer_click_rate")

    @classmethod
    def of(cls, line: Rates) -> RatesOut:
        """Return its shape."""
        return cls(
            placement=line.placement,
            model=line.model,
            experiment=line.experiment,
            answers=line.answers,
            answers_clicked=line.answers_clicked,
            shown=line.shown,
            clicked=line.clicked,
            carted=line.carted,
            bought=line.bought,
            click_rate=line.click_rate,
            cart_rate=line.cart_rate,
            purchase_rate=line.purchase_rate,
            answer_click_rate=line.answer_click_rate,
            answer_click_interval=line.answer_click_interval,
        )


class SearchesOut(BaseModel):
    """The searches of one kind on one day."""

    day: dt.date
    sought: str = Field(description="photo, words, both (a photo with words) or products (more like these)")
    searches: float = Field(description="how many there were; estimated where only a part of the answers is logged")
    no_match: float = Field(description="of these, the ones that found nothing, or nothing that is likely meant")
    no_match_rate: float
    no_match_interval: tuple[float, float] = Field(description="the 95 % interval of no_match_rate")
    logged: int = Field(description="searches that were logged, which is what the numbers come of")
    logged_no_match: int

    @classmethod
    def of(cls, line: Searches) -> SearchesOut:
        """Return its shape."""
        return cls(
            day=line.day,
            sought=line.sought,
            searches=line.searches,
            no_match=line.no_match,
            no_match_rate=line.no_match_rate,
            no_match_interval=line.no_match_interval,
            logged=line.logged,
            logged_no_match=line.logged_no_match,
        )


class SearchDaysOut(BaseModel):
    """How often shoppers searched, by day."""

    log_answers: float = Field(description="the part of the answers that is logged now, from 0 to 1")
    days: list[SearchesOut] = Field(description="the oldest first; days without searches are left out")


class GivenAnswer(BaseModel):
    """A logged answer that a visitor was given."""

    attributionToken: str
    time: str
    placement: str
    model: str
    experiment: str
    products: list[str]
    propensities: list[float]
    context: dict[str, Any]
    sought: str
    noMatch: bool


class VisitorOut(BaseModel):
    """All that is kept of a visitor; `userEvents` are in Google's retail schema and can be sent back as they are."""

    visitorId: str
    userEvents: list[dict[str, Any]]
    answers: list[GivenAnswer]


class ErasedOut(BaseModel):
    """How much was erased."""

    events: int
    answers: int
