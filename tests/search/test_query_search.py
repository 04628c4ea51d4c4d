from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.errors import BadInput, NotFound
from shoplens.index.exact_index import ExactIndex
from shoplens.records import Label, Photo, PhotoFacts, Pixels, Product
from shoplens.search.photo_index import PhotoIndex
from shoplens.search.photo_search import PhotoSearch, SearchAnswer
from shoplens.search.query import Example, Query
from shoplens.search.query_search import QuerySearch
from shoplens.search.query_words import QueryWords
from tests.search.conftest import HUES, put, swatch


def ask(catalog: Catalog, *like: Example, color_part: slice | None = None, **more: object) -> SearchAnswer:
    embedder = ColorEmbedder()
    search = PhotoSearch(catalog, embedder, PhotoIndex(catalog, embedder, ExactIndex()))
    part = slice(0, embedder.dim) if color_part is None else color_part
    asked = Query(like, **more)  # type: ignore[arg-type]

    def pixels(example: Example) -> Pixels:
        assert isinstance(example.photo, Photo)
        return example.photo.pixels

    return QuerySearch(catalog, search, QueryWords.of(catalog), part).ask(asked, pixels)


def photo(name: str, weight: float = 1.0) -> Example:
    return Example(Photo(PhotoFacts("0" * 64, "png", 96, 96, 1), swatch(HUES[name], seed=9)), weight=weight)


def ids(found: SearchAnswer) -> list[str]:
    return [match.product.id for match in found.matches]


def test_two_photos_find_what_each_alone_finds_first(catalog: Catalog) -> None:
    assert set(ids(ask(catalog, photo("red"), photo("green")))[:2]) == {"red", "green"}
    heavy = ids(ask(catalog, photo("red", 9.0), photo("green", 1.0)))
    assert heavy[0] == "red"
    assert ids(ask(catalog, photo("red", 1.0), photo("green", 9.0)))[0] == "green"


def test_not_like_that_puts_it_behind(catalog: Catalog) -> None:
    put(catalog, Product(id="half", title="Half"), mixed(HUES["red"], HUES["blue"]))
    liked = ids(ask(catalog, photo("red"), photo("blue")))
    assert "half" in liked[:3]
    away = ids(ask(catalog, photo("red"), photo("blue"), unlike=(photo("blue"),)))
    assert away.index("red") < away.index("blue")
    assert away.index("blue") > liked.index("blue")


def test_what_is_asked_for_beside_something_not_to_be_like_is_not_missed(catalog: Catalog) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (96, 96, 3), np.uint8)
    strange = Example(Photo(PhotoFacts("0" * 64, "png", 96, 96, 1), noise))
    assert ask(catalog, strange, strange).no_match, "the shop has nothing like it"
    assert not ask(catalog, strange, unlike=(photo("red"),)).no_match, "another thing is asked for"


def test_a_product_is_an_example_and_never_its_own_answer(catalog: Catalog) -> None:
    assert ids(ask(catalog, Example(product="red")))[0] == "rose"
    assert "red" not in ids(ask(catalog, Example(product="red")))
    assert "blue" not in ids(ask(catalog, photo("sky"), unlike=(Example(product="blue"),)))
    assert len(ids(ask(catalog, Example(product="red"), limit=5))) == 5


def test_another_size_is_no_answer_to_a_product_and_another_colour_is(catalog: Catalog) -> None:
    for name, hue in (("tee-red-s", "red"), ("tee-red-m", "red"), ("tee-blue-s", "blue")):
        put(catalog, Product(id=name, title="Tee", group="tee"), swatch(HUES[hue], seed=77))
    found = ids(ask(catalog, Example(product="tee-red-s")))
    assert "tee-red-m" not in found
    assert "tee-blue-s" in found


def test_unknown_products_and_those_without_a_photo_say_so(catalog: Catalog) -> None:
    with catalog.batch() as batch:
        batch.put_product(Product("bare", "Bare"))
    with pytest.raises(NotFound):
        ask(catalog, Example(product="nobody"))
    with pytest.raises(NotFound, match="no photo"):
        ask(catalog, Example(product="bare"))
    with catalog.batch() as batch:
        batch.retire(["red"])
    with pytest.raises(NotFound, match="no photo to search by"):
        ask(catalog, Example(product="red"))


def test_a_colour_word_takes_the_place_of_the_photos_colour(catalog: Catalog) -> None:
    found = ask(catalog, photo("red"), text="in blue")
    assert ids(found) == ["blue"]
    assert found.understood.colors == ("blue",)
    catalog.put_labels([Label("sky", "color", "blue", 1.0, "shop")])
    assert ids(ask(catalog, photo("red"), text="同款 蓝色"))[0] == "blue"
    assert ids(ask(catalog, photo("red"), text="蓝色", where=Filter(colors=frozenset({"green"})))) == ["green"]


def test_this_in_another_colour_is_first_of_all_the_same_article(catalog: Catalog) -> None:
    partly = swatch(HUES["red"], seed=5)
    partly[:, :16] = HUES["blue"]  # more like the photo than the article's red variant is
    put(catalog, Product(id="other", title="Other", attributes={"color": "red"}), partly)
    for name in ("blue", "red"):
        attributes = {"color": name}
        put(
            catalog,
            Product(id=f"art-{name}", title="A", group="art", attributes=attributes),
            swatch(HUES[name], seed=8),
        )
    found = ids(ask(catalog, photo("blue"), text="in red"))
    assert found.index("art-red") < found.index("other")
    assert found.index("other") < found.index("red"), "an article that there is in red alone is judged by its look"


def test_what_a_match_is_to_the_photo_does_not_change_with_what_else_is_asked(catalog: Catalog) -> None:
    alone = {match.product.id: match for match in ask(catalog, photo("red")).matches}
    assert {match.relation for match in alone.values()} > {"exact"}, "there is something to tell apart"
    unlike = (photo("rose"),), (Example(product="red"),)
    words = "in red", "thing", "shoes"
    for more in (*({"unlike": one} for one in unlike), *({"text": text} for text in words)):
        answer = ask(catalog, photo("red"), **more)
        assert answer.matches
        for match in answer.matches:
            same = alone[match.product.id]
            assert match.relation == same.relation, (more, match.product.id)
            assert match.same_product == pytest.approx(same.same_product)
        assert dict(answer.kinds) == pytest.approx(dict(ask(catalog, photo("red")).kinds))


def test_words_count_together_with_the_look(catalog: Catalog) -> None:
    put(catalog, Product(id="hood", title="Hooded thing", category="Clothing > Hats"), swatch(HUES["blue"], seed=3))
    plain, hooded = ids(ask(catalog, photo("blue"))), ask(catalog, photo("blue"), text="with a hood")
    assert set(plain[:2]) == {"blue", "hood"}
    assert ids(hooded)[0] == "hood"
    assert hooded.matches[0].score == pytest.approx(1.0, abs=0.02)
    assert hooded.matches[0].photo
    assert set(ids(hooded)) == set(plain)
    far = ids(ask(catalog, photo("red"), text="with a hood"))
    assert far.index("hood") < ids(ask(catalog, photo("red"))).index("hood")


def test_words_that_nothing_holds_change_nothing(catalog: Catalog) -> None:
    assert ids(ask(catalog, photo("blue"), text="xylophone")) == ids(ask(catalog, photo("blue")))


def test_what_no_product_is_all_of_is_searched_as_words(catalog: Catalog) -> None:
    found = ask(catalog, photo("black"), text="wool shoes")
    assert ids(found) == ["black"]
    both = ask(catalog, photo("green"), text="felt shoes")  # no shoe is of felt
    assert both.understood.category == ""
    assert set(both.understood.words.split()) == {"Shoes", "felt"}
    assert both.matches


def test_a_colour_that_no_product_has_is_searched_as_a_word(catalog: Catalog) -> None:
    found = ask(catalog, photo("red"), text="in purple")
    assert (found.understood.colors, found.understood.words) == ((), "purple")
    assert ids(found)[0] == "red"


def test_filters_hold_for_every_kind_of_query(catalog: Catalog) -> None:
    where = Filter(max_price=Decimal(20))
    for text in ("", "thing", "red thing"):
        found = ids(ask(catalog, photo("red"), photo("blue"), text=text, where=where))
        assert found
        assert set(found) <= {"red", "rose"}


@pytest.mark.parametrize(
    "make",
    [
        lambda: Query(),
        lambda: Query(text="  "),
        lambda: Query(unlike=(Example(product="a"),)),
        lambda: Query(text="a", limit=0),
        lambda: Example(),
        lambda: Example(product="a", url="b"),
        lambda: Example(product="a", weight=0),
        lambda: Example(product="a", weight=float("nan")),
    ],
)
def test_questions_that_ask_nothing_are_refused(make: object) -> None:
    with pytest.raises(BadInput):
        make()  # type: ignore[operator]


def mixed(one: tuple[int, int, int], other: tuple[int, int, int]) -> Pixels:
    pixels = swatch(one)
    pixels[:, 48:] = swatch(other)[:, 48:]
    return pixels
