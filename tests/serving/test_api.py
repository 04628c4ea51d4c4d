"""The HTTP API, through a real server on a drawn shop."""

from __future__ import annotations

import base64
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from shoplens.demo.backdrop import surface
from shoplens.photos.decode import decode
from shoplens.photos.encode import encode
from shoplens.serving.app import make_app
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.models.tiny_bundle import tiny_bundle
from tests.serving.conftest import serving
from tests.serving.drawn_shop import COLORS, HOSTILE_TITLE, RIGHT_TO_LEFT_TITLE, photo


def jpeg(color: str = "red", shape: str = "shirt", seed: int = 77) -> bytes:
    return encode(photo(COLORS[color], shape, seed), "jpeg")


def found(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [match["product"]["listing"] for match in answer.json()["results"]]


def search(api: httpx.Client, data: bytes, **fields: object) -> httpx.Response:
    return api.post("/v1/search", files={"photo": ("photo.jpg", data)}, data=fields)


class TestSearch:
    @pytest.mark.parametrize("color", COLORS)
    def test_finds_the_article_of_the_same_colour_first(self, api: httpx.Client, color: str) -> None:
        assert found(search(api, jpeg(color)))[0] == f"SHIRT-{color.upper()}"

    def test_shows_each_listing_once(self, api: httpx.Client) -> None:
        listings = found(search(api, jpeg(), limit=50))
        assert len(listings) == len(set(listings)) == 10

    def test_says_what_each_match_is(self, api: httpx.Client) -> None:
        answer = search(api, jpeg()).json()
        assert all(match["relation"] in ("exact", "similar", "related") for match in answer["results"])
        chances = [match["same_product"] for match in answer["results"]]
        assert chances == sorted(chances, reverse=True)
        assert answer["kinds"][0]["probability"] == max(kind["probability"] for kind in answer["kinds"])
        assert {kind["category"] for kind in answer["kinds"]} <= {m["product"]["category"] for m in answer["results"]}
        words = api.get("/v1/search", params={"q": "shirt"}).json()
        assert words["no_match"] is False
        assert words["results"][0]["same_product"] is None

    def test_diversity_is_a_share(self, api: httpx.Client) -> None:
        varied = found(search(api, jpeg(), diversity=0.9))
        assert varied[0] == found(search(api, jpeg()))[0]
        assert search(api, jpeg(), diversity=2).status_code == 422

    def test_why_shows_the_place_and_the_reasons(self, api: httpx.Client) -> None:
        best = search(api, jpeg()).json()["results"][0]["product"]["id"]
        answer = api.post("/v1/why", files={"photo": ("p.jpg", jpeg())}, data={"product": best}).json()
        assert {"code": "same_color", "value": "red"} in answer["match"]["reasons"]
        picture = decode(base64.b64decode(answer["picture"]))
        assert picture.pixels.shape[:2] == (answer["height"], answer["width"])
        missing = api.post("/v1/why", files={"photo": ("p.jpg", jpeg())}, data={"product": "nope"})
        assert missing.status_code == 404

    def test_why_is_asked_of_an_uploaded_image_too(self, api: httpx.Client) -> None:
        first = search(api, jpeg()).json()["results"][0]
        kept = api.post("/v1/images", files={"photo": ("p.jpg", jpeg())}).json()["image_id"]
        told = api.post("/v1/why", data={"image_id": kept, "product": first["product"]["id"]}).json()["match"]
        assert told["reasons"]
        assert [told[name] for name in ("score", "relation", "photo")] == [
            first[name] for name in ("score", "relation", "photo")
        ]
        both = {"image_id": kept, "product": first["product"]["id"]}
        for answer in (
            api.post("/v1/why", data=both, files={"photo": ("p.jpg", jpeg())}),
            api.post("/v1/why", data={"product": first["product"]["id"]}),
        ):
            assert answer.status_code == 400
        gone = api.post("/v1/why", data={"image_id": "nobody", "product": first["product"]["id"]})
        assert gone.status_code == 404

    def test_the_whole_photo_is_a_box_like_any_other(self, api: httpx.Client) -> None:
        small = np.full((300, 300, 3), COLORS["blue"], np.uint8)
        small[100:200, 100:200] = COLORS["red"]
        whole = search(api, encode(small, "png"), box="0,0,1,1").json()
        assert whole["box"] == {"x0": 0, "y0": 0, "x1": 1, "y1": 1}
        assert whole["results"][0]["score"] != search(api, encode(small, "png")).json()["results"][0]["score"]

    def test_names_that_are_none_are_refused_with_the_choices(self, api: httpx.Client) -> None:
        for data, choice in (({"availability": "sold"}, "preorder"), ({"facets": "colour"}, "color")):
            answer = search(api, jpeg(), **data)
            assert answer.status_code == 400
            assert choice in answer.text
        assert api.get("/v1/search", params={"q": "shirt", "availability": "sold"}).status_code == 400
        assert api.get("/v1/products", params={"facets": "nonsense"}).status_code == 400

    def test_keeps_to_the_filters(self, api: httpx.Client) -> None:
        answer = search(api, jpeg("green"), category="Home", availability="in_stock", max_price="12")
        assert {match["product"]["category"] for match in answer.json()["results"]} == {"Home > Mugs"}
        assert set(found(answer)) == {"MUG-RED", "MUG-BLUE", "ODD/1"}

    def test_looks_at_the_box_alone(self, api: httpx.Client) -> None:
        red, blue = photo(COLORS["red"], "mug"), photo(COLORS["blue"], "mug")
        both = red.copy()
        both[:, 150:] = blue[:, :150]
        answer = search(api, encode(both, "jpeg"), box="0.5,0,1,1")
        assert answer.json()["box"] == {"x0": 0.5, "y0": 0, "x1": 1, "y1": 1}
        assert "BLUE" in found(answer)[0]

    @pytest.mark.parametrize("words", ["blue shirt", "SHIRT BLUE", "蓝色衬衫", "蓝色"])
    def test_finds_words_in_english_and_chinese(self, api: httpx.Client, words: str) -> None:
        assert "SHIRT-BLUE" in found(api.get("/v1/search", params={"q": words}))[:2]

    def test_scores_are_at_most_one(self, api: httpx.Client) -> None:
        assert all(0 <= match["score"] <= 1 for match in search(api, jpeg()).json()["results"])

    @pytest.mark.parametrize("words", ["", "\x00", '"', "a AND", "*", "🧦" * 200, "' OR 1=1 --"])
    def test_any_words_are_a_question(self, api: httpx.Client, words: str) -> None:
        assert api.get("/v1/search", params={"q": words}).status_code == 200


class TestObjects:
    @pytest.fixture
    def room(self) -> bytes:
        """A large red shirt at the upper left and a small blue one at the lower right, on marble."""
        scene = surface("marble", 2, 480).copy()
        for shirt, left, top in (
            (photo(COLORS["red"], "shirt", 77), 5, 0),
            (photo(COLORS["blue"], "shirt", 77)[::2, ::2], 315, 320),
        ):
            inside = shirt.min(axis=2) < 240
            scene[top : top + inside.shape[0], left : left + inside.shape[1]][inside] = shirt[inside]
        return encode(scene, "jpeg")

    def test_each_product_of_a_photo_has_its_group(self, api: httpx.Client, room: bytes) -> None:
        answer = api.post("/v1/search/objects", files={"photo": ("room.jpg", room)}, data={"limit": 3})
        assert answer.status_code == 200, answer.text
        groups = answer.json()["groups"]
        assert ["RED" in group["results"][0]["product"]["listing"] for group in groups] == [True, False]
        assert "BLUE" in groups[1]["results"][0]["product"]["listing"]
        assert all(len(group["results"]) == 3 for group in groups)
        assert groups[0]["box"]["x1"] < 0.7 < groups[1]["box"]["x1"]
        assert answer.json()["token"]
        assert [type(group["no_match"]) for group in groups] == [bool, bool]
        for group in groups:
            assert group["kinds"][0]["probability"] == max(kind["probability"] for kind in group["kinds"])

    def test_at_most_as_many_groups_as_wanted(self, api: httpx.Client, room: bytes) -> None:
        data = {"objects": 1, "category": "Home"}
        groups = api.post("/v1/search/objects", files={"photo": ("room.jpg", room)}, data=data).json()["groups"]
        assert len(groups) == 1
        assert {match["product"]["category"] for match in groups[0]["results"]} == {"Home > Mugs"}

    def test_filters_are_those_of_a_search_by_photo(self, api: httpx.Client, room: bytes) -> None:
        data = {"objects": 1, "color": "blue", "limit": 5}
        groups = api.post("/v1/search/objects", files={"photo": ("room.jpg", room)}, data=data).json()["groups"]
        assert all("BLUE" in match["product"]["id"] for match in groups[0]["results"])
        assert groups[0]["results"]
        wrong = api.post("/v1/search/objects", files={"photo": ("room.jpg", room)}, data={"color": "nonsense"})
        assert wrong.status_code in (400, 422)

    def test_says_where_the_products_are(self, api: httpx.Client, room: bytes) -> None:
        found = api.post("/v1/objects", files={"photo": ("room.jpg", room)}).json()
        assert [one["box"] for one in found] == [
            group["box"]
            for group in api.post("/v1/search/objects", files={"photo": ("room.jpg", room)}).json()["groups"]
        ]

    def test_takes_a_plain_photo_whole(self, api: httpx.Client) -> None:
        plain = encode(np.full((90, 90, 3), 200, np.uint8), "png")
        found = api.post("/v1/objects", files={"photo": ("plain.png", plain)}).json()
        assert found == [{"box": {"x0": 0, "y0": 0, "x1": 1, "y1": 1}, "score": 0}]

    def test_refuses_what_is_no_picture(self, api: httpx.Client) -> None:
        for path in ("/v1/objects", "/v1/search/objects"):
            assert api.post(path, files={"photo": ("x.jpg", b"no picture")}).status_code in (415, 422)


class TestProducts:
    def test_the_shop_at_a_glance(self, api: httpx.Client) -> None:
        shop = api.get("/v1/shop").json()
        assert (shop["name"], shop["products"], shop["listings"], shop["photos"]) == ("Drawn shop", 14, 10, 10)
        assert shop["categories"] == [["Clothing > Shirts", 9], ["Home > Mugs", 5]]
        assert shop["findings"]["photo_too_small"] == 1

    def test_pages_hold_every_product_once(self, api: httpx.Client) -> None:
        pages = [api.get("/v1/products", params={"offset": at, "limit": 5}).json() for at in (0, 5, 10)]
        ids = [product["id"] for page in pages for product in page["products"]]
        assert len(ids) == len(set(ids)) == pages[0]["total"] == 14

    def test_a_finding_leads_to_its_product(self, api: httpx.Client) -> None:
        page = api.get("/v1/products", params={"finding": "photo_too_small"}).json()
        assert [product["id"] for product in page["products"]] == ["MUG-YELLOW"]
        assert {"code": "photo_too_small", "severity": "error"} in page["findings"]["MUG-YELLOW"]

    def test_a_product_page_has_its_variants_and_photos(self, api: httpx.Client) -> None:
        page = api.get("/v1/products/SHIRT-RED-S/page").json()
        assert [variant["id"] for variant in page["variants"]] == ["SHIRT-RED-M"]
        assert page["product"]["price"] == {"amount": "25.00", "currency": "USD"}
        assert page["photos"][0]["width"] == 300

    def test_an_id_with_a_slash(self, api: httpx.Client) -> None:
        assert api.get("/v1/products/ODD%2F1/page").json()["product"]["title"] == HOSTILE_TITLE

    def test_titles_come_back_as_they_are(self, api: httpx.Client) -> None:
        assert api.get("/v1/products/ODD-2/page").json()["product"]["title"] == RIGHT_TO_LEFT_TITLE

    def test_categories_have_a_photo(self, api: httpx.Client) -> None:
        shelves = api.get("/v1/categories").json()
        assert {shelf["path"]: shelf["products"] for shelf in shelves} == {"Clothing > Shirts": 9, "Home > Mugs": 5}
        assert all(len(shelf["photo"]) == 64 for shelf in shelves)
        for shelf in shelves:
            page = api.get("/v1/products", params={"category": shelf["path"], "limit": 6}).json()
            grave = {i for i, found in page["findings"].items() if any(one["severity"] != "info" for one in found)}
            sound = {one["photo"] for one in page["products"] if one["id"] not in grave and one["photo"]}
            assert shelf["photo"] in sound or not sound

    @pytest.mark.parametrize("size", [160, 320, 640, 1280])
    def test_thumbnails_are_webp_no_larger_than_asked(self, api: httpx.Client, size: int) -> None:
        sha256 = api.get("/v1/products/MUG-RED/page").json()["photos"][0]["sha256"]
        answer = api.get(f"/v1/photos/{sha256}", params={"size": size})
        facts = decode(answer.content).facts
        assert (facts.format, facts.width) == ("webp", min(size, 300))
        assert "immutable" in answer.headers["cache-control"]

    @pytest.mark.parametrize("size", ["161", "0", "-1", "100000", "x"])
    def test_thumbnails_come_in_the_listed_sizes_only(self, api: httpx.Client, size: str) -> None:
        sha256 = api.get("/v1/products/MUG-RED/page").json()["photos"][0]["sha256"]
        assert api.get(f"/v1/photos/{sha256}", params={"size": size}).status_code == 422

    @pytest.mark.parametrize("name", ["0" * 64, "../../catalog.db", "..%2f..%2fcatalog.db", "x", "A" * 64])
    def test_no_other_file_is_shown(self, api: httpx.Client, name: str) -> None:
        assert api.get(f"/v1/photos/{name}").status_code == 404

    @pytest.mark.parametrize("name", ["../catalog.db", "..%2fcatalog.db", "nothing.jpg"])
    def test_examples_are_those_listed(self, api: httpx.Client, name: str) -> None:
        assert api.get("/v1/examples").json() == ["red-shirt.jpg"]
        assert api.get("/v1/examples/red-shirt.jpg").headers["content-type"] == "image/jpeg"
        assert api.get(f"/v1/examples/{name}").status_code == 404


class TestRecommend:
    def test_similar_products_say_why(self, api: httpx.Client) -> None:
        results = api.get("/v1/recommend/similar", params={"product": "SHIRT-RED-S"}).json()["results"]
        assert "SHIRT-RED" not in [match["product"]["listing"] for match in results]
        # Colour is all that this shop's vectors know.
        assert results[0]["product"]["attributes"]["color"] == "red"
        assert {"code": "same_color", "value": "red"} in results[0]["reasons"]

    def test_what_was_bought_together_goes_well(self, api: httpx.Client) -> None:
        best = api.get("/v1/recommend/bought-together", params={"product": "SHIRT-RED-S"}).json()["results"][0]
        assert best["product"]["id"] == "MUG-RED"
        assert {"code": "bought_together", "value": "7"} in best["reasons"]

    def test_a_basket(self, api: httpx.Client) -> None:
        assert "MUG-RED" in found(api.post("/v1/recommend/bought-together", json={"products": ["SHIRT-RED-S"]}))

    def test_nobody_in_particular_gets_what_is_popular(self, api: httpx.Client) -> None:
        best = api.post("/v1/recommend/for-you", json={}).json()["results"][0]
        assert {"code": "trending", "value": ""} in best["reasons"]

    def test_views_lead_to_recommendations_within_the_filters(self, api: httpx.Client) -> None:
        answer = api.post("/v1/recommend/for-you", json={"viewed": ["MUG-RED"], "category": "Home"})
        assert "MUG-RED" not in found(answer)
        assert {match["product"]["category"] for match in answer.json()["results"]} == {"Home > Mugs"}


class TestVision:
    def test_classify_names_the_colour_in_two_languages(self, api: httpx.Client) -> None:
        color = api.post("/v1/classify", files={"photo": jpeg("red")}).json()["colors"][0]
        assert (color["name"], color["name_zh"]) == ("red", "红色")

    def test_explain_shows_where_the_photo_speaks_for_a_category(self, api: httpx.Client) -> None:
        said = api.post("/v1/explain", files={"photo": jpeg("red")}).json()
        picture = decode(base64.b64decode(said["picture"])).pixels
        assert picture.shape == (said["height"], said["width"], 3)
        assert 0 < said["probability"] <= 1
        again = api.post("/v1/explain", files={"photo": jpeg("red")}, data={"label": "连衣裙"}).json()
        assert again["label"] == "Clothing > Dresses"

    def test_explaining_an_unknown_category_is_the_callers_mistake(self, api: httpx.Client) -> None:
        answer = api.post("/v1/explain", files={"photo": jpeg("red")}, data={"label": "starship"})
        assert answer.status_code in (400, 422)
        assert answer.json()["code"] == "unknown_name"

    def test_inspect_says_what_is_wrong(self, api: httpx.Client) -> None:
        small = encode(photo(COLORS["red"], "mug")[::6, ::6], "jpeg")
        codes = [finding["code"] for finding in api.post("/v1/inspect", files={"photo": small}).json()]
        assert "photo_too_small" in codes

    def test_a_file_that_is_no_photo_is_a_finding(self, api: httpx.Client) -> None:
        answer = api.post("/v1/inspect", files={"photo": ("photo.jpg", b"no photo at all")})
        assert [finding["severity"] for finding in answer.json()] == ["error"]

    def test_what_the_server_does_not_take_is_no_finding(self, api: httpx.Client) -> None:
        large = encode(np.full((5_100, 5_000, 3), 255, np.uint8), "jpeg", 50)
        answer = api.post("/v1/inspect", files={"photo": ("large.jpg", large)})
        assert (answer.status_code, answer.json()["code"]) == (413, "photo_too_many_pixels")

    @pytest.mark.parametrize("lang", ["en", "zh"])
    def test_every_finding_has_words(self, api: httpx.Client, lang: str) -> None:
        texts = api.get("/v1/findings/texts", params={"lang": lang}).json()
        codes = {issue["finding"]["code"] for issue in api.get("/v1/findings").json()["findings"]}
        assert codes <= set(texts)
        assert all(text["title"] for text in texts.values())


class TestEvents:
    def view(self, event_id: str) -> dict[str, Any]:
        product = {"product": {"id": "ODD-2"}}
        return {
            "eventId": event_id,
            "eventType": "detail-page-view",
            "visitorId": "a-visitor",
            "eventTime": "2026-11-20T10:00:00Z",
            "productDetails": [product],
        }

    def test_what_is_accepted_is_counted_once(self, api: httpx.Client) -> None:
        one = api.post("/v1/events", json=self.view("once")).json()
        two = api.post("/v1/events", json=[self.view("once"), self.view("twice")]).json()
        assert (one["accepted"], two["accepted"], two["repeated"]) == (1, 1, 1)

    def test_a_bad_event_is_named_and_the_rest_goes_through(self, api: httpx.Client) -> None:
        answer = api.post("/v1/events", json=[{**self.view("bad"), "eventTime": "yesterday"}, self.view("good")]).json()
        assert answer["accepted"] == 1
        assert answer["rejected"][0]["number"] == 1

    def test_no_more_than_a_thousand(self, api: httpx.Client) -> None:
        answer = api.post("/v1/events", json=[self.view("x")] * 1001)
        assert answer.status_code == 400
        assert "1000" in answer.json()["detail"]


def ended(api: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while job["state"] == "running" and time.monotonic() < deadline:
        time.sleep(0.05)
        job = api.get(f"/v1/imports/{job['id']}").json()
    return job


class TestImports:
    @pytest.fixture
    def empty(self, tmp_path: Path) -> Iterator[httpx.Client]:
        write_setting(tmp_path / SETTINGS_FILE, "model", "none")
        with (
            Shop.open(tmp_path, create=True) as shop,
            serving(make_app(shop)) as at,
            httpx.Client(base_url=at) as client,
        ):
            yield client

    def test_what_is_imported_can_be_found(self, empty: httpx.Client) -> None:
        feed = "id\ttitle\timage_link\tavailability\tprice\nNEW\tGreen teapot\t\tin_stock\t10.90 USD\n"
        job = empty.post("/v1/imports", files={"feed": ("small.tsv", feed)}).json()
        assert (job["state"], job["source"]) == ("running", "small.tsv")
        job = ended(empty, job)
        assert (job["state"], job["origin"]) == ("done", "google"), job
        assert empty.get("/v1/imports").json() == [job]
        assert found(empty.get("/v1/search", params={"q": "teapot"})) == ["NEW"]

    def test_what_it_says_names_no_folder_of_the_server(self, empty: httpx.Client, tmp_path: Path) -> None:
        feed = "id\ttitle\timage_link\tavailability\tprice\nNEW\tGreen teapot\tnowhere.jpg\tin_stock\t10.90 USD\n"
        job = ended(empty, empty.post("/v1/imports", files={"feed": ("small.tsv", feed)}).json())
        assert job["summary"]["problem_counts"] == {"photo_not_found": 1}
        assert str(tmp_path) not in json.dumps(job)
        assert list((tmp_path / "uploads").iterdir()) == []

    def test_an_empty_shop_answers_with_nothing(self, empty: httpx.Client) -> None:
        assert empty.get("/v1/shop").json()["products"] == 0
        assert found(search(empty, jpeg())) == []
        assert found(empty.post("/v1/recommend/for-you", json={})) == []

    def test_a_feed_has_a_known_ending(self, api: httpx.Client) -> None:
        answer = api.post("/v1/imports", files={"feed": ("feed.exe", b"MZ")})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")

    def test_a_feed_that_is_none_fails_with_words(self, api: httpx.Client) -> None:
        job = ended(api, api.post("/v1/imports", files={"feed": ("feed.xml", b"<html>not found</html>")}).json())
        assert job["state"] == "failed"
        assert job["summary"]["error"]


class TestOperations:
    def test_health_and_readiness(self, api: httpx.Client) -> None:
        assert api.get("/health").json() == {"status": "ok"}
        assert api.get("/ready").json() == {"status": "ready", "photos": 10}

    def test_a_shop_whose_photos_have_no_vectors_is_not_ready(self, shop: Shop, tmp_path: Path) -> None:
        copy = tmp_path / "shop"
        shutil.copytree(shop.folder, copy)
        with Shop.open(copy) as other, other.catalog.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM embeddings")
        with Shop.open(copy) as other, serving(make_app(other)) as at:
            answer = httpx.get(f"{at}/ready", timeout=60)
        assert (answer.status_code, answer.json()["code"]) == (503, "index_mismatch")

    def test_metrics_are_labelled_by_route_and_never_by_path(self, api: httpx.Client) -> None:
        api.get("/v1/products/a-product-that-is-not-there/page")
        api.get("/a-page-that-is-not-there")
        text = api.get("/metrics").text
        assert 'route="/v1/products/{product_id:path}/page",status="404"' in text
        assert "not-there" not in text

    def test_the_description_is_shown_without_another_site(self, api: httpx.Client) -> None:
        docs = api.get("/docs").text
        assert "swagger-ui-bundle.js" in docs
        assert "https://" not in docs
        assert api.get("/swagger/swagger-ui-bundle.js").status_code == 200

    def test_the_answer_is_json_that_programs_can_read(self, api: httpx.Client) -> None:
        assert json.loads(api.get("/openapi.json").text)["info"]["title"] == "ShopLens"


class TestModels:
    def test_lists_the_bundles_and_the_one_in_use(self, api: httpx.Client, shop: Shop) -> None:
        found = api.get("/v1/models").json()
        assert found["in_use"] == shop.settings.model
        assert [model["name"] for model in found["models"]] == ["base"]
        base = found["models"][0]
        assert base["id"] == shop.bundle("base").id
        assert base["labels"] == list(shop.bundle("base").labels)
        assert base["card"]["licence"]
        assert base["problem"] == ""
        assert found["history"][-1]["name"] == shop.settings.model

    def test_nothing_can_be_changed_there(self, api: httpx.Client) -> None:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert api.request(method, "/v1/models").status_code == 405

    def test_a_damaged_bundle_is_named_as_such(self, tmp_path: Path) -> None:
        with Shop.open(tmp_path / "shop", create=True) as shop:
            damaged = tiny_bundle(shop.folder / "bundles").path
            (damaged / "model.onnx").write_bytes(b"half")
            with serving(make_app(shop)) as at:
                found = httpx.get(f"{at}/v1/models").json()["models"]
        assert [model["name"] for model in found] == ["base", "tiny"]
        assert "altered" in found[1]["problem"]
