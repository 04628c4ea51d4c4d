"""A product that does not end inside the picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, exactly, rounded
from shoplens.records import Box, Finding, Measure, Photo

_DEPTH = 0.02
"""The product is that deep (share of the side) where it leaves the picture, not a shadow's last line."""


class ProductCutOff:
    """The longest share of one side of the picture along which the product runs out of it.

    Judged only where the product stands out from a calm backdrop. The evidence box is the strip where it leaves.
    """

    code = "product_cut_off"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_share": 0.1})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the product crosses more than `max_share` of a side."""
        if context.product_box is None:
            return
        share, box = context.once(self.code, lambda: _crossing(context.subject.mask))
        most = rule.limits["max_share"]
        if share > most:
            yield rule.finding(
                f"The product is cut off: it leaves the picture along {beside(share, most, '.0%')} of a side, "
                f"more than {exactly(most, '.0%')}.",
                Measure(rounded(share, most, 3), most, "share"),
                box=box,
            )


def _crossing(mask: npt.NDArray[np.bool_]) -> tuple[float, Box]:
    best, where = 0.0, Box(0.0, 0.0, 1.0, 1.0)
    for number, turned in enumerate((mask, mask[::-1], mask.T, mask[:, ::-1].T)):
        depth = max(1, round(_DEPTH * turned.shape[0]))
        along = np.flatnonzero(turned[:depth].all(axis=0))
        share = along.size / turned.shape[1]
        if share > best:
            low, high = along[0] / turned.shape[1], (along[-1] + 1) / turned.shape[1]
            deep = depth / turned.shape[0]
            near, far = ((0.0, deep), (1.0 - deep, 1.0))[number % 2]
            best = share
            where = Box(low, near, high, far) if number < 2 else Box(near, low, far, high)
    return best, where
