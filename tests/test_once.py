from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import pytest

from shoplens.models.bundle import Bundle
from shoplens.once import once
from shoplens.recommend.shop_view import ShopView
from shoplens.shop import Shop
from shoplens.shop_search import ShopSearch
from shoplens.wiring import Wiring


class Parts:
    def __init__(self) -> None:
        self.made: list[str] = []

    @once
    def heavy(self) -> object:
        """Made of another part."""
        self.made.append("heavy")
        time.sleep(0.01)
        return self.light

    @once
    def light(self) -> object:
        self.made.append("light")
        return object()

    @once
    def fails_first(self) -> int:
        self.made.append("try")
        if self.made.count("try") == 1:
            raise OSError("not yet")
        return self.made.count("try")


def test_many_threads_get_the_one_that_was_made() -> None:
    parts, begin = Parts(), threading.Barrier(16)

    def get(_: int) -> object:
        begin.wait()
        return parts.heavy

    with ThreadPoolExecutor(16) as pool:
        found = set(map(id, pool.map(get, range(16))))
    assert found == {id(parts.light)}
    assert parts.made == ["heavy", "light"]
    assert vars(parts)["heavy"] is parts.light  # what comes later finds it without a lock


def test_each_object_has_its_own() -> None:
    assert Parts().light is not Parts().light


def test_what_failed_is_tried_again() -> None:
    parts = Parts()
    with pytest.raises(OSError, match="not yet"):
        _ = parts.fails_first
    assert parts.fails_first == parts.fails_first == 2


def test_it_is_documented_like_a_property() -> None:
    assert isinstance(Parts.heavy, once)
    assert Parts.heavy.__doc__ == "Made of another part."


# `functools.cached_property` has no lock from Python 3.12 on. Of a number that is worked out twice none harms; of an
# index or a shelf of uploads two would.
HARMLESS = {Bundle: {"input_size"}}


@pytest.mark.parametrize("shared", [Wiring, ShopSearch, Shop, Bundle, ShopView])
def test_what_threads_share_is_made_under_a_lock(shared: type) -> None:
    unlocked = {name for name, value in vars(shared).items() if isinstance(value, cached_property)}
    assert unlocked == HARMLESS.get(shared, set())
