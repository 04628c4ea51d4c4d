import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens.errors import BadInput
from shoplens.models.rand_augment import OPERATIONS, RandAugment
from shoplens.models.shift import Shift
from tests.models.test_augment import photo


@settings(max_examples=30, deadline=None)
@given(st.integers(8, 70), st.integers(8, 40), st.floats(0, 10), st.integers(0, 2**32 - 1))
def test_any_photo_becomes_a_square_and_the_seed_decides(side: int, size: int, magnitude: float, seed: int) -> None:
    change = RandAugment(3, magnitude, erase=0.5)
    one, two = (change.apply(photo(side, side), size, np.random.default_rng(seed)) for _ in range(2))
    assert one.shape == (size, size, 3)
    assert one.dtype == np.uint8
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("place", range(len(OPERATIONS)))
def test_each_operation_without_strength_changes_little_and_with_it_a_lot(place: int) -> None:
    source = photo(40, 40)
    weak, strong = (np.asarray(OPERATIONS[place](source, s)).astype(int) for s in (0.0, 1.0))
    assert weak.shape == strong.shape == source.shape
    if place not in (0, 1, 2):  # identity and the two that have no strength
        assert np.abs(weak - source).mean() < 0.5
        assert np.abs(strong - source).mean() > 1


def test_shift_moves_whole_pixels_and_mirrors() -> None:
    source, generator = photo(28, 28), np.random.default_rng(0)
    wide = np.pad(source, ((3, 3), (3, 3), (0, 0)), mode="edge")
    windows = [wide[top : top + 28, left : left + 28] for top in range(7) for left in range(7)]
    known = {window.tobytes() for window in windows} | {np.ascontiguousarray(w[:, ::-1]).tobytes() for w in windows}
    seen = {Shift(3).apply(source, 28, generator).tobytes() for _ in range(300)}
    assert seen <= known
    assert len(seen) > 80


def test_shift_erases_where_asked() -> None:
    source = np.full((28, 28, 3), 9, np.uint8)
    assert (Shift(2).apply(source, 28, np.random.default_rng(1)) == 9).all()
    assert (Shift(2, erase=1.0).apply(source, 28, np.random.default_rng(1)) != 9).any()


def test_refusals() -> None:
    with pytest.raises(BadInput, match="magnitude"):
        RandAugment(2, 11)
