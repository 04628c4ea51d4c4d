"""How many searches there were each day, and how many of them found nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from shoplens.events.event_database import EPOCH, MICROSECOND
from shoplens.events.schema import answers
from shoplens.models.intervals import Interval, wilson_interval

_DAY_US = dt.timedelta(days=1) // MICROSECOND


@dataclass(frozen=True, slots=True)
class Searches:
    """The searches of one kind on one day.

    Where only a sample of answers is logged, each that was logged stands for as many as it was drawn of.

    Attributes:
        day: when they were answered.
        sought: what they were asked by: "photo", "words", "both" (a photo with words) or "products" (more like these).
        logged: that were logged.
        logged_no_match: of these, the ones that found nothing, or nothing that is likely meant.
        searches: estimate of all there were; equal to `logged` where every answer is logged.
        no_match: estimate of all that found nothing, likewise.
    """

    day: dt.date
    sought: str
    logged: int
    logged_no_match: int
    searches: float
    no_match: float

    @property
    def no_match_rate(self) -> float:
        """Searches that found nothing, for each search."""
        return self.no_match / self.searches

    @property
    def no_match_interval(self) -> Interval:
        """The 95 % interval of the rate, by what was logged."""
        return wilson_interval(self.logged_no_match, self.logged)


def read_searches(connection: Connection, since_us: int | None, offset: dt.timedelta) -> list[Searches]:
    """Return the searches by day and kind, the oldest first; days without any are left out.

    The estimate is that of Horvitz and Thompson (1952): each logged search counts as 1 / its chance of being logged.

    Args:
        connection: any.
        since_us: from here on, microseconds since 1970 in UTC; None for all.
        offset: of the clock that the days are of from UTC, less than a day.
    """
    row = answers.c
    day = ((row.time_us + offset // MICROSECOND) // _DAY_US).label("day")
    # Said as it stands in the index, which is of such rows only: a bound value would keep SQLite from using it.
    where: list[ColumnElement[bool]] = [row.sought != literal_column("''")]
    if since_us is not None:
        where.append(row.time_us >= since_us)
    query = (
        select(
            day,
            row.sought,
            func.count(),
            func.sum(row.no_match),
            func.sum(1.0 / row.share),
            func.sum(row.no_match / row.share),
        )
        .where(*where)
        .group_by(day, row.sought)
        .order_by(day, row.sought)
    )
    found = connection.execute(query).all()
    return [Searches(_date(int(number)), *counted) for number, *counted in found]


def _date(number: int) -> dt.date:
    return (EPOCH + dt.timedelta(days=number)).date()
