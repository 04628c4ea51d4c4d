"""The memory keeps few patches and still has one near to every other."""

from __future__ import annotations

import numpy as np

from shoplens.quality.defects.coreset import Coreset
from shoplens.quality.defects.patch_memory import PatchMemory, nearest
from shoplens.quality.defects.patch_reader import GRID, Patches


def sample(seed: int, kinds: int = 6) -> tuple[Patches, ...]:
    """Two layers of patches, each near one of some centres; the last kind is rare."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(99).normal(0, 4, (kinds, 20))
    kind = np.minimum(rng.integers(0, 60, GRID * GRID), kinds - 1) if seed else rng.integers(0, kinds - 1, GRID * GRID)
    rows = centres[kind] + rng.normal(0, 0.2, (GRID * GRID, 20))
    return rows[:, :12].astype(np.float32), rows[:, 12:].astype(np.float32)


def memory_of(samples: list[tuple[Patches, ...]], *, placed: bool) -> PatchMemory:
    return PatchMemory.and_without_each(samples, placed=placed)[0]


def test_every_kind_of_patch_is_covered_by_a_tenth_of_them() -> None:
    samples = [sample(seed) for seed in range(4)]
    memory = memory_of(samples, placed=False)
    assert len(memory.patches) == round(0.1 * 4 * GRID * GRID)
    assert float(memory.distances(sample(0)).max()) < 0.6
    strange = (samples[0][0] + 6, samples[0][1])
    assert float(memory.distances(strange).min()) > 3 * float(memory.distances(sample(0)).max())


def test_layers_weigh_the_same_whatever_their_scale() -> None:
    samples = [sample(seed) for seed in range(3)]
    scaled = [(first * 1000, second) for first, second in samples]
    plain, grown = memory_of(samples, placed=False), memory_of(scaled, placed=False)
    first, second = sample(8)
    assert np.allclose(plain.distances((first, second)), grown.distances((first * 1000, second)), atol=2e-2)


def test_a_placed_memory_finds_what_is_in_the_wrong_place() -> None:
    rows = np.zeros((GRID, GRID, 3), np.float32)
    rows[5, 5] = 9.0
    moved = np.roll(rows, 15, axis=(0, 1))
    flat = [(found.reshape(-1, 3),) for found in (rows, moved)]
    anywhere, placed = (memory_of([flat[0]] * 3, placed=kind) for kind in (False, True))
    assert float(anywhere.distances(flat[1]).max()) < 1e-2
    assert float(placed.distances(flat[1]).max()) > 1.0


def test_the_nearest_is_the_nearest() -> None:
    rows, others = np.random.default_rng(0).normal(size=(2, 30, 8)).astype(np.float32)
    expected = np.linalg.norm(rows[:, None] - others[None], axis=2).min(axis=1)
    assert np.allclose(nearest(rows, others), expected, atol=1e-4)


def test_a_sample_that_is_left_out_is_not_remembered_and_the_others_are_covered() -> None:
    samples = [sample(seed) for seed in range(5)]
    samples[2] = (samples[2][0] + 9, samples[2][1])
    memory, without_each = PatchMemory.and_without_each(samples, placed=False)
    others = list(without_each)
    assert len(others) == len(samples)
    assert float(memory.distances(samples[2]).max()) < 0.6
    assert float(others[2].distances(samples[2]).min()) > 3 * float(memory.distances(samples[2]).max())
    for number, other in enumerate(others):
        rest = [one for place, one in enumerate(samples) if place != number]
        anew = memory_of(rest, placed=False)
        assert len(other.patches) == len(anew.patches)
        farthest, fresh = (max(float(of.distances(one).max()) for one in rest) for of in (other, anew))
        assert farthest < 1.3 * fresh


def test_of_very_few_patches_all_but_the_left_out_are_kept() -> None:
    rows = np.random.default_rng(0).normal(size=(12, 5)).astype(np.float32)
    coreset = Coreset(rows, 4)
    left_out = np.zeros(12, np.bool_)
    left_out[coreset.chosen] = True
    again = coreset.without(left_out, 20)
    assert sorted(again.tolist()) == sorted(np.flatnonzero(~left_out).tolist())
    assert len(set(coreset.chosen.tolist())) == 4
