"""Embeds the product and not what lies around it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from shoplens.embedding.embedder import Embedder
from shoplens.photos.subject import Subject, find_subject
from shoplens.photos.transform import crop
from shoplens.records import Box, Pixels, Vectors

_VERSION = 1
# `find_subject` answers with the whole picture below this.
_SURE = 0.3
_MARGIN = 0.1


class SubjectEmbedder:
    """Finds the subject of each photo, in the catalogue as in a query, and gives that part to another embedder.

    A photo in which nothing stands out goes to it as it is.

    Args:
        inner: makes the vectors.
    """

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._id = f"subject-{hashlib.sha256(f'{_VERSION}:{_SURE}:{_MARGIN}:{inner.id}'.encode()).hexdigest()[:12]}"

    @property
    def id(self) -> str:
        """The name and the hash of the settings and of the inner embedder."""
        return self._id

    @property
    def dim(self) -> int:
        """The inner embedder's."""
        return self._inner.dim

    @property
    def parts(self) -> tuple[int, ...]:
        """The inner embedder's."""
        return self._inner.parts

    @property
    def min_side(self) -> int:
        """Twice the inner embedder's, as the subject is a part of the photo."""
        return 2 * self._inner.min_side

    def embed(self, photos: Sequence[Pixels]) -> Vectors:
        """Return float32 `[n, dim]`, rows of unit length."""
        boxes = [subject_box(photo) for photo in photos]
        return self._inner.embed([crop(p, box) if box else p for p, box in zip(photos, boxes, strict=True)])


def subject_box(photo: Pixels) -> Box | None:
    """Return the box of the photo's subject with a tenth of its size around it, None where nothing stands out."""
    return box_of(find_subject(photo))


def box_of(subject: Subject) -> Box | None:
    """Return the box of what `find_subject` found as `subject_box` does."""
    return with_margin(subject.box) if subject.score >= _SURE else None


def with_margin(box: Box) -> Box:
    """Return the box with a tenth of its size around it, as far as the photo reaches."""
    across, down = _MARGIN * (box.x1 - box.x0), _MARGIN * (box.y1 - box.y0)
    return Box(max(0.0, box.x0 - across), max(0.0, box.y0 - down), min(1.0, box.x1 + across), min(1.0, box.y1 + down))
