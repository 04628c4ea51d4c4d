"""Batches of augmented views, made by a thread beside the training step."""

from __future__ import annotations

import json
import queue
import threading
from pathlib import Path

import cv2
import numpy as np
from objective import SOURCES

from shoplens.models.augment import Augmentation

FASHION_PER_EPOCH = 2000
STRONG = Augmentation(cast=0.07)
LIGHT = Augmentation.light_touch()


class Photos:
    """The prepared arrays and their labels."""

    def __init__(self, work: Path) -> None:
        self.pixels = np.load(work / "photos.npy", mmap_mode="r")
        self.masks = np.load(work / "masks.npy", mmap_mode="r")
        items = json.loads((work / "items.json").read_text())
        self.source = np.array([SOURCES.index(item["source"]) for item in items])
        self.category, self.label, self.fine = (
            np.array([item[name] for item in items], np.int32) for name in ("category", "label", "fine")
        )
        self.held_out = np.array([item["held_out"] for item in items])
        self.has_mask = np.array([bool(mask[::8, ::8].any()) for mask in self.masks])

    def epoch(self, rng: np.random.Generator) -> np.ndarray:
        """Return a shuffled order of the training photos, with few of the grey ones."""
        train = np.flatnonzero(~self.held_out)
        fashion = train[self.source[train] == SOURCES.index("fashion")]
        rest = train[self.source[train] != SOURCES.index("fashion")]
        return rng.permutation(np.concatenate([rest, rng.choice(fashion, FASHION_PER_EPOCH, replace=False)]))


def view(photos: Photos, index: int, size: int, rng: np.random.Generator, light: float = 0.15) -> np.ndarray:
    """Return one augmented view of a photo; `light` is the probability of a lightly changed one."""
    mask = background = None
    if photos.has_mask[index]:
        mask = photos.masks[index]
        if rng.random() < 0.5:
            other = photos.pixels[rng.integers(len(photos.source))]
            top, left = rng.integers(0, 80, 2)
            background = other[top : top + 80, left : left + 80]
    augmentation = LIGHT if rng.random() < light else STRONG
    return augmentation.apply(photos.pixels[index], size, rng, mask=mask, background=background)


class Stream:
    """Two views of each photo of a batch: a dict of arrays, the first halves beside the second."""

    def __init__(self, photos: Photos, batch: int, seed: int) -> None:
        self.photos, self.batch, self.size, self.light = photos, batch, 64, 0.15
        self._rng = np.random.default_rng(seed)
        self._queue: queue.Queue = queue.Queue(3)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        cv2.setNumThreads(1)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def take(self) -> dict[str, np.ndarray]:
        return self._queue.get()

    @property
    def steps(self) -> int:
        rows = np.flatnonzero(~self.photos.held_out)
        fashion = (self.photos.source[rows] == SOURCES.index("fashion")).sum()
        return int((len(rows) - fashion + FASHION_PER_EPOCH) // self.batch)

    def _work(self) -> None:
        while not self._stop.is_set():
            order = self.photos.epoch(self._rng)
            for start in range(0, len(order) - self.batch + 1, self.batch):
                chosen = order[start : start + self.batch]
                made = self._make(chosen)
                while not self._stop.is_set():
                    try:
                        self._queue.put(made, timeout=1)
                        break
                    except queue.Full:
                        continue

    def _make(self, chosen: np.ndarray) -> dict[str, np.ndarray]:
        size, light = self.size, self.light
        both = np.concatenate([chosen, chosen])
        pixels = np.stack([view(self.photos, index, size, self._rng, light) for index in both])
        columns = {"source": self.photos.source, "category": self.photos.category, "label": self.photos.label,
                   "fine": self.photos.fine}  # fmt: skip
        return {"pixels": pixels, "item": both.astype(np.int32)} | {
            name: values[both].astype(np.int32) for name, values in columns.items()
        }
