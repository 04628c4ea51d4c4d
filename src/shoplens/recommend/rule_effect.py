"""What the rules of a shop make of one question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class PairRule:
    """Two sets of products: either they must not stand together, or nothing else may stand beside either.

    Attributes:
        one: bool `[n]`.
        other: bool `[n]`.
        together: whether the two may stand together and with nothing else, or must not.
    """

    one: Mask
    other: Mask
    together: bool

    def links(self, rows: npt.NDArray[np.integer], others: npt.NDArray[np.integer]) -> Mask:
        """Return which of `rows` and which of `others` are of the two sets, either way: bool `[rows, others]`."""
        there = self.one[rows][:, None] & self.other[others][None]
        back = self.other[rows][:, None] & self.one[others][None]
        linked: Mask = there | back
        return linked


@dataclass(frozen=True, slots=True, eq=False)
class RuleEffect:
    """The rules that concern a question, worked out for the rows of a `ShopView`.

    Attributes:
        kept: bool `[n]`, which products may appear; None for all.
        factors: float32 `[n]` above 0, by which the odds of a score are multiplied; None for 1.
        buried: bool `[n]`, which products come after all the others; None for none.
        lead: rows that come first, in this order, as far as they may appear and are in stock; each with the code and
            the value of the reason that it is there for.
        pairs: what may stand beside what.
    """

    kept: Mask | None = None
    factors: npt.NDArray[np.float32] | None = None
    buried: Mask | None = None
    lead: tuple[tuple[int, str, str], ...] = ()
    pairs: tuple[PairRule, ...] = ()

    def may_stand_together(self, rows: npt.NDArray[np.integer], others: npt.NDArray[np.integer]) -> Mask:
        """Return which of `rows` may stand beside which of `others`: bool `[rows, others]`."""
        may = np.ones((len(rows), len(others)), dtype=bool)
        wanted = [rule for rule in self.pairs if rule.together]
        if wanted:
            bound = np.logical_or.reduce([rule.one | rule.other for rule in wanted])
            linked = np.logical_or.reduce([rule.links(rows, others) for rule in wanted])
            may &= linked | ~(bound[rows][:, None] | bound[others][None])
        for rule in self.pairs:
            if not rule.together:
                may &= ~rule.links(rows, others)
        return may


NO_EFFECT = RuleEffect()
"""No rule concerns the question."""
