"""Which products an answer may hold, and in which classes they come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView

Mask = npt.NDArray[np.bool_]
CLASSES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The products that a request and the shop's rules let into an answer.

    Attributes:
        kept: bool `[n]`, which rows may appear.
        tier: int8 `[n]`, the class of each row, whatever its score: 0 in stock, 1 in stock but buried by a rule, 2 not
            in stock, 3 neither.
        factors: float32 `[n]`, by which the odds of a score are multiplied; None for 1.
    """

    kept: Mask
    tier: npt.NDArray[np.int8]
    factors: npt.NDArray[np.float32] | None = None

    @classmethod
    def of(cls, view: ShopView, request: Request, *, known: bool = False) -> Self:
        """Return the candidates of a request.

        Args:
            view: the shop.
            request: the question.
            known: let in what the visitor bought too, for placements that are about just that.
        """
        kept = view.filter.mask(request.where)
        signals = request.disliked if known else (*request.bought, *request.disliked)
        unwanted = {*request.seeds, *request.exclude, *(signal.product_id for signal in signals)}
        if unwanted:
            kept &= ~in_listings(view, (row for name in unwanted if (row := view.find(name)) is not None))
        effect = request.effect
        if effect.kept is not None:
            kept &= effect.kept
        tier = np.where(view.in_stock, np.int8(0), np.int8(2))
        if effect.buried is not None:
            tier = tier + effect.buried.astype(np.int8)
        return cls(kept, tier, effect.factors)

    def where(self, mask: Mask) -> Self:
        """Return those that also are in the mask."""
        return replace(self, kept=self.kept & mask)

    def weighed(
        self, scores: npt.NDArray[np.floating], at: slice | npt.NDArray[np.int64] = slice(None)
    ) -> npt.NDArray[np.float32]:
        """Return scores, 0 to 1, after the rules: the odds of each times its factor, so that it stays in 0 to 1.

        Args:
            scores: of all rows, or of those of `at`.
            at: which rows.
        """
        if self.factors is None:
            return np.asarray(scores, dtype=np.float32)
        inside, factors = np.clip(scores, 0.0, 1.0), self.factors[at]
        return np.asarray(inside * factors / (1.0 - inside + inside * factors), dtype=np.float32)


def in_listings(view: ShopView, rows: Iterable[int]) -> Mask:
    """Return bool `[n]`, true for every variant of the listings that these rows belong to."""
    kept = np.zeros(len(view.products), dtype=bool)
    ends = view.ends
    for row in rows:
        listing = int(view.listing_of[row])
        kept[view.starts[listing] : ends[listing]] = True
    return kept
