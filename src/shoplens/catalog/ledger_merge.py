"""What an inspection makes of the ledger's rows: found again, fixed, gone on by another limit, left alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shoplens.catalog.findings import GRAVITY, channels_of, channels_text, to_row
from shoplens.records import Finding, Severity

Row = dict[str, Any]
"""A row of the table `findings`, by its columns."""

Measured = tuple[object, ...]
"""What two issues share that differ in their rule's limits alone, and the pack that asks."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What becomes of the rows.

    Attributes:
        seen: everything found, by id.
        new: rows to insert.
        changed: rows to write over those of their ids.
        gone_on: ids of rows to delete: they go on as others by new limits.
    """

    seen: dict[str, Row] = field(default_factory=dict)
    new: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    gone_on: list[str] = field(default_factory=list)


def merge(
    rows: Iterable[Row],
    found: Iterable[Finding],
    *,
    at: str,
    asked: Collection[str],
    shown: Collection[tuple[str, str]] | None,
) -> Merge:
    """Bring rows up to what an inspection found; see `Ledger.record`.

    Args:
        rows: of the products and checks that it judged.
        found: everything found, each with its `id`.
        at: when it ended; ISO 8601 in UTC.
        asked: names of its rule packs.
        shown: see `Ledger.record`.
    """
    known, done = {row["id"]: row for row in rows}, Merge()
    by_new_limits: dict[Measured, Row] = {}
    for finding in {finding.id: finding for finding in found}.values():
        before = known.pop(finding.id, None)
        if before is None:
            done.new.append(row := _first(finding, at))
        elif (row := _seen_again(finding, before, asked)) != before:
            done.changed.append(row)
        done.seen[finding.id] = row
        was_open = () if before is None or before["fixed_at"] else _measured(before)
        by_new_limits.update({key: row for key in _measured(row) if key not in was_open})
    for before in known.values():
        missed = _missed(before, at, asked, gone=shown is not None and _is_gone(before, shown))
        if missed == before:
            continue
        if (left := _left(before, missed, by_new_limits)) is None:
            done.gone_on.append(before["id"])
        else:
            done.changed.append(left)
    return done


def _first(finding: Finding, at: str) -> Row:
    history = {"first_seen": at, "fixed_at": "", "waived_at": "", "waived_by": "", "waived_why": ""}
    return {**to_row(finding), **history}


def _seen_again(finding: Finding, before: Row, asked: Collection[str]) -> Row:
    others = () if before["fixed_at"] else _of_others(before, asked)
    channels = tuple({**dict(others), **dict(finding.channels)}.items())
    gravest = min((severity for _, severity in channels), key=GRAVITY.__getitem__, default=finding.severity)
    # The source is that of the pack which the issue is gravest for.
    source = finding.documentation if gravest == finding.severity else before["documentation"]
    told = replace(finding, channels=channels, severity=gravest, documentation=source)
    return {**before, **to_row(told), "fixed_at": ""}


def _left(before: Row, missed: Row, by_new_limits: Mapping[Measured, Row]) -> Row | None:
    """Return what becomes of a row that was missed; None where it goes on as one by another limit."""
    again = next(filter(None, map(by_new_limits.get, _measured(before))), None)
    if again is None:
        return missed
    again["first_seen"] = min(again["first_seen"], before["first_seen"])
    if not missed["fixed_at"]:
        return missed
    return {**before, "channels": channels_text(())} if before["waived_at"] else None


def _measured(row: Row) -> list[Measured]:
    """Return, for each pack that asks, what two issues share that differ in their rule's limits alone."""
    same = (row["product_id"], row["photo"], row["code"], row["measured"], row["unit"])
    return [(*same, name) for name, _ in channels_of(row["channels"])]


def _is_gone(before: Row, shown: Collection[tuple[str, str]]) -> bool:
    """Tell whether an active product shows the issue's photo no more; a retired one may come back with it."""
    product = before["product_id"]
    return (product, "") in shown and (product, before["photo"]) not in shown


def _missed(before: Row, at: str, asked: Collection[str], *, gone: bool) -> Row:
    unasked = before["waived_at"] and not channels_of(before["channels"])
    if before["fixed_at"] or (unasked and not gone):
        return before
    others = () if gone else _of_others(before, asked)
    if not others:
        return {**before, "fixed_at": at}
    gravest = min((severity for _, severity in others), key=GRAVITY.__getitem__)
    # The source that is stored is of a pack that it was graver for; the next look by the others brings theirs.
    source = before["documentation"] if gravest == before["severity"] else ""
    return {**before, "channels": channels_text(others), "severity": gravest, "documentation": source}


def _of_others(before: Row, asked: Collection[str]) -> tuple[tuple[str, Severity], ...]:
    """Return the channels of a row that the inspection did not ask."""
    return tuple(pair for pair in channels_of(before["channels"]) if pair[0] not in asked)
