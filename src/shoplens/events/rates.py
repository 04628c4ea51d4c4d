"""Click-through, add-to-cart and purchase rates of answers."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from shoplens.events.event_type import EventType
from shoplens.events.schema import TYPE_CODES, TYPE_NAMES, answers, event_products, events, product_ids

ACTS = (EventType.DETAIL_PAGE_VIEW, EventType.ADD_TO_CART, EventType.PURCHASE_COMPLETE)
"""What can come of a product that was shown: it is clicked, put into the cart, bought."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What came of the answers of one placement, model and experiment.

    A product of an answer counts once for each act, however often its event was sent.

    Attributes:
        placement: where the answers stood.
        model: what ranked them.
        experiment: the variant, or "".
        answers: logged answers.
        answers_clicked: of these, the ones with a clicked product.
        shown: products that they showed, one of two answers counted twice.
        clicked: of these, the ones that were opened.
        carted: of these, the ones that were put into the cart.
        bought: of these, the ones that were bought.
    """

    placement: str
    model: str
    experiment: str
    answers: int
    answers_clicked: int
    shown: int
    clicked: int
    carted: int
    bought: int

    @property
    def click_rate(self) -> float:
        """Clicked products for each shown one."""
        return self.clicked / self.shown

    @property
    def cart_rate(self) -> float:
        """Products put into the cart for each shown one."""
        return self.carted / self.shown

    @property
    def purchase_rate(self) -> float:
        """Bought products for each shown one."""
        return self.bought / self.shown

    @property
    def answer_click_rate(self) -> float:
        """Answers with a click for each answer."""
        return self.answers_clicked / self.answers


def read_rates(connection: Connection, since_us: int | None) -> list[Rates]:
    """Return the rates of all answers, or of those from `since_us` (microseconds since 1970, UTC) on."""
    of = (answers.c.placement, answers.c.model, answers.c.experiment)
    count = select(*of, func.count(), func.sum(answers.c.shown)).group_by(*of).order_by(*of)
    if since_us is not None:
        count = count.where(answers.c.time_us >= since_us)
    acts: dict[tuple[str, str, str], set[tuple[int, str, str]]] = defaultdict(set)
    for key, act in _acts(connection, since_us):
        acts[key].add(act)
    found = []
    for placement, model, experiment, number, shown in connection.execute(count):
        of_key = acts[placement, model, experiment]
        clicked, carted, bought = (sum(kind == act for _, kind, _ in of_key) for act in ACTS)
        answers_clicked = len({answer for answer, kind, _ in of_key if kind == ACTS[0]})
        counts = (number, answers_clicked, shown, clicked, carted, bought)
        found.append(Rates(placement, model, experiment, *counts))
    return found


def _acts(connection: Connection, since_us: int | None) -> Iterator[tuple[tuple[str, str, str], tuple[int, str, str]]]:
    """Yield `(placement, model, experiment), (answer, act, product)` of each event that brought a token back."""
    query = returned(answers.c.placement, answers.c.model, answers.c.experiment, answers.c.number, answers.c.products)
    if since_us is not None:
        query = query.where(answers.c.time_us >= since_us)
    at, among = -1, frozenset[str]()
    for placement, model, experiment, number, products, kind, product in connection.execute(
        query.order_by(answers.c.number)
    ):
        if number != at:
            at, among = number, frozenset(json.loads(products))
        if product in among:
            yield (placement, model, experiment), (number, TYPE_NAMES[kind], product)


def returned(*of_answer: ColumnElement[Any]) -> Select[Any]:
    """Return the query for acts that brought a token back: these columns of its answer, the code of the kind of act,
    the product's id.
    """  # noqa: D205
    joined = (
        answers.join(events, events.c.token == answers.c.token)
        .join(event_products, event_products.c.event == events.c.number)
        .join(product_ids, product_ids.c.number == event_products.c.product)
    )
    acts = [TYPE_CODES[act] for act in ACTS]
    query = select(*of_answer, events.c.type, product_ids.c.id).select_from(joined)
    return query.where(events.c.token != "", events.c.type.in_(acts))
