"""One address for each placement, one shape for all; what explores is logged with its chance and learned from."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from shoplens.recommend.placement import PLACEMENTS
from shoplens.serving.app import make_app
from shoplens.shop import Shop
from tests.serving.conftest import serving
from tests.serving.drawn_shop import COLORS, photo, write_photo

RED = "SHIRT-RED-S"


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [match["product"]["id"] for match in answer.json()["results"]]


@pytest.mark.parametrize("placement", list(PLACEMENTS))
def test_get_and_post_answer_alike_in_one_shape(api: httpx.Client, placement: str) -> None:
    asked = {"product": [RED], "viewed": ["MUG-RED", "SHIRT-BLUE-S"], "bought": ["MUG-BLUE"], "limit": 3}
    got = api.get(f"/v1/recommend/{placement}", params=asked)
    posted = api.post(
        f"/v1/recommend/{placement}",
        json={"products": [RED], "viewed": ["MUG-RED", "SHIRT-BLUE-S"], "bought": ["MUG-BLUE"], "limit": 3},
    )
    assert ids(got) == ids(posted)
    assert set(got.json()) == {"placement", "rung", "results", "explored", "token"}
    assert got.json()["placement"] == placement
    assert got.json()["rung"] == PLACEMENTS[placement].lowest
    assert got.json()["token"] != posted.json()["token"]


def test_filters_exclusions_and_refusals(api: httpx.Client) -> None:
    mugs = api.get("/v1/recommend/popular", params={"category": "Home", "exclude": ["MUG-RED"]})
    assert "MUG-RED" not in ids(mugs)
    assert {match["product"]["category"] for match in mugs.json()["results"]} == {"Home > Mugs"}
    assert api.get("/v1/recommend/nowhere").status_code == 400
    assert api.get("/v1/recommend/similar").status_code == 400
    assert api.get("/v1/recommend/buy-again").status_code == 400
    assert api.get("/v1/recommend/buy-again", headers={"X-Visitor": "a stranger"}).json()["results"] == []
    assert api.get("/v1/recommend/similar", params={"product": "nothing"}).status_code == 404
    assert api.get("/v1/recommend/popular", params={"limit": 101}).status_code == 422
    assert api.post("/v1/recommend/popular", json={"min_price": "cheap"}).status_code == 400


@pytest.fixture
def own(shop: Shop, tmp_path: Path) -> Iterator[tuple[httpx.Client, Shop]]:
    """Serve a copy of the shop that may be changed."""
    folder = Path(shutil.copytree(shop.folder, tmp_path / "copy"))
    with Shop.open(folder) as copy, serving(make_app(copy)) as at, httpx.Client(base_url=at, timeout=60) as client:
        yield client, copy


def test_what_the_shop_decides_is_shown(own: tuple[httpx.Client, Shop]) -> None:
    client, shop = own
    assert client.get("/v1/recommend/status").json() == {"placements": []}
    shop.recommending.refresh()
    rows = client.get("/v1/recommend/status").json()["placements"]
    assert {row["placement"] for row in rows} == {name for name, place in PLACEMENTS.items() if place.evidence}
    assert client.get("/v1/recommend/rules").json() == {"rules": []}
    shop.merchandising.add_rule(action="block", category="Home")
    assert client.get("/v1/recommend/rules").json() == {"rules": [{"action": "block", "category": "Home"}]}
    # Where making the placements took long, as on a busy machine, the old ones answer until the new ones are made.
    until = time.monotonic() + 20
    while any(name.startswith("MUG") for name in ids(client.get("/v1/recommend/popular"))):
        assert time.monotonic() < until
        time.sleep(0.1)
    assert client.get("/v1/recommend/looks").json() == {"looks": []}
    assert client.get("/v1/recommend/explore").json()["share"] == 0.0


def test_a_shop_pairs_its_categories_in_a_file(own: tuple[httpx.Client, Shop]) -> None:
    client, shop = own

    def mugs_beside_a_shirt() -> list[str]:
        beside = ids(client.get("/v1/recommend/goes-with", params={"product": RED, "limit": 50}))
        return [name for name in beside if name.startswith("MUG")]

    assert mugs_beside_a_shirt() == []
    file = shop.folder / "pairs.toml"
    file.write_text('[kinds]\nbeaker = ["mug"]\n[pairs]\nbeaker = { top = 1.0 }\n', "utf-8")
    shop.recommending._wiring().expire()
    assert "MUG-RED" in mugs_beside_a_shirt()
    file.write_text("[kinds", "utf-8")
    shop.recommending._wiring().expire()
    refused = client.get("/v1/recommend/goes-with", params={"product": RED})
    assert (refused.status_code, "no TOML" in refused.text) == (400, True)


def test_what_explores_is_logged_and_learned_from(own: tuple[httpx.Client, Shop]) -> None:
    client, shop = own
    shop.recommending.explore(0.1, ["popular"])
    path = shop.folder / "recommend.toml"
    path.write_text(path.read_text("utf-8").replace("share = 0.1", "share = 1.0"), "utf-8")
    shop.recommending._wiring().expire()
    clicks, liked = 0, ""
    for number in range(120):
        answer = client.get("/v1/recommend/popular", params={"limit": 4}, headers={"X-Visitor": f"v{number}"}).json()
        (place,) = answer["explored"]
        drawn = answer["results"][place]["product"]
        liked = liked or drawn["listing"]
        if drawn["listing"] == liked:  # only what was drawn first is clicked
            event = {
                "eventType": "detail-page-view",
                "visitorId": f"v{number}",
                "eventTime": "2026-11-20T10:00:00Z",
                "attributionToken": answer["token"],
                "productDetails": [{"product": {"id": drawn["id"]}}],
            }
            assert client.post("/v1/events", json=event).json()["accepted"] == 1
            clicks += 1
    log = shop.events.impressions(placement="popular")
    assert sum("features" in context for context in log.contexts) == (log.propensities < 1).sum() == 120
    known = client.get("/v1/recommend/explore").json()["taught"]
    assert known["choices"] == 120
    assert known["shown"]["value"] == pytest.approx(clicks / 120)
    assert known["learned"]["doubly_robust"]["low"] < known["learned"]["doubly_robust"]["value"]


def test_a_cold_product_is_recommended_at_once(own: tuple[httpx.Client, Shop], tmp_path: Path) -> None:
    client, shop = own
    write_photo(tmp_path / "new.jpg", photo(COLORS["red"], "shirt", 91))
    (tmp_path / "new.tsv").write_text(
        "id\ttitle\timage_link\tavailability\tprice\tproduct_type\tcolor\n"
        "COLD\tRed shirt\tnew.jpg\tin_stock\t15.00 USD\tClothing > Shirts\tred\n",
        "utf-8",
    )
    before = ids(client.get("/v1/recommend/for-you", params={"viewed": [RED], "limit": 3}))
    shop.import_catalog(tmp_path / "new.tsv")
    after = ids(client.get("/v1/recommend/for-you", params={"viewed": [RED], "limit": 3}))
    assert "COLD" not in before
    assert "COLD" in after
