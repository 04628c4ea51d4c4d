"""Answers of a search as JSON shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shoplens.cli.edge import match_dict

if TYPE_CHECKING:
    from shoplens.catalog.facets import FacetValue
    from shoplens.records import Box, Match
    from shoplens.search.photo_search import SearchAnswer

_KINDS = 3


def answer_dict(answer: SearchAnswer, matches: Sequence[Match] | None = None) -> dict[str, object]:
    """Return an answer; `matches` take the place of its own where they say more."""
    understood = answer.understood
    return {
        "matches": [match_dict(match) for match in (answer.matches if matches is None else matches)],
        "no_match": answer.no_match,
        "kinds": [{"category": name, "probability": round(chance, 4)} for name, chance in answer.kinds],
        "box": box_dict(answer.box) if answer.box else None,
        "understood": {
            "colors": list(understood.colors),
            "category": understood.category,
            "brand": understood.brand,
            "attributes": dict(understood.attributes),
            "words": understood.words,
        }
        if understood
        else None,
        "facets": {name: [_value_dict(value) for value in values] for name, values in answer.facets.items()},
    }


def box_dict(box: Box) -> dict[str, float]:
    """Return a box with its edges rounded."""
    return {name: round(getattr(box, name), 4) for name in ("x0", "y0", "x1", "y1")}


def no_match_line(answer: SearchAnswer) -> str:
    """Return what is said of a product that the shop hardly has; nothing where it has it."""
    if not answer.no_match:
        return ""
    kinds = ", ".join(f"{category} ({chance:.2f})" for category, chance in answer.kinds[:_KINDS])
    return f"No match: the shop hardly has this product.{f' Nearest kinds: {kinds}.' if kinds else ''}"


def _value_dict(value: FacetValue) -> dict[str, object]:
    band = {"min_price": str(value.min_price), "max_price": str(value.max_price), "currency": value.currency}
    return {"value": value.value, "products": value.products, **(band if value.min_price is not None else {})}
