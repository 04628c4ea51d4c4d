"""Work in the background: one of a kind at a time, and what it says when it ends."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from shoplens.errors import BadInput, FeedError, NotFound
from shoplens.serving.jobs import Job, Jobs


def ended(job: Job) -> Job:
    deadline = time.monotonic() + 60
    while job.state == "running":
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return job


def test_two_of_a_kind_do_not_run_at_once(tmp_path: Path) -> None:
    jobs, go_on = Jobs(tmp_path), threading.Event()

    def wait(_: Job) -> dict[str, Any]:
        go_on.wait(10)
        return {}

    first = jobs.start("import", "a.csv", wait)
    other = jobs.start("training", "a", lambda _: {})
    with pytest.raises(BadInput, match="is running") as refused:
        jobs.start("import", "b.csv", lambda _: {})
    assert refused.value.code == "job_running"
    go_on.set()
    assert ended(first).state == ended(other).state == "done"
    assert ended(jobs.start("import", "b.csv", lambda _: {})).state == "done"


def test_of_a_kind_that_comes_again_and_again_the_newest_are_remembered(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    rare = ended(jobs.start("training", "a", lambda _: {}))
    runs = [ended(jobs.start("import", "feed", lambda _: {})) for _ in range(105)]
    assert [job.id for job in jobs.all()] == [job.id for job in [*runs[-1:4:-1], rare]]
    assert jobs.one(rare.id) is rare
    with pytest.raises(NotFound):
        jobs.one(runs[4].id)


def test_a_stream_ends_when_the_server_is_told_to_stop(tmp_path: Path) -> None:
    jobs, go_on = Jobs(tmp_path), threading.Event()

    async def read() -> list[str]:
        said = []
        async for piece in jobs.stream(jobs.start("training", "a", lambda _: {"went": go_on.wait(30)}).id):
            said.append(piece)
            jobs.close()
        return said

    # in a thread of its own: a browser of other tests keeps a loop in this one
    with ThreadPoolExecutor(1) as threads:
        (piece,) = threads.submit(asyncio.run, asyncio.wait_for(read(), 10)).result()
    go_on.set()
    assert piece.startswith("event: progress")


def test_neither_result_nor_failure_says_where_the_shop_lies(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path / "鞋店")

    def fail(_: Job) -> dict[str, Any]:
        raise FeedError("There is no product in it.", received=tmp_path / "鞋店" / "uploads" / "a.csv")

    done = ended(jobs.start("import", "a", lambda _: {"report": str(tmp_path / "鞋店" / "reports" / "a.csv")}))
    assert done.result == {"report": "reports/a.csv"}
    failed = ended(jobs.start("import", "a", fail))
    assert failed.state == "failed"
    assert "uploads/a.csv" in failed.result["error"]
    assert str(tmp_path) not in failed.result["error"]
