"""The categories of a shop: how near two of them are, and how well they go together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shoplens.catalog.rows import category_key
from shoplens.recommend.category_pairs import UNPAIRED, CategoryPairs
from shoplens.records import Product

SAME_KIND = 0.5
"""How near two categories are at least that sell the same kind of thing under different branches of the tree."""


class CategoryTable:
    """Codes for the categories, kinds and audiences of a sequence of products.

    Attributes:
        pairs: which kinds go together.
        category_of: int32 `[n]`, code of each product's category path.
        kind_of: int32 `[n]`, code of its kind in `pairs`, -1 where unknown.
        shelf_of: int32 `[n]`, what counts as "the same category" when matching things: the kind where it is known,
            else the category path; -1 where neither is known.
        audience_of: int8 `[n]`, for whom it is, 0 for everybody.
        shelves: int64 `[k]` each, the products of every shelf in order, those on none first.
    """

    def __init__(self, products: Sequence[Product], pairs: CategoryPairs) -> None:
        self.pairs = pairs
        codes: dict[str, int] = {"": 0}
        keys = [category_key(product.category) for product in products]
        self.category_of = np.array([codes.setdefault(key, len(codes)) for key in keys], dtype=np.int32)
        kinds = {key: pairs.kind(key) for key in codes}
        self.kind_of = np.array(
            [
                kinds[key] if kinds[key] >= 0 else pairs.kind("", product.title)
                for key, product in zip(keys, products, strict=True)
            ],
            dtype=np.int32,
        )
        self._paths, self._depths = _paths(list(codes))
        shelves = np.where(self.category_of > 0, len(pairs.kinds) + self.category_of, -1)
        self.shelf_of = np.where(self.kind_of >= 0, self.kind_of, shelves).astype(np.int32)
        audiences: dict[str, int] = {"": 0}
        told: dict[tuple[str, str, str], int] = {}
        for product in products:
            texts = _audience_texts(product)
            if texts not in told:
                name = pairs.audience(product.category, product.attributes)
                told[texts] = audiences.setdefault(name, len(audiences))
        self.audience_of = np.array([told[_audience_texts(product)] for product in products], dtype=np.int8)
        order = np.argsort(self.shelf_of, kind="stable")
        edges = np.flatnonzero(np.diff(self.shelf_of[order])) + 1
        self.shelves = tuple(np.split(order, edges)) if len(order) else ()

    def nearness(self, row: int, at: slice | npt.NDArray[np.int64] = slice(None)) -> npt.NDArray[np.float32]:
        """Return for each product, or each of `at`, the share of its category path in common with product `row`'s.

        float32 `[n]`: 1 for the same category, 0 for another branch or an unknown one; at least `SAME_KIND` for
        products of the same kind.
        """
        code = self.category_of[row]
        same = np.logical_and.accumulate(self._paths == self._paths[code], axis=1) & (self._paths >= 0)
        deepest = np.maximum(np.maximum(self._depths, self._depths[code]), 1)
        near = (same.sum(axis=1) / deepest).astype(np.float32)[self.category_of[at]]
        if self.kind_of[row] >= 0:
            near = np.where(self.kind_of[at] == self.kind_of[row], np.maximum(near, np.float32(SAME_KIND)), near)
        return np.asarray(near, dtype=np.float32)

    def pairing(self, row: int, others: npt.NDArray[np.integer] | None = None) -> npt.NDArray[np.float32]:
        """Return for each product, or each of `others`, how well its kind goes with that of product `row`, 0 to 1.

        0 for the same shelf (unless a table pairs the kind with itself), for kinds that no table pairs, and for
        different audiences; `UNPAIRED` where a kind is unknown.
        """
        every = slice(None) if others is None else others
        kinds, kind = self.kind_of[every], self.kind_of[row]
        if kind >= 0:
            # the last place stands for products of unknown kind, which have the code -1
            weights = np.append(self.pairs.weights[kind], np.float32(UNPAIRED))[kinds]
        else:
            weights = np.full(len(kinds), UNPAIRED, dtype=np.float32)
            if self.shelf_of[row] >= 0:
                weights[self.shelf_of[every] == self.shelf_of[row]] = 0.0
        who, whom = self.audience_of[row], self.audience_of[every]
        return np.asarray(weights * ((whom == who) | (whom == 0) | (who == 0)), dtype=np.float32)

    def pairings(self, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
        """Return `pairing` of each two of some products, float32 `[k, k]`."""
        kinds, shelves, who = self.kind_of[rows], self.shelf_of[rows], self.audience_of[rows]
        weights = np.pad(self.pairs.weights, (0, 1), constant_values=UNPAIRED)[kinds][:, kinds]
        alone = (kinds < 0) & (shelves >= 0)
        weights[alone[:, None] & (shelves[:, None] == shelves)] = 0.0
        met = (who[:, None] == who) | (who[:, None] == 0) | (who == 0)
        return np.asarray(weights * met, dtype=np.float32)

    def same_shelf(self, row: int) -> npt.NDArray[np.bool_]:
        """Return which products may not stand beside product `row` because they are the same kind of thing."""
        kind, shelf = self.kind_of[row], self.shelf_of[row]
        if shelf < 0 or (kind >= 0 and self.pairs.weights[kind, kind] > 0):
            return np.zeros(len(self.shelf_of), dtype=bool)
        found: npt.NDArray[np.bool_] = self.shelf_of == shelf
        return found


def _audience_texts(product: Product) -> tuple[str, str, str]:
    """Return all that `CategoryPairs.audience` reads of a product."""
    return product.category, product.attributes.get("age_group", ""), product.attributes.get("gender", "")


def _paths(keys: list[str]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Return the parts of each path as codes, padded by -1, and the number of parts."""
    parts = [key.split(" > ") if key else [] for key in keys]
    depths = np.array([len(path) for path in parts], dtype=np.int32)
    codes: dict[str, int] = {}
    table = np.full((len(keys), max(1, int(depths.max(initial=0)))), -1, dtype=np.int32)
    for row, path in enumerate(parts):
        table[row, : len(path)] = [codes.setdefault(part, len(codes)) for part in path]
    return table, depths
