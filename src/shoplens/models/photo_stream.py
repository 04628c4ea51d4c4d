"""Photos from their files in batches, as a bundle sees them: memory stays flat however many there are."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shoplens.errors import PhotoError
from shoplens.models.decoded_copies import Progress, Quarantined
from shoplens.photos.decode import decode_file
from shoplens.photos.recipe import Recipe
from shoplens.records import Pixels

_BATCH = 64


@dataclass(frozen=True, slots=True, eq=False)
class PhotoBatch:
    """Some photos of a stream.

    Attributes:
        rows: positions of their files in the list that was asked for, ascending.
        pixels: uint8 RGB `[len(rows), side, side, 3]`.
        quarantined: files between them that cannot be used.
    """

    rows: tuple[int, ...]
    pixels: Pixels
    quarantined: tuple[Quarantined, ...]


def stream(
    paths: Sequence[Path], recipe: Recipe, side: int, *, progress: Progress | None = None
) -> Iterator[PhotoBatch]:
    """Yield the photos in order, at most 64 at a time; the next batch is decoded while one is in use.

    Args:
        paths: files to read; one that cannot be read is told of and stops nothing.
        recipe: applied to each photo; its result must be `[side, side, 3]`.
        side: in pixels.
        progress: told after every batch.
    """

    def one(path: Path) -> Pixels | Quarantined:
        try:
            return recipe.apply(decode_file(path, min_side=side).pixels)
        except PhotoError as error:
            return Quarantined(str(path), error.code, str(error))
        except OSError as error:
            return Quarantined(str(path), "file_unreadable", f"The file cannot be read: {error.strerror}.")

    starts = range(0, len(paths), _BATCH)
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        ahead = [pool.submit(one, path) for path in paths[:_BATCH]]
        for start in starts:
            results = [future.result() for future in ahead]
            ahead = [pool.submit(one, path) for path in paths[start + _BATCH : start + 2 * _BATCH]]
            rows = [start + i for i, result in enumerate(results) if not isinstance(result, Quarantined)]
            pixels = [result for result in results if not isinstance(result, Quarantined)]
            yield PhotoBatch(
                tuple(rows),
                np.stack(pixels) if pixels else np.zeros((0, side, side, 3), np.uint8),
                tuple(result for result in results if isinstance(result, Quarantined)),
            )
            if progress is not None:
                progress(min(start + _BATCH, len(paths)), len(paths))
