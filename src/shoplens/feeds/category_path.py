"""Category paths in one form, `A > B > C`, whatever separates them in a feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shoplens.feeds.plain_text import one_line

_ARROWS = re.compile(r"\s*[>»›→]\s*")
# Shelves that a shop fills for a season: true of a product, but not what it is.
_SHELVES = frozenset(
    {"collections", "promotions", "promotion", "sale", "sales", "outlet", "new", "what's new", "new arrivals",
     "featured", "home", "uncategorized", "all", "all products", "bestsellers", "促销", "新品", "热卖", "特价",
     "全部商品"}
)  # fmt: skip


def category_path(text: str) -> str:
    """Return `text` as "A > B > C": entities resolved, arrows of any kind, no empty level."""
    return " > ".join(level for level in _ARROWS.split(one_line(text)) if level)


def most_specific(paths: Iterable[Sequence[str]]) -> tuple[str, tuple[str, ...]]:
    """Choose the path that says best what a product is.

    The deepest path wins, the earlier one of two that are equally deep; a seasonal shelf ("Sale/...") only where
    there is nothing else.

    Returns:
        The path as "A > B > C" ("" where there is none), and the last level of each other path.
    """
    kept = [tuple(level.strip() for level in path if level.strip()) for path in paths]
    kept = [path for path in kept if path]
    if not kept:
        return "", ()
    best = max(kept, key=lambda path: (path[0].casefold() not in _SHELVES, len(path)))
    others = dict.fromkeys(path[-1] for path in kept if path != best[: len(path)])
    return category_path(" > ".join(best)), tuple(others)
