"""Unit vectors from a bundle's network."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from shoplens.embedding.unit_rows import unit_rows
from shoplens.errors import BadInput, BundleError
from shoplens.models.bundle import Bundle
from shoplens.models.runtime import OnnxModel
from shoplens.records import Pixels, Vectors


class OnnxEmbedder:
    """Applies the bundle's recipe to each photo and runs its network, batch beside batch on several threads.

    Args:
        bundle: its network needs the output "embedding".
        threads: batches worked on at once; 0 for one per processor core.
        batch: photos in one run of the network.

    Raises:
        BundleError: the network cannot be loaded or has no embedding, or the card's parts are not those of its vectors.
        BadInput: a negative number of threads, or an empty batch.
    """

    def __init__(self, bundle: Bundle, *, threads: int = 0, batch: int = 32) -> None:
        if threads < 0 or batch < 1:
            raise BadInput("Threads are 0 or more and a batch holds a photo or more.", received=(threads, batch))
        self._bundle = bundle
        self._model = OnnxModel(bundle)
        if "embedding" not in self._model.outputs:
            raise BundleError("The bundle's network makes no embedding.", received=bundle.id)
        self._threads = threads or os.cpu_count() or 1
        self._batch = batch
        dim = self._run([np.zeros((8, 8, 3), np.uint8)]).shape[1]
        self._parts = _embedding_parts(bundle) or (dim,)
        if sum(self._parts) != dim:
            raise BundleError("The card's parts do not make up the embedding.", received=f"{self._parts} and {dim}")

    @property
    def id(self) -> str:
        """The bundle's id."""
        return self._bundle.id

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return sum(self._parts)

    @property
    def parts(self) -> tuple[int, ...]:
        """As the bundle's card names them, or one part."""
        return self._parts

    @property
    def min_side(self) -> int:
        """The network's input size in pixels."""
        return self._model.input_size

    def embed(self, photos: Sequence[Pixels]) -> Vectors:
        """Return float32 `[n, dim]`, each row of unit length; `[0, dim]` for no photos.

        Args:
            photos: uint8 RGB `[h, w, 3]`, each of any size.
        """
        batches = [photos[start : start + self._batch] for start in range(0, len(photos), self._batch)]
        if not batches:
            return np.zeros((0, self.dim), np.float32)
        if len(batches) == 1 or self._threads == 1:
            return np.concatenate([self._run(batch) for batch in batches])
        with ThreadPoolExecutor(min(self._threads, len(batches)), "embed") as pool:
            return np.concatenate(list(pool.map(self._run, batches)))

    def _run(self, photos: Sequence[Pixels]) -> Vectors:
        ready = np.stack([self._bundle.recipe.apply(photo) for photo in photos])
        return unit_rows(self._model.run(ready, ["embedding"])["embedding"])


def _embedding_parts(bundle: Bundle) -> tuple[int, ...]:
    """Return the lengths of the parts of the bundle's embedding that the card names; none where it has one alone.

    Raises:
        BundleError: the card names something else than lengths.
    """
    told = bundle.card.get("embedding_parts", [])
    if not isinstance(told, list) or not all(isinstance(length, int) and length > 0 for length in told):
        raise BundleError("The card's embedding_parts are no list of lengths.", received=told)
    return tuple(told)
