"""What a category was taught from, as vectors of the embedder in use."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplens.catalog.store import Catalog
from shoplens.embedding.view_embedder import ViewEmbedder, Views
from shoplens.photos.decode import decode
from shoplens.records import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Taught photos, a row each.

    Attributes:
        categories: of the photos.
        keys: the photos' sha256.
        vectors: means of the views, float32 `[n, dim]`.
        views: what each photo teaches by, float32 `[n, views, dim]`: its views, and itself in other lights.
    """

    categories: tuple[str, ...]
    keys: tuple[str, ...]
    vectors: Vectors
    views: Views

    @classmethod
    def read(cls, catalog: Catalog, embedder: ViewEmbedder) -> Examples:
        """Return the catalogue's examples; those that the embedder has not seen are embedded from their copies now.

        Raises:
            PhotoError: a copy was damaged.
        """
        photos = catalog.taught.photos()
        known = catalog.taught.vectors(embedder.id) if photos else {}
        new = {photo.sha256: photo.picture for photo in photos if photo.sha256 not in known}
        if new:
            pixels = [decode(picture, min_side=embedder.min_side).pixels for picture in new.values()]
            # Rounded as they are stored, so that a fresh answer is that of a restart.
            known |= dict(zip(new, embedder.lessons(pixels).astype(np.float16), strict=True))
            catalog.taught.put_vectors(embedder.id, ((key, known[key].astype(np.float32)) for key in new))
        views = np.zeros((0, 1, embedder.dim), np.float32)
        if photos:
            views = np.stack([known[photo.sha256] for photo in photos]).astype(np.float32)
        return cls(
            tuple(photo.category for photo in photos),
            tuple(photo.sha256 for photo in photos),
            embedder.mean(views),
            views,
        )
