"""Batches of augmented views, made by processes beside the training step."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import cv2
import numpy as np
from inventions import a_cloth, among_others, on_white, patterned, recolored
from main_color import main_color
from taxonomy import SOURCES

from shoplens.models.augment import Augmentation, swap_background

MOST_IN_AN_EPOCH = {"fashion": 1000, "drawn": 4000, "packages": 2000}
SIZES = ((0.55, 80), (1.01, 96))
"""Until which share of the time photos have which side: small photos teach the same for less work."""

STRONG = Augmentation(scale=(0.2, 1.0), light=0.25, cast=0.09, saturation=0.15)
LIGHT = Augmentation.light_touch()
SHELF = replace(STRONG, cast=0.14)
"""Lamps over shelves are far from white."""

NEIGHBOR = 0.3
"""Share of clothes that another piece of clothing is seen beside."""

MAP = 16
"""The network's last map is so much smaller than the photo."""


class Photos:
    """The prepared arrays and their labels.

    `without` are numbers of grocery products (classes.csv) of which nothing is learned.
    """

    def __init__(self, work: Path, without: Sequence[int] = ()) -> None:
        self.pixels = np.load(work / "photos.npy", mmap_mode="r")
        self.masks = np.load(work / "masks.npy", mmap_mode="r")
        items = json.loads((work / "items.json").read_text())
        self.source = np.array([SOURCES.index(item["source"]) for item in items])
        self.category, self.label, self.fine, self.color, self.pattern = (
            np.array([item[name] for item in items], np.int32)
            for name in ("category", "label", "fine", "color", "pattern")
        )
        drawn = [bool(item["product"]) for item in items]
        self.item = _numbered([item["product"] or str(row) for row, item in enumerate(items)])
        # Colours of one drawn listing have the same shape.
        self.shape = _numbered([item["group"] if drawn[row] else str(row) for row, item in enumerate(items)])
        self._others = _members(
            np.where(self.fine >= 0, self.fine, np.where(drawn, self.fine.max() + 1 + self.item, -1))
        )
        self.held_out = np.array([item["held_out"] for item in items])
        self.training = ~self.held_out & ~np.isin(self.fine, list(without))
        self.has_mask = np.array([bool(mask[::8, ::8].any()) for mask in self.masks])

        self.worn_sources = (SOURCES.index("clothing"), SOURCES.index("outfits"))
        self.scraps = np.flatnonzero(self.training)
        self.worn = np.flatnonzero(self.has_mask & self.training & np.isin(self.source, self.worn_sources))

    def epoch(self, rng: np.random.Generator) -> np.ndarray:
        """Return a shuffled order of the training photos, with few of the grey and the drawn ones."""
        chosen = []
        for index, name in enumerate(SOURCES):
            rows = np.flatnonzero(self.training & (self.source == index))
            most = MOST_IN_AN_EPOCH.get(name, len(rows))
            chosen.append(rng.choice(rows, most, replace=False) if most < len(rows) else rows)
        return rng.permutation(np.concatenate(chosen))

    def other(self, index: int, rng: np.random.Generator) -> int:
        """Return another photo of the same product to train on, the same one where there is no other."""
        others = [row for row in self._others.get(index, ()) if self.training[row]]
        return int(rng.choice(others)) if others else index

    def mask(self, index: int) -> np.ndarray | None:
        return self.masks[index] if self.has_mask[index] else None


def _numbered(names: list[str]) -> np.ndarray:
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _members(groups: np.ndarray) -> dict[int, np.ndarray]:
    """The rows of each row's group, for rows whose group is not -1."""
    rows = {group: np.flatnonzero(groups == group) for group in np.unique(groups[groups >= 0])}
    return {int(row): members for members in rows.values() for row in members}


def view(
    photos: Photos, index: int, size: int, rng: np.random.Generator, light: float, pixels: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return one augmented view of a photo, or of `pixels` in its place, and the product's mask where it is known.

    `light` is the share of light changes.
    """
    shelf = photos.source[index] == SOURCES.index("grocery")
    changes = LIGHT if rng.random() < light else SHELF if shelf else STRONG
    shown = np.asarray(photos.pixels[index]) if pixels is None else pixels
    mask = photos.mask(index)
    if mask is None:
        if shelf and rng.random() < 0.35:
            return on_white(shown, changes, size, rng)
        return changes.apply(shown, size, rng), None
    mask = np.asarray(mask)
    if rng.random() < changes.swap:
        background = None
        if rng.random() < 0.5:
            other = photos.pixels[rng.choice(photos.scraps)]
            top, left = rng.integers(0, 80, 2)
            background = other[top : top + 80, left : left + 80]
        shown = swap_background(shown, mask, rng, background)
    if photos.source[index] in photos.worn_sources and rng.random() < NEIGHBOR:
        beside = int(rng.choice(photos.worn))
        shown = among_others(shown, mask, photos.pixels[beside], photos.masks[beside], rng)
    return replace(changes, swap=0.0).apply_with_mask(shown, mask, size, rng)


@dataclass(frozen=True)
class Batches:
    """What batches are made of, and how.

    `recolor` and `pattern` are the shares of a batch that are copies of its other photos in another colour or cloth:
    hard to tell from them, and yet other products.
    """

    work: Path
    without: Sequence[int] = ()
    batch: int = 384
    recolor: float = 0.0
    pattern: float = 0.0

    @property
    def fresh(self) -> int:
        """How many photos of a batch are as they were taken."""
        return self.batch - int(self.recolor * self.batch) - int(self.pattern * self.batch)


class Stream:
    """Two views of each photo of a batch: a dict of arrays, the first halves beside the second.

    Photo size and share of light changes follow the progress, 0 to 1, that is told here and by `take`. A run that
    goes on wants another `seed` than before: with the same it would see the same photos again.
    """

    def __init__(self, batches: Batches, seed: tuple[int, ...], processes: int, progress: float) -> None:
        context = get_context("spawn")
        self._queue = context.Queue(2 * processes)
        self._progress = context.Value("d", progress)
        self._processes = [
            context.Process(target=_fill, args=(batches, (*seed, number), self._progress, self._queue), daemon=True)
            for number in range(processes)
        ]
        for process in self._processes:
            process.start()

    def take(self, progress: float) -> dict[str, np.ndarray]:
        self._progress.value = progress
        while True:
            try:
                return self._queue.get(timeout=10)
            except queue.Empty:
                if any(process.exitcode is not None for process in self._processes):
                    raise RuntimeError("what makes views has ended: see what it printed") from None


def _fill(batches: Batches, seed: tuple[int, ...], progress: Synchronized, out: Queue) -> None:
    cv2.setNumThreads(1)
    maker = _Maker(Photos(batches.work, batches.without), batches, np.random.default_rng(seed))
    for fresh in maker.orders():
        out.put(maker.make(fresh, progress.value))


class _Maker:
    def __init__(self, photos: Photos, batches: Batches, rng: np.random.Generator) -> None:
        self.photos, self._batches, self._rng = photos, batches, rng
        self._recolor, self._pattern = (int(share * batches.batch) for share in (batches.recolor, batches.pattern))

    def orders(self) -> Iterator[np.ndarray]:
        count = self._batches.fresh
        while True:
            order = self.photos.epoch(self._rng)
            for start in range(0, len(order) - count + 1, count):
                yield order[start : start + count]

    def make(self, fresh: np.ndarray, progress: float) -> dict[str, np.ndarray]:
        photos, rng = self.photos, self._rng
        size = next(size for until, size in SIZES if progress < until)
        light = 0.3 + 0.5 * progress
        turned = fresh[: self._recolor]
        cloth = fresh[photos.has_mask[fresh] & (photos.source[fresh] != SOURCES.index("grocery"))][: self._pattern]
        shown: list[tuple[int, np.ndarray | None]] = [(index, None) for index in fresh]
        shown += [(i, recolored(photos.pixels[i], photos.mask(i), rng)) for i in turned]
        # A cloth of its own for each: two products of one cloth would count as different, and colours as no sign.
        drawn = [(i, *patterned(photos.pixels[i], photos.masks[i], a_cloth(rng, self._scrap()), rng)) for i in cloth]
        shown += [(index, pixels) for index, pixels, _ in drawn]
        # The second view is of another photo of the product where there is one.
        again = [(photos.other(index, rng), None) if made is None else (index, made) for index, made in shown]
        views = [view(photos, index, size, rng, light, pixels) for index, pixels in shown + again]
        side = size // MAP
        places = np.zeros((len(views), side, side), np.float32)
        for row, (_, mask) in enumerate(views):
            if mask is not None:
                places[row] = cv2.resize(mask, (side, side), interpolation=cv2.INTER_AREA) / 255
        count, index = len(photos.source), np.array([index for index, _ in shown])
        # 0: as it was taken, 1: another colour, 2: another cloth.
        change = np.repeat([0, 1, 2], [len(fresh), len(turned), len(drawn)])
        columns = {"source": photos.source, "category": photos.category, "label": photos.label, "fine": photos.fine,
                   "color": photos.color, "pattern": photos.pattern}  # fmt: skip
        labels = {name: values[index].astype(np.int64) for name, values in columns.items()}
        labels["fine"][change > 0] = labels["pattern"][change == 2] = -1
        for row in np.flatnonzero(change > 0):
            mask = photos.mask(index[row])
            labels["color"][row] = -1 if mask is None else main_color(shown[row][1], mask)
        # Fruit in another colour is no longer that fruit; a shirt remains a shirt.
        unnamed = (change > 0) & (labels["source"] == SOURCES.index("grocery"))
        labels["category"][unnamed] = labels["label"][unnamed] = -1
        labels["pattern"][change == 2] = [kind for *_, kind in drawn]
        labels["item"] = (photos.item[index] + change * count).astype(np.int64)
        # In another colour it has the same shape, in another cloth it does not look the same at all.
        labels["shape"] = (photos.shape[index] + (change == 2) * 2 * count).astype(np.int64)
        both = {name: np.concatenate([values, values]) for name, values in labels.items()}
        known = np.array([mask is not None for _, mask in views], np.float32)
        return {"pixels": np.stack([picture for picture, _ in views]), "places": places, "known": known} | both

    def _scrap(self) -> np.ndarray:
        other = self.photos.pixels[self._rng.choice(self.photos.scraps)]
        return other[40:120, 40:120]
