from __future__ import annotations

import numpy as np

from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.embedding.subject_embedder import SubjectEmbedder, subject_box
from shoplens.records import Pixels


def on(background: tuple[int, int, int], left: int, top: int) -> Pixels:
    """A red square of 80 pixels on a plain ground of 240."""
    photo = np.full((240, 240, 3), background, np.uint8)
    photo[top : top + 80, left : left + 80] = (200, 20, 30)
    return photo


def test_where_a_product_lies_and_on_what_changes_little() -> None:
    photos = [on((255, 255, 255), 20, 30), on((120, 170, 120), 130, 110)]
    whole, subject = ColorEmbedder().embed(photos), SubjectEmbedder(ColorEmbedder()).embed(photos)
    assert whole[0] @ whole[1] < 0.6
    assert subject[0] @ subject[1] > 0.75


def test_the_box_lies_around_the_product() -> None:
    box = subject_box(on((255, 255, 255), 60, 90))
    assert box is not None
    assert box.x0 < 60 / 240 < 140 / 240 < box.x1
    assert box.y0 < 90 / 240 < 170 / 240 < box.y1
    assert (box.x1 - box.x0) < 0.5


def test_a_photo_without_a_subject_is_taken_whole() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (120, 120, 3), np.uint8)
    assert subject_box(noise) is None
    np.testing.assert_allclose(
        SubjectEmbedder(ColorEmbedder()).embed([noise]), ColorEmbedder().embed([noise]), atol=1e-6
    )
