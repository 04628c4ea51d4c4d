"""Two models on the same photos: is one better, or was it luck?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput
from shoplens.models.intervals import Interval, difference_interval


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model says of photos, in the same order as another's.

    Attributes:
        said: names of the likeliest class, `[n]`.
        confidence: their probabilities, `[n]`.
        right: whether they are the photo's class, `[n]`.
    """

    said: Sequence[str]
    confidence: npt.NDArray[np.floating]
    right: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Change:
    """A photo that one of the two models names right and the other does not; `gained`: the first one is right."""

    path: str
    truth: str
    said: str
    confidence: float
    other_said: str
    other_confidence: float
    gained: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """The first model against another one.

    Attributes:
        name: of the other model.
        id: of the other model.
        photos: judged by both.
        accuracy: of the first model on them.
        other_accuracy: of the other.
        both_right: photos that both name right.
        only_first: photos that only the first names right.
        only_other: photos that only the other names right.
        both_wrong: photos that neither names right.
        difference: `accuracy - other_accuracy`.
        interval: its 95 % interval by a paired bootstrap.
        p_value: exact two-sided McNemar test: how likely so uneven a share of the changed photos is if neither is
            better.
        changes: the photos on which exactly one is right, the surest answers first.
    """

    name: str
    id: str
    photos: int
    accuracy: float
    other_accuracy: float
    both_right: int
    only_first: int
    only_other: int
    both_wrong: int
    difference: float
    interval: Interval
    p_value: float
    changes: tuple[Change, ...]


def mcnemar(only_first: int, only_other: int) -> float:
    """Return the two-sided p of the exact McNemar test (McNemar, 1947): a fair coin for each changed photo."""
    from scipy.stats import binomtest

    changed = only_first + only_other
    return float(binomtest(only_first, changed, 0.5).pvalue) if changed else 1.0


def compare_answers(
    first: Answers, other: Answers, truth: Sequence[str], paths: Sequence[str], *, name: str, id: str
) -> Comparison:
    """Compare two models' answers to the same photos.

    Args:
        first: of the model in question.
        other: of the one it is compared with.
        truth: the class of each photo, as people read it.
        paths: of the photos.
        name: of the other model.
        id: of the other model.

    Raises:
        BadInput: there is no photo.
    """
    total = len(paths)
    if not total:
        raise BadInput(
            "There is no photo that both models can be judged by.",
            received=f"{name}: 0 photos",
            remedy="Both need a category for at least one label of the data; --map translates a label.",
        )
    only_first = int((first.right & ~other.right).sum())
    only_other = int((other.right & ~first.right).sum())
    both = int((first.right & other.right).sum())
    changed = np.flatnonzero(first.right != other.right)
    changed = changed[np.argsort(-np.maximum(first.confidence, other.confidence)[changed], kind="stable")]
    return Comparison(
        name=name,
        id=id,
        photos=total,
        accuracy=float(first.right.mean()),
        other_accuracy=float(other.right.mean()),
        both_right=both,
        only_first=only_first,
        only_other=only_other,
        both_wrong=total - both - only_first - only_other,
        difference=(only_first - only_other) / total,
        interval=difference_interval(only_first, only_other, total),
        p_value=mcnemar(only_first, only_other),
        changes=tuple(
            Change(
                path=paths[i],
                truth=truth[i],
                said=first.said[i],
                confidence=float(first.confidence[i]),
                other_said=other.said[i],
                other_confidence=float(other.confidence[i]),
                gained=bool(first.right[i]),
            )
            for i in changed.tolist()
        ),
    )
