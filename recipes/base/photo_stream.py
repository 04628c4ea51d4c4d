"""Batches of augmented views, made by a thread beside the training step."""

from __future__ import annotations

import json
import math
import queue
import threading
from pathlib import Path

import cv2
import numpy as np
from objective import SOURCES

from shoplens.models.augment import Augmentation

FASHION_PER_EPOCH = 1000
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


def recolored(pixels: np.ndarray, mask: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
    """Return the photo with its product in another colour: to a shop that is another product.

    In CIE Lab the chroma is turned by 50 to 310 degrees, or, where the product is nearly grey, a colour is added; the
    lightness moves too. Only the product is changed where it is known.
    """
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab)
    weight = np.ones(pixels.shape[:2], np.float32) if mask is None else (mask > 0).astype(np.float32)
    a, b = lab[..., 1].copy(), lab[..., 2].copy()
    chroma = float((np.hypot(a, b) * weight).sum() / max(weight.sum(), 1.0))
    angle = math.radians(rng.uniform(50, 310))
    if chroma > 12:
        turned = (math.cos(angle) * a - math.sin(angle) * b, math.sin(angle) * a + math.cos(angle) * b)
    else:
        length = rng.uniform(25, 50)
        turned = (a + length * math.cos(angle), b + length * math.sin(angle))
    lab[..., 1] += weight * (turned[0] - a)
    lab[..., 2] += weight * (turned[1] - b)
    lab[..., 0] = np.clip(lab[..., 0] + weight * rng.uniform(-18, 18), 0, 100)
    return np.clip(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB) * 255, 0, 255).astype(np.uint8)


def view(
    photos: Photos,
    index: int,
    size: int,
    rng: np.random.Generator,
    light: float = 0.15,
    pixels: np.ndarray | None = None,
) -> np.ndarray:
    """Return one augmented view of a photo, or of `pixels` in its place; `light` is the share of light changes."""
    mask = background = None
    if photos.has_mask[index]:
        mask = photos.masks[index]
        if rng.random() < 0.5:
            other = photos.pixels[rng.integers(len(photos.source))]
            top, left = rng.integers(0, 80, 2)
            background = other[top : top + 80, left : left + 80]
    augmentation = LIGHT if rng.random() < light else STRONG
    return augmentation.apply(
        photos.pixels[index] if pixels is None else pixels, size, rng, mask=mask, background=background
    )


class Stream:
    """Two views of each photo of a batch: a dict of arrays, the first halves beside the second."""

    def __init__(self, photos: Photos, batch: int, seed: int, recolor: float = 0.0) -> None:
        self.photos, self.batch, self.size, self.light = photos, batch, 64, 0.15
        self._recolor = int(recolor * batch)
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
        # Recoloured copies of photos of the same batch: alike in everything but colour, and yet not the same product.
        fresh, again = chosen[: len(chosen) - self._recolor], chosen[: self._recolor]
        copies = [recolored(self.photos.pixels[i], self._mask(i), self._rng) for i in again]
        first, second = (
            [view(self.photos, index, size, self._rng, light) for index in fresh]
            + [view(self.photos, i, size, self._rng, light, copy) for i, copy in zip(again, copies, strict=True)]
            for _ in range(2)
        )
        pixels = np.stack(first + second)
        shown = np.concatenate([fresh, again])
        both = np.concatenate([shown, shown])
        turned = np.tile(np.arange(len(shown)) >= len(fresh), 2)
        columns = {"source": self.photos.source, "category": self.photos.category, "label": self.photos.label,
                   "fine": self.photos.fine}  # fmt: skip
        labels = {name: values[both].astype(np.int32) for name, values in columns.items()}
        labels["fine"][turned] = -1
        # Fruit in another colour is no longer that fruit; a shirt remains a shirt.
        unnamed = turned & (labels["source"] == SOURCES.index("grocery"))
        labels["category"][unnamed] = labels["label"][unnamed] = -1
        items = both.astype(np.int32) + turned.astype(np.int32) * len(self.photos.source)
        return {"pixels": pixels, "item": items} | labels

    def _mask(self, index: int) -> np.ndarray | None:
        return self.photos.masks[index] if self.photos.has_mask[index] else None
