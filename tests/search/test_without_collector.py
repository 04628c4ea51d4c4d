"""Python's collector rests inside, and works again afterwards as it did before."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from shoplens.search.without_collector import without_collector


@pytest.fixture(autouse=True)
def working() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def test_it_rests_until_the_last_block_ends() -> None:
    first, second = without_collector(), without_collector()
    first.__enter__()
    second.__enter__()
    assert not gc.isenabled()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()


def test_it_works_again_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), without_collector():
        _ = 1 / 0
    assert gc.isenabled()


def test_who_has_none_gets_none() -> None:
    gc.disable()
    with without_collector():
        pass
    assert not gc.isenabled()
