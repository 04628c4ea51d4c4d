"""Findings of the inspection as rows, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select

from shoplens.catalog.tables import findings
from shoplens.records import Box, Finding, Measure


def write_findings(connection: Connection, found: Iterable[Finding], scope: Iterable[str] | None) -> None:
    """Replace the findings of the products in `scope` (of all and of files outside products for None)."""
    if scope is None:
        connection.execute(delete(findings))
    else:
        ids = list(scope)
        for start in range(0, len(ids), 400):
            connection.execute(delete(findings).where(findings.c.product_id.in_(ids[start : start + 400])))
    rows = [_to_row(finding) for finding in found]
    if rows:
        connection.execute(insert(findings), rows)


def read_findings(
    connection: Connection, product_id: str | None, code: str | None, offset: int, limit: int
) -> list[Finding]:
    """Return findings in the order written."""
    statement = select(findings).order_by(findings.c.number).offset(offset).limit(limit)
    if product_id is not None:
        statement = statement.where(findings.c.product_id == product_id)
    if code is not None:
        statement = statement.where(findings.c.code == code)
    return [_from_row(row) for row in connection.execute(statement).mappings()]


def count_findings(connection: Connection) -> dict[str, int]:
    """Return how many findings each code has, the commonest first."""
    count = func.count()
    statement = select(findings.c.code, count).group_by(findings.c.code).order_by(count.desc(), findings.c.code)
    return {code: number for code, number in connection.execute(statement)}


def _to_row(finding: Finding) -> dict[str, Any]:
    detail, box = finding.detail, finding.box
    return {
        "code": finding.code,
        "severity": finding.severity,
        "attribute": finding.attribute,
        "description": finding.description,
        "measured": detail.measured if detail else None,
        "threshold": detail.threshold if detail else None,
        "unit": detail.unit if detail else None,
        "product_id": finding.product_id,
        "photo": finding.photo,
        "x0": box.x0 if box else None,
        "y0": box.y0 if box else None,
        "x1": box.x1 if box else None,
        "y1": box.y1 if box else None,
        "documentation": finding.documentation,
    }


def _from_row(row: RowMapping) -> Finding:
    detail = Measure(row["measured"], row["threshold"], row["unit"]) if row["unit"] is not None else None
    box = Box(row["x0"], row["y0"], row["x1"], row["y1"]) if row["x0"] is not None else None
    return Finding(
        code=row["code"],
        severity=row["severity"],
        attribute=row["attribute"],
        description=row["description"],
        detail=detail,
        product_id=row["product_id"],
        photo=row["photo"],
        box=box,
        documentation=row["documentation"],
    )
