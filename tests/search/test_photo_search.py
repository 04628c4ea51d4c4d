from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.embedding.query_box import QueryLook, on_studio_ground
from shoplens.embedding.subject_embedder import SubjectEmbedder
from shoplens.errors import BadInput, IndexMismatch, NotFound
from shoplens.index.exact_index import ExactIndex
from shoplens.records import WHOLE, Box, Pixels, Product
from shoplens.search.photo_index import PhotoIndex
from shoplens.search.photo_search import PhotoSearch
from tests.search.conftest import HUES, put, swatch


def searcher(catalog: Catalog) -> PhotoSearch:
    embedder = ColorEmbedder()
    return PhotoSearch(catalog, embedder, PhotoIndex(catalog, embedder, ExactIndex()))


def ids(catalog: Catalog, photo: Pixels, **options: object) -> list[str]:
    answer = searcher(catalog).by_photo(photo, **options)  # type: ignore[arg-type]
    return [match.product.id for match in answer.matches]


def test_the_nearest_colour_comes_first_then_its_neighbour(catalog: Catalog) -> None:
    assert ids(catalog, swatch(HUES["red"], seed=9))[:2] == ["red", "rose"]
    assert ids(catalog, swatch(HUES["blue"], seed=9))[:2] == ["blue", "sky"]


def test_scores_fall_and_the_limit_holds(catalog: Catalog) -> None:
    answer = searcher(catalog).by_photo(swatch(HUES["green"], seed=9), limit=4).matches
    assert len(answer) == 4
    assert [match.score for match in answer] == sorted((match.score for match in answer), reverse=True)
    assert answer[0].product.id == "green"
    assert answer[0].photo


def test_filters_leave_only_what_fits_and_lose_nothing_that_does(catalog: Catalog) -> None:
    photo = swatch(HUES["black"], seed=9)
    assert ids(catalog, photo)[0] == "black"
    assert set(ids(catalog, photo, where=Filter(category="Clothing"))) == set(HUES) - {"black"}
    assert set(ids(catalog, photo, where=Filter(attributes={"material": "wool"}))) == {"rose", "blue", "black"}
    assert "sky" not in ids(catalog, photo, where=Filter(availability=frozenset({"in_stock"})))
    assert set(ids(catalog, photo, where=Filter(max_price=Decimal(20)))) == {"red", "rose"}
    assert ids(catalog, photo, where=Filter(category="Nowhere")) == []


def test_a_box_asks_for_that_part_alone(catalog: Catalog) -> None:
    both = np.concatenate([swatch(HUES["green"]), swatch(HUES["blue"])], axis=1)
    assert ids(catalog, both, box=Box(0, 0, 0.5, 1))[0] == "green"
    assert ids(catalog, both, box=Box(0.5, 0, 1, 1))[0] == "blue"


def test_a_small_subject_on_a_plain_background_is_found_and_told(catalog: Catalog) -> None:
    photo = np.full((300, 300, 3), 255, np.uint8)
    photo[100:190, 110:200] = swatch(HUES["red"])[:90, :90]
    answer = searcher(catalog).by_photo(photo)
    assert answer.matches[0].product.id == "red"
    assert answer.box is not None
    assert answer.box.x0 == pytest.approx(110 / 300, abs=0.05)
    assert answer.box.y1 == pytest.approx(190 / 300, abs=0.05)


def test_variants_are_one_result_shown_by_the_one_that_matched(catalog: Catalog) -> None:
    for size, hue in (("S", (150, 0, 150)), ("M", (150, 0, 150)), ("L", (250, 200, 0))):
        put(catalog, Product(id=f"v-{size}", title="Scarf", group="v"), swatch(hue))
    found = searcher(catalog).by_photo(swatch((250, 200, 0), seed=9)).matches
    assert [match.product.listing for match in found].count("v") == 1
    assert found[0].product.id == "v-L"


def test_a_photo_of_two_products_finds_both(catalog: Catalog) -> None:
    photo = swatch((120, 90, 10))
    put(catalog, Product(id="one", title="One"), photo)
    put(catalog, Product(id="two", title="Two"), photo)
    assert set(ids(catalog, photo)[:2]) == {"one", "two"}


def test_retired_products_are_gone_and_an_empty_shop_finds_nothing(catalog: Catalog) -> None:
    with catalog.batch() as batch:
        batch.retire(["red"])
    assert ids(catalog, swatch(HUES["red"]))[0] == "rose"
    with catalog.batch() as batch:
        batch.retire(HUES)
    assert ids(catalog, swatch(HUES["red"])) == []


def test_a_long_list_is_filled_although_variants_crowd_the_nearest(catalog: Catalog) -> None:
    for number in range(60):
        put(catalog, Product(id=f"c{number}", title="Crowd", group="crowd"), swatch(HUES["red"], seed=number))
    found = searcher(catalog).by_photo(swatch(HUES["red"], seed=99), limit=7).matches
    assert {match.product.listing for match in found} == {"crowd", *HUES}


def test_a_shop_whose_photos_have_no_vector_of_the_model_says_so(catalog: Catalog) -> None:
    with pytest.raises(IndexMismatch, match="bundle promote"):
        PhotoIndex(catalog, SubjectEmbedder(ColorEmbedder()), ExactIndex())


def test_in_stock_comes_first_among_equals_only(catalog: Catalog) -> None:
    photo = swatch((120, 90, 10))
    put(catalog, Product(id="a-gone", title="A", availability="out_of_stock"), photo)
    put(catalog, Product(id="b-there", title="B"), photo)
    assert ids(catalog, photo)[:2] == ["b-there", "a-gone"]
    assert ids(catalog, swatch(HUES["sky"], seed=9))[0] == "sky", "a better match that is sold out stays before others"


def test_products_of_one_category_are_as_likely_of_the_kind(catalog: Catalog) -> None:
    matches = searcher(catalog).by_photo(swatch(HUES["red"], seed=9)).matches
    hats = {match.same_kind for match in matches if match.product.category == "Clothing > Hats"}
    assert len(hats) == 1
    assert hats != {match.same_kind for match in matches if match.product.id == "black"}


def test_diversity_shows_less_of_the_same(catalog: Catalog) -> None:
    for number in range(5):
        put(catalog, Product(id=f"r{number}", title="Red"), swatch(HUES["red"], seed=50 + number))
    photo = swatch(HUES["red"], seed=9)
    plain, varied = ids(catalog, photo, limit=4), ids(catalog, photo, limit=4, diversity=0.8)
    reds = {"red", *(f"r{number}" for number in range(5))}
    assert set(plain) <= reds
    assert varied[0] == plain[0]
    assert len(set(varied) - reds) >= 2
    with pytest.raises(BadInput):
        ids(catalog, photo, diversity=1.5)


def test_one_product_is_judged_as_in_the_whole_answer(catalog: Catalog) -> None:
    search, photo = searcher(catalog), swatch(HUES["red"], seed=9)
    for wanted in search.by_photo(photo, box=Box(0, 0, 1, 1)).matches:
        found, box = search.match_of(photo, Box(0, 0, 1, 1), wanted.product.id)
        assert box == Box(0, 0, 1, 1)
        assert found.product.id == wanted.product.id
        assert found.same_product == pytest.approx(wanted.same_product)
        assert found.relation == wanted.relation
    put(catalog, Product(id="bare", title="No photo"))
    with pytest.raises(NotFound):
        search.match_of(photo, None, "bare")


def test_the_box_is_that_of_the_view_that_found_the_first_match(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first view shows what no product is like, the second one a product.
    views = [Box(0, 0, 0.5, 1), Box(0.5, 0, 1, 1)]
    monkeypatch.setattr(QueryLook, "at", lambda photo: QueryLook(views, on_studio_ground(photo)))
    photo = np.concatenate([swatch((250, 250, 20)), swatch(HUES["blue"])], axis=1)
    search = searcher(catalog)
    answer = search.by_photo(photo)
    assert (answer.matches[0].product.id, answer.box) == ("blue", views[1])
    match, box = search.match_of(photo, None, "blue")
    assert box == views[1]
    assert match == answer.matches[0], "what is said of one product is what the whole answer says of it"


def test_a_whole_photo_is_taken_as_it_is(catalog: Catalog) -> None:
    photo = np.full((300, 300, 3), HUES["green"], np.uint8)
    photo[100:190, 110:200] = swatch(HUES["red"])[:90, :90]
    search = searcher(catalog)
    assert search.by_photo(photo).matches[0].product.id == "red"
    answer = search.by_photo(photo, box=WHOLE)
    assert (answer.matches[0].product.id, answer.box) == ("green", WHOLE)
    again = search.by_photo(photo, box=answer.box)
    assert again == answer


def test_a_photo_in_which_nothing_stands_out_says_that_it_was_taken_whole(catalog: Catalog) -> None:
    assert searcher(catalog).by_photo(swatch(HUES["red"], seed=9)).box == WHOLE
