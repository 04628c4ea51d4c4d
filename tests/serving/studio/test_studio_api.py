"""The studio's routes, on a shop of one's own."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from shoplens.errors import BadInput, UnknownName
from shoplens.photos.encode import encode
from shoplens.shop import Shop
from tests.serving.drawn_shop import COLORS, photo

AT = "/v1/studio"


def ended(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    """Wait for the end of a job."""
    deadline = time.monotonic() + 120
    while job["state"] == "running":
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
        job = client.get(f"{AT}/jobs/{job['id']}").json()
    return job


def bring(client: httpx.Client, *files: tuple[str, bytes], to: str = "") -> httpx.Response:
    parts = [("files", (name, content, "application/octet-stream")) for name, content in files]
    return client.post(f"{AT}/sources", files=parts, data={"to": to})


def jpeg(color: str = "red", shape: str = "mug", seed: int = 50) -> bytes:
    return encode(photo(COLORS[color], shape, seed), "jpeg")


def archive(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return packed.getvalue()


class TestTable:
    def test_pages_that_begin_behind_a_place_hold_every_product_once(self, client: httpx.Client) -> None:
        for order in ("id", "title", "category", "brand"):
            found, after = [], ""
            for _ in range(20):
                page = client.get(f"{AT}/rows", params={"order": order, "after": after, "limit": 3}).json()
                found += [row["product"]["id"] for row in page["rows"]]
                after = page["next"]
                if not after:
                    break
            assert len(found) == len(set(found)) == 14, order

    def test_a_place_leads_into_the_middle(self, client: httpx.Client) -> None:
        places = client.get(f"{AT}/places", params={"order": "title", "every": 4}).json()
        assert (places["total"], len(places["places"])) == (14, 4)
        whole = client.get(f"{AT}/rows", params={"order": "title", "limit": 100}).json()["rows"]
        for number, place in enumerate(places["places"]):
            page = client.get(f"{AT}/rows", params={"order": "title", "after": place, "limit": 4}).json()["rows"]
            assert page == whole[4 * number : 4 * number + 4]

    def test_filters_of_the_merchant(self, client: httpx.Client) -> None:
        grave = client.get(f"{AT}/rows", params={"gap": "error"}).json()["rows"]
        assert [row["product"]["id"] for row in grave] == ["MUG-YELLOW"]
        assert {"code": "photo_too_small", "severity": "error"} in grave[0]["findings"]
        mugs = client.get(f"{AT}/ids", params={"q": "mug", "category": "home"}).json()
        assert mugs == ["MUG-BLUE", "MUG-GREEN", "MUG-RED", "MUG-YELLOW", "ODD/1"]
        assert client.get(f"{AT}/rows", params={"gap": "nothing"}).status_code == 400
        assert client.get(f"{AT}/rows", params={"after": "[1]"}).status_code == 400

    def test_the_overview_counts_what_is_there(self, client: httpx.Client) -> None:
        seen = client.get(f"{AT}/overview").json()
        assert (seen["products"], seen["sound"], seen["gaps"]["error"]) == (14, 13, 1)
        assert {"code": "photo_too_small", "severity": "error", "findings": 1, "products": 1} in seen["findings"]
        assert seen["imports"][0]["source"] == "feed.tsv"
        assert seen["ready"]["google"]["ready"] == 13
        assert seen["changed"] == {"google": 0, "shop": 0}
        index = client.get(f"{AT}/index").json()
        assert (index["photos"], index["missing"], index["problem"]) == (10, 0, "")


class TestCorrections:
    def test_a_category_is_the_listings_and_outlives_an_import(self, client: httpx.Client, own_shop: Shop) -> None:
        wish = {"products": ["SHIRT-RED-S"], "category": "Clothing>Polo Shirts", "add_tags": ["summer"]}
        answer = client.post(f"{AT}/corrections", json=wish).json()
        assert answer["changed"] == 2
        assert client.get(f"{AT}/overview").json()["changed"] == {"google": 2, "shop": 2}
        own_shop.import_catalog(own_shop.folder.parent / "source" / "feed.tsv")
        page = client.get("/v1/products/SHIRT-RED-M/page").json()
        assert page["product"]["category"] == "Clothing > Polo Shirts"
        said = {(label["kind"], label["value"], label["source"]) for label in page["labels"]}
        assert ("category", "Clothing > Shirts", "feed") in said
        assert client.get("/v1/products", params={"tag": "summer"}).json()["total"] == 1
        assert client.post(f"{AT}/corrections/restore", json={"before": answer["before"]}).json()["changed"] == 2
        assert client.get("/v1/products/SHIRT-RED-S/page").json()["product"]["category"] == "Clothing > Shirts"

    def test_what_cannot_be(self, client: httpx.Client) -> None:
        assert client.post(f"{AT}/corrections", json={"products": ["nope"], "category": "A"}).status_code == 404
        assert client.post(f"{AT}/corrections", json={"products": ["MUG-RED"], "add_tags": [" "]}).status_code == 400
        assert client.post(f"{AT}/corrections", json={"products": []}).status_code == 422
        wish = {"products": ["MUG-RED", "nope"], "category": "Cups"}
        assert client.post(f"{AT}/corrections", json=wish).status_code == 404
        assert client.get("/v1/products/MUG-RED/page").json()["product"]["category"] == "Home > Mugs"


class TestImport:
    def test_a_table_with_unusual_columns_is_mapped_and_imported(self, client: httpx.Client) -> None:
        feed = b"nr;bezeichnung;rubrik;bild\nA1;Tasse;Home > Mugs;tasse.jpg\nA2;Kanne;Home > Pots;fehlt.jpg\n"
        source = bring(client, ("waren/liste.csv", feed), ("waren/tasse.jpg", jpeg())).json()
        assert source["photos"] == 1
        at = f"{AT}/sources/{source['id']}"
        seen = client.post(f"{at}/preview", json={"origin": "table"}).json()
        assert seen["columns"] == ["nr", "bezeichnung", "rubrik", "bild"]
        mapping = {"id": "nr", "title": "bezeichnung", "category": "rubrik", "photos": "bild"}
        seen = client.post(f"{at}/preview", json={"origin": "table", "mapping": mapping}).json()
        assert seen["problem"] == ""
        assert [row["product"]["title"] for row in seen["rows"]] == ["Tasse", "Kanne"]
        job = ended(client, client.post(f"{at}/import", json={"origin": "table", "mapping": mapping}).json())
        assert job["state"] == "done", job
        assert job["result"]["rows"]["added"] == 2
        assert job["result"]["problem_counts"] == {"photo_not_found": 1}
        report = client.get(f"{AT}/imports/{job['result']['number']}/report")
        assert "photo_not_found" in report.text
        assert client.get("/v1/products/A1/page").json()["photos"]

    def test_an_archive_of_photos_is_a_folder(self, client: httpx.Client) -> None:
        packed = archive(
            **{"mugs/red.jpg": jpeg(), "mugs/blue.jpg": jpeg("blue"), "__MACOSX/x.jpg": b"", "a.exe": b"!"}
        )
        source = bring(client, ("photos.zip", packed)).json()
        assert source["photos"] == 2
        job = ended(client, client.post(f"{AT}/sources/{source['id']}/import", json={}).json())
        assert (job["state"], job["result"]["origin"], job["result"]["rows"]["added"]) == ("done", "folder", 2)

    @pytest.mark.parametrize("name", ["../escape.csv", "a/../../escape.csv", "..\\escape.csv"])
    def test_names_do_not_leave_the_folder(self, client: httpx.Client, own_shop: Shop, name: str) -> None:
        assert bring(client, (name, b"id,title\n1,a\n")).status_code == 400
        packed = archive(**{name: b"id,title\n1,a\n"})
        assert bring(client, ("feed.zip", packed)).status_code == 400
        assert not list(own_shop.folder.rglob("escape.csv"))

    def test_what_is_nothing_to_import(self, client: httpx.Client) -> None:
        assert bring(client, ("notes.pdf", b"%PDF")).status_code == 400
        assert bring(client, ("feed.zip", b"no archive")).status_code == 400
        assert client.post(f"{AT}/sources/nope/preview", json={}).status_code == 404

    def test_the_progress_comes_as_events(self, client: httpx.Client, own_shop: Shop) -> None:
        job = client.post(f"{AT}/inspections").json()
        with client.stream("GET", f"{AT}/jobs/{job['id']}/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = list(stream.iter_lines())
        assert lines[-3] == "event: end"
        last = json.loads(lines[-2].removeprefix("data: "))
        assert (last["state"], last["result"]["products"]) == ("done", own_shop.catalog.count())
        assert client.get(f"{AT}/jobs/99/events").status_code == 404


class TestReview:
    def test_answers_are_stored_counted_and_taken_back(self, client: httpx.Client, own_shop: Shop) -> None:
        own_shop.catalog.corrections.change(["MUG-RED"], category="")
        answer = {"kind": "label", "product_id": "MUG-RED", "said": "corrected", "category": "Home > Cups"}
        assert client.post(f"{AT}/answers", json=answer).status_code == 201
        seen = client.get(f"{AT}/questions").json()
        assert seen["answered"] == {"label": {"corrected": 1}}
        labels = {photo.label for photo in own_shop.training_photos().photos}
        assert "Home > Cups" not in labels  # one listing is too few to learn, and it is no mug any more
        assert own_shop.catalog.product("MUG-RED").category == "Home > Cups"
        gone = client.delete(f"{AT}/answers", params={"kind": "label", "product_id": "MUG-RED"}).json()
        assert gone["category"] == "Home > Cups"
        assert own_shop.catalog.product("MUG-RED").category == "Home > Mugs"
        assert client.delete(f"{AT}/answers", params={"kind": "label", "product_id": "MUG-RED"}).status_code == 404

    def test_answers_that_do_not_fit(self, client: httpx.Client) -> None:
        for answer in (
            {"kind": "label", "product_id": "MUG-RED", "said": "same"},
            {"kind": "label", "product_id": "MUG-RED", "said": "right", "category": ""},
            {"kind": "duplicate", "product_id": "MUG-RED", "said": "same"},
        ):
            assert client.post(f"{AT}/answers", json=answer).status_code == 400, answer
        missing = {"kind": "label", "product_id": "nope", "said": "unsure"}
        assert client.post(f"{AT}/answers", json=missing).status_code == 404


class TestChannels:
    def test_an_error_of_a_channel_that_is_not_in_use_does_not_count(
        self, client: httpx.Client, own_shop: Shop
    ) -> None:
        job = client.post(f"{AT}/inspections", json={"packs": ["amazon", "google", "shop"]}).json()
        assert ended(client, job)["state"] == "done"
        seen = client.get(f"{AT}/overview").json()
        # Every drawn photo has 300 pixels: too few for Amazon, enough for Google.
        assert seen["ready"]["amazon"]["ready"] == 0
        assert (seen["ready"]["google"]["ready"], seen["sound"], seen["gaps"]["error"]) == (13, 13, 1)
        assert client.get(f"{AT}/places", params={"gap": "error"}).json()["total"] == 1
        own_shop.studio.use_rules(["amazon"])
        assert client.get(f"{AT}/overview").json()["sound"] == 0
        assert client.post(f"{AT}/inspections", json={"packs": ["/etc/x.toml"]}).status_code == 400


class TestSettings:
    def test_rules_are_chosen_and_written(self, client: httpx.Client, own_shop: Shop) -> None:
        packs = client.get(f"{AT}/rules").json()
        assert [pack["name"] for pack in packs if pack["in_use"]] == ["google", "shop"]
        assert client.post(f"{AT}/rules", json={"packs": ["amazon"]}).json()[0]["name"] == "amazon"
        assert own_shop.settings.rules == ("amazon",)
        assert 'rules = ["amazon"]' in (own_shop.folder / "shoplens.toml").read_text(encoding="utf-8")
        assert client.post(f"{AT}/rules", json={"packs": ["nowhere"]}).status_code == 400
        for foreign in ("/etc/own.toml", "google.toml"):  # no file of the server is read for being named
            assert client.post(f"{AT}/rules", json={"packs": [foreign]}).status_code == 400

    def test_rules_that_no_inspection_could_follow_are_not_written(self, own_shop: Shop, tmp_path: Path) -> None:
        before, pack = own_shop.settings.rules, tmp_path / "own.toml"
        head = 'title = "Own"\nversion = "1"\n[[rules]]\nseverity = "error"\n'
        pack.write_text(f'name = "amazon"\n{head}check = "photo_border"\n', encoding="utf-8")
        with pytest.raises(BadInput, match="'amazon'"):
            own_shop.studio.use_rules(["amazon", str(pack)])
        pack.write_text(f'name = "own"\n{head}check = "photo_bordr"\n', encoding="utf-8")
        with pytest.raises(UnknownName, match="photo_bordr"):
            own_shop.studio.use_rules([str(pack)])
        assert own_shop.settings.rules == before

    def test_training_data_and_names(self, client: httpx.Client) -> None:
        data = client.get(f"{AT}/training-data").json()
        assert data["photos"] == 10
        assert data["categories"] == [["Clothing > Shirts", 5], ["Home > Mugs", 5]]
        assert client.post(f"{AT}/trainings", json={"name": "base", "preset": "fast"}).status_code == 400
        assert client.post(f"{AT}/trainings", json={"name": "../x", "preset": "fast"}).status_code == 422
        assert client.get(f"{AT}/reports/..%2F..%2Fcatalog").status_code == 404

    def test_a_training_that_fails_says_why(self, client: httpx.Client, own_shop: Shop) -> None:
        before = own_shop.catalog.corrections.change(own_shop.catalog.product_ids(), category="All")
        job = ended(client, client.post(f"{AT}/trainings", json={"name": "one", "preset": "fast"}).json())
        own_shop.catalog.corrections.restore(before)
        assert (job["state"], job["result"]["code"]) == ("failed", "training_failed")
        assert "Traceback" not in job["result"]["error"]
        assert str(own_shop.folder) not in job["result"]["error"]

    def test_a_model_is_trained_compared_promoted_and_left_again(self, client: httpx.Client, own_shop: Shop) -> None:
        job = ended(client, client.post(f"{AT}/trainings", json={"name": "trial", "preset": "fast"}).json())
        assert job["state"] == "done", job
        assert job["result"]["figures"]["photos"] > 0
        report = client.get(f"{AT}/reports/{job['result']['report']}")
        assert "sandbox" in report.headers["content-security-policy"]
        job = ended(client, client.post(f"{AT}/models/trial/compare").json())
        assert job["state"] == "done", job
        assert own_shop.settings.model == "none"
        assert ended(client, client.post(f"{AT}/models/trial/promote").json())["state"] == "done"
        assert own_shop.settings.model == "trial"
        assert client.get(f"{AT}/index").json()["model"] == "trial"
        assert ended(client, client.post(f"{AT}/rollback").json())["result"] == {"model": "none"}
        assert own_shop.settings.model == "none"
        assert client.post(f"{AT}/models/nowhere/promote").status_code == 400
