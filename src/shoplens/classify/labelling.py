"""What a classifier says of the whole catalogue, and how that becomes labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.classify.classifier import MIN_SIDE, Classification, Classifier
from shoplens.errors import PhotoError
from shoplens.photos.decode import decode_file
from shoplens.records import Label, Pixels, Product

_BATCH = 64
_COLOR_SHARE = 0.15


def classify_products(
    catalog: Catalog, classifier: Classifier, progress: Callable[[int, int], None] | None = None
) -> Iterator[tuple[Product, Classification]]:
    """Yield what the main photo of every product shows; products whose photo cannot be read any more are left out.

    A photo that several products share is looked at once a batch.
    """
    total = catalog.count()
    for offset in range(0, total, _BATCH):
        products = catalog.products(Filter(), offset, _BATCH)
        photos: dict[str, Pixels] = {}
        main: dict[str, str] = {}
        for product in products:
            for stored in catalog.photos(product.id)[:1]:
                main[product.id] = stored.sha256
                if stored.sha256 not in photos:
                    try:
                        photos[stored.sha256] = decode_file(stored.path, min_side=MIN_SIDE).pixels
                    except PhotoError:
                        # The file went away or was damaged after the import; the inspector reports it.
                        main.pop(product.id)
        said = dict(zip(photos, classifier.classify(list(photos.values())), strict=True))
        yield from ((product, said[main[product.id]]) for product in products if product.id in main)
        if progress is not None:
            progress(min(offset + _BATCH, total), total)


def labels_of(product: Product, said: Classification) -> list[Label]:
    """Return the labels of a classification: the category if it is sure, the colours of a fair share, the tags."""
    labels = []
    if said.category.label is not None:
        labels.append(Label(product.id, "category", said.category.label, said.category.confidence, said.source))
    labels += [
        Label(product.id, "color", color.name, color.share, "palette")
        for color in said.colors
        if color.share >= _COLOR_SHARE
    ]
    labels += [Label(product.id, "tag", tag.label, tag.confidence, said.source) for tag in said.tags if tag.label]
    return labels
