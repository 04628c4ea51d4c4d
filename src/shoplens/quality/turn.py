"""Which way up a photo stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.quality.gist_head import GistHead, Matrix, gist_head
from shoplens.quality.gist_reader import TURNS, gist_reader
from shoplens.quality.photo_context import PhotoContext
from shoplens.records import Pixels

_UPRIGHT = 0.15
"""Probability of the first look from which a photo counts as upright: the other three would hardly outvote it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How a photo lies.

    Attributes:
        quarters: quarter turns counter-clockwise by which it lies turned; 0 for a photo that is upright or nothing is
            known of.
        sure: the probability of that, 0 to 1.
    """

    quarters: int
    sure: float

    @staticmethod
    def of(context: PhotoContext) -> Turn:
        """Judge a photo; remembered in its context.

        Most photos are told by one look. Where it speaks against upright, the photo is turned into the other three
        positions too, and all four looks have to agree.
        """
        return context.once("turn", lambda: _judged(context))

    def upright(self, pixels: Pixels) -> Pixels:
        """Return a photo turned back."""
        return np.ascontiguousarray(np.rot90(pixels, -self.quarters))


def agreed(looks: Sequence[Matrix] | Matrix) -> Matrix:
    """Return the probability of each turn by four looks together.

    Args:
        looks: log-probabilities `[4, n, 4]`: of the photos as they are, and turned by one to three quarters more.

    Returns:
        `[n, 4]`: the geometric mean of what the looks say of each, brought to a sum of 1.
    """
    stack = np.stack([np.roll(look, -more, axis=1) for more, look in enumerate(looks)])
    mean = stack.mean(axis=0)
    weights = np.exp(mean - mean.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def upright_at_once(look: Matrix) -> npt.NDArray[np.bool_]:
    """Tell of which photos the first look, log-probabilities `[n, 4]`, is enough to call them upright; `[n]`."""
    return np.asarray(np.exp(look[:, 0]) >= _UPRIGHT)


def _judged(context: PhotoContext) -> Turn:
    head, reader = gist_head("turn"), gist_reader()
    first = head.log_probabilities(context.gist)
    if upright_at_once(first)[0]:
        return Turn(0, float(np.exp(first[0, 0])))
    square = reader.square(context.work)
    others = reader.read([np.ascontiguousarray(np.rot90(square, more)) for more in range(1, TURNS)])
    return decided(first, head, others)


def decided(first: Matrix, head: GistHead, others: Matrix) -> Turn:
    """Return what the first look `[1, 4]` and the gists of three more say together."""
    probabilities = agreed([first, *(head.log_probabilities(row[None]) for row in others)])[0]
    quarters = int(probabilities.argmax())
    return Turn(quarters, float(probabilities[quarters]))
