"""Inspections for the tests of the ledger."""

from __future__ import annotations

from shoplens.catalog.ledger import Inspection


def inspection(at: str = "2026-11-26T10:00:00+00:00", *channels: str, plan: str = "plan") -> Inspection:
    """Return an inspection by these rule packs, "shop" if none is named."""
    return Inspection(at, plan, {name: name.title() for name in channels or ("shop",)}, 1, 1, 1)
