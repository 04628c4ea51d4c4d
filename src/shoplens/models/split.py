"""Which photos train, which choose, and which judge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput

Indices = npt.NDArray[np.int64]
"""Positions of photos in the data set, ascending, shape `[n]`."""

FREE, TRAIN, VALIDATION, TEST = -1, 0, 1, 2
"""What `sides` may say of a photo: to be dealt out, or where it has to be."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """A division of a data set into three sides, with no group on two of them.

    Attributes:
        train: positions of the photos that the weights are fitted to.
        validation: positions that choose the epoch, the temperature and the threshold.
        test: positions that only judge.
        left_out: positions that were put on one side by the user and belong to a group of a later side; used nowhere.
        kept_together: how many groups hold more than one photo.
    """

    train: Indices
    validation: Indices
    test: Indices
    left_out: Indices
    kept_together: int


def split(
    labels: npt.NDArray[np.integer],
    groups: npt.NDArray[np.integer],
    *,
    shares: tuple[float, float, float] = (0.70, 0.15, 0.15),
    seed: int = 0,
    sides: npt.NDArray[np.integer] | None = None,
) -> Split:
    """Deal whole groups out to the three sides so that each side has its share of every class.

    Large groups go first, those of one size in an order drawn by `seed`; each goes where its classes miss most photos.
    A class of three photos or more that are in no larger group is found on every side that has a share.

    Args:
        labels: class numbers, `[n]`.
        groups: group numbers, `[n]`; photos of one number stay together.
        shares: of train, validation and test; they sum to 1. A side with fixed photos leaves its share to training.
        seed: the same seed deals the same way.
        sides: `[n]` of `FREE`, `TRAIN`, `VALIDATION` or `TEST`. A group that touches a fixed test photo is kept off the
            other sides, one that touches a fixed validation photo off training: its other photos are left out.

    Raises:
        BadInput: lengths differ, or the shares are no shares.
    """
    _check(labels, groups, shares)
    fixed = np.full(len(labels), FREE) if sides is None else np.asarray(sides)
    numbers = np.unique(groups, return_inverse=True)[1]
    sizes = np.bincount(numbers)
    pinned = np.full(len(sizes), FREE)
    np.maximum.at(pinned, numbers, fixed)
    open_shares = np.array(shares)
    for side in (VALIDATION, TEST):
        if (fixed == side).any():
            open_shares[TRAIN] += open_shares[side]
            open_shares[side] = 0.0
    side_of = pinned.copy()
    _deal(np.asarray(labels), numbers, side_of, open_shares, np.random.default_rng(seed))
    final = side_of[numbers]
    stays = (fixed == final) | ((fixed == FREE) & (pinned[numbers] <= TRAIN))
    return Split(
        train=np.flatnonzero(stays & (final == TRAIN)),
        validation=np.flatnonzero(stays & (final == VALIDATION)),
        test=np.flatnonzero(stays & (final == TEST)),
        left_out=np.flatnonzero(~stays),
        kept_together=int((sizes > 1).sum()),
    )


def _check(
    labels: npt.NDArray[np.integer], groups: npt.NDArray[np.integer], shares: tuple[float, float, float]
) -> None:
    if len(labels) != len(groups):
        raise BadInput("Labels and groups need the same length.", received=f"{len(labels)} and {len(groups)}")
    if min(shares) < 0 or shares[TRAIN] <= 0 or abs(sum(shares) - 1) > 1e-9:
        raise BadInput(
            "The shares of train, validation and test must not be negative and must sum to 1.",
            received=shares,
            remedy="Use for example (0.7, 0.15, 0.15).",
        )


def _deal(
    labels: npt.NDArray[np.integer],
    numbers: npt.NDArray[np.integer],
    side_of: npt.NDArray[np.integer],
    shares: npt.NDArray[np.float64],
    generator: np.random.Generator,
) -> None:
    """Write a side for each group of `side_of` that is still free."""
    classes = np.unique(labels, return_inverse=True)[1]
    free = np.flatnonzero(side_of == FREE)
    position = np.full(len(side_of), -1)
    position[free] = np.arange(len(free))
    counts = np.zeros((len(free), classes.max(initial=-1) + 1))
    member = position[numbers] >= 0
    np.add.at(counts, (position[numbers[member]], classes[member]), 1)
    missing = _targets(counts, shares)
    order = generator.permutation(len(free))
    for i in order[np.argsort(-counts[order].sum(axis=1), kind="stable")]:
        gain = np.where(shares > 0, missing @ counts[i], -np.inf)
        side = int(np.argmax(gain))
        side_of[free[i]] = side
        missing[side] -= counts[i]


def _targets(counts: npt.NDArray[np.float64], shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return how many photos each side should get of each class, `[3, classes]`."""
    targets = np.outer(shares, counts.sum(axis=0))
    enough = (counts > 0).sum(axis=0) >= len(shares)
    for side in (VALIDATION, TEST):
        if shares[side] > 0:
            lifted = np.where(enough, np.maximum(targets[side], 1.0), targets[side])
            targets[TRAIN] -= lifted - targets[side]
            targets[side] = lifted
    return targets
