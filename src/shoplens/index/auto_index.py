"""Exact while that is fast enough, approximate above, and nobody waits for the change."""

from __future__ import annotations

import json
import logging
import struct
import threading
from dataclasses import asdict
from typing import BinaryIO

import numpy as np

from shoplens.index.exact_index import ExactIndex
from shoplens.index.half_rows import Found, Mask, Rows, missing
from shoplens.index.inverted_lists import Effort, InvertedLists, sample_size
from shoplens.records import Vectors

_LOG = logging.getLogger(__name__)
# At 50,000 x 256 comparing every vector takes about 1 ms; the lists of twice as many take a tenth of that.
EXACT_UP_TO = 50_000
_PIECE = 16_384
# Sorting into lists takes some 0.1 ms a vector: readers wait for so many at most.
_ADDED_AT_ONCE = 128
# Lists answer some 10,000 queries a second: writers wait for so many at most. Of fewer together faiss takes longer for
# each, as it reads a list once for all that are near to it: of 256 a sixth longer.
_ANSWERED_AT_ONCE = 1_024
# Lists that were made for so many times fewer rows are made anew.
_OUTGROWN = 2.0
# Where a filter leaves at most so large a share, all that it leaves is compared.
_FEW_LEFT = 0.125
# Above so many answers at once every row is compared: lists are for the nearest few.
_MOST_ANSWERS = 1_000
_LENGTHS = struct.Struct("<QQ")


class AutoIndex(ExactIndex):
    """An exact index that also keeps lists once it has more than 50,000 vectors; see `InvertedLists`.

    The lists are made in the background while the exact search serves, and are then kept up to date with every change.
    Where a filter leaves few rows, or none of those that a query is near to, every row that it leaves is compared, so
    that no filter costs recall. Where the lists would not find 99 % of the nearest faster than that, there are none.

    Args:
        exact_up_to: how many vectors are all compared with.
        least_gain: how many times as fast as comparing every row the lists have to be.
    """

    KIND = b"shoplens auto index 2\n"

    def __init__(self, exact_up_to: int = EXACT_UP_TO, least_gain: float = 1.0) -> None:
        super().__init__()
        self._least_gain = least_gain
        self._exact_up_to = exact_up_to
        self._lists: InvertedLists | None = None
        self._made_for = 0
        self._making: threading.Thread | None = None
        self._making_starts = threading.Lock()

    @property
    def lists(self) -> InvertedLists | None:
        """The lists that are in use; None where every row is compared."""
        return self._lists

    def wait(self) -> None:
        """Wait until the lists that are being made are in use."""
        making = self._making
        if making is not None:
            making.join()

    def _nearest(self, queries: Vectors, k: int, among: Mask | None) -> Found:
        rows, lists = self._rows, self._lists
        marked = rows.marked(among)
        reachable = len(rows) if marked is None else marked.count
        few_rows = max(self._exact_up_to, int(_FEW_LEFT * rows.total) if marked else 0, k)
        if lists is None or reachable <= few_rows or k > _MOST_ANSWERS or not lists.reach(k):
            return rows.nearest(queries, k, among)
        scores, found = lists.nearest(rows, queries, k, marked)
        few = missing(found)
        if len(few):
            scores[few], found[few] = rows.nearest(queries[few], k, among)
        return scores, found

    def _answered_at_once(self) -> int:
        return super()._answered_at_once() if self._lists is None else _ANSWERED_AT_ONCE

    def _added_at_once(self) -> int:
        return super()._added_at_once() if self._lists is None else _ADDED_AT_ONCE

    def _appended(self, rows: Rows, vectors: Vectors) -> None:
        if self._lists is not None:
            self._lists.add(rows, vectors)
        if len(self._rows) > max(self._exact_up_to, _OUTGROWN * self._made_for):
            self._make_soon()

    def _make_soon(self) -> None:
        with self._making_starts:
            if self._making is None or not self._making.is_alive():
                self._making = threading.Thread(target=self._make_or_go_on, name="shoplens-index-lists", daemon=True)
                self._making.start()

    def _make_or_go_on(self) -> None:
        try:
            self._make()
        except Exception:  # too little memory, or what faiss raises: every row is compared until there are many more
            _LOG.warning("The lists of the photo index were not made, so searches are slower.", exc_info=True)
            self._made_for = len(self._rows)

    def _make(self) -> None:
        rows = self._rows
        with self._lock.reading():
            alive = np.flatnonzero(rows.alive)
            rng = np.random.default_rng(0)
            sample = rows.at(np.sort(rng.permutation(alive)[: sample_size(len(alive))]))
        lists = InvertedLists.train(sample, len(alive))
        listed = np.zeros(0, np.bool_)
        while len(listed) < rows.total:
            listed = self._list_piece(lists, listed)
        lists.measure(rows, self._lock.reading, self._least_gain)
        with self._lock.writing():
            while len(listed) < rows.total:
                listed = self._list_piece(lists, listed, locked=True)
            self._lists = lists if lists.efforts else None
            self._made_for = len(rows)

    def _list_piece(self, lists: InvertedLists, listed: Mask, *, locked: bool = False) -> Mask:
        """Put the next rows into the lists; return which rows they hold now."""
        if locked:
            numbers, vectors, total = self._next_rows(len(listed))
        else:
            with self._lock.reading():
                numbers, vectors, total = self._next_rows(len(listed))
        lists.add(numbers, vectors)
        grown = np.zeros(total, np.bool_)
        grown[: len(listed)] = listed
        grown[numbers] = True
        return grown

    def _next_rows(self, start: int) -> tuple[Rows, Vectors, int]:
        total = min(start + _PIECE, self._rows.total)
        numbers = start + np.flatnonzero(self._rows.alive[start:total])
        return numbers, self._rows.at(numbers), total

    def _lists_bytes(self) -> bytes:
        if self._lists is None:
            return _LENGTHS.pack(0, 0)
        made = {"for": self._made_for, "efforts": {k: asdict(effort) for k, effort in self._lists.efforts.items()}}
        head, body = json.dumps(made).encode(), self._lists.to_bytes()
        return _LENGTHS.pack(len(head), len(body)) + head + body

    def _read_lists(self, file: BinaryIO) -> None:
        head, body = _LENGTHS.unpack(file.read(_LENGTHS.size))
        self._lists, self._made_for = None, 0
        if head:
            made = json.loads(file.read(head))
            efforts = {int(k): Effort(**effort) for k, effort in made["efforts"].items()}
            self._lists = InvertedLists.from_bytes(file.read(body), efforts)
            self._made_for = int(made["for"])
        elif len(self._rows) > self._exact_up_to:
            self._make_soon()
