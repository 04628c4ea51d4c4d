"""What recommends products."""

from __future__ import annotations

from typing import Protocol

from shoplens.recommend.request import Request
from shoplens.records import Match


class Recommender(Protocol):
    """A way to recommend, made from a `ShopView`; `plugins.load("recommender", name)(view)` makes a registered one.

    Every recommender keeps these promises, whatever it is made of: at most `limit` products, one for each listing;
    neither the seeds, nor what was bought or disliked, nor what is excluded; only products that pass the filter;
    products in stock before all others; the same answer to the same question; no answer rather than an error where
    nothing fits.
    """

    @property
    def name(self) -> str:
        """The name under which it is registered."""
        ...

    def recommend(self, request: Request) -> list[Match]:
        """Return the answer, the best first, each with its reasons.

        Raises:
            NotFound: a seed is not in the shop.
            BadInput: the request lacks what this recommender needs.
        """
        ...
