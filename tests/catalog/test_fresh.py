from __future__ import annotations

import threading
import time

import pytest

from shoplens.catalog.fresh import Fresh
from shoplens.errors import StoreError


class Counter:
    """A revision that can be set, and how often a value was made."""

    def __init__(self) -> None:
        self.revision = 1
        self.made = 0

    def make(self) -> str:
        self.made += 1
        return f"made at {self.revision}"


def test_a_value_is_made_once_for_one_revision() -> None:
    counter = Counter()
    fresh = Fresh(lambda: counter.revision, counter.make)
    assert [fresh.get() for _ in range(5)] == ["made at 1"] * 5
    assert counter.made == 1


def test_what_expires_while_a_value_is_made_is_seen_at_once_after_that() -> None:
    counter = Counter()

    def slow() -> str:
        made = counter.make()
        if counter.made == 2:  # somebody changes it while what was read before is put together
            time.sleep(0.05)
            counter.revision = 3
            fresh.expire()
        return made

    fresh = Fresh(lambda: counter.revision, slow)
    fresh.get()
    counter.revision = 2
    fresh.expire()
    assert fresh.get() == "made at 2"
    assert fresh.get() == "made at 3"


def test_a_new_revision_is_seen_at_once_after_expire() -> None:
    counter = Counter()
    fresh = Fresh(lambda: counter.revision, counter.make)
    fresh.get()
    counter.revision = 2
    fresh.expire()
    assert fresh.get() == "made at 2"


def test_readers_go_on_with_the_old_value_while_a_new_one_is_made() -> None:
    counter = Counter()
    started, go_on = threading.Event(), threading.Event()

    def make() -> str:
        value = counter.make()
        if counter.made == 2:
            started.set()
            go_on.wait(10)
        return value

    fresh = Fresh(lambda: counter.revision, make)
    fresh.get()
    counter.revision = 2
    fresh.expire()
    made: list[str] = []
    maker = threading.Thread(target=lambda: made.append(fresh.get()))
    maker.start()
    assert started.wait(10)
    assert fresh.get() == "made at 1"
    go_on.set()
    maker.join(10)
    assert made == ["made at 2"]


def test_what_fails_is_tried_again() -> None:
    answers = iter([ValueError("not yet"), "there"])

    def make() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    fresh = Fresh(lambda: 1, make)
    with pytest.raises(ValueError, match="not yet"):
        fresh.get()
    assert fresh.get() == "there"


def test_what_takes_long_is_made_anew_in_the_background() -> None:
    counter = Counter()
    go_on, made = threading.Event(), threading.Event()

    def make() -> str:
        value = counter.make()
        if counter.made == 2:
            go_on.wait(10)
            made.set()
        return value

    fresh = Fresh(lambda: counter.revision, make, patience=-1.0)
    assert fresh.get() == "made at 1"
    counter.revision = 2
    fresh.expire()
    assert fresh.get() == "made at 1", "nobody waits"
    go_on.set()
    assert made.wait(10)
    deadline = time.monotonic() + 60
    while fresh.get() != "made at 2":
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_failure_in_the_background_leaves_the_old_value(caplog: pytest.LogCaptureFixture) -> None:
    counter = Counter()
    failed = threading.Event()

    def make() -> str:
        if counter.made == 1:
            failed.set()
            raise StoreError("The disk is full.")
        return counter.make()

    fresh = Fresh(lambda: counter.revision, make, patience=-1.0)
    fresh.get()
    counter.revision = 2
    fresh.expire()
    assert fresh.get() == "made at 1"
    assert failed.wait(10)
    deadline = time.monotonic() + 60
    while "The disk is full." not in caplog.text:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert fresh.get() == "made at 1"
