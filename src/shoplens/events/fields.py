"""The values that every vendor's events hold, read strictly: texts, times, quantities and products."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from typing import Any

from shoplens.errors import BadInput
from shoplens.events.event_format import Received, Record
from shoplens.records import EventProduct

_BEFORE_OFFSET = re.compile(r" (?=[+-]\d{2}:?\d{2}$)")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def text(record: Record, *names: str) -> str:
    """Return the first of `names` that holds a value, as stripped text, or "".

    Raises:
        BadInput: the value is neither text nor a number (`field_malformed`).
    """
    for name in names:
        value = record.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise BadInput(
                f"The field '{name}' must be text.", received=value, remedy="Send a string.", code="field_malformed"
            )
        return str(value).strip()
    return ""


def moment(value: Any, received: Received = None) -> dt.datetime:  # noqa: ANN401 - whatever JSON holds
    """Return a point in time: RFC 3339 text, or an epoch number in seconds, milliseconds or microseconds.

    Text without an offset is taken as UTC. A number is told apart by its size: seconds up to 1e11 (the year 5138),
    milliseconds up to 1e14, microseconds above. Where nothing was sent, it is `received`.

    Raises:
        BadInput: no time (`time_missing`), or none that can be read (`time_malformed`).
    """
    if value is None or value == "":
        if received is not None:
            return received
        raise BadInput("The event has no time.", remedy="Send it as RFC 3339 text.", code="time_missing")
    try:
        return _moment(value)
    except (ValueError, OverflowError, TypeError) as error:
        raise BadInput(
            "The event's time cannot be read.",
            received=value,
            remedy="Send RFC 3339 text such as 2026-01-31T12:00:00Z, or an epoch number.",
            code="time_malformed",
        ) from error


def _moment(value: object) -> dt.datetime:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError(type(value).__name__)
    if isinstance(value, str) and not _is_number(value):
        # Go and BigQuery write "2026-01-31 12:00:00 +0000 UTC" or "2026-01-31 12:00:00 UTC"
        found = dt.datetime.fromisoformat(_BEFORE_OFFSET.sub("", value.strip().removesuffix(" UTC")))
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    number = float(value)
    if not math.isfinite(number) or number < 0:
        raise ValueError(number)
    exact = int(value) if isinstance(value, int) or str(value).strip().isdigit() else number
    if number < 1e11:
        return _EPOCH + dt.timedelta(seconds=exact)
    return _EPOCH + (dt.timedelta(milliseconds=exact) if number < 1e14 else dt.timedelta(microseconds=exact))


def _is_number(value: str) -> bool:
    return value.strip().replace(".", "", 1).isdigit()


def quantity(value: Any) -> int:  # noqa: ANN401 - whatever JSON holds
    """Return a whole quantity of at least 1; nothing sent means 1.

    Raises:
        BadInput: not a positive whole number (`quantity_malformed`).
    """
    if value is None or value == "":
        return 1
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not (1 <= number <= 1_000_000 and number == int(number)):
        raise BadInput(
            "A quantity must be a whole number from 1 to 1,000,000.",
            received=value,
            remedy="Leave it out for 1.",
            code="quantity_malformed",
        )
    return int(number)


def items(values: Any, *id_names: str) -> tuple[EventProduct, ...]:  # noqa: ANN401 - whatever JSON holds
    """Return the products of a list of objects, each with an id under one of `id_names` and maybe a `quantity`.

    Raises:
        BadInput: not a list of objects, or one without an id (`products_malformed`).
    """
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise _malformed(values)
    found = tuple(EventProduct(text(value, *id_names), quantity(value.get("quantity"))) for value in values)
    if not all(product.id for product in found):
        raise _malformed(values)
    return found


def ids(values: Any) -> tuple[EventProduct, ...]:  # noqa: ANN401 - whatever JSON holds
    """Return one product for each identifier of a list.

    Raises:
        BadInput: not a list of texts (`products_malformed`).
    """
    if not isinstance(values, list) or not all(isinstance(value, str | int) and value != "" for value in values):
        raise _malformed(values)
    return tuple(EventProduct(str(value)) for value in values)


def _malformed(values: object) -> BadInput:
    return BadInput(
        "The products of an event must be a list, each with its id.",
        received=values,
        remedy="See the vendor's documentation of the event.",
        code="products_malformed",
    )


def unknown_type(name: str, choices: Iterable[str]) -> BadInput:
    """Return the error for a kind of event that tells nothing of products (`event_type_unknown`)."""
    return BadInput(
        "This kind of event is not one that ShopLens learns from.",
        received=name,
        remedy=f"Known kinds: {', '.join(sorted(choices))}.",
        code="event_type_unknown",
    )
