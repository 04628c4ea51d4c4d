"""Which products occur together, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

LARGEST_BASKET = 100
"""Baskets with more different products say nothing of any pair (resellers, robots) and are left out."""

SIGNIFICANT = 10.83
"""Log-likelihood ratio above which two products belong together (chi-squared, 1 degree of freedom, p = 0.001)."""

ORDER = 0.2
"""Share of the order in a chance: on real baskets the largest that costs nothing where a random item is asked for."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CoOccurrence:
    """Counts of products and of pairs of products in baskets, in compressed rows.

    Attributes:
        baskets: how many baskets there are.
        totals: int64 `[n]`, baskets that hold each product.
        starts: int64 `[n + 1]`, where each product's row begins in the three arrays below.
        others: int32, the products that share a basket with the row's product, in order.
        counts: int64, how many baskets hold both.
        after: int64, in how many of these the other came after the row's product.
    """

    baskets: int
    totals: Counts
    starts: Counts
    others: npt.NDArray[np.int32]
    counts: Counts
    after: Counts

    @classmethod
    def count(cls, baskets: npt.NDArray[np.integer], products: npt.NDArray[np.integer], size: int) -> Self:
        """Count from pairs (basket, product), `[k]` each, in the order in which things were put into their basket.

        A product that a basket holds twice counts once, at its first place.

        Args:
            baskets: any numbers, equal for what lies in one basket.
            products: 0 to `size - 1`.
            size: number of products.
        """
        numbers = _numbered(baskets)
        places = np.sort(np.unique(numbers * max(size, 1) + products, return_index=True)[1])
        places = places[np.argsort(numbers[places], kind="stable")]
        basket = numbers[places]
        sizes = np.bincount(basket)
        small = sizes[basket] <= LARGEST_BASKET
        basket, product = basket[small], products[places][small].astype(np.int64)
        keys, counts, after = _pairs(basket, product, max(size, 1))
        first, second = np.divmod(keys, max(size, 1))
        return cls(
            baskets=int((sizes <= LARGEST_BASKET).sum()),
            totals=np.bincount(product, minlength=size).astype(np.int64),
            starts=np.concatenate([[0], np.cumsum(np.bincount(first, minlength=size))]).astype(np.int64),
            others=second.astype(np.int32),
            counts=counts,
            after=after,
        )

    def row(self, product: int) -> tuple[npt.NDArray[np.int32], Counts]:
        """Return the products that share baskets with `product`, and how many."""
        here = slice(self.starts[product], self.starts[product + 1])
        return self.others[here], self.counts[here]

    def chances(
        self, products: Sequence[int], prior: float, weights: Sequence[float] = (1.0,)
    ) -> npt.NDArray[np.float64]:
        """Return the estimated chance that a basket with a product also holds each product, float64 `[n]`.

        The share of the product's baskets, shrunk towards each product's share of all baskets as if `prior` further
        baskets had been average. A part of the count (`ORDER`) looks only at baskets in which the other came after,
        counted double: a case is bought after its phone and not before. Where the order means nothing this changes
        nothing in expectation. With several products it is the weighted sum of their chances.

        Args:
            products: at least one, each once.
            prior: baskets of average content.
            weights: as many as products.
        """
        shares = [
            weight / (float(self.totals[product]) + prior) for product, weight in zip(products, weights, strict=True)
        ]
        # what is average is the same beside each of them, so that all products are gone through only once
        average = prior / max(self.baskets, 1)
        chances = sum(shares) * average * self.totals
        for product, share in zip(products, shares, strict=True):
            here = slice(self.starts[product], self.starts[product + 1])
            counts = (1.0 - ORDER) * self.counts[here] + 2.0 * ORDER * self.after[here]
            chances[self.others[here]] += share * counts
            chances[product] -= share * average * self.totals[product]
        alone = list(products)
        chances[alone] = np.where(chances[alone] > 1e-12, chances[alone], 0.0)  # what rounding left
        return np.asarray(chances)

    def significance(self, product: int, at: slice = slice(None)) -> npt.NDArray[np.float64]:
        """Return for each entry of `row(product)`, or those of `at`, the signed log-likelihood ratio G2 (Dunning 1993).

        Positive where the two occur together more often than chance, negative where less often.
        """
        others, both = (column[at] for column in self.row(product))
        only_one = self.totals[product] - both
        only_other = self.totals[others] - both
        neither = self.baskets - both - only_one - only_other
        table = np.stack([both, only_one, only_other, neither]).astype(np.float64)
        rows = (table[0] + table[1], table[2] + table[3])
        columns = (table[0] + table[2], table[1] + table[3])
        g2 = 2.0 * (
            _x_log_x(table).sum(axis=0)
            - _x_log_x(np.stack([*rows, *columns])).sum(axis=0)
            + _x_log_x(np.array(float(self.baskets)))
        )
        above = both * float(self.baskets) >= float(self.totals[product]) * self.totals[others]
        return np.asarray(np.where(above, np.maximum(g2, 0.0), -np.maximum(g2, 0.0)))


def _numbered(values: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """Return the place of each value among the different ones: `np.unique`, without a sort where they lie close."""
    if not len(values):
        return np.empty(0, dtype=np.int64)
    low, high = int(values.min()), int(values.max())
    if high - low > 4 * len(values):
        return np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.int64)
    seen = np.zeros(high - low + 1, dtype=bool)
    seen[values - low] = True
    return np.asarray((np.cumsum(seen) - 1)[values - low], dtype=np.int64)


def _pairs(baskets: Counts, products: Counts, size: int) -> tuple[Counts, Counts, Counts]:
    """Return each ordered pair as `first * size + second`, its baskets, and those in which `second` came after.

    The rows come sorted by basket, and inside a basket in their order.
    """
    found = [np.empty(0, dtype=np.int64)]
    for step in range(1, LARGEST_BASKET):
        together = baskets[step:] == baskets[:-step]
        if not together.any():
            break
        found.append(products[:-step][together] * size + products[step:][together])
    forward = np.concatenate(found)
    backward = forward % size * size + forward // size
    keys, places = np.unique(np.concatenate([forward, backward]), return_inverse=True)
    counts = np.bincount(places, minlength=len(keys)).astype(np.int64)
    after = np.bincount(places[: len(forward)], minlength=len(keys)).astype(np.int64)
    return keys, counts, after


def _x_log_x(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(values * np.log(np.where(values > 0, values, 1.0)))
