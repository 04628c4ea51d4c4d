from __future__ import annotations

import re

import numpy as np
import pytest

from shoplens.errors import BadInput, NotFound
from shoplens.search.image_shelf import LONGEST_SIDE, ImageShelf, ShelfSettings
from tests.search.conftest import HUES, swatch


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_photo_comes_back_nearly_as_it_was_until_its_time_is_over() -> None:
    clock = Clock()
    shelf = ImageShelf(ShelfSettings(lifetime_s=60), clock)
    kept = shelf.put(swatch(HUES["red"]))
    assert (kept.width, kept.height, kept.expires_in_s) == (96, 96, 60)
    clock.now += 59.9
    assert np.abs(shelf.get(kept.id).mean(axis=(0, 1)) - swatch(HUES["red"]).mean(axis=(0, 1))).max() < 3
    clock.now += 0.2
    with pytest.raises(NotFound, match="Upload it again") as gone:
        shelf.get(kept.id)
    assert gone.value.code == "image_gone"
    assert len(shelf) == 0


def test_ids_cannot_be_guessed() -> None:
    shelf = ImageShelf()
    ids = {shelf.put(swatch(HUES["red"])).id for _ in range(20)}
    assert len(ids) == 20  # the same photo twice has two ids
    assert all(re.fullmatch(r"[\w-]{32}", name) for name in ids)
    with pytest.raises(NotFound):
        shelf.get("x")


def test_the_oldest_makes_room_by_number_and_by_bytes() -> None:
    shelf = ImageShelf(ShelfSettings(most_images=2))
    first, second, third = (shelf.put(swatch(HUES[name])).id for name in ("red", "green", "blue"))
    with pytest.raises(NotFound):
        shelf.get(first)
    assert shelf.get(second).shape == shelf.get(third).shape == (96, 96, 3)
    rng = np.random.default_rng(0)
    noisy = [rng.integers(0, 255, (300, 300, 3), np.uint8) for _ in range(5)]
    small = ImageShelf(ShelfSettings(most_bytes=400_000))
    names = [small.put(pixels).id for pixels in noisy]
    assert 1 <= len(small) < 5
    small.get(names[-1])
    with pytest.raises(BadInput, match="larger"):
        ImageShelf(ShelfSettings(most_bytes=1_000)).put(noisy[0])


def test_a_large_photo_is_kept_small_and_none_where_the_shop_says_so() -> None:
    kept = ImageShelf().put(np.zeros((500, 3000, 3), np.uint8))
    assert kept.width == LONGEST_SIDE
    with pytest.raises(BadInput, match="keeps no"):
        ImageShelf(ShelfSettings(lifetime_s=0)).put(swatch(HUES["red"]))
