"""A few hundred bytes that recognise a photo again after saving, resizing or recompressing it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.records import Pixels

_SIDE = 16
_HASH_BITS = 7
"""Largest Hamming distance at which two hashes propose a pair; recompressed and resized copies differ in 0 to 6."""

_BANDS = _HASH_BITS + 1
_CHUNK = 512

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """What duplicate checks keep of a photo.

    Attributes:
        digest: hash of the decoded pixels; equal for files that differ in metadata only.
        hash: 64-bit perceptual hash.
        thumbnail: uint8 RGB `[16, 16, 3]`.
    """

    digest: bytes
    hash: int
    thumbnail: Pixels

    @staticmethod
    def of(pixels: Pixels) -> Fingerprint:
        """Compute the fingerprint of an RGB picture `[h, w, 3]`.

        The perceptual hash is the sign, about the median, of the 8 x 8 lowest frequencies of the luma (Zauner,
        "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010).
        """
        digest = hashlib.blake2b(
            np.ascontiguousarray(pixels).tobytes(), digest_size=16, salt=f"{pixels.shape[1]}".encode()
        )
        small = np.asarray(cv2.resize(pixels, (32, 32), interpolation=cv2.INTER_AREA), np.uint8)
        low = cv2.dct(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32))[:8, :8].ravel()
        low[0] = 0.0  # the mean brightness says nothing of the content
        bits = np.packbits(low > np.median(low))
        thumbnail = np.asarray(cv2.resize(small, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)
        return Fingerprint(digest.digest(), int.from_bytes(bits.tobytes(), "big"), thumbnail)


def difference(left: Fingerprint, right: Fingerprint) -> float:
    """Return how far two photos differ at their most different place: the largest difference of a thumbnail's cell.

    In levels of 255, averaged over the channels of the cell. The mean over all cells would let a product on white, or
    one in another colour, pass as a copy.
    """
    gap = np.abs(left.thumbnail.astype(np.int16) - right.thumbnail.astype(np.int16))
    return float(gap.mean(axis=2).max())


def candidate_pairs(fingerprints: Sequence[Fingerprint]) -> Iterator[tuple[int, int]]:
    """Yield each pair of positions, the smaller first, whose hashes differ in at most seven bits.

    The hash is cut in eight bands; two hashes within seven bits agree in at least one band, so comparing only photos
    that share a band misses no pair, and costs about `n^2 / 32` cheap comparisons where the bands are well spread.
    """
    hashes = np.array([fingerprint.hash for fingerprint in fingerprints], np.uint64)
    for band in range(_BANDS):
        key = (hashes >> np.uint64(8 * band)) & np.uint64(0xFF)
        order = np.argsort(key, kind="stable")
        starts = np.flatnonzero(np.diff(key[order])) + 1
        for members in np.split(order, starts):
            yield from _close_pairs(hashes, members, band)


def _close_pairs(hashes: npt.NDArray[np.uint64], members: Rows, band: int) -> Iterator[tuple[int, int]]:
    lower_bands = np.uint64((1 << (8 * band)) - 1)
    for start in range(0, len(members) - 1, _CHUNK):
        rows, rest = members[start : start + _CHUNK], members[start:]
        different = hashes[rows][:, None] ^ hashes[rest][None, :]
        left, right = np.nonzero(np.triu(np.bitwise_count(different) <= _HASH_BITS, k=1))
        for i, j in zip(left.tolist(), right.tolist(), strict=True):
            # A pair that shares an earlier band was found there.
            if not _shares_band(int(different[i, j] & lower_bands), band):
                a, b = int(rows[i]), int(rest[j])
                yield min(a, b), max(a, b)


def _shares_band(different: int, bands: int) -> bool:
    return any((different >> (8 * band)) & 0xFF == 0 for band in range(bands))
