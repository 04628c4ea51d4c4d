"""Findings of the inspection as rows, and back."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from shoplens.records import Box, Finding, Measure, Severity

GRAVITY: Mapping[Severity, int] = {"error": 0, "warning": 1, "info": 2}
_GAP, _OF = "|", ":"
"""A channel is stored as "|google:error|", which one condition finds; names of rule packs hold neither sign."""


def identified(findings: Iterable[Finding], original: Callable[[Finding], str]) -> list[Finding]:
    """Return the findings under their names in the ledger, which stay while product, photo, check and limits do.

    Args:
        findings: of one inspection, each with its rule's limits, written out, as `id`; of several that agree in all
            four, the n-th keeps its name as long as it is n-th.
        original: tells the photo that a finding is of: where a fix replaced it, the merchant's own.
    """
    met: Counter[str] = Counter()
    named = []
    for finding in findings:
        limit = f"{finding.detail.threshold:.6g}" if finding.detail else ""
        key = "\0".join((finding.product_id, finding.code, original(finding), limit, finding.id))
        digest = hashlib.blake2b(f"{key}\0{met[key]}".encode(), digest_size=6)
        met[key] += 1
        named.append(replace(finding, id=digest.hexdigest()))
    return named


def channels_text(channels: Iterable[tuple[str, Severity]]) -> str:
    """Return channels as the ledger stores them."""
    return "".join(f"{_GAP}{name}{_OF}{severity}" for name, severity in sorted(channels)) + _GAP


def channels_of(text: str) -> tuple[tuple[str, Severity], ...]:
    """Return the channels of a stored text."""
    pairs = (part.rpartition(_OF) for part in text.split(_GAP) if part)
    return tuple((name, cast(Severity, severity)) for name, _, severity in pairs)


def channel_part(channel: str, severity: str = "") -> str:
    """Return what a stored text holds where the channel asks for the finding, with this severity if one is given."""
    return f"{_GAP}{channel}{_OF}{severity}{_GAP if severity else ''}"


def to_row(finding: Finding) -> dict[str, Any]:
    """Return the finding as a row without its history."""
    detail, box = finding.detail, finding.box
    return {
        "id": finding.id,
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
        "channels": channels_text(finding.channels),
    }


def from_row(row: Mapping[Any, Any]) -> Finding:
    """Return the finding of a row."""
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
        channels=channels_of(row["channels"]),
        id=row["id"],
    )
