from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from shoplens.errors import NotFound
from shoplens.serving.turns import Turns

Result = TypeVar("Result")


def run(work: Coroutine[object, object, Result]) -> Result:
    """Run it in a thread of its own: a browser test before this one may have left a loop in the main thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def test_so_many_work_at_once_and_all_get_their_turn() -> None:
    lock, working, most = threading.Lock(), 0, 0

    def work() -> int:
        nonlocal working, most
        with lock:
            working += 1
            most = max(most, working)
        time.sleep(0.02)
        with lock:
            working -= 1
        return threading.get_ident()

    async def crowd() -> list[int]:
        turns = Turns(2)
        return await asyncio.gather(*(turns.take(work) for _ in range(12)))

    threads = run(crowd())
    assert len(threads) == 12
    assert most == 2
    assert threading.get_ident() not in threads


def test_the_loop_goes_on_while_all_turns_are_taken() -> None:
    free = threading.Event()

    async def crowd() -> str:
        turns = Turns(1)
        first = asyncio.create_task(turns.take(lambda: free.wait(10)))
        second = asyncio.create_task(turns.take(lambda: "second"))
        await asyncio.sleep(0.05)
        assert not second.done()
        free.set()
        assert await first
        return await second

    assert run(crowd()) == "second"


def test_an_error_comes_out_and_gives_the_turn_back() -> None:
    def fail() -> None:
        raise NotFound("There is no such product.")

    async def twice() -> str:
        turns = Turns(1)
        with pytest.raises(NotFound):
            await turns.take(fail)
        return await turns.take(lambda: "next")

    assert run(twice()) == "next"
