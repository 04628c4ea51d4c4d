"""Teaching over HTTP, on a shop of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shoplens.photos.encode import encode
from shoplens.serving.app import make_app
from shoplens.serving.guard import GuardSettings
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.classify.test_teaching import GREEN, thing
from tests.serving.conftest import serving

AT = "/v1/categories/teach"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    write_setting(tmp_path / SETTINGS_FILE, "model", "none")
    settings = GuardSettings(max_lesson_bytes=400_000)
    with (
        Shop.open(tmp_path, create=True) as shop,
        serving(make_app(shop, settings)) as at,
        httpx.Client(base_url=at, timeout=60) as client,
    ):
        yield client


def upload(*seeds: int) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("photos", (f"{seed}.jpg", encode(thing(GREEN, seed), "jpeg"), "image/jpeg")) for seed in seeds]


def test_five_uploads_teach_a_category(client: httpx.Client) -> None:
    files = [*upload(0, 1, 2, 3, 4, 0), ("photos", ("notes.jpg", b"text", "image/jpeg"))]
    answer = client.post(AT, data={"category": "Plants > Moss"}, files=files)
    assert answer.status_code == 200
    lesson = answer.json()
    assert (lesson["added"], lesson["photos"], lesson["enough"], lesson["repeated"]) == (5, 5, True, ["0.jpg"])
    assert [refused["name"] for refused in lesson["refused"]] == ["notes.jpg"]
    assert client.get(AT).json() == [{"category": "Plants > Moss", "photos": 5}]
    said = client.post("/v1/classify", files={"photo": encode(thing(GREEN, 70), "jpeg")}).json()
    assert said["category"]["label"] == "Plants > Moss"
    assert client.delete(AT, params={"category": "plants > moss"}).json() == {"photos": 5}
    assert client.get(AT).json() == []


def test_refusals(client: httpx.Client) -> None:
    assert client.delete(AT, params={"category": "Moss"}).status_code == 404
    assert client.post(AT, data={"category": "Moss"}).status_code == 400
    assert client.post(AT, data={"category": " > "}, files=upload(1)).status_code == 400
    assert client.post(AT, data={"category": "Moss", "products": "nope"}).status_code == 404
    assert client.post(AT, files=upload(1)).status_code == 422
    large = [("photos", ("a.jpg", bytes(500_000), "image/jpeg"))]
    assert client.post(AT, data={"category": "Moss"}, files=large).status_code == 413
    foreign = client.delete(AT, params={"category": "Moss"}, headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
