"""Inspection over HTTP: the shop, its ledger, waivers, safe fixes and the way back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from shoplens.serving.app import make_app
from tests.quality.faulty_shop import open_faulty
from tests.serving.conftest import serving


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    shop, _ = open_faulty(tmp_path_factory.mktemp("inspected"))
    with shop, serving(make_app(shop)) as address, httpx.Client(base_url=address, timeout=120) as opened:
        yield opened


def findings(client: httpx.Client, **wanted: object) -> dict[str, Any]:
    answer = client.get("/v1/findings", params=wanted)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_shop_is_inspected_waived_mended_and_taken_back(client: httpx.Client) -> None:
    assert client.get("/v1/inspect/status").json()["inspected_at"] == ""
    first = client.post("/v1/inspect/shop", json={"rules": ["google", "amazon"]}).json()
    assert (first["photos"], first["looked_at"], first["products"]) == (13, 13, 13)
    assert (first["ready"]["google"]["ready"], first["ready"]["google"]["share"]) == (12, 0.9231)
    assert first["ready"]["amazon"]["ready"] == 1
    assert client.post("/v1/inspect/shop", json={"rules": ["google", "amazon"]}).json()["looked_at"] == 0
    assert client.get("/v1/inspect/status").json()["changed"] == {"google": 0, "amazon": 0}
    some = client.post("/v1/inspect/shop", json={"products": ["FRAME"], "rules": ["google", "amazon"]}).json()
    assert (some["photos"], some["looked_at"]) == (1, 0)

    amazon = findings(client, channel="amazon", severity="error", category="Prints", limit=5)
    assert amazon["total"] > 5
    assert len(amazon["findings"]) == 5
    (border,) = findings(client, product="FRAME", code="photo_border")["findings"]
    assert border["state"] == "open"
    name = border["finding"]["id"]
    waived = client.post(f"/v1/findings/{name}/waive", json={"by": "Ada", "why": "It is the product."}).json()
    assert (waived["state"], waived["waived_by"], waived["waived_why"]) == ("waived", "Ada", "It is the product.")
    assert findings(client, product="FRAME", code="photo_border")["total"] == 0
    assert findings(client, state="waived")["findings"] == [waived]
    assert client.post(f"/v1/findings/{name}/unwaive").json()["state"] == "open"

    asked = {"products": ["FRAME"], "code": "photo_border"}
    tried = client.post("/v1/inspect/fix", json={**asked, "dry_run": True}).json()
    assert tried["photos"][0]["steps"] == [["trim_border", "photo_border"]]
    assert client.get("/v1/inspect/status").json()["mended"] == 0
    done = client.post("/v1/inspect/fix", json=asked).json()
    assert done["not_judged"] == []
    (mended,) = done["photos"]
    assert all(after < before for before, after in zip(mended["size"], mended["fixed_size"], strict=True))
    assert client.get(f"/v1/photos/{mended['fixed']}").headers["content-type"] == "image/webp"
    page = client.get("/v1/products/FRAME/page").json()
    assert [photo["sha256"] for photo in page["photos"]] == [mended["fixed"]]
    assert "photo_border" not in {finding["code"] for finding in page["findings"]}
    assert findings(client, product="FRAME", code="photo_border", state="fixed")["total"] == 1
    (undone,) = client.post("/v1/inspect/undo", json={}).json()
    assert (undone["original"], undone["fixed"]) == (mended["original"], mended["fixed"])
    page = client.get("/v1/products/FRAME/page").json()
    assert [photo["sha256"] for photo in page["photos"]] == [mended["original"]]
    assert findings(client, product="FRAME", code="photo_border")["total"] == 1


def test_one_upload(client: httpx.Client, tmp_path: Path) -> None:
    data = b"no photo"
    answer = client.post("/v1/inspect", files={"photo": ("a.jpg", data)}, data={"rules": "google-2027,amazon"}).json()
    assert [finding["code"] for finding in answer] == ["photo_not_an_image"]
    assert answer[0]["channels"] == {"amazon": "error", "google-2027": "error"}
    assert findings(client, state="all", code="photo_not_an_image")["total"] == 0


@pytest.mark.parametrize("path", ["/v1/products", "/v1/studio/rows"])
def test_a_mistyped_code_is_refused(client: httpx.Client, path: str) -> None:
    answer = client.get(path, params={"finding": "photo_blured"})
    assert answer.status_code == 400
    assert "photo_blurred" in answer.json()["detail"]
    assert client.get(path, params={"finding": "photo_blurred"}).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/inspect/shop", {"prodcts": ["FRAME"]}, "prodcts"),
        ("/v1/inspect/fix", {"dryrun": True, "products": ["FRAME"]}, "dryrun"),
        ("/v1/inspect/undo", {"product": ["FRAME"]}, "product"),
        ("/v1/findings/ffffffffffff/waive", {"by": "Ada", "why": "Why.", "till": "2027"}, "till"),
    ],
)
def test_a_mistyped_name_asks_for_nothing_else(
    client: httpx.Client, path: str, body: dict[str, Any], field: str
) -> None:
    before = client.get("/v1/inspect/status").json()
    answer = client.post(path, json=body)
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [f"body.{field}"])
    assert client.get("/v1/inspect/status").json() == before


def test_a_mistyped_or_repeated_field_of_the_form_is_refused(client: httpx.Client) -> None:
    photo = ("photo", ("a.jpg", b"no photo"))
    mistyped = client.post("/v1/inspect", files=[photo], data={"ruls": "google"})
    assert (mistyped.status_code, mistyped.json()["detail"]) == (
        422,
        "body.ruls: There is no field of that name. Received: ruls. Choose one of: photo, rules.",
    )
    rules = client.post("/v1/inspect", files=[photo], data={"rules": ["google", "amazon"]})
    assert (rules.status_code, rules.json()["errors"][0]["field"]) == (422, "body.rules")
    photos = client.post("/v1/inspect", files=[photo, photo])
    assert (photos.status_code, photos.json()["errors"][0]["field"]) == (422, "body.photo")


def test_a_mistyped_or_repeated_parameter_is_refused(client: httpx.Client) -> None:
    mistyped = client.get("/v1/findings", params={"chanel": "amazon", "limit": 1})
    assert mistyped.status_code == 422
    assert [error["field"] for error in mistyped.json()["errors"]] == ["query.chanel"]
    assert "channel" in mistyped.json()["detail"]
    repeated = client.get("/v1/findings", params={"channel": ["google", "amazon"]})
    assert (repeated.status_code, repeated.json()["errors"][0]["field"]) == (422, "query.channel")
    needless = client.get("/v1/inspect/status", params={"product": "FRAME"})
    assert needless.json()["detail"] == "query.product: This takes no parameter. Received: product. Leave it out."
    assert client.get("/v1/products", params={"color": ["red", "blue"]}).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/inspect/shop", {"rules": ["/etc/passwd.toml"]}, 400, "unknown_name"),
        ("/v1/inspect/fix", {"rules": ["ebay"]}, 400, "unknown_name"),
        ("/v1/inspect/shop", {"products": ["nobody"]}, 404, "not_found"),
        ("/v1/inspect/fix", {"products": ["nobody"]}, 404, "not_found"),
        ("/v1/findings/ffffffffffff/waive", {"by": "Ada", "why": "Why."}, 404, "not_found"),
        ("/v1/findings/ffffffffffff/waive", {"by": "", "why": "Why."}, 422, "invalid_request"),
        ("/v1/findings/ff/unwaive", {}, 422, "invalid_request"),
    ],
)
def test_mistakes_are_problems(client: httpx.Client, path: str, body: dict[str, Any], status: int, code: str) -> None:
    answer = client.post(path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_photos_are_served_without_a_way_to_the_disk(client: httpx.Client) -> None:
    assert client.get(f"/v1/photos/{hashlib.sha256(b'nothing').hexdigest()}").status_code == 404
