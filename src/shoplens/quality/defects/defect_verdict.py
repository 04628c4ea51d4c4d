"""What was said of one photo of a product line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from shoplens.records import Box, Finding, Measure

CODE = "product_defect"

Outcome = Literal["good", "defect", "other_product"]


@dataclass(frozen=True, slots=True, eq=False)
class DefectVerdict:
    """A photo against the good samples of a line.

    Attributes:
        line: the line's name.
        outcome: "good", "defect", or "other_product" where the photo is not of the line and nothing is said.
        score: distance of the strangest place from what is normal; 0 for another product.
        threshold: the score above which a photo counts as defect.
        similarity: of the whole photo to the most similar good sample, -1 to 1.
        least_similarity: what a photo of the line reaches.
        heat: float32 `[h, w]` of the photo, 0 for what is usual, a half at the threshold, 1 as far again and more.
        box: the strangest place, of a defect.
    """

    line: str
    outcome: Outcome
    score: float
    threshold: float
    similarity: float
    least_similarity: float
    heat: npt.NDArray[np.float32]
    box: Box | None = None

    def finding(self, photo: str = "", product_id: str = "") -> Finding | None:
        """Return a defect as the inspector's findings are shaped; None for a good photo and for another product."""
        if self.outcome != "defect":
            return None
        return Finding(
            CODE,
            "error",
            "photo",
            f"The product departs from the good samples of '{self.line}'.",
            Measure(round(self.score, 4), round(self.threshold, 4), "distance"),
            product_id=product_id,
            photo=photo,
            box=self.box,
        )
