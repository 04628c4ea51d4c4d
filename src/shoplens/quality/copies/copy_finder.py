"""Finds the copies among many photos, and of a new photo, without comparing all with all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from shoplens.index.auto_index import AutoIndex
from shoplens.quality.copies.copy_pair import MAX_GAP, CopyKind, CopyPair
from shoplens.quality.copies.crop_fit import crop_fits
from shoplens.quality.copies.likeness import Thumbs, coarse, flipped, largest_gap, places, structure
from shoplens.quality.fingerprint import Fingerprint
from shoplens.records import Vectors

MIN_STRUCTURE = 0.985
"""Correlation of structure from which two pictures of other colours are copies: of 4,600 pairs of real photos that look
alike the most similar reaches 0.931; of copies with turned hues 99 % reach 0.999."""

MIN_CROP, MAX_CROP_GAP, MOST_USUAL_GAP = 0.97, 12.0, 4.5
"""Likeness, gap and usual gap (see `CropFits`) within which one picture is part of the other. They were chosen on the
765 photos that the draw of `benchmarks/duplicates.py` leaves, a crop of each, and on the drawn shop, in which no crop
is planted and garments of one make stand on white. Within them lie 95 % of the crops, 98 % without the last limit; of
the drawn shop's 12,400 comparisons across listings 4, 22 without the last limit."""

_NEAREST = 10
_LEAST_COARSE = 0.85
_LEAST_SIMILARITY = 0.88
_CHUNK = 4096
_FLAT = 6.0

Rows = npt.NDArray[np.int64]


class CopyFinder:
    """Photos by their fingerprints and, where there are some, their embeddings.

    Proposed are the nearest by the strongest channel at 8 x 8 places, as they are and mirrored, and the nearest by
    embedding, all from the index that also searches. What is proposed is compared in detail, in this order: saved anew,
    flipped, recoloured, cropped; the first that holds is told. Crops are proposed by embeddings alone.

    Args:
        prints: of the photos; exact duplicates, which have the same digest, are not told as pairs.
        vectors: unit rows `[n, dim]`, NaN in the rows of photos that have none; None where none has.
    """

    def __init__(self, prints: Sequence[Fingerprint], vectors: npt.NDArray[np.floating] | None = None) -> None:
        side = prints[0].thumbnail.shape if prints else (32, 32, 3)
        self._thumbs = np.stack([p.thumbnail for p in prints]) if prints else np.zeros((0, *side), np.uint8)
        self._digests = [p.digest for p in prints]
        self._coarse = _filled(coarse(self._thumbs)) if prints else np.zeros((0, 64), np.float32)
        self._looks = _index(self._coarse, np.flatnonzero(_lively(self._thumbs)))
        self._vectors = vectors
        known = np.zeros(0, np.int64) if vectors is None else np.flatnonzero(np.isfinite(vectors).all(axis=1))
        self._embedded = _index(vectors, known) if vectors is not None and len(known) else None
        self._known = known

    def pairs(self) -> list[CopyPair]:
        """Return every pair of copies once."""
        proposed = [*self._by_looks(np.arange(len(self._thumbs)))]
        if self._embedded is not None and self._vectors is not None:
            proposed += _near(self._embedded, self._vectors, self._known, _LEAST_SIMILARITY)
        if not proposed:
            return []
        both = np.sort(np.concatenate(proposed), axis=1)
        both = np.unique(both[both[:, 0] != both[:, 1]], axis=0)
        keep = [self._digests[left] != self._digests[right] for left, right in both.tolist()]
        return list(self._judged(both[np.array(keep, np.bool_)], self._thumbs))

    def of(self, print_: Fingerprint, vector: Vectors | None = None) -> list[CopyPair]:
        """Return the copies of a new photo, as pairs of `left` = -1 and the row of the copy.

        Args:
            print_: of the new photo.
            vector: its embedding `[dim]`.
        """
        thumb = print_.thumbnail[None]
        proposed: set[int] = set()
        if _lively(thumb)[0]:
            asked = np.concatenate([coarse(thumb), coarse(flipped(thumb))])
            for found in self._looks.search(_filled(asked), _NEAREST):
                proposed |= {int(key) for key, near in found if near >= _LEAST_COARSE}
        if self._embedded is not None and vector is not None:
            found = self._embedded.search(vector[None].astype(np.float32), _NEAREST)[0]
            proposed |= {int(key) for key, near in found if near >= _LEAST_SIMILARITY}
        rows = sorted(row for row in proposed if self._digests[row] != print_.digest)
        if not rows:
            return []
        both = np.stack([np.zeros(len(rows), np.int64), np.arange(1, len(rows) + 1)], axis=1)
        copies = self._judged(both, np.concatenate([thumb, self._thumbs[rows]]))
        return [CopyPair(-1, rows[pair.right - 1], pair.kind, pair.measured) for pair in copies]

    def _by_looks(self, rows: Rows) -> Iterator[Rows]:
        lively = rows[_lively(self._thumbs)]
        yield from _near(self._looks, self._coarse, lively, _LEAST_COARSE)
        for start in range(0, len(lively), _CHUNK):
            part = lively[start : start + _CHUNK]
            mirrored = _filled(coarse(flipped(self._thumbs[part])))
            yield from _near_of(self._looks, mirrored, part, _LEAST_COARSE)

    def _judged(self, pairs: Rows, thumbs: Thumbs) -> Iterator[CopyPair]:
        if not len(pairs):
            return
        known, numbers = np.unique(pairs, return_inverse=True)
        said = _compared(thumbs[known], numbers.reshape(pairs.shape))
        for (first, second), (kind, measured) in zip(pairs.tolist(), said, strict=True):
            if kind:
                yield CopyPair(first, second, kind, round(measured, 4))


def _compared(thumbs: Thumbs, pairs: Rows) -> list[tuple[CopyKind | None, float]]:
    """Tell of each pair of rows how the pictures differ, None for two different ones."""
    cells, shapes = places(thumbs), structure(thumbs)
    mirrored = shapes.reshape(-1, 16, 16)[:, :, ::-1].reshape(len(shapes), -1)
    said: list[tuple[CopyKind | None, float]] = []
    for start in range(0, len(pairs), _CHUNK):
        left, right = pairs[start : start + _CHUNK].T
        plain, turned = largest_gap(cells[left], cells[right]), largest_gap(cells[left], cells[right][..., ::-1])
        alike = np.maximum(*(np.einsum("nd,nd->n", shapes[left], other[right]) for other in (shapes, mirrored)))
        for one, other, shape in zip(plain.tolist(), turned.tolist(), alike.tolist(), strict=True):
            if one <= MAX_GAP and one <= other:
                said.append(("saved_anew", one))
            elif other <= MAX_GAP:
                said.append(("flipped", other))
            else:
                said.append(("recolored", shape) if shape >= MIN_STRUCTURE else (None, 0.0))
    rest = np.array([place for place, (kind, _) in enumerate(said) if kind is None], np.int64)
    left, right = pairs[rest].T
    fits = crop_fits(thumbs, np.concatenate([left, right]), np.concatenate([right, left]))
    likeness = np.where((fits.gap <= MAX_CROP_GAP) & (fits.usual <= MOST_USUAL_GAP), fits.likeness, 0.0)
    best = np.maximum(likeness[: len(rest)], likeness[len(rest) :])
    for place in np.flatnonzero(best >= MIN_CROP).tolist():
        said[int(rest[place])] = ("cropped", float(best[place]))
    return said


def _index(vectors: npt.NDArray[np.floating], rows: Rows) -> AutoIndex:
    index = AutoIndex()
    index.add([str(row) for row in rows.tolist()], vectors[rows].astype(np.float32))
    index.wait()
    return index


def _near(index: AutoIndex, vectors: npt.NDArray[np.floating], rows: Rows, least: float) -> Iterator[Rows]:
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        yield from _near_of(index, vectors[part].astype(np.float32), part, least)


def _near_of(index: AutoIndex, queries: Vectors, rows: Rows, least: float) -> Iterator[Rows]:
    found = [
        (row, int(key))
        for row, answers in zip(rows.tolist(), index.search(queries, _NEAREST), strict=True)
        for key, near in answers
        if near >= least
    ]
    if found:
        yield np.array(found, np.int64)


def _lively(thumbs: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Tell which pictures have something in them: blank ones look like each other and are told by another check."""
    return np.asarray(thumbs.std(axis=(1, 2, 3)) >= _FLAT)


def _filled(rows: Vectors) -> Vectors:
    """Return rows of unit length: a picture without any structure gets one direction, so that the index takes it."""
    rows = rows.copy()
    rows[np.linalg.norm(rows, axis=1) < 0.5] = np.eye(1, rows.shape[1], dtype=np.float32)
    return rows
