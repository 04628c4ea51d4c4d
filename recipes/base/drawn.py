"""Drawn products: the only ones here with several photos of each whose differences are those of a real shop.

They come from the code that draws the demonstration shop, with another seed: front, another angle, a detail, in a room,
and as two shoppers photograph them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from inventions import PATTERNS

from shoplens.demo.assortment import Article, plan_assortment
from shoplens.demo.photographer import Photographer
from shoplens.photos.color_names import COLOR_NAMES

SEED = 101
VIEWS = ("front", "angle", "detail", "scene", "snap1", "snap2")
_PATTERNS = {"pinstriped": "striped", "gingham": "checked", "leaf": "floral"}


@dataclass(frozen=True)
class DrawnPhoto:
    article: str
    listing: str
    view: str
    color: int
    pattern: int
    pixels: np.ndarray


def articles(listings: int) -> list[Article]:
    return plan_assortment(SEED, listings)


def drawn_photos(article: Article, side: int) -> list[DrawnPhoto]:
    colors, patterns = list(COLOR_NAMES), list(PATTERNS)
    photographer = Photographer(article, side, SEED)
    pattern = _PATTERNS.get(article.look.main.pattern, article.look.main.pattern)
    return [
        DrawnPhoto(
            article.id,
            article.listing,
            view,
            colors.index(article.color) if article.color in colors else -1,
            patterns.index(pattern) if pattern in patterns else -1,
            photographer.snap(int(view[4:])).pixels if view.startswith("snap") else photographer.take(view),
        )
        for view in VIEWS
    ]
