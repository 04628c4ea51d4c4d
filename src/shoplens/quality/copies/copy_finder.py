"""Finds the copies among many photos, and of a new photo, without comparing all with all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from shoplens.index.auto_index import AutoIndex
from shoplens.quality.copies.copy_pair import MAX_GAP, CopyKind, CopyPair
from shoplens.quality.copies.likeness import (
    coarse,
    crop_likeness,
    crop_views,
    flipped,
    largest_gap,
    structure,
)
from shoplens.quality.fingerprint import Fingerprint
from shoplens.records import Vectors

MIN_STRUCTURE = 0.985
"""Correlation of structure from which two pictures of other colours are copies: of 4,600 pairs of real photos that look
alike the most similar reaches 0.931; of copies with turned hues 99 % reach 0.999."""

MIN_CROP, MAX_CROP_GAP = 0.97, 12.0
"""Correlation of structure, and largest difference of a place, within which one picture is part of the other. None of
1,300 pairs of other real photos that embeddings propose correlates so (0.958 at most), but products of one make, alike
on white, do: on the drawn shop, without one planted crop, 249 comparisons correlate and differ by 20 levels at most, 96
by 12, 60 by 10. Of 120 crops of real photos 97 % are found at 20, 96 % at 12, 95 % at 10."""

_NEAREST = 10
_LEAST_COARSE = 0.85
_LEAST_SIMILARITY = 0.88
_LEAST_VIEW = 0.88
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
        both = np.stack([np.full(len(rows), len(self._thumbs)), np.array(rows)], axis=1)
        thumbs = {len(self._thumbs): thumb[0]}
        return [CopyPair(-1, pair.right, pair.kind, pair.measured) for pair in self._judged(both, self._thumbs, thumbs)]

    def _by_looks(self, rows: Rows) -> Iterator[Rows]:
        lively = rows[_lively(self._thumbs)]
        yield from _near(self._looks, self._coarse, lively, _LEAST_COARSE)
        for start in range(0, len(lively), _CHUNK):
            part = lively[start : start + _CHUNK]
            mirrored = _filled(coarse(flipped(self._thumbs[part])))
            yield from _near_of(self._looks, mirrored, part, _LEAST_COARSE)

    def _judged(
        self, pairs: Rows, thumbs: npt.NDArray[np.uint8], more: dict[int, npt.NDArray[np.uint8]] | None = None
    ) -> Iterator[CopyPair]:
        for start in range(0, len(pairs), _CHUNK):
            part = pairs[start : start + _CHUNK]
            left, right = (
                np.stack([(more or {}).get(row, thumbs[min(row, len(thumbs) - 1)]) for row in column])
                for column in (part[:, 0].tolist(), part[:, 1].tolist())
            )
            for (first, second), said in zip(part.tolist(), _compared(left, right), strict=True):
                if said is not None:
                    yield CopyPair(first, second, said[0], round(said[1], 4))


def _compared(left: npt.NDArray[np.uint8], right: npt.NDArray[np.uint8]) -> list[tuple[CopyKind, float] | None]:
    """Tell of each pair how it differs, None for two different pictures."""
    mirrored = flipped(right)
    plain, turned = largest_gap(left, right), largest_gap(left, mirrored)
    shape = structure(left)
    alike = np.maximum((shape * structure(right)).sum(axis=1), (shape * structure(mirrored)).sum(axis=1))
    said: list[tuple[CopyKind, float] | None] = [None] * len(left)
    rest = []
    for place in range(len(left)):
        if plain[place] <= MAX_GAP and plain[place] <= turned[place]:
            said[place] = ("saved_anew", float(plain[place]))
        elif turned[place] <= MAX_GAP:
            said[place] = ("flipped", float(turned[place]))
        elif alike[place] >= MIN_STRUCTURE:
            said[place] = ("recolored", float(alike[place]))
        else:
            rest.append(place)
    for place, found in zip(rest, _cropped(left[rest], right[rest]), strict=True):
        if found >= MIN_CROP:
            said[place] = ("cropped", found)
    return said


def _cropped(left: npt.NDArray[np.uint8], right: npt.NDArray[np.uint8]) -> list[float]:
    """Return of each pair how well the one is found in the other, 0 where a coarse look denies it."""
    if not len(left):
        return []
    best = np.zeros(len(left))
    for whole, part in ((left, right), (right, left)):
        once, rows = np.unique(whole.reshape(len(whole), -1), axis=0, return_inverse=True)
        views = crop_views(once.reshape(-1, *whole.shape[1:]))
        near = np.stack([views[row] @ seen for row, seen in zip(rows.ravel(), coarse(part), strict=True)])
        for place in np.flatnonzero(near.max(axis=1) >= _LEAST_VIEW).tolist():
            found, gap = crop_likeness(whole[place], part[place], int(near[place].argmax()))
            if gap <= MAX_CROP_GAP:
                best[place] = max(best[place], found)
    return best.tolist()


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
