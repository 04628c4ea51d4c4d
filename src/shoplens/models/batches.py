"""Batches of changed photos for one pass, the same for the same seed whatever the number of threads."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.models.augment import Augmentation, mix
from shoplens.models.dataset import Dataset
from shoplens.models.settings import Settings
from shoplens.models.split import Indices
from shoplens.records import Pixels

Batch = tuple[Pixels, npt.NDArray[np.float32]]
"""Photos uint8 `[n, size, size, 3]` and soft targets float32 `[n, classes]`."""

_WORKERS = 2
_AHEAD = 4
_PLAIN = 64

_AUGMENTATIONS = {"none": Augmentation.none, "light": Augmentation.light_touch, "strong": Augmentation}


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
        augmentation = _AUGMENTATIONS[settings.augmentation]()
        photos = np.empty((len(chosen), settings.size, settings.size, 3), np.uint8)
        for row, position in enumerate(chosen):
            photo = np.ascontiguousarray(self.dataset.pixels[position])
            if settings.augmentation == "none":
                photos[row] = _resized(photo, settings.size)
            else:
                photos[row] = augmentation.apply(photo, settings.size, generator)
        classes = len(self.dataset.classes)
        targets = np.eye(classes, dtype=np.float32)[self.dataset.labels[chosen]]
        targets = targets * (1 - settings.label_smoothing) + settings.label_smoothing / classes
        return mix(photos, targets.astype(np.float32), generator, mixup=settings.mixup, cutmix=settings.cutmix)


def plain(dataset: Dataset, side: Indices, size: int) -> Iterator[Pixels]:
    """Yield the photos of a side as they are validated, unchanged but for their size: uint8 `[m, size, size, 3]`."""
    for start in range(0, len(side), _PLAIN):
        rows = side[start : start + _PLAIN]
        yield np.stack([_resized(np.ascontiguousarray(dataset.pixels[row]), size) for row in rows])


def _resized(photo: Pixels, size: int) -> Pixels:
    if photo.shape[0] == size:
        return photo
    return np.asarray(cv2.resize(photo, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
