"""Processes that draw training pictures without end, and the thread that gets them ready for the device."""

from __future__ import annotations

import queue
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path
from threading import Thread

import numpy as np
import torch
from torch import Tensor


class Drawers:
    """Batches of one shape each: the pictures, truth, unsure, collage and there of `scenes.Example`, as tensors.

    Args:
        work: where `backgrounds.prepare` has put the photos.
        batch: pictures of a batch, as many as `scenes.examples` takes.
        seed: of the first process; each further one takes the next.
        count: how many processes draw.
        pinned: whether the tensors lie where a device can fetch them while others are computed.
    """

    def __init__(self, work: Path, batch: int, seed: int, count: int, *, pinned: bool) -> None:
        context = get_context("spawn")
        self._drawn: Queue = context.Queue(maxsize=2 * count)
        self._ready: queue.Queue[list[Tensor]] = queue.Queue(maxsize=4)
        self._pinned = pinned
        self._processes = [
            context.Process(target=_draw, args=(work, batch, seed + number, self._drawn), daemon=True)
            for number in range(count)
        ]
        for process in self._processes:
            process.start()
        self._fetching = Thread(target=self._fetch, daemon=True)
        self._fetching.start()

    def __next__(self) -> list[Tensor]:
        while True:
            try:
                return self._ready.get(timeout=10)
            except queue.Empty:
                if not self._fetching.is_alive() or any(process.exitcode is not None for process in self._processes):
                    raise RuntimeError("what draws has ended: see what it printed") from None

    def close(self) -> None:
        for process in self._processes:
            process.kill()

    def _fetch(self) -> None:
        while True:
            batch = [torch.from_numpy(part) for part in self._drawn.get()]
            self._ready.put([part.pin_memory() for part in batch] if self._pinned else batch)


def _draw(work: Path, batch: int, seed: int, out: Queue) -> None:
    import cv2
    from backgrounds import Backgrounds
    from scenes import examples

    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    photos, rng = Backgrounds(work, held_out=False), np.random.default_rng(seed)
    while True:
        drawn = examples(photos, rng, batch)
        out.put((
            np.stack([e.picture for e in drawn]), np.stack([e.truth for e in drawn]),
            np.stack([e.unsure for e in drawn]), np.array([e.collage for e in drawn], np.float32),
            np.stack([e.there for e in drawn]),
        ))  # fmt: skip
