from __future__ import annotations

import numpy as np

from shoplens.demo.assortment import plan_assortment
from shoplens.demo.photographer import Photographer
from shoplens.embedding.query_box import on_studio_ground, query_boxes
from shoplens.embedding.subject_embedder import subject_box, with_margin
from shoplens.models.locator import shipped_locator
from shoplens.records import Box


def test_on_a_plain_ground_a_query_is_cut_as_the_catalogue_is() -> None:
    for article in plan_assortment(909, 6):
        photo = Photographer(article, 200, 909).take("front")
        assert subject_box(photo) is not None
        assert query_boxes(photo)[0] == subject_box(photo)


def test_on_a_busy_ground_the_located_product_is_looked_at() -> None:
    # A floor of patches in six colours: no few colours of the border tell it from the product.
    patches = np.random.default_rng(1).integers(60, 256, (6, 6, 3), np.uint8)
    photo = patches.repeat(40, 0).repeat(40, 1)
    front = Photographer(next(iter(plan_assortment(909, 1))), 160, 909).take("front")
    inside = front.min(axis=2) < 236
    photo[40:200, 50:210][inside] = front[inside]
    ys, xs = np.nonzero(inside)
    truth = Box((50 + xs.min()) / 240, (40 + ys.min()) / 240, (51 + xs.max()) / 240, (41 + ys.max()) / 240)
    box = query_boxes(photo)[0]
    assert box is not None
    assert box == with_margin(shipped_locator().find(photo)[0].box)
    assert box.overlap(truth) > 0.5


def test_a_photo_of_nothing_is_looked_at_as_a_whole() -> None:
    assert query_boxes(np.full((200, 200, 3), 128, np.uint8)) == [None]


def test_a_studio_is_told_by_a_light_plain_ground_or_by_white_beside_what_runs_out_of_the_picture() -> None:
    product = np.zeros((200, 200, 3), np.uint8)
    product[60:140, 60:140] = (180, 40, 40)
    inside = product.any(axis=2)
    for ground, studio in ((255, True), (235, True), (120, False)):
        photo = np.where(inside[..., None], product, np.uint8(ground))
        assert on_studio_ground(photo) == studio, ground
    model = np.full((200, 200, 3), 255, np.uint8)
    model[:, 60:140] = np.random.default_rng(2).integers(0, 256, (200, 80, 3), np.uint8)
    model[100:, :60] = 90
    assert on_studio_ground(model), "white on two sides is a studio's, whatever is on the others"
    model[:, :60] = model[:, 140:] = 200
    assert not on_studio_ground(model)
