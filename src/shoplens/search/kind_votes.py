"""What kind of product a photo shows, by the votes of the photos of the shop that are most like it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice

VOTERS = 15
"""How many of the nearest photos vote. Their majority names the category of .66 and .68 of the photos of two drawn
shops and .45 of grocery's train part; a trained head .75, .71 and .40. Votes need no training when the shop changes."""

WEIGHT = 0.2
"""What full agreement of kind adds to a score; agreement is the mean of votes and of `KindMeans`. Of 336 shoppers'
photos of two drawn shops (seeds 421 and 422) and 300 of the train part of Grocery as many found their product first as
without it (.97, .98 and .40), and 10, 11 and 3 in 100 more of the five others were of its category. .3 lost a first
place in 100 of Grocery's; less is a little better at telling that nothing matches, since this lifts what is alike where
the product is missing."""


def kind_votes(categories: Iterable[str]) -> Mapping[str, float]:
    """Return the share of the votes for each category, the largest first; none where no voter has a category.

    Args:
        categories: of the nearest photos' products, the nearest first; "" abstains.
    """
    votes = Counter(islice(filter(None, categories), VOTERS))
    total = votes.total()
    return {category: count / total for category, count in votes.most_common()}
