"""The ledger of issues: what is wrong with which product, since when, what was mended, and what was waived by whom."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, func, insert, select, update

from shoplens.catalog.findings import channel_part, channels_of, channels_text, from_row
from shoplens.catalog.issue import Issue, issue_of
from shoplens.catalog.issue_filter import OPEN, IssueFilter, in_states, issue_conditions, issue_order
from shoplens.catalog.ledger_merge import Merge, merge
from shoplens.catalog.part import Part
from shoplens.catalog.tables import findings, inspections
from shoplens.errors import BadInput, NotFound
from shoplens.records import Finding

SHORTEST_ID = 4


@dataclass(frozen=True, slots=True)
class Inspection:
    """One inspection that ran to its end.

    Attributes:
        finished_at: ISO 8601 in UTC.
        plan: fingerprint of rules, checks and models.
        channels: the rule packs, name to title.
        photos: how many it judged.
        products: how many it judged.
        looked: how many of the photos it had to look at; the others were known.
        whole: whether it judged all products.
        revision: of the catalogue before it began: products that changed later were judged as they were.
    """

    finished_at: str
    plan: str
    channels: Mapping[str, str]
    photos: int
    products: int
    looked: int
    whole: bool = True
    revision: int = 0


class Ledger(Part):
    """The issues of one shop; `Catalog.ledger` is one.

    What a method wrote has reached the disk when it returns; a kill leaves the state before or after, never between.
    """

    def record(
        self,
        found: Sequence[Finding],
        run: Inspection,
        *,
        products: Collection[str] = (),
        not_run: Collection[str] = (),
        shown: Collection[tuple[str, str]] | None = None,
    ) -> dict[str, Issue]:
        """Bring the ledger up to what an inspection found.

        Issues that its rule packs asked for and that it did not find are fixed; those of other packs stay as they are,
        save those of photos that an active product shows no more, which are fixed for all. Where a rule's limits have
        changed and the same is measured, nothing was fixed: the open issue goes on as the one by the new limits, under
        its first date; a waived one is kept with its waiver, asked for by no pack, for when its limits are asked again.
        What is found again after it was fixed is open again, under its first date. Rows that say what they said
        before are not written.

        Args:
            found: everything found, each with its `id`.
            run: the inspection.
            products: it judged these only; () for all.
            not_run: codes of the checks that were not run.
            shown: of a whole inspection every active product with each of its photos, and with "" for the product
                itself; another photo of such a product is gone. None where that is not known.

        Returns:
            Everything found, by id.
        """
        with self._write() as connection:
            known = [dict(row) for row in connection.execute(_scoped(products, not_run)).mappings()]
            done = merge(known, found, at=run.finished_at, asked=run.channels, shown=shown)
            _write(connection, done)
            connection.execute(insert(inspections).values(_run_row(run)))
        return {finding_id: issue_of(row) for finding_id, row in done.seen.items()}

    def issues(self, where: IssueFilter = OPEN, offset: int = 0, limit: int | None = 100) -> list[Issue]:
        """Return one page of issues, the gravest first, then by product, photo and code."""
        statement = (
            select(findings).where(*issue_conditions(where)).order_by(*issue_order()).offset(offset).limit(limit)
        )
        with self._read() as connection:
            return [issue_of(row) for row in connection.execute(statement).mappings()]

    def count(self, where: IssueFilter = OPEN) -> int:
        """Return how many issues fit."""
        statement = select(func.count()).select_from(findings).where(*issue_conditions(where))
        with self._read() as connection:
            return int(connection.execute(statement).scalar_one())

    def codes(self, where: IssueFilter = OPEN) -> dict[str, int]:
        """Return how many issues each code has, the commonest first."""
        count = func.count()
        statement = select(findings.c.code, count).where(*issue_conditions(where)).group_by(findings.c.code)
        with self._read() as connection:
            return {code: n for code, n in connection.execute(statement.order_by(count.desc(), findings.c.code))}

    def channels(self) -> set[str]:
        """Return the names of the rule packs that have open issues."""
        statement = select(findings.c.channels).where(*in_states(OPEN.states)).distinct()
        with self._read() as connection:
            return {name for text in connection.scalars(statement) for name, _ in channels_of(text)}

    def blocked(self, channel: str) -> int:
        """Return how many active products have an open issue that is an error for this rule pack."""
        where = [findings.c.channels.contains(channel_part(channel, "error"), autoescape=True), *in_states(OPEN.states)]
        statement = select(func.count(findings.c.product_id.distinct())).where(*where)
        with self._read() as connection:
            return int(connection.execute(statement).scalar_one())

    def fixed(self, limit: int = 200) -> list[Issue]:
        """Return the issues that were fixed, the newest first."""
        statement = (
            select(findings).where(findings.c.fixed_at != "").order_by(findings.c.fixed_at.desc(), *issue_order())
        )
        with self._read() as connection:
            return [issue_of(row) for row in connection.execute(statement.limit(limit)).mappings()]

    def inspections(self, limit: int = 20) -> list[Inspection]:
        """Return the inspections, the newest first."""
        return self._inspections(select(inspections).order_by(inspections.c.number.desc()).limit(limit))

    def last_whole(self) -> dict[str, Inspection]:
        """Return, by name, for each rule pack the last inspection of all products that asked it, the newest first."""
        column = inspections.c
        newest = select(func.max(column.number)).where(column.whole == 1).group_by(column.channels)
        statement = select(inspections).where(column.number.in_(newest)).order_by(column.number.desc())
        last: dict[str, Inspection] = {}
        for run in self._inspections(statement):
            for name in run.channels:
                last.setdefault(name, run)
        return last

    def _inspections(self, statement: Select[Any]) -> list[Inspection]:
        with self._read() as connection:
            rows = connection.execute(statement).mappings().all()
        return [
            Inspection(
                row["finished_at"],
                row["plan"],
                json.loads(row["channels"]),
                row["photos"],
                row["products"],
                row["looked"],
                bool(row["whole"]),
                row["revision"],
            )
            for row in rows
        ]

    def issue(self, issue_id: str) -> Issue:
        """Return an issue by its id or the id's first characters, at least four.

        Raises:
            NotFound: there is none.
            BadInput: several begin so, or too few characters are given.
        """
        with self._read() as connection:
            return _named(connection, issue_id)

    def waive(self, issue_ids: Iterable[str], by: str, why: str) -> list[Issue]:
        """Accept issues: they are listed no more, stop no listing, and stay in the ledger with who and why.

        The same waiver again changes nothing.

        Raises:
            NotFound: an issue does not exist; then none is waived.
            BadInput: nobody or no reason is named, or an issue is waived by somebody else or for another reason; then
                none is waived.
        """
        by, why = by.strip(), why.strip()
        missing = [name for name, text in (("by", by), ("why", why)) if not text]
        if missing:
            raise BadInput(
                "Who waives a finding says who they are and why.",
                received=", ".join(f'{name} = ""' for name in missing),
                remedy=f"Give {' and '.join(missing)} as text.",
            )

        def is_new(issue: Issue) -> bool:
            if issue.waived_at and (issue.waived_by, issue.waived_why) != (by, why):
                raise BadInput(
                    f'The finding was waived by {issue.waived_by} already, who said: "{issue.waived_why}".',
                    received=issue.finding.id,
                    remedy=f"To replace that waiver, take it back first: shoplens inspect unwaive {issue.finding.id}",
                    code="already_waived",
                )
            return not issue.waived_at

        return self._set(issue_ids, is_new, waived_at=now(), waived_by=by, waived_why=why)

    def unwaive(self, issue_ids: Iterable[str]) -> list[Issue]:
        """Take waivers back. Of what no rule pack asks for any more nothing is left by that.

        Raises:
            NotFound: an issue does not exist; then none is taken back.
            BadInput: an issue is not waived; then none is taken back.
        """

        def is_waived(issue: Issue) -> bool:
            if not issue.waived_at:
                raise BadInput(
                    "The finding is not waived.",
                    received=issue.finding.id,
                    remedy="List those that are with: shoplens inspect ledger --state waived",
                    code="not_waived",
                )
            return True

        return self._set(issue_ids, is_waived, waived_at="", waived_by="", waived_why="")

    def _set(self, issue_ids: Iterable[str], concerned: Callable[[Issue], bool], **values: str) -> list[Issue]:
        """Set the values of those issues that `concerned` does not leave out, or of none where it raises."""
        with self._write() as connection:
            named = {issue.finding.id: issue for issue in (_named(connection, one) for one in issue_ids)}
            for issue_id in [issue_id for issue_id, issue in named.items() if concerned(issue)]:
                connection.execute(update(findings).where(findings.c.id == issue_id).values(**values))
            told = [_named(connection, issue_id) for issue_id in named]
            unasked = (findings.c.channels == channels_text(())) & (findings.c.waived_at == "")
            connection.execute(delete(findings).where(findings.c.id.in_(named), unasked))
        return told


def now() -> str:
    """Return the time as the ledger writes it."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def open_findings(product_id: str | None, code: str | None) -> list[ColumnElement[bool]]:
    """Return the conditions for the open findings of a product, of a code, or of all."""
    where = in_states(OPEN.states)
    if product_id is not None:
        where.append(findings.c.product_id == product_id)
    if code is not None:
        where.append(findings.c.code == code)
    return where


def read_open(
    connection: Connection, product_id: str | None, code: str | None, offset: int, limit: int
) -> list[Finding]:
    """Return open findings, the gravest first."""
    statement = select(findings).where(*open_findings(product_id, code)).order_by(*issue_order())
    return [from_row(row) for row in connection.execute(statement.offset(offset).limit(limit)).mappings()]


def _named(connection: Connection, issue_id: str) -> Issue:
    if len(issue_id) < SHORTEST_ID:
        raise BadInput(
            f"The id of a finding needs at least its first {SHORTEST_ID} characters.",
            received=issue_id,
            remedy="List them with: shoplens inspect ledger",
        )
    statement = select(findings).where(findings.c.id.startswith(issue_id, autoescape=True)).limit(2)
    rows = connection.execute(statement).mappings().all()
    if not rows:
        raise NotFound("There is no such finding.", received=issue_id, remedy="List them with: shoplens inspect ledger")
    if len(rows) > 1 and rows[0]["id"] != issue_id:
        raise BadInput("Several findings begin so.", received=issue_id, remedy="Give more of the id.")
    return issue_of(rows[0])


def _write(connection: Connection, done: Merge) -> None:
    if done.gone_on:
        connection.execute(
            delete(findings).where(findings.c.id == bindparam("key")), [{"key": k} for k in done.gone_on]
        )
    if done.new:
        connection.execute(insert(findings), done.new)
    if done.changed:
        names = [column.name for column in findings.c if column.name != "id"]
        statement = update(findings).where(findings.c.id == bindparam("key"))
        statement = statement.values({name: bindparam(f"new_{name}") for name in names})
        values = [{"key": row["id"], **{f"new_{name}": row[name] for name in names}} for row in done.changed]
        connection.execute(statement, values)


def _run_row(run: Inspection) -> dict[str, Any]:
    return {
        "finished_at": run.finished_at,
        "plan": run.plan,
        "channels": json.dumps(dict(run.channels), ensure_ascii=False),
        "photos": run.photos,
        "products": run.products,
        "looked": run.looked,
        "whole": int(run.whole),
        "revision": run.revision,
    }


def _scoped(wanted: Collection[str], not_run: Collection[str]) -> Any:  # noqa: ANN401 - a select of many columns
    statement = select(findings)
    if wanted:
        statement = statement.where(findings.c.product_id.in_(sorted(wanted)))
    return statement.where(findings.c.code.not_in(sorted(not_run)))
