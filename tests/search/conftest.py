"""A catalogue drawn so that the right neighbour is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from shoplens.catalog.store import Catalog
from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.photos.encode import encode
from shoplens.records import PhotoFacts, Pixels, Price, Product

HUES = {
    "red": (200, 30, 30),
    "rose": (215, 60, 70),
    "green": (30, 160, 50),
    "blue": (30, 60, 200),
    "sky": (50, 90, 215),
    "black": (20, 20, 20),
}


def swatch(color: tuple[int, int, int], *, seed: int = 0) -> Pixels:
    """A piece of cloth: the colour with a little noise."""
    noise = np.random.default_rng(seed).integers(-6, 7, (96, 96, 3))
    return np.clip(np.array(color) + noise, 0, 255).astype(np.uint8)


def put(catalog: Catalog, product: Product, *photos: Pixels) -> list[str]:
    """Add a product with photos, as an import would; return the photos' digests."""
    embedder = ColorEmbedder()
    digests = []
    with catalog.batch() as batch:
        batch.put_product(product)
        for pixels, vector in zip(photos, embedder.embed(photos), strict=True):
            data = encode(pixels, "png")
            sha256 = hashlib.sha256(data).hexdigest()
            path = catalog.folder / f"{sha256}.png"
            path.write_bytes(data)
            batch.put_photo(PhotoFacts(sha256, "png", 96, 96, len(data)), path)
            batch.put_embedding(sha256, embedder.id, vector)
            digests.append(sha256)
        batch.link(product.id, digests)
    return digests


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """Six products of one photo each; rose is near red, sky near blue; sky is sold out; all hats but the black shoe."""
    with Catalog.open(tmp_path, create=True) as catalog:
        for number, (name, rgb) in enumerate(HUES.items()):
            put(
                catalog,
                Product(
                    id=name,
                    title=f"{name} thing",
                    category="Shoes" if name == "black" else "Clothing > Hats",
                    price=Price(Decimal(10 * (number + 1)), "EUR"),
                    availability="out_of_stock" if name == "sky" else "in_stock",
                    attributes={"color": name, "material": "wool" if number % 2 else "felt"},
                ),
                swatch(rgb),
            )
        yield catalog
