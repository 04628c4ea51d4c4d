"""The shop as written to a folder: complete, repeatable, and as its truth says."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from shoplens.demo.assortment import CATEGORIES, plan_assortment
from shoplens.demo.faults import plan_faults
from shoplens.demo.merchant_feed import COLUMNS, write_merchant_feed
from shoplens.demo.shop import draw_shop
from shoplens.demo.shoppers import END, write_events
from shoplens.demo.truth import DemoTruth, TrueProduct
from shoplens.errors import BadInput, PhotoError
from shoplens.photos.decode import decode_file

_SIZE = 96


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DemoTruth]:
    folder = tmp_path_factory.mktemp("shop")
    return folder, draw_shop(folder, products=48, size=_SIZE, workers=2)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_same_seed_same_bytes_with_any_number_of_workers(tmp_path: Path) -> None:
    for name, seed, workers in (("one", 3, 1), ("three", 3, 3), ("other", 4, 2)):
        draw_shop(tmp_path / name, seed=seed, products=16, size=64, workers=workers)
    assert _digests(tmp_path / "one") == _digests(tmp_path / "three")
    assert _digests(tmp_path / "one") != _digests(tmp_path / "other")


def test_the_full_shop_has_enough_of_everything() -> None:
    articles = plan_assortment(7, 320)
    assert len({article.listing for article in articles}) == 320
    assert len(CATEGORIES) >= 14
    assert min(Counter(article.category.key for article in articles).values()) >= 13
    ids = [product_id for article in articles for product_id in article.product_ids]
    photos = [name for article in articles for name in article.photos]
    assert len(set(ids)) == len(ids) > 400
    assert 1000 <= len(set(photos)) == len(photos) <= 1300
    assert all(2 <= len(article.photos) <= 4 and article.views[0] == "front" for article in articles)
    colors = Counter(article.listing for article in articles)
    assert sum(count > 1 for count in colors.values()) > 40
    assert len({article.look.main.pattern for article in articles}) >= 10
    looks = {(a.category.key, a.color, a.look.main.pattern, a.look.seed) for a in articles}
    assert len(looks) == len(articles)


def test_the_full_shop_plants_every_fault_on_about_thirty_photos() -> None:
    articles = plan_assortment(7, 320)
    plan = plan_faults(articles, 7)
    codes = Counter(code for code, _ in plan.spoiled.values()) + Counter(code for code, _, _ in plan.copies.values())
    assert set(codes) == {
        "photo_truncated",
        "photo_not_an_image",
        "photo_empty",
        "photo_too_small",
        "photo_extreme_aspect",
        "photo_blurred",
        "photo_too_dark",
        "photo_too_bright",
        "photo_low_contrast",
        "photo_blank",
        "background_not_white",
        "photo_border",
        "photo_duplicate",
        "photo_near_duplicate",
    }
    assert 25 <= codes.total() <= 40
    assert len(plan.misfiled) == 3
    assert not set(plan.spoiled) & set(plan.copies)
    untouched = {source for _, _, source in plan.copies.values()}
    assert not untouched & (set(plan.spoiled) | set(plan.copies))


def test_the_feed_is_a_merchant_feed(shop: tuple[Path, DemoTruth]) -> None:
    folder, truth = shop
    rows = _rows(folder / "products.tsv")
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == truth.rows == sum(len(product.product_ids) for product in truth.products)
    for row in rows:
        assert 0 < len(row["id"]) <= 50
        assert 0 < len(row["title"]) <= 150
        amount, currency = row["price"].split()
        assert currency == "USD"
        assert Decimal(amount) > 0
        if row["sale_price"]:
            assert Decimal(row["sale_price"].split()[0]) < Decimal(amount)
        assert row["availability"] in {"in_stock", "out_of_stock", "preorder", "backorder"}
        photos = [row["image_link"], *filter(None, row["additional_image_link"].split(","))]
        assert 2 <= len(photos) <= 4
        assert all((folder / photo).is_file() for photo in photos)
        assert any("\u4e00" <= letter <= "\u9fff" for letter in row["custom_label_0"])
        if row["gtin"]:
            digits = [int(digit) for digit in row["gtin"]]
            assert len(digits) == 13
            assert sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0


def test_variants_share_a_group_and_sizes_share_photos(tmp_path: Path) -> None:
    articles = plan_assortment(7, 120)
    write_merchant_feed(tmp_path / "feed.tsv", articles, {})
    groups: dict[str, list[dict[str, str]]] = {}
    for row in _rows(tmp_path / "feed.tsv"):
        groups.setdefault(row["item_group_id"], []).append(row)
    groups.pop("")
    assert all(len(rows) > 1 for rows in groups.values())
    sized = [rows for rows in groups.values() if rows[0]["size"]]
    assert sized
    for rows in sized:
        for color in {row["color"] for row in rows}:
            same = [row for row in rows if row["color"] == color]
            assert len({row["image_link"] for row in same}) == 1
            assert len({row["size"] for row in same}) == len(same) > 1


def test_a_chinese_shopper_finds_a_red_striped_t_shirt(tmp_path: Path) -> None:
    articles = [a for a in plan_assortment(7, 320) if a.category.key == "t-shirts" and a.look.main.pattern == "striped"]
    write_merchant_feed(tmp_path / "feed.tsv", articles, {})
    for row in _rows(tmp_path / "feed.tsv"):
        assert "条纹" in row["custom_label_0"]
        assert "T恤" in row["custom_label_0"]
        assert "striped" in row["title"]
        assert "条纹" in row["description"]


def test_truth_names_every_photo_and_survives_saving(shop: tuple[Path, DemoTruth]) -> None:
    folder, truth = shop
    assert DemoTruth.load(folder / "truth.json") == truth
    named = {photo for product in truth.products for photo in product.photos}
    assert named == {path.name for path in (folder / "photos").iterdir()}
    assert {query.photo for query in truth.queries} == {path.name for path in (folder / "queries").iterdir()}
    assert {product.category for product in truth.products} == {category.key for category in CATEGORIES}
    owners = {product_id for product in truth.products for product_id in product.product_ids}
    assert {fault.product_id for fault in truth.faults} <= owners
    assert {fault.photo for fault in truth.faults} <= named


def test_planted_files_are_faulty_and_the_others_decode(shop: tuple[Path, DemoTruth]) -> None:
    folder, truth = shop
    faults = {fault.photo: fault for fault in truth.faults}
    broken = {"photo_truncated", "photo_not_an_image", "photo_empty"}
    assert broken & {fault.code for fault in truth.faults}
    for product in truth.products:
        for name in product.photos:
            fault = faults.get(name)
            if fault is not None and fault.code in broken:
                with pytest.raises(PhotoError) as caught:
                    decode_file(folder / "photos" / name)
                assert caught.value.code == fault.code
                continue
            facts = decode_file(folder / "photos" / name).facts
            altered = fault is not None and fault.how in {"shrunk", "strip", "resized"}
            assert ((facts.width, facts.height) == (_SIZE, _SIZE)) is not altered


def test_misfiled_products_stand_under_a_wrong_category(tmp_path: Path) -> None:
    articles = plan_assortment(7, 320)
    plan = plan_faults(articles, 7)
    wrong = {key: (shelf.category.path, shelf.category.google) for key, shelf in plan.misfiled.items()}
    write_merchant_feed(tmp_path / "feed.tsv", articles, wrong)
    filed = {row["id"]: row["product_type"] for row in _rows(tmp_path / "feed.tsv")}
    true = {product_id: article for article in articles for product_id in article.product_ids}
    astray = {product_id for product_id, path in filed.items() if path != true[product_id].category.path}
    assert {true[product_id].id for product_id in astray} == set(plan.misfiled)


def test_events_follow_the_planted_tastes(tmp_path: Path) -> None:
    articles = plan_assortment(7, 320)
    tastes, count = write_events(tmp_path / "events.jsonl", articles, 7)
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(tastes) == 200
    assert count == len(events) > 3000
    assert len({event["eventId"] for event in events}) == count
    times = [dt.datetime.fromisoformat(event["eventTime"]) for event in events]
    assert times == sorted(times)
    assert times[-1] < END
    assert END - times[0] <= dt.timedelta(days=60)
    products = {
        product_id: TrueProduct(
            a.id, a.listing, a.product_ids, a.category.key, a.category.path, a.color, "", float(a.price), (), ()
        )
        for a in articles
        for product_id in a.product_ids
    }
    by_visitor = {taste.visitor: taste for taste in tastes}
    fits = [
        by_visitor[event["visitorId"]].fits(products[event["productDetails"][0]["product"]["id"]])
        for event in events
        if event["eventType"] == "detail-page-view"
    ]
    assert 0.8 < sum(fits) / len(fits) < 0.95
    for taste in tastes:
        assert len({product.listing for product in products.values() if taste.fits(product)}) >= 3


def test_sessions_are_whole_and_baskets_go_together(tmp_path: Path) -> None:
    articles = plan_assortment(7, 120)
    write_events(tmp_path / "events.jsonl", articles, 7)
    category = {product_id: a.category for a in articles for product_id in a.product_ids}
    sessions: dict[str, list[dict[str, object]]] = {}
    for line in (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        sessions.setdefault(event["sessionId"], []).append(event)
    orders = 0
    for session in sessions.values():
        kinds = Counter(event["eventType"] for event in session)
        assert 3 <= kinds["detail-page-view"] <= 10
        for event in session:
            if event["eventType"] != "purchase-complete":
                continue
            orders += 1
            ids = [detail["product"]["id"] for detail in event["productDetails"]]  # type: ignore[attr-defined]
            assert len(ids) >= 1
            first = category[ids[0]]
            for other in ids[1:]:
                assert first.key in category[other].companions or category[other].key in first.companions
    assert orders > 30


def test_progress_counts_every_photo_once(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    truth = draw_shop(tmp_path, products=5, size=64, workers=2, progress=lambda done, total: seen.append((done, total)))
    total = sum(len(product.photos) for product in truth.products) + len(truth.queries)
    assert seen == [(number, total) for number in range(1, total + 1)]


@pytest.mark.parametrize("wrong", [{"products": 0}, {"size": 20}, {"workers": 0}])
def test_what_cannot_be_drawn_is_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(BadInput, match="Received"):
        draw_shop(tmp_path, **wrong)  # type: ignore[arg-type]
