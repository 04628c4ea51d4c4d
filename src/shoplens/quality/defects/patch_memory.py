"""What the patches of good samples look like: few of them, so chosen that every other one is near to one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from shoplens.quality.defects.coreset import Coreset
from shoplens.quality.defects.patch_reader import GRID, Patches

MOST = 2000
"""Patches kept. Roth et al. (2022) keep 1 % to 10 %; 25 photos have 19,600."""

_SHARE = 0.1
_PLACE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class PatchMemory:
    """The chosen patches and the scale on which patches are compared.

    Attributes:
        means: of each layer, float32 `[channels]`.
        spreads: of each layer, how far a patch lies from the mean, so that layers weigh the same.
        placed: whether patches are compared by their place too.
        patches: float32 `[m, channels of all layers, and 2 where they are placed]`.
    """

    means: tuple[Patches, ...]
    spreads: tuple[float, ...]
    placed: bool
    patches: Patches

    @staticmethod
    def and_without_each(
        samples: Sequence[tuple[Patches, ...]], *, placed: bool
    ) -> tuple[PatchMemory, Iterator[PatchMemory]]:
        """Choose from the patches of good samples, each given by its layers.

        Returns:
            The memory of all samples, and one by one the memory without each of them, on the scale of all.
        """
        layers = range(len(samples[0]))
        stacked = [np.concatenate([sample[layer] for sample in samples]) for layer in layers]
        means = tuple(found.mean(axis=0) for found in stacked)
        spreads = tuple(
            float(np.sqrt(((found - mean) ** 2).sum(axis=1).mean())) + 1e-6
            for found, mean in zip(stacked, means, strict=True)
        )
        scale = PatchMemory(means, spreads, placed, np.zeros((0, 0), np.float32))
        rows = np.concatenate([scale.scaled(sample) for sample in samples])
        owner = np.repeat(np.arange(len(samples)), [len(sample[0]) for sample in samples])
        coreset = Coreset(rows, _kept(len(rows)))

        def without_each() -> Iterator[PatchMemory]:
            for number in range(len(samples)):
                left_out = owner == number
                chosen = coreset.without(left_out, _kept(int(np.count_nonzero(~left_out))))
                yield replace(scale, patches=rows[chosen])

        return replace(scale, patches=rows[coreset.chosen]), without_each()

    def scaled(self, layers: tuple[Patches, ...]) -> Patches:
        """Return the patches of one photo as they are compared."""
        parts = [(found - mean) / spread for found, mean, spread in zip(layers, self.means, self.spreads, strict=True)]
        if self.placed:
            down, across = np.divmod(np.arange(GRID * GRID), GRID)
            parts.append(_PLACE * np.stack([down, across], axis=1))
        return np.asarray(np.concatenate(parts, axis=1), np.float32)

    def distances(self, layers: tuple[Patches, ...]) -> Patches:
        """Return how far each patch of a photo lies from the nearest of the memory, `[patches]`."""
        return nearest(self.scaled(layers), self.patches)


def nearest(rows: Patches, others: Patches) -> Patches:
    """Return the distance of each row to the nearest of the others, `[rows]`."""
    squares = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None] - 2.0 * rows @ others.T
    return np.asarray(np.sqrt(np.maximum(squares.min(axis=1), 0.0)), np.float32)


def _kept(rows: int) -> int:
    return min(MOST, max(1, round(_SHARE * rows)))
