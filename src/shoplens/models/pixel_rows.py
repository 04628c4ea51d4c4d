"""Decoded photos in a file, of which only those that are asked for are in memory."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from shoplens.records import Pixels


class PixelRows:
    """Photos `[n, side, side, 3]`, uint8 RGB, read from disk when they are indexed.

    Unlike a memory map it leaves no page in the process: a pass over a million photos needs the memory of one batch.
    Any number of threads may read.

    Args:
        path: raw bytes, row after row. The file may be deleted while it is open.
        side: of the photos in pixels.

    Attributes:
        shape: `(n, side, side, 3)`.
    """

    def __init__(self, path: Path, side: int) -> None:
        self._row = 3 * side * side
        self._file = os.open(path, os.O_RDONLY)
        self._close = weakref.finalize(self, os.close, self._file)
        self.shape = (os.fstat(self._file).st_size // self._row, side, side, 3)

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Pixels]:
        for row in range(len(self)):
            yield self[row]

    @overload
    def __getitem__(self, which: int | np.integer[Any]) -> Pixels: ...
    @overload
    def __getitem__(self, which: slice | Sequence[int] | npt.NDArray[Any]) -> Pixels: ...
    def __getitem__(self, which: int | np.integer[Any] | slice | Sequence[int] | npt.NDArray[Any]) -> Pixels:
        """Return one photo `[side, side, 3]`, or several `[m, side, side, 3]` in the order asked for."""
        if isinstance(which, slice):
            start, stop, step = which.indices(len(self))
            if step == 1:
                return self._read(start, max(0, stop - start))
            return self[np.arange(start, stop, step)]
        if isinstance(which, int | np.integer):
            row = range(len(self))[which]
            photo: Pixels = self._read(row, 1)[0]
            return photo
        rows = np.asarray(which)
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        out = np.empty((len(rows), *self.shape[1:]), np.uint8)
        for place, row in enumerate(rows.tolist()):
            out[place] = self[row]
        return out

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        """Return all of them in memory."""
        return self[:].astype(dtype or np.uint8, copy=False)

    def _read(self, first: int, count: int) -> Pixels:
        out = np.empty((count, *self.shape[1:]), np.uint8)
        target, place = out.reshape(-1).data, first * self._row
        while len(target):
            got = os.preadv(self._file, [target], place)
            if not got:
                raise OSError(f"The decoded copies end at byte {place}: the file was cut.")
            target, place = target[got:], place + got
        return out
