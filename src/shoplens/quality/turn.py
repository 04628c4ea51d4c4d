"""Which way up a photo stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.quality.gist_head import Matrix, gist_head
from shoplens.quality.gist_reader import TURNS, gist_reader
from shoplens.quality.photo_context import PhotoContext
from shoplens.records import Pixels

_UPRIGHT = 0.15
"""Probability of the first look from which a photo counts as upright: the other three would hardly outvote it."""

_OPEN = 0.5
"""Probability of the likeliest turn by the first two looks below which nothing is known: of 600 photos of clothing,
caltech101, grocery and outfits (training parts), as they are and turned, four looks told of 626, and of these one had
0.43 and all others more than 0.56."""


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

        Most photos are told by one look. Where it speaks against upright, the photo is turned back as it says and
        looked at again; where that does not deny it, also in the other two positions, and all four have to agree.
        """
        return context.once("turn", lambda: _judged(context))

    def upright(self, pixels: Pixels) -> Pixels:
        """Return a photo turned back."""
        return np.ascontiguousarray(np.rot90(pixels, -self.quarters))


def agreed(looks: Sequence[Matrix] | Matrix, turns: Sequence[int] = range(TURNS)) -> Matrix:
    """Return the probability of each turn by several looks together.

    Args:
        looks: log-probabilities `[4, n, 4]`: of the photos as they are, and turned by one to three quarters more.
        turns: by how many quarters each look is turned, where they are others than those four.

    Returns:
        `[n, 4]`: the geometric mean of what the looks say of each, brought to a sum of 1.
    """
    stack = np.stack([np.roll(look, -more, axis=1) for more, look in zip(turns, looks, strict=True)])
    mean = stack.mean(axis=0)
    weights = np.exp(mean - mean.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def upright_at_once(look: Matrix) -> npt.NDArray[np.bool_]:
    """Tell of which photos the first look, log-probabilities `[n, 4]`, is enough to call them upright; `[n]`."""
    return np.asarray(np.exp(look[:, 0]) >= _UPRIGHT)


def _judged(context: PhotoContext) -> Turn:
    head, reader = gist_head("turn"), gist_reader()
    looks = {0: head.log_probabilities(context.gist)}
    if upright_at_once(looks[0])[0]:
        return Turn(0, float(np.exp(looks[0][0, 0])))

    def look_again(turns: Sequence[int]) -> Matrix:
        gists = reader.read([np.ascontiguousarray(np.rot90(context.square, more)) for more in turns])
        looks.update({more: head.log_probabilities(gist[None]) for more, gist in zip(turns, gists, strict=True)})
        return np.asarray(agreed(list(looks.values()), list(looks))[0], np.float32)

    together = look_again([-int(looks[0].argmax()) % TURNS])
    if together[1:].max() < _OPEN:
        return Turn(0, float(together[0]))
    together = look_again([more for more in range(TURNS) if more not in looks])
    quarters = int(together.argmax())
    return Turn(quarters, float(together[quarters]))
