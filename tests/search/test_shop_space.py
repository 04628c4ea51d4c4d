from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens.search.shop_space import ShopSpace
from shoplens.search.snaps import Snaps


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_what_all_photos_share_no_longer_counts() -> None:
    rng = np.random.default_rng(0)
    own = rng.standard_normal((300, 16))
    shared = np.zeros(16)
    shared[0] = 30.0
    photos = unit(own + shared)
    again = unit(own[:50] + 0.3 * rng.standard_normal((50, 16)) + shared)
    space = ShopSpace.fit(photos, [16])
    assert (photos @ photos.T).min() > 0.9
    assert abs((space.apply(photos) @ space.apply(photos).T).mean()) < 0.05
    assert (space.apply(again) @ space.apply(photos).T).argmax(axis=1).tolist() == list(range(50))


def test_a_loud_direction_no_longer_drowns_the_quiet_ones() -> None:
    # The first two numbers are the light of the photo, far stronger than the rest, which tell the product.
    rng = np.random.default_rng(1)
    products = rng.standard_normal((100, 10))
    light = rng.standard_normal((2, 100, 2)) * 12
    first, second = (unit(np.concatenate([light[i], products], axis=1)) for i in range(2))
    raw = ((second @ first.T).argmax(axis=1) == np.arange(100)).mean()
    space = ShopSpace.fit(np.concatenate([first, second]), [12])
    fitted = ((space.apply(second) @ space.apply(first).T).argmax(axis=1) == np.arange(100)).mean()
    assert raw < 0.5
    assert fitted > raw + 0.3


@settings(deadline=None)
@given(st.integers(1, 200), st.sampled_from([[8], [3, 5], [2, 2, 4]]))
def test_rows_stay_unit_vectors_and_small_shops_stay_as_they_are(count: int, lengths: list[int]) -> None:
    rng = np.random.default_rng(count)
    vectors = unit(np.concatenate([unit(rng.standard_normal((count, length))) for length in lengths], axis=1))
    changed = ShopSpace.fit(vectors, lengths).apply(vectors)
    assert changed.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(changed, axis=1), 1.0, atol=1e-3)
    if count < 32:
        np.testing.assert_allclose(changed, vectors, atol=1e-6)


@pytest.mark.parametrize("telling", [0, 1])
def test_the_part_that_tells_products_apart_counts_more(telling: int) -> None:
    # One part names the product with a little noise; the other is nothing but noise.
    rng = np.random.default_rng(3)
    names = np.repeat(rng.standard_normal((100, 8)), 2, axis=0) + 0.4 * rng.standard_normal((200, 8))
    parts = [unit(rng.standard_normal((200, 8))) for _ in range(2)]
    parts[telling] = unit(names)
    blended = np.concatenate([part * 0.5**0.5 for part in parts], axis=1)
    space = ShopSpace.fit(blended, [8, 8], [f"p{n // 2}" for n in range(200)])
    assert space.shares[telling] > 0.7
    assert sum(space.shares) == pytest.approx(1.0)


def test_without_known_products_the_parts_keep_their_shares() -> None:
    rng = np.random.default_rng(4)
    blended = np.concatenate([unit(rng.standard_normal((90, 8))) * s**0.5 for s in (0.3, 0.7)], axis=1)
    space = ShopSpace.fit(blended, [8, 8])
    assert space.shares == pytest.approx((0.3, 0.7), abs=1e-5)


def test_photos_that_are_all_alike_stay_finite() -> None:
    same = unit(np.ones((64, 8)))
    assert np.isfinite(ShopSpace.fit(same, [8]).apply(same)).all()


def test_what_differs_within_products_counts_less() -> None:
    # Each product is photographed from two sides; the side is far louder than the product.
    rng = np.random.default_rng(2)
    products = np.repeat(rng.standard_normal((80, 12)), 2, axis=0)
    side = np.tile([[4.0], [-4.0]], (80, 1)) + 0.5 * rng.standard_normal((160, 1))
    vectors = unit(np.concatenate([side, products + 0.2 * rng.standard_normal((160, 12))], axis=1))
    owners = [f"p{n // 2}" for n in range(160)]

    def found(space: ShopSpace) -> float:
        likeness = space.apply(vectors) @ space.apply(vectors).T
        np.fill_diagonal(likeness, -1)
        return float((likeness.argmax(axis=1) // 2 == np.arange(160) // 2).mean())

    blind, told = ShopSpace.fit(vectors, [13]), ShopSpace.fit(vectors, [13], owners)
    assert found(ShopSpace()) < 0.2
    assert found(told) > max(found(blind), 0.9)


def test_shoppers_photos_weigh_the_parts_in_their_own_way() -> None:
    # Colours, the second part, tell photos of the catalogue apart; in shoppers' light they say nothing.
    rng = np.random.default_rng(6)
    shape, color = rng.standard_normal((2, 120, 8))
    blended = np.concatenate([unit(part) * 0.5**0.5 for part in (shape, color)], axis=1)
    seen = np.concatenate(
        [
            unit(part) * 0.5**0.5
            for part in (shape + 0.4 * rng.standard_normal((120, 8)), rng.standard_normal((120, 8)))
        ],
        axis=1,
    )
    snaps = Snaps(np.arange(120), np.stack([seen, seen], axis=1))
    space = ShopSpace.fit(blended, [8, 8], [f"p{n}" for n in range(120)], snaps=snaps)
    assert space.shares == pytest.approx((0.5, 0.5), abs=1e-5), "the index stays as it was"
    assert space.snap_shares[0] >= 0.7
    ready = space.apply(blended)
    found = [
        (asked @ ready.T).argmax(axis=1) == np.arange(120) for asked in (space.apply_snaps(seen), space.apply(seen))
    ]
    assert found[0].mean() > found[1].mean() + 0.1
    parts = [(space.apply(seen)[:, p] @ ready[:, p].T) / 0.5 for p in (slice(0, 8), slice(8, 16))]
    wanted = space.snap_shares[0] * parts[0] + space.snap_shares[1] * parts[1]
    np.testing.assert_allclose(space.apply_snaps(seen) @ ready.T, wanted, atol=1e-4)


def three_parts(rng: np.random.Generator, noise: tuple[float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return vectors of 120 products in parts of 8, a third each, and again with so much noise in each part."""
    true = rng.standard_normal((3, 120, 8))
    again = true + np.array(noise)[:, None, None] * rng.standard_normal(true.shape)
    first, second = (np.concatenate([unit(part) * (1 / 3) ** 0.5 for part in some], axis=1) for some in (true, again))
    return first, second


@pytest.mark.parametrize("telling", [0, 1, 2])
def test_each_of_three_parts_can_be_the_one_that_tells(telling: int) -> None:
    noise = tuple(0.3 if part == telling else 9.0 for part in range(3))
    both = np.concatenate(three_parts(np.random.default_rng(7), noise))
    space = ShopSpace.fit(both, [8, 8, 8], [f"p{n % 120}" for n in range(240)])
    assert space.shares[telling] > 0.5
    assert sum(space.shares) == pytest.approx(1.0)


def test_counted_colors_say_nothing_of_shoppers_photos_beside_a_network_that_sees_colors() -> None:
    # Simulated photos would let the last part count the most: its colours are the very pixels of the catalogue.
    photos, seen = three_parts(np.random.default_rng(8), (1.0, 1.0, 0.1))
    snaps = Snaps(np.arange(120), np.stack([seen, seen], axis=1))
    space = ShopSpace.fit(photos, [8, 8, 8], [f"p{n}" for n in range(120)], snaps=snaps)
    assert space.snap_shares[2] == 0.0
    assert min(space.snap_shares[:2]) > 0.0
    assert sum(space.snap_shares) == pytest.approx(1.0)
    likeness = space.apply_snaps(seen) @ space.apply(photos).T
    assert (likeness.argmax(axis=1) == np.arange(120)).mean() > 0.5


def test_a_shop_of_few_photos_weighs_shoppers_photos_too_and_is_read_as_it_was_written() -> None:
    photos, seen = three_parts(np.random.default_rng(9), (0.3, 0.3, 9.0))
    space = ShopSpace.fit(photos[:20], [8, 8, 8])
    assert not space.fitted
    np.testing.assert_allclose(space.apply(photos), photos, atol=1e-6)
    wanted = [(seen[:, p] @ photos[:, p].T) * 3 for p in (slice(0, 8), slice(8, 16))]
    np.testing.assert_allclose(space.apply_snaps(seen) @ photos.T, 0.6 * wanted[0] + 0.4 * wanted[1], atol=1e-5)
    file = BytesIO()
    space.write(file)
    file.seek(0)
    again = ShopSpace.read(file)
    assert not again.fitted
    np.testing.assert_array_equal(again.apply_snaps(seen), space.apply_snaps(seen))


def test_a_large_shop_with_few_pairs_learns_from_all_of_them() -> None:
    # 40 products of two photos, told apart by the second part alone, among 6,000 photos of a product each.
    rng = np.random.default_rng(10)
    count = 6_080
    parts = [unit(rng.standard_normal((count, 4))) * 0.5**0.5 for _ in range(2)]
    placed = rng.permutation(count)
    pairs = placed[:80].reshape(40, 2)
    parts[1][pairs[:, 1]] = parts[1][pairs[:, 0]]
    owners = np.array([f"p{n}" for n in range(count)])
    owners[pairs[:, 1]] = owners[pairs[:, 0]]
    space = ShopSpace.fit(np.concatenate(parts, axis=1), [4, 4], owners.tolist())
    assert space.shares[1] > 0.6
    few = np.concatenate([pairs[:8].ravel(), placed[80:]])
    assert ShopSpace.fit(np.concatenate(parts, axis=1)[few], [4, 4], owners[few].tolist()).shares == pytest.approx(
        (0.5, 0.5)
    )


def test_one_product_of_many_photos_teaches_no_shares() -> None:
    vectors = unit(np.concatenate([unit(np.random.default_rng(11).standard_normal((80, 4))) for _ in range(2)], axis=1))
    space = ShopSpace.fit(vectors, [4, 4], ["p"] * 80)
    assert space.shares == pytest.approx((0.5, 0.5))
    assert np.isfinite(space.apply(vectors)).all()


def test_more_parts_than_there_are_tenths_keep_their_shares() -> None:
    rng = np.random.default_rng(12)
    vectors = unit(np.concatenate([unit(rng.standard_normal((160, 2))) for _ in range(12)], axis=1))
    space = ShopSpace.fit(vectors, [2] * 12, [f"p{n // 2}" for n in range(160)])
    assert space.shares == pytest.approx([1 / 12] * 12)


def test_a_first_photo_that_a_part_says_nothing_of_spoils_nothing() -> None:
    photos, seen = three_parts(np.random.default_rng(13), (0.3, 0.3, 0.3))
    photos[0, 8:16] = 0.0
    for count in (20, 120):
        space = ShopSpace.fit(photos[:count], [8, 8, 8])
        assert min(space.shares) > 0.25
        assert np.isfinite(space.apply_snaps(seen)).all()
    photos[:, 8:16] = 0.0
    assert np.isfinite(ShopSpace.fit(photos, [8, 8, 8]).apply_snaps(seen)).all()
