"""Finds the copies among many photos, and of a new photo, without comparing all with all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from shoplens.quality.copies.copy_pair import KINDS, MAX_GAP, CopyPair
from shoplens.quality.copies.crop_fit import crop_fits
from shoplens.quality.copies.likeness import Thumbs, coarse, flipped, in_parts, largest_gap, places, structure
from shoplens.quality.copies.near_rows import EXACT_UP_TO, NearRows, Rows
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

_LEAST_COARSE = 0.85
_LEAST_SIMILARITY = 0.88
_CHUNK = 4096
_FLAT = 6.0


class CopyFinder:
    """Photos by their fingerprints and, where there are some, their embeddings.

    Proposed are the nearest by the strongest channel at 8 x 8 places, as they are and mirrored, and the nearest by
    embedding; see `NearRows`. What is proposed is compared in detail, in this order: saved anew, flipped, recoloured,
    cropped; the first that holds is told. Crops are proposed by embeddings alone.

    Args:
        prints: of the photos; exact duplicates, which have the same digest, are not told as pairs.
        vectors: unit rows `[n, dim]`, NaN in the rows of photos that have none; None where none has.
        exact_up_to: how many photos are all compared to propose pairs; of more, lists of neighbours are read.
    """

    def __init__(
        self,
        prints: Sequence[Fingerprint],
        vectors: npt.NDArray[np.floating] | None = None,
        *,
        exact_up_to: int = EXACT_UP_TO,
    ) -> None:
        side = prints[0].thumbnail.shape if prints else (32, 32, 3)
        self._thumbs = np.stack([p.thumbnail for p in prints]) if prints else np.zeros((0, *side), np.uint8)
        self._number_of: dict[bytes, int] = {}
        self._pixels = np.array([self._number_of.setdefault(p.digest, len(self._number_of)) for p in prints], np.int64)
        self._coarse = _filled(in_parts(coarse, self._thumbs))
        self._lively = np.flatnonzero(in_parts(_lively, self._thumbs))
        self._looks = NearRows(self._coarse, self._lively, exact_up_to)
        self._vectors = np.zeros((0, 1), np.float32) if vectors is None else vectors
        self._known = np.flatnonzero(np.isfinite(self._vectors).all(axis=1))
        self._embedded = NearRows(self._vectors, self._known, exact_up_to)

    def pairs(self) -> list[CopyPair]:
        """Return every pair of copies once."""
        proposed = [_named(self._looks.near(asked, _LEAST_COARSE), part) for asked, part in self._asked_by_looks()]
        for start in range(0, len(self._known), _CHUNK):
            part = self._known[start : start + _CHUNK]
            proposed.append(_named(self._embedded.near(self._vectors[part], _LEAST_SIMILARITY), part))
        if not proposed:
            return []
        both = np.sort(np.concatenate(proposed), axis=1)
        both = both[self._pixels[both[:, 0]] != self._pixels[both[:, 1]]]
        order = np.unique(both[:, 0] * len(self._thumbs) + both[:, 1])
        return _judged(np.stack(np.divmod(order, len(self._thumbs)), axis=1), self._thumbs)

    def of(self, print_: Fingerprint, vector: Vectors | None = None) -> list[CopyPair]:
        """Return the copies of a new photo, as pairs of `left` = -1 and the row of the copy.

        Args:
            print_: of the new photo.
            vector: its embedding `[dim]`.
        """
        thumb = print_.thumbnail[None]
        proposed = [np.zeros((0, 2), np.int64)]
        if _lively(thumb)[0]:
            asked = np.concatenate([coarse(thumb), coarse(flipped(thumb))])
            proposed += [self._looks.near(_filled(one[None]), _LEAST_COARSE) for one in asked]
        if len(self._known) and vector is not None:
            proposed.append(self._embedded.near(vector[None], _LEAST_SIMILARITY))
        rows = np.unique(np.concatenate(proposed)[:, 1])
        rows = rows[self._pixels[rows] != self._number_of.get(print_.digest, -1)]
        if not len(rows):
            return []
        both = np.stack([np.zeros(len(rows), np.int64), np.arange(1, len(rows) + 1)], axis=1)
        copies = _judged(both, np.concatenate([thumb, self._thumbs[rows]]))
        return [CopyPair(-1, int(rows[pair.right - 1]), pair.kind, pair.measured) for pair in copies]

    def _asked_by_looks(self) -> Iterator[tuple[Vectors, Rows]]:
        for start in range(0, len(self._lively), _CHUNK):
            part = self._lively[start : start + _CHUNK]
            yield self._coarse[part], part
            yield _filled(coarse(flipped(self._thumbs[part]))), part


def _judged(pairs: Rows, thumbs: Thumbs) -> list[CopyPair]:
    """Return those of the pairs of rows that are copies, and how."""
    if not len(pairs):
        return []
    known, numbers = np.unique(pairs, return_inverse=True)
    kinds, measured = _compared(thumbs[known], numbers.reshape(pairs.shape))
    told = np.flatnonzero(kinds >= 0)
    said = zip(pairs[told].tolist(), kinds[told].tolist(), measured[told].tolist(), strict=True)
    return [CopyPair(left, right, KINDS[kind], round(value, 4)) for (left, right), kind, value in said]


def _compared(thumbs: Thumbs, pairs: Rows) -> tuple[Rows, npt.NDArray[np.float64]]:
    """Tell of each pair of rows how the pictures differ.

    Returns:
        The places in `KINDS`, -1 for two different pictures, and what was measured, `[k]` each.
    """
    cells, shapes = in_parts(places, thumbs), in_parts(structure, thumbs)
    kinds, measured = np.full(len(pairs), -1, np.int64), np.zeros(len(pairs))
    for start in range(0, len(pairs), _CHUNK):
        part = slice(start, start + _CHUNK)
        left, right = pairs[part].T
        one, other, shape = cells[left], cells[right], shapes[left]
        plain, turned = largest_gap(one, other), largest_gap(one, other[..., ::-1])
        mirrored = shapes[right].reshape(-1, 16, 16)[:, :, ::-1].reshape(shape.shape)
        alike = np.maximum(*(np.einsum("nd,nd->n", shape, seen) for seen in (shapes[right], mirrored)))
        kinds[part] = np.select(
            [(plain <= MAX_GAP) & (plain <= turned), turned <= MAX_GAP, alike >= MIN_STRUCTURE],
            [KINDS.index("saved_anew"), KINDS.index("flipped"), KINDS.index("recolored")],
            -1,
        )
        measured[part] = np.choose(kinds[part] + 1, [np.zeros(len(left)), plain, turned, np.zeros(len(left)), alike])
    rest = np.flatnonzero(kinds < 0)
    left, right = pairs[rest].T
    fits = crop_fits(thumbs, np.concatenate([left, right]), np.concatenate([right, left]))
    likeness = np.where((fits.gap <= MAX_CROP_GAP) & (fits.usual <= MOST_USUAL_GAP), fits.likeness, 0.0)
    best = np.maximum(likeness[: len(rest)], likeness[len(rest) :])
    cropped = best >= MIN_CROP
    kinds[rest[cropped]], measured[rest[cropped]] = KINDS.index("cropped"), best[cropped]
    return kinds, measured


def _named(found: Rows, rows: Rows) -> Rows:
    """Return pairs of rows, where each first of `found` is a place in `rows`."""
    return np.stack([rows[found[:, 0]], found[:, 1]], axis=1)


def _lively(thumbs: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Tell which pictures have something in them: blank ones look like each other and are told by another check."""
    return np.asarray(thumbs.std(axis=(1, 2, 3)) >= _FLAT)


def _filled(rows: Vectors) -> Vectors:
    """Return rows of unit length: a picture without any structure gets one direction, so that the index takes it."""
    rows = rows.copy()
    rows[np.linalg.norm(rows, axis=1) < 0.5] = np.eye(1, rows.shape[1], dtype=np.float32)
    return rows
