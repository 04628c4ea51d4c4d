"""How well boxes fit: each true box is paired with at most one found box, the best pairs first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scenes import Scene

from shoplens.records import Box, FoundObject


def pairs(truth: Sequence[Box], found: Sequence[Box]) -> list[float]:
    """Return the overlap (IoU) of each true box with its partner, 0 where it has none."""
    overlaps = np.array([[one.overlap(two) for two in found] for one in truth]).reshape(len(truth), len(found))
    best = [0.0] * len(truth)
    while overlaps.size and overlaps.max() > 0:
        row, column = np.unravel_index(int(overlaps.argmax()), overlaps.shape)
        best[int(row)] = float(overlaps[row, column])
        overlaps[row, :] = overlaps[:, column] = 0
    return best


def figures(scenes: Sequence[Scene], found: Sequence[Sequence[FoundObject]]) -> dict[str, float]:
    """Return mean IoU of the true boxes, share found (IoU above .5), share of answers that are right, F1 and F2."""
    overlaps: list[float] = []
    answers = 0
    for scene, row in zip(scenes, found, strict=True):
        truth = [Box(*(float(v) for v in np.clip(box, 0, 1))) for box in scene.boxes]
        small = [Box(*(float(v) for v in np.clip(box, 0, 1))) for box in scene.ignored]
        asked = [one.box for one in row if all(one.box.overlap(box) < 0.3 for box in small)]
        overlaps += pairs(truth, asked)
        answers += len(asked)
    hits = sum(overlap > 0.5 for overlap in overlaps)
    recall, precision = hits / max(len(overlaps), 1), hits / max(answers, 1)
    return {
        "mean_iou": round(float(np.mean(overlaps)) if overlaps else 0.0, 4),
        "found": round(recall, 4),
        "right": round(precision, 4),
        "f1": round(2 * recall * precision / max(recall + precision, 1e-9), 4),
        "f2": round(5 * recall * precision / max(recall + 4 * precision, 1e-9), 4),
    }
