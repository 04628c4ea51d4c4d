"""Reduced products that are to a visitor's taste."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shoplens.recommend.candidates import Candidates
from shoplens.recommend.history import History
from shoplens.recommend.learned import Learned
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Match, Reason


class OnSale:
    """`History` among what is reduced: each answer says by how much, then why it fits.

    Args:
        view: the shop.
        learned: what shoppers with such histories met.
    """

    name = "on_sale"

    def __init__(self, view: ShopView, learned: Learned | None = None) -> None:
        self._view = view
        self._history = History(view, learned)

    def recommend(self, request: Request) -> list[Match]:
        """Return reduced products for a visitor; for one without a history, the popular ones among them."""
        reduced = self._view.reduced
        among = Candidates.of(self._view, request).where(reduced > 0)
        found = self._history.among(request, among)
        return [replace(match, reasons=(self._saved(match), *match.reasons)) for match in found]

    def _saved(self, match: Match) -> Reason:
        return Reason("on_sale", f"-{np.ceil(100 * self._view.reduced[self._view.row(match.product.id)]):.0f}%")
