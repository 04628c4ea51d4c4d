"""Product defects over HTTP."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx
import pytest

from shoplens.photos.decode import decode
from shoplens.photos.encode import EncodeFormat, encode
from shoplens.photos.transform import resize
from shoplens.records import Pixels
from shoplens.serving.app import make_app
from shoplens.shop import Shop
from tests.quality.defects.drawn_line import good, other_product, scratched
from tests.serving.conftest import serving


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with Shop.open(tmp_path_factory.mktemp("lines"), create=True) as shop:
        shop.defects.learn("discs", [encode(good(seed), "png") for seed in range(8)])
        yield shop


@pytest.fixture(scope="module")
def client(shop: Shop) -> Iterator[httpx.Client]:
    with serving(make_app(shop)) as at, httpx.Client(base_url=at, timeout=60) as client:
        yield client


def ask(client: httpx.Client, pixels: Pixels, line: str = "discs") -> httpx.Response:
    return client.post(f"/v1/lines/{line}/inspect", files={"photo": ("p.png", encode(pixels, "png"), "image/png")})


def test_lines_are_listed_and_photos_judged(client: httpx.Client) -> None:
    (known,) = client.get("/v1/lines").json()
    assert (known["line"], known["samples"]) == ("discs", 8)
    assert ask(client, good(90)).json()["outcome"] == "good"
    other = ask(client, other_product(0)).json()
    assert (other["outcome"], other["box"]) == ("other_product", None)
    broken = ask(client, scratched(91)).json()
    assert broken["outcome"] == "defect"
    assert broken["score"] > broken["threshold"]
    assert broken["box"]["x0"] < 0.5 < broken["box"]["x1"]
    picture = decode(base64.b64decode(broken["picture"])).pixels
    assert picture.shape[:2] == (broken["height"], broken["width"])


def test_a_large_photo_is_scored_over_http_as_from_python(shop: Shop, client: httpx.Client) -> None:
    large = resize(scratched(91), 1500, 1100)
    kinds: tuple[EncodeFormat, ...] = ("png", "jpeg")
    for kind in kinds:
        data = encode(large, kind)
        said = client.post("/v1/lines/discs/inspect", files={"photo": ("p", data)}).json()
        assert said["score"] == pytest.approx(shop.defects.inspect("discs", data).score, abs=1e-4)
        assert max(said["width"], said["height"]) == 640
        assert decode(base64.b64decode(said["picture"])).pixels.shape[:2] == (said["height"], said["width"])


def test_a_line_that_nobody_learned_is_not_found(client: httpx.Client) -> None:
    answer = ask(client, good(0), "cups")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
