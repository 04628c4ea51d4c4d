from __future__ import annotations

import threading
import time

from shoplens.index.shared_lock import SharedLock


def test_readers_share_it_and_a_writer_has_it_alone() -> None:
    lock = SharedLock()
    together = threading.Barrier(3, timeout=10)
    inside: list[str] = []
    wrong: list[list[str]] = []

    def read() -> None:
        with lock.reading():
            together.wait()  # all three are inside at once, or this fails
            if "writer" in inside:
                wrong.append(list(inside))

    def write() -> None:
        with lock.writing():
            if inside:
                wrong.append(list(inside))
            inside.append("writer")
            time.sleep(0.001)
            inside.remove("writer")

    for _ in range(20):
        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        threads = [threading.Thread(target=write) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_a_waiting_writer_goes_before_later_readers() -> None:
    lock = SharedLock()
    order: list[str] = []
    first_reads, release = threading.Event(), threading.Event()

    def hold() -> None:
        with lock.reading():
            first_reads.set()
            release.wait(10)

    def write() -> None:
        with lock.writing():
            order.append("writer")

    def read() -> None:
        with lock.reading():
            order.append("reader")

    threads = [threading.Thread(target=work) for work in (hold, write, read)]
    threads[0].start()
    first_reads.wait(10)
    threads[1].start()
    while not lock.waiting:
        time.sleep(0.001)
    threads[2].start()
    time.sleep(0.02)
    assert order == []
    release.set()
    for thread in threads:
        thread.join()
    assert order == ["writer", "reader"]
