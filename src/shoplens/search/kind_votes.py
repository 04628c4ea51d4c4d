"""What kind of product a photo shows, by the votes of the photos of the shop that are most like it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

VOTERS = 15
"""How many of the nearest photos vote. Their majority names the category of .66 and .68 of the photos of two drawn
shops and .45 of grocery's train part; a trained head .75, .71 and .40. Votes need no training when the shop changes."""

WEIGHT = 0.05
"""What full agreement of kind adds to a score. It moves few first places (-.2 and +.6 points on two drawn shops, -.8 on
grocery's train part); .2, of votes mixed with those of a head, lost on all three."""


def kind_votes(categories: Iterable[str]) -> Mapping[str, float]:
    """Return the share of the votes for each category, the largest first; none where no voter has a category.

    Args:
        categories: of the nearest photos' products, the nearest first; "" abstains.
    """
    votes = Counter([category for category in categories if category][:VOTERS])
    total = votes.total()
    return {category: count / total for category, count in votes.most_common()}
