"""What a shop decided of its recommendations: looks that it put together, and how far placements were promoted."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from shoplens.catalog.part import Part
from shoplens.catalog.tables import counters, curated_looks, promotions

_COUNTER = "merchandising"
_REVISION = select(counters.c.value).where(counters.c.name == _COUNTER)  # every answer asks this


@dataclass(frozen=True, slots=True)
class Promotion:
    """How far one placement was promoted.

    Attributes:
        placement: its name.
        rung: how much of the shoppers it uses.
        since: since when, RFC 3339 in UTC.
        measured_at: when that was last measured, RFC 3339 in UTC.
        events: how many events there were then.
        report: what was measured; JSON values only.
    """

    placement: str
    rung: str
    since: str
    measured_at: str
    events: int
    report: Mapping[str, Any]


class Merchandising(Part):
    """What one shop decided; `Catalog.merchandising` is one."""

    def revision(self) -> int:
        """Return a number that grows with every change."""
        with self._read() as connection:
            return int(connection.execute(_REVISION).scalar_one())

    def looks(self) -> dict[str, tuple[str, ...]]:
        """Return the products of each look in their order, by the looks' names."""
        column = curated_looks.c
        found: dict[str, tuple[str, ...]] = {}
        with self._read() as connection:
            for row in connection.execute(select(curated_looks).order_by(column.look, column.position)):
                found[row.look] = (*found.get(row.look, ()), row.product_id)
        return found

    def put_looks(self, looks: Mapping[str, Sequence[str]], *, replace: bool = False) -> None:
        """Store looks; those of the same names are replaced, and all others too where that is asked for."""
        rows = [
            {"look": look, "position": position, "product_id": product}
            for look, products in looks.items()
            for position, product in enumerate(products)
        ]
        with self._write() as connection:
            if replace:
                connection.execute(delete(curated_looks))
            else:
                for look in looks:
                    connection.execute(delete(curated_looks).where(curated_looks.c.look == look))
            if rows:
                connection.execute(insert(curated_looks), rows)
            _changed(connection)

    def promotions(self) -> dict[str, Promotion]:
        """Return how far each placement was promoted, by its name."""
        with self._read() as connection:
            rows = connection.execute(select(promotions).order_by(promotions.c.placement)).mappings().all()
        return {row["placement"]: Promotion(**{**row, "report": json.loads(row["report"])}) for row in rows}

    def put_promotions(self, rungs: Mapping[str, tuple[str, Mapping[str, Any]]], events: int) -> None:
        """Store the rung and the report of each placement that was measured.

        A placement that stays where it was keeps the day since when it has been there.

        Args:
            rungs: by the placement's name.
            events: how many events they were measured on.
        """
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        with self._write() as connection:
            known = {row.placement: row for row in connection.execute(select(promotions))}
            connection.execute(delete(promotions).where(promotions.c.placement.in_(list(rungs))))
            rows = [
                {
                    "placement": name,
                    "rung": rung,
                    "since": known[name].since if name in known and known[name].rung == rung else now,
                    "measured_at": now,
                    "events": events,
                    "report": json.dumps(report),
                }
                for name, (rung, report) in rungs.items()
            ]
            if rows:
                connection.execute(insert(promotions), rows)
            if any(name not in known or known[name].rung != rung for name, (rung, _) in rungs.items()):
                _changed(connection)


def _changed(connection: Connection) -> None:
    value = counters.c.value
    connection.execute(update(counters).where(counters.c.name == _COUNTER).values({value: value + 1}))
