"""The ways to ask over HTTP: examples, words beside them, uploaded photos, filters and facets."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from shoplens.catalog.facets import FACETS
from shoplens.catalog.filter import Filter
from shoplens.photos.encode import encode
from shoplens.shop import Shop
from tests.serving.drawn_shop import COLORS, photo


def upload(color: str, shape: str, seed: int = 7) -> tuple[str, bytes, str]:
    return "q.jpg", encode(photo(COLORS[color], shape, seed), "jpeg", 92), "image/jpeg"


def search(api: httpx.Client, files: list[tuple[str, Any]] | None = None, **form: Any) -> dict[str, Any]:  # noqa: ANN401
    answered = api.post("/v1/search", files=files or [], data=form)
    assert answered.status_code == 200, answered.text
    body: dict[str, Any] = answered.json()
    return body


def ids(body: dict[str, Any]) -> list[str]:
    return [row["product"]["id"] for row in body["results"]]


def listings(body: dict[str, Any]) -> list[str]:
    return [row["product"]["listing"] for row in body["results"]]


def test_several_photos_and_products_with_weights(api: httpx.Client) -> None:
    files = [("photo", upload("red", "shirt")), ("photo", upload("blue", "shirt"))]
    both = search(api, files)
    assert {"red", "blue"} == {name.split("-")[1].lower() for name in ids(both)[:2]}
    assert both["box"] is None
    assert "RED" in ids(search(api, files, weight=["9", "1"]))[0]
    assert "BLUE" in ids(search(api, files, weight=["1", "9"]))[0]
    alike = search(api, product=["MUG-RED"])
    assert "MUG-RED" not in ids(alike)
    assert alike["results"]


def test_not_like_that(api: httpx.Client) -> None:
    files = [("photo", upload("red", "shirt")), ("photo", upload("blue", "shirt"))]
    away = ids(search(api, [*files, ("not_photo", upload("blue", "shirt"))]))
    assert "RED" in away[0]
    assert "MUG-BLUE" not in ids(search(api, files, not_product=["MUG-BLUE"]))


@pytest.mark.parametrize("text", ["in green", "同款 绿色"])
def test_a_photo_and_a_colour(api: httpx.Client, text: str) -> None:
    found = search(api, [("photo", upload("red", "shirt"))], text=text)
    assert found["understood"]["colors"] == ["green"]
    assert found["results"]
    assert all("GREEN" in name for name in ids(found))


def test_an_uploaded_photo_is_asked_with_again_and_again(api: httpx.Client) -> None:
    kept = api.post("/v1/images", files={"photo": upload("yellow", "mug")})
    assert kept.status_code == 201
    body = kept.json()
    assert (body["width"], body["height"], body["expires_in"]) == (300, 300, 1800)
    direct = search(api, [("photo", upload("yellow", "mug"))])
    again = search(api, image_id=[body["image_id"]])
    assert ids(again)[:2] == ids(direct)[:2]
    assert again["box"] is not None
    part = search(api, image_id=[body["image_id"]], box="0.3,0.3,0.6,0.6", max_price="1")
    assert part["box"] == {"x0": 0.3, "y0": 0.3, "x1": 0.6, "y1": 0.6}
    assert part["results"] == []
    mixed = search(api, image_id=[body["image_id"]], text="in red")
    assert all("RED" in name for name in ids(mixed))


def test_an_image_that_is_not_there_is_told_with_the_remedy(api: httpx.Client) -> None:
    gone = api.post("/v1/search", data={"image_id": "nothing"})
    assert gone.status_code == 404
    assert gone.json()["code"] == "image_gone"
    assert gone.json()["remedy"] == "Upload it again."


def test_addresses_are_off_unless_the_shop_allows_them(api: httpx.Client) -> None:
    refused = api.post("/v1/search", data={"url": "https://shop.example/a.jpg"})
    assert refused.status_code == 400
    assert refused.json()["code"] == "search_by_url_off"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({}, 400),
        ({"not_product": ["MUG-RED"]}, 400),
        ({"product": ["MUG-RED"], "weight": ["1", "2"]}, 400),
        ({"product": ["MUG-RED"], "weight": ["0"]}, 400),
        ({"product": ["MUG-RED"], "weight": ["1e308"]}, 400),
        ({"product": ["MUG-RED", "MUG-BLUE"], "box": "0,0,1,1"}, 400),
        ({"product": ["MUG-RED"], "box": "0,0,1,1"}, 400),
        ({"product": ["nobody"]}, 404),
        ({"product": ["MUG-RED"] * 11}, 400),
        ({"product": ["MUG-RED"], "color": "loud"}, 400),
    ],
)
def test_what_cannot_be_asked(api: httpx.Client, form: dict[str, Any], status: int) -> None:
    assert api.post("/v1/search", data=form).status_code == status


def test_words_alone_may_be_posted_too(api: httpx.Client) -> None:
    posted = search(api, text="red shirt")
    assert ids(posted) == ids(api.get("/v1/search", params={"q": "red shirt"}).json())


def test_filters_by_colour_and_facets_agree_with_the_catalogue(api: httpx.Client, shop: Shop) -> None:
    red = search(api, [("photo", upload("blue", "shirt"))], color=["红色"])
    assert red["results"]
    assert all("RED" in name for name in ids(red))
    assert ids(api.get("/v1/search", params={"q": "shirt", "color": ["red", "blue"]}).json())
    found = search(api, [("photo", upload("blue", "shirt"))], facets="true", color=["red", "green"])
    assert set(found["facets"]) == set(FACETS)
    colors = {value["value"]: value["products"] for value in found["facets"]["color"]}
    assert colors == {
        name: len(shop.catalog.product_ids(Filter(colors=frozenset({name})))) for name in ("red", "green")
    }
    band = found["facets"]["price"][0]
    again = api.get(
        "/v1/products",
        params={
            "color": ["red", "green"],
            "min_price": band["min_price"],
            "max_price": band["max_price"],
            "currency": band["currency"],
        },
    ).json()
    assert again["total"] == band["products"]


def test_facets_of_words_and_of_the_list(api: httpx.Client) -> None:
    found = api.get("/v1/search", params={"q": "shirt", "facets": "availability, size"}).json()
    assert set(found["facets"]) == {"availability", "size"}
    listed = api.get("/v1/products", params={"q": "shirt", "facets": "availability,size", "limit": 1}).json()
    assert listed["facets"] == found["facets"]
    assert listed["total"] == sum(value["products"] for value in listed["facets"]["availability"])
    assert api.get("/v1/products").json()["facets"] == {}
