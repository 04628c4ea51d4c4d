"""What a drawing is told about the product that it draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from shoplens.demo.drawing.paint import Paint


@dataclass(frozen=True)
class Look:
    """One variant of an article.

    Attributes:
        main: the covering of its main part.
        trim: the covering of what is set off against it: collar, sole, strap, shade.
        metal: buttons, buckles, frames.
        cut: named choices of the category, such as `{"neck": "v", "sleeve": "long"}`.
        seed: fixes the proportions; shared by the colours of one article.
    """

    main: Paint
    trim: Paint
    metal: Paint
    cut: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0

    def vary(self, name: str, low: float, high: float) -> float:
        """Return this article's own proportion of that name, between low and high, the same at every call."""
        rng = np.random.default_rng([self.seed, int.from_bytes(name.encode(), "big") % (1 << 32)])
        return float(rng.uniform(low, high))
