"""Batches of changed photos for one pass, the same for the same seed whatever the number of threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.models.augment import Augmentation, mix
from shoplens.models.dataset import Dataset
from shoplens.models.rand_augment import RandAugment
from shoplens.models.settings import Settings
from shoplens.models.shift import Shift
from shoplens.models.split import Indices
from shoplens.records import Pixels

Batch = tuple[Pixels, npt.NDArray[np.float32]]
"""Photos uint8 `[n, size, size, 3]` and soft targets float32 `[n, classes]`."""

_WORKERS = 2
_AHEAD = 4
_PLAIN = 64

Change = Callable[[Pixels, int, np.random.Generator], Pixels]
"""Makes a changed copy `[size, size, 3]` of a photo."""


@dataclass(frozen=True, slots=True, eq=False)
class Batches:
    """The training side of a data set as batches.

    Attributes:
        dataset: where the photos are.
        side: positions that may be used.
        settings: size, batch, augmentation, mixing, balance and seed.
    """

    dataset: Dataset
    side: Indices
    settings: Settings

    @property
    def size(self) -> int:
        """Photos in a batch: the setting, or all photos where there are fewer."""
        return min(self.settings.batch, len(self.side))

    def __len__(self) -> int:
        """Return the number of batches in a pass."""
        return -(-len(self.side) // self.size)

    def of_epoch(self, epoch: int) -> Iterator[Batch]:
        """Yield the batches of pass `epoch`, made ahead by two threads; all are full.

        Each photo's share of the pass is its class's count to the power of `-balance`, dealt out by systematic
        resampling: a photo comes as often as its share says, rounded up or down.
        """
        order = self._order(np.random.default_rng([self.settings.seed, epoch]))
        waiting: deque[Future[Batch]] = deque()
        with ThreadPoolExecutor(_WORKERS) as pool:
            try:
                for number in range(len(self)):
                    chosen = order[number * self.size : (number + 1) * self.size]
                    waiting.append(pool.submit(self._make, chosen, [self.settings.seed, epoch, number]))
                    if len(waiting) > _AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for late in waiting:
                    late.cancel()

    def _order(self, generator: np.random.Generator) -> Indices:
        """Return the positions of one pass, shuffled."""
        labels = self.dataset.labels[self.side]
        weight = np.bincount(labels)[labels].astype(np.float64) ** -self.settings.balance
        mixed = generator.permutation(len(self.side))
        ends = np.cumsum(weight[mixed]) / weight.sum()
        total = len(self) * self.size
        ticks = (np.arange(total) + generator.random()) / total
        chosen = mixed[np.minimum(np.searchsorted(ends, ticks, side="right"), len(mixed) - 1)]
        order: Indices = self.side[generator.permutation(chosen)]
        return order

    def _make(self, chosen: Indices, seed: list[int]) -> Batch:
        settings, generator = self.settings, np.random.default_rng(seed)
        change = _change(settings)
        photos = np.empty((len(chosen), settings.size, settings.size, 3), np.uint8)
        for row, position in enumerate(chosen.tolist()):
            photos[row] = change(self.dataset.pixels[position], settings.size, generator)
        classes = len(self.dataset.classes)
        targets = np.eye(classes, dtype=np.float32)[self.dataset.labels[chosen]]
        targets = targets * (1 - settings.label_smoothing) + settings.label_smoothing / classes
        return mix(photos, targets.astype(np.float32), generator, mixup=settings.mixup, cutmix=settings.cutmix)


def _change(settings: Settings) -> Change:
    """Return what happens to each photo of a batch."""
    erase = settings.erase
    match settings.augmentation:
        case "strong":
            return _erasing(Augmentation(), erase).apply
        case "light":
            return _erasing(Augmentation.light_touch(), erase).apply
        case "randaugment":
            return RandAugment(settings.rand_operations, settings.rand_magnitude, erase or 0.0).apply
        case "shift":
            return Shift(settings.shift, erase or 0.0).apply
        case "none":
            return lambda photo, size, generator: _resized(photo, size)


def _erasing(changes: Augmentation, erase: float | None) -> Augmentation:
    return changes if erase is None else replace(changes, erase=erase)


def plain(dataset: Dataset, side: Indices, size: int) -> Iterator[Pixels]:
    """Yield the photos of a side as they are validated, unchanged but for their size: uint8 `[m, size, size, 3]`."""
    for start in range(0, len(side), _PLAIN):
        rows = side[start : start + _PLAIN]
        yield np.stack([_resized(photo, size) for photo in dataset.pixels[rows]])


def _resized(photo: Pixels, size: int) -> Pixels:
    if photo.shape[0] == size:
        return photo
    return np.asarray(cv2.resize(photo, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
