"""Similar on the checkerboard."""

from __future__ import annotations

import numpy as np
import pytest

from shoplens.errors import NotFound
from shoplens.recommend.request import Request
from shoplens.recommend.similar import Similar, SimilarWeights
from tests.recommend.checkerboard import listing, product_id, shop


def test_the_same_style_of_the_same_kind_comes_first_and_says_why() -> None:
    first, second, *_ = Similar(shop()).recommend(Request(seeds=(product_id("jeans", 2, 0),), limit=5))
    assert first.product.listing == listing("jeans", 2, 1)
    codes = {reason.code: reason.value for reason in first.reasons}
    assert codes.keys() == {"similar_look", "same_category", "same_color", "price_band"}
    assert codes["same_color"] == "navy"
    assert float(codes["similar_look"]) > 0.95
    assert second.score < first.score


def test_out_of_stock_is_as_similar_but_comes_last() -> None:
    found = Similar(shop()).recommend(Request(seeds=(product_id("jeans", 2, 0),), limit=1000))
    assert found[-1].product.availability == "out_of_stock"
    places = [match.product.listing for match in found]
    twin = places.index(listing("jeans", 2, 2))
    assert found[twin].score > found[1].score
    assert all(match.product.availability == "out_of_stock" for match in found[twin:])


def test_look_alone_finds_the_style_in_every_kind() -> None:
    alone = Similar(shop(), weights=SimilarWeights(look=1, category=0, color=0, price=0))
    found = alone.recommend(Request(seeds=(product_id("jeans", 2, 0),), limit=7))
    assert all(match.product.listing.split("-")[1] == "2" for match in found)


def test_diversity_brings_other_looks_forward() -> None:
    view = shop()
    seed = product_id("shirt", 1, 0)

    def styles(diversity: float) -> int:
        found = Similar(view).recommend(Request(seeds=(seed,), limit=6, diversity=diversity))
        return len({match.product.listing.split("-")[1] for match in found})

    assert styles(0.0) < styles(0.6) == 4


def test_a_listing_is_as_good_as_a_product() -> None:
    view = shop()
    by_listing = Similar(view).recommend(Request(seeds=("shoe-0-0",)))
    assert by_listing == Similar(view).recommend(Request(seeds=(product_id("shoe", 0, 0),)))


def test_an_unknown_seed_is_named() -> None:
    with pytest.raises(NotFound, match="nothing"):
        Similar(shop()).recommend(Request(seeds=("nothing",)))


def test_variants_that_share_a_photo_share_a_vector() -> None:
    view = shop()
    assert len(view.vectors) == len(view.starts)
    assert np.allclose(np.linalg.norm(view.vectors, axis=1), 1.0)
