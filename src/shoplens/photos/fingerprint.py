"""A perceptual hash, which recognises a picture after saving or resizing it, and the search for near ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.records import Pixels

BITS = 64

Hashes = npt.NDArray[np.uint64]
"""One perceptual hash per photo, `[n]`."""

Positions = npt.NDArray[np.int64]
"""Positions of photos, `[k]`."""

_SIDE = 32
_LOW = 8
_CHUNK = 1024


def perceptual_hash(pixels: Pixels) -> int:
    """Return the 64-bit perceptual hash of an RGB picture `[h, w, 3]`.

    It holds the signs, about their median, of the 8 x 8 lowest frequencies of the luma (Zauner, "Implementation and
    Benchmarking of Perceptual Image Hash Functions", 2010). It knows no colour, and any plain picture resembles any
    other, so a near hash proposes a pair and something else has to confirm it.
    """
    luma = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
    small = cv2.resize(luma, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:_LOW, :_LOW].ravel()
    low[0] = 0.0  # the mean brightness says nothing of the content
    return int.from_bytes(np.packbits(low > np.median(low)).tobytes(), "big")


def candidate_pairs(hashes: Hashes, most: int) -> Iterator[tuple[Positions, Positions]]:
    """Yield, in parts, each pair of positions once whose hashes differ in at most `most` bits; the smaller first.

    The hash is cut in `most + 1` bands; two hashes within `most` bits agree in at least one band, so comparing only
    photos that share a band misses no pair, and costs about `n^2 / 32` cheap comparisons where eight bands are well
    spread.
    """
    edges = np.linspace(0, BITS, most + 2).astype(int).tolist()
    bands = [np.uint64((1 << high) - (1 << low)) for low, high in pairwise(edges)]
    for number, band in enumerate(bands):
        order = np.argsort(hashes & band, kind="stable")
        starts = np.flatnonzero(np.diff(hashes[order] & band)) + 1
        for members in np.split(order, starts):
            yield from _close_pairs(hashes, members, most, bands[:number])


def _close_pairs(
    hashes: Hashes, members: Positions, most: int, earlier: list[np.uint64]
) -> Iterator[tuple[Positions, Positions]]:
    for start in range(0, len(members) - 1, _CHUNK):
        rows, rest = members[start : start + _CHUNK], members[start:]
        different = hashes[rows][:, None] ^ hashes[rest][None, :]
        left, right = np.nonzero(np.triu(np.bitwise_count(different) <= most, k=1))
        close = different[left, right]
        # A pair that shares an earlier band was found there.
        new = np.all([close & band != 0 for band in earlier], axis=0) if earlier else np.ones(len(close), np.bool_)
        if new.any():
            yield rows[left[new]], rest[right[new]]
