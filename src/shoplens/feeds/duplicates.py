"""Ids that occur twice in one feed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from shoplens.feeds.feed import FeedRow, RowProblem


def note_duplicates(rows: Iterator[FeedRow]) -> Iterator[FeedRow]:
    """Yield `rows`, with a note on each one whose id came before: the later row replaces the earlier one.

    The ids are remembered, which takes about 150 bytes a product.
    """
    seen: dict[str, int] = {}
    for row in rows:
        if row.product is not None:
            earlier = seen.get(row.product.id)
            seen[row.product.id] = row.number
            if earlier is not None:
                text = f"Row {earlier} has the same id; this row replaces it. Received: {row.product.id!r}"
                row = replace(row, problems=(*row.problems, RowProblem("id_duplicated", "id", text)))
        yield row
