"""What the patches of good samples look like: few of them, so chosen that every other one is near to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shoplens.quality.defects.patch_reader import GRID, Patches

MOST = 2000
"""Patches kept. Roth et al. (2022) keep 1 % to 10 %; 25 photos have 19,600."""

_SHARE = 0.1
_CANDIDATES = 24_000
_PROJECTED = 64
_PLACE = 0.1
_SEED = 0


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
    def of(samples: Sequence[tuple[Patches, ...]], *, placed: bool) -> PatchMemory:
        """Choose from the patches of good samples, each given by its layers.

        Greedily, always the patch that lies farthest from those chosen (Sener and Savarese, "Active Learning for
        Convolutional Neural Networks: A Core-Set Approach", 2018), on random projections.
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
        wanted = min(MOST, max(1, round(_SHARE * len(rows))))
        return PatchMemory(means, spreads, placed, rows[_spread_out(rows, wanted)])

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


def _spread_out(rows: Patches, wanted: int) -> list[int]:
    rng = np.random.default_rng(_SEED)
    candidates = np.sort(rng.permutation(len(rows))[:_CANDIDATES])
    projection = rng.normal(size=(rows.shape[1], _PROJECTED)).astype(np.float32) / np.float32(np.sqrt(_PROJECTED))
    seen = rows[candidates] @ projection
    squares = (seen**2).sum(axis=1)
    gap = np.full(len(seen), np.inf, np.float32)
    chosen: list[int] = []
    place = int(rng.integers(len(seen)))
    for _ in range(min(wanted, len(seen))):
        chosen.append(int(candidates[place]))
        gap = np.minimum(gap, squares + squares[place] - 2.0 * seen @ seen[place])
        place = int(gap.argmax())
    return chosen
