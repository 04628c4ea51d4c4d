import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens.errors import BadInput
from shoplens.models.augment import Augmentation, mix, swap_background


def photo(height: int = 60, width: int = 60) -> np.ndarray:
    rng = np.random.default_rng(9)
    rough = rng.integers(0, 256, (6, 6, 3), np.uint8)
    return cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)


@settings(max_examples=40, deadline=None)
@given(st.integers(8, 90), st.integers(8, 90), st.integers(8, 64), st.integers(0, 2**32 - 1))
def test_any_photo_becomes_a_square_and_the_seed_decides(height: int, width: int, size: int, seed: int) -> None:
    source = photo(height, width)
    before = source.copy()
    one, two = (Augmentation(erase=1.0).apply(source, size, np.random.default_rng(seed)) for _ in range(2))
    assert one.shape == (size, size, 3)
    assert one.dtype == np.uint8
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(source, before)


def test_none_changes_nothing() -> None:
    source = photo()
    np.testing.assert_array_equal(Augmentation.none().apply(source, 60, np.random.default_rng(0)), source)


def test_none_reduces_by_averaging() -> None:
    source = photo(128, 128)
    reduced = Augmentation.none().apply(source, 64, np.random.default_rng(0)).astype(int)
    wanted = cv2.resize(source, (64, 64), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(reduced - wanted).max() <= 2


def test_flip_alone_is_the_mirror_image() -> None:
    source = photo()
    mirror = Augmentation((1, 1), 1, 1.0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0).apply(source, 60, np.random.default_rng(0))
    np.testing.assert_array_equal(mirror, source[:, ::-1])


def test_strong_changes_keep_the_hue() -> None:
    red = np.zeros((40, 40, 3), np.uint8)
    red[:] = 180, 40, 40
    rng = np.random.default_rng(3)
    for _ in range(50):
        mean = Augmentation(erase=0, swap=0).apply(red, 32, rng).reshape(-1, 3).mean(axis=0)
        assert mean[0] > 1.5 * max(mean[1:])


def test_grey_takes_all_colour() -> None:
    grey = Augmentation(grey=1.0, cast=0, erase=0, jpeg=0).apply(photo(), 32, np.random.default_rng(1)).astype(int)
    assert np.abs(grey[..., 0] - grey[..., 1]).max() <= 1


def test_swap_keeps_the_product_and_replaces_the_rest() -> None:
    source, mask = photo(), np.zeros((60, 60), np.uint8)
    mask[20:40, 20:40] = 255
    behind = np.full((10, 10, 3), 7, np.uint8)
    changed = swap_background(source, mask, np.random.default_rng(0), behind)
    np.testing.assert_array_equal(changed[20:40, 20:40], source[20:40, 20:40])
    assert (changed[mask == 0] == 7).all()
    plain = swap_background(source, mask, np.random.default_rng(0))
    assert len(np.unique(plain[mask == 0], axis=0)) == 1


def test_erasing_paints_a_rectangle() -> None:
    source = np.full((50, 50, 3), 128, np.uint8)
    erased = Augmentation((1, 1), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1.0, 0).apply(source, 50, np.random.default_rng(2))
    changed = (erased != 128).any(axis=2)
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert changed.sum() == len(rows) * len(columns) > 0


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([(0.4, 0.0), (0.0, 1.0), (0.4, 1.0)]), st.integers(0, 2**32 - 1))
def test_mixed_targets_say_how_much_of_each_photo_is_there(alphas: tuple[float, float], seed: int) -> None:
    photos = np.zeros((4, 16, 16, 3), np.uint8)
    photos[:] = np.array([0, 60, 120, 180], np.uint8)[:, None, None, None]
    targets = np.eye(4, dtype=np.float32)
    mixed, shares = mix(photos, targets, np.random.default_rng(seed), mixup=alphas[0], cutmix=alphas[1])
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    brightness = mixed.reshape(4, -1).mean(axis=1)
    np.testing.assert_allclose(brightness, shares @ [0, 60, 120, 180], atol=0.51)


def test_mix_off_returns_the_batch() -> None:
    photos, targets = np.zeros((2, 4, 4, 3), np.uint8), np.eye(2, dtype=np.float32)
    assert mix(photos, targets, np.random.default_rng(0))[0] is photos


def test_refusals() -> None:
    with pytest.raises(BadInput, match="scale"):
        Augmentation(scale=(0.0, 1.0))
    with pytest.raises(BadInput, match="probability"):
        Augmentation(flip=1.5)
    with pytest.raises(BadInput, match="uint8"):
        Augmentation().apply(np.zeros((4, 4, 3), np.float32), 8, np.random.default_rng(0))  # type: ignore[arg-type]
