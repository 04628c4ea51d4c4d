from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shoplens.catalog import text, words
from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.catalog.text import fold_text, index_tokens, match_expression, other_names
from shoplens.records import Label, Product

TITLES = {
    "red-dress": Product("red-dress", "Red Dresses", category="Clothing"),
    "blue-shirt": Product("blue-shirt", "Blue Oxford Shirt", description="Goes with a red dress."),
    "belt": Product("belt", "男士黑色皮带", category="服装 > 配饰"),
    "qipao": Product("qipao", "旗袍改良连衣裙 2024新款", tags=("国风",)),
    "tee": Product("tee", "Nike T-Shirt 运动T恤", attributes={"color": "White", "model": "AB-12X"}),
    "cafe": Product("cafe", "Crème Brûlée Café Set", brand="L'Oréal"),
    "mens": Product("mens", "Men's Running Shoes"),
}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with Catalog.open(tmp_path_factory.mktemp("shop"), create=True) as catalog:
        with catalog.batch() as batch:
            for product in TITLES.values():
                batch.put_product(product)
        yield catalog


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("dress", "red-dress"),
        ("DRESSES", "red-dress"),
        ("red dress", "red-dress"),  # the title weighs more than the description
        ("oxf", "blue-shirt"),  # while typing
        ("皮带", "belt"),
        ("黑色", "belt"),
        ("黑色皮带", "belt"),
        ("皮带 黑色", "belt"),
        ("旗袍", "qipao"),
        ("袍", "qipao"),
        ("国风", "qipao"),
        ("新款", "qipao"),
        ("2024 连衣裙", "qipao"),
        ("nike 运动", "tee"),
        ("运动T恤", "tee"),
        ("Ｎｉｋｅ", "tee"),
        ("ab-12x", "tee"),
        ("creme brulee", "cafe"),
        ("CAFÉ", "cafe"),
        ("loreal", "cafe"),
        ("mens shoes", "mens"),
        ("men shoe", "mens"),
        ("belt", "belt"),  # an English word finds its Chinese name
        ("红色连衣裙", "red-dress"),  # and the other way round
        ("蓝色 衬衫", "blue-shirt"),
        ("白色", "tee"),
        ("red-dress", "red-dress"),
    ],
)
def test_words_find_their_product_first(catalog: Catalog, query: str, first: str) -> None:
    assert catalog.search_text(query)[0][0] == first


def test_every_word_counts_while_some_product_holds_them_all(catalog: Catalog) -> None:
    assert {found for found, _ in catalog.search_text("red dress")} == {"red-dress", "blue-shirt"}
    assert {found for found, _ in catalog.search_text("blue nonsense")} == {"blue-shirt"}
    assert catalog.search_text("nonsense") == []
    assert catalog.search_text("黄瓜") == []


def test_scores_fall(catalog: Catalog) -> None:
    scores = [score for _, score in catalog.search_text("red dress shirt 黑色")]
    assert len(scores) > 2
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("query", ["", "   ", '"', "''", "*", "AND", "NOT (", "a AND", "title:x", "^", "-", "😀", "\0"])
def test_operators_mean_nothing(catalog: Catalog, query: str) -> None:
    assert isinstance(catalog.search_text(query), list)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@example("\ud800")
@given(st.text())
def test_any_string_is_a_query(catalog: Catalog, query: str) -> None:
    assert len(catalog.search_text(query)) <= len(TITLES)


def test_a_very_long_query_is_cut(catalog: Catalog) -> None:
    assert match_expression("word " * 1000).count("word") < 100
    assert match_expression("连衣裙旗袍" * 1000).count('"') < 100
    assert catalog.search_text("dress " * 1000)


@given(st.text(alphabet="红色连衣裙abcAB é12 -", min_size=1))
def test_a_title_is_found_by_each_of_its_words(text: str) -> None:
    tokens = set(index_tokens(text))
    for word in fold_text(text).replace("-", " ").split():
        assert set(index_tokens(word)) <= tokens


def test_tokens() -> None:
    assert index_tokens("Shirts 连衣裙") == ("shirts", "shirt", "连", "衣", "裙", "连衣", "衣裙")
    assert index_tokens("Glasses, boxes & berries bus") == (
        "glasses", "glass", "boxes", "box", "berries", "berry", "berrie", "bus",
    )  # fmt: skip
    assert other_names("Red Hoodies") == ("红色", "卫衣")
    assert other_names("黑色皮带") == ("black", "belt", "腰带")
    assert other_names("粉红色 T恤") == ("pink", "粉色", "t shirt", "tee", "tshirt", "tee shirt", "t恤衫")
    assert other_names("Mens T-Shirts")[-2:] == ("t恤", "t恤衫")
    assert "衬衫" not in other_names("White T-Shirt")  # the longest phrase wins
    assert other_names("Sneakers") == ("trainers", "运动鞋")


@pytest.mark.parametrize(
    ("title", "queries"),
    [
        ("White T-Shirt", ["T恤", "白色T恤", "tee", "tshirt", "t shirt", "T-shirts"]),
        ("夏季T恤 男款", ["T-shirt", "tee", "tshirts", "men's t-shirt"]),
        ("Wool jumper", ["sweater", "毛衣", "羊毛毛衣"]),
        ("Trainers", ["sneaker", "运动鞋", "sneakers"]),
        ("Pink scarf", ["粉红色围巾", "粉色", "粉红色"]),
    ],
)
def test_words_of_one_meaning_find_each_other(tmp_path: Path, title: str, queries: list[str]) -> None:
    with Catalog.open(tmp_path, create=True) as catalog:
        with catalog.batch() as batch:
            batch.put_product(Product("it", title))
            batch.put_product(Product("other", "Oak table"))
        for query in queries:
            assert [found for found, _ in catalog.search_text(query)] == ["it"], query


def test_pink_is_not_red_although_its_chinese_name_ends_so(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, create=True) as catalog:
        with catalog.batch() as batch:
            batch.put_product(Product("pink", "Pink scarf"))
            batch.put_product(Product("rosa", "粉红色围巾"))
        assert catalog.search_text("红色") == []
        assert {found for found, _ in catalog.search_text("粉红色围巾")} == {"pink", "rosa"}


def test_a_page_far_down_and_the_total_know_no_end(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, create=True) as catalog:
        with catalog.batch() as batch:
            for number in range(1300):
                maker = "Acme" if number % 2 else "Other"
                batch.put_product(Product(f"p{number:04d}", "Mug " + "x " * (number % 7), brand=maker))
        assert catalog.count_text("mug") == 1300
        assert catalog.count_text("mug nonsense") == 1300
        assert catalog.count_text("nonsense") == 0
        pages = [catalog.search_text("mug", limit=100, offset=start) for start in range(0, 1400, 100)]
        assert sorted(found for page in pages for found, _ in page) == catalog.product_ids()
        whole = catalog.search_text("mug", limit=5000)
        assert [row for page in pages for row in page] == whole
        acme = Filter(brand="acme")
        assert catalog.count_text("mug", acme) == 650
        kept = set(catalog.product_ids(acme))
        assert catalog.search_text("mug", acme, 400, 20) == [row for row in whole if row[0] in kept][20:420]


def test_a_filter_that_drops_all_the_best_still_finds_the_rest(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, create=True) as catalog:
        with catalog.batch() as batch:
            for number in range(900):
                batch.put_product(Product(f"good{number:03d}", "Mug"))
            batch.put_product(Product("last", "Mug " + "and more words " * 9, brand="Rare"))
        assert [found for found, _ in catalog.search_text("mug", Filter(brand="rare"), 10)] == ["last"]


def test_a_changed_table_of_words_is_taken_up_when_the_shop_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Catalog.open(tmp_path, create=True) as catalog, catalog.batch() as batch:
        batch.put_product(Product("a", "Dongle"))
    changed = files("shoplens.catalog").joinpath("words.toml").read_bytes() + b'"dongle" = "\xe9\x80\x82\xe9\x85\x8d"\n'
    caches = (words._table, words.word_groups, words._english, words._chinese, words.known_names, text.other_names)
    try:
        monkeypatch.setattr(words, "_table", lambda: changed)
        for cached in caches[1:]:
            cached.cache_clear()
        with Catalog.open(tmp_path) as catalog:
            assert [found for found, _ in catalog.search_text("适配")] == ["a"]
    finally:
        monkeypatch.undo()
        for cached in caches[1:]:
            cached.cache_clear()


def test_labels_and_changes_are_found_at_once(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, create=True) as catalog:
        with catalog.batch() as batch:
            batch.put_product(Product("a", "Lamp"))
        catalog.put_labels([Label("a", "color", "green", 0.8, "model:x")])
        assert catalog.search_text("绿色 lamp")[0][0] == "a"
        with catalog.batch() as batch:
            batch.put_product(Product("a", "Chair"))
        assert catalog.search_text("lamp") == []
        assert [found for found, _ in catalog.search_text("green chair")] == ["a"]
        catalog.put_labels([Label("a", "color", "black", 0.8, "model:x")])
        assert catalog.search_text("green") == []
