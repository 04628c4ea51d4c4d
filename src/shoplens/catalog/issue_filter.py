"""Which issues of the ledger are asked for, and in which order they come."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, select

from shoplens.catalog.filter import Filter
from shoplens.catalog.findings import channel_part, channels_text
from shoplens.catalog.issue import IssueState
from shoplens.catalog.tables import findings, products
from shoplens.catalog.where import conditions


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """Which issues: all of what is set must hold.

    Attributes:
        products: of these only; () for all.
        code: of this check only.
        severity: of exactly this.
        channel: that this rule pack asks for.
        category: of products in this category or below it.
        states: in one of these; () for all.
    """

    products: tuple[str, ...] = ()
    code: str = ""
    severity: str = ""
    channel: str = ""
    category: str = ""
    states: tuple[IssueState, ...] = ("open",)


OPEN = IssueFilter()
"""Everything that is still there and was not accepted, of active products."""


def issue_conditions(where: IssueFilter) -> list[ColumnElement[bool]]:
    """Return the conditions on the table `findings`."""
    column = findings.c
    found = in_states(where.states)
    if where.products:
        found.append(column.product_id.in_(where.products))
    if where.code:
        found.append(column.code == where.code)
    if where.severity:
        found.append(column.severity == where.severity)
    if where.channel:
        found.append(column.channels.contains(channel_part(where.channel), autoescape=True))
    if where.category:
        inside = select(products.c.id).where(*conditions(Filter(category=where.category, include_retired=True)))
        found.append(column.product_id.in_(inside))
    return found


def in_states(states: Collection[IssueState]) -> list[ColumnElement[bool]]:
    """Return the condition for one of these states; none for ().

    Only active products have open issues, and only what a rule pack asks for is waived.
    """
    column = findings.c
    fixed, waived = column.fixed_at != "", column.waived_at != ""
    asked = column.channels != channels_text(())
    active = column.product_id.in_(select(products.c.id).where(products.c.retired == 0))
    each = {"open": ~fixed & ~waived & active, "waived": ~fixed & waived & asked, "fixed": fixed}
    if not states:
        return []
    wanted = [each[state] for state in dict.fromkeys(states)]
    first, *rest = wanted
    for other in rest:
        first = first | other
    return [first]


def issue_order() -> tuple[Any, ...]:
    """Return the order of issues: the gravest first, then by product, photo and code."""
    column = findings.c
    gravity = case((column.severity == "error", 0), (column.severity == "warning", 1), else_=2)
    return gravity, column.product_id, column.photo, column.code, column.id
