"""Reads logged answers as columns."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Row, select

from shoplens.events.returned_acts import ACTS, ReturnedAct, listings_of, returned_acts
from shoplens.events.schema import answers
from shoplens.records import ImpressionLog


def read_impressions(connection: Connection, since_us: int | None, placement: str) -> ImpressionLog:
    """Return the answers from `since_us` (microseconds since 1970, UTC) on, of one placement or of all ("").

    Answers that showed nothing are left out.
    """
    chosen = [answers.c.shown > 0]
    if since_us is not None:
        chosen.append(answers.c.time_us >= since_us)
    if placement:
        chosen.append(answers.c.placement == placement)
    found = connection.execute(select(answers).where(*chosen).order_by(answers.c.number)).all()
    acts = returned_acts(connection, chosen)
    return _columns(connection, found, acts)


def _columns(connection: Connection, found: Sequence[Row[tuple[object, ...]]], acts: set[ReturnedAct]) -> ImpressionLog:
    shown: list[list[str]] = [json.loads(row.products) for row in found]
    chances = [json.loads(row.propensities) if row.propensities else [1.0] * row.shown for row in found]
    lengths = np.array([len(products) for products in shown], dtype=np.int64)
    names = [product for products in shown for product in products]
    codes: dict[str, int] = {}
    products = [codes.setdefault(name, len(codes)) for name in names]
    numbers = np.repeat(np.array([row.number for row in found], dtype=np.int64), lengths).tolist()
    listing = listings_of(connection, codes)
    keys = [(number, listing[name]) for number, name in zip(numbers, names, strict=True)]
    done = {kind: {(act.answer, act.listing) for act in acts if act.kind == kind} for kind in ACTS}
    clicked, carted, bought = (_among(keys, done[kind]) for kind in ACTS)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return ImpressionLog(
        product_ids=tuple(codes),
        products=np.array(products, dtype=np.int32),
        answers=np.repeat(np.arange(len(found), dtype=np.int32), lengths),
        positions=(np.arange(len(names)) - starts).astype(np.int32),
        propensities=np.array([chance for each in chances for chance in each], dtype=np.float64),
        clicked=clicked,
        carted=carted,
        bought=bought,
        placements=tuple(row.placement for row in found),
        models=tuple(row.model for row in found),
        experiments=tuple(row.experiment for row in found),
        contexts=tuple(json.loads(row.context) if row.context else {} for row in found),
        times=np.array([row.time_us for row in found], dtype=np.int64),
    )


def _among(keys: Sequence[tuple[int, str]], known: set[tuple[int, str]]) -> npt.NDArray[np.bool_]:
    return np.array([key in known for key in keys], dtype=np.bool_)
