"""The inspector over bytes, folders and a real catalogue."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import pytest

from shoplens.catalog.issue_filter import IssueFilter
from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput
from shoplens.photos.decode import decode, encode
from shoplens.quality.catalog_view import CatalogView
from shoplens.quality.inspector import Inspector
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.quality.rule_pack import RulePack
from shoplens.quality.rule_plan import RulePlan
from shoplens.records import Finding, Photo, Pixels, Product
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.quality.drawn import as_photo, product


def codes(findings: list[Finding] | tuple[Finding, ...]) -> list[str]:
    return sorted({finding.code for finding in findings})


def test_a_clean_photo_has_no_finding() -> None:
    assert not Inspector().inspect_photo(encode(product(600), "jpeg"), name="shirt.jpg")
    assert not Inspector(["google-2027", "amazon"]).inspect_photo(
        encode(product(1000, fill=0.9), "png"), name="shirt.png"
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "photo_empty"),
        (b"<html>not found</html>", "photo_not_an_image"),
        (encode(product(300), "png")[:900], "photo_truncated"),
    ],
)
def test_a_file_that_cannot_be_decoded_is_a_finding(data: bytes, code: str) -> None:
    (finding,) = Inspector().inspect_photo(data, name="a.png")
    assert (finding.code, finding.severity, finding.photo) == (code, "error", "a.png")
    assert finding.description.endswith(".")


def test_a_wrong_extension_is_seen_in_the_bytes() -> None:
    findings = Inspector().inspect_photo(encode(product(300), "png"), name="a.jpg")
    assert codes(findings) == ["wrong_extension"]


def test_every_ending_that_the_decoder_knows_is_inspected_in_a_folder(tmp_path: Path) -> None:
    for name in ("a.pjpeg", "b.JPG"):
        (tmp_path / name).write_bytes(encode(product(300, seed=len(name)), "jpeg"))
    (tmp_path / "c.apng").write_bytes(encode(product(300, seed=3), "png"))
    for name in ("d.svg", "e.heif", "f.ico"):
        (tmp_path / name).write_bytes(b"<svg/>")
    (tmp_path / "g.txt").write_bytes(b"no picture")
    report = Inspector().inspect_folder(tmp_path)
    assert report.photos == 6
    assert {report.name(finding) for finding in report.findings} == {"d.svg", "e.heif", "f.ico"}


def test_what_is_hidden_in_a_folder_is_not_inspected(tmp_path: Path) -> None:
    root = tmp_path / ".photos"  # the folder itself was named
    for name in ("a.jpg", ".git/b.jpg", "__MACOSX/c.jpg", "d/._a.jpg"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(encode(product(300), "jpeg"))
    assert Inspector().inspect_folder(str(root)).photos == 1


def test_a_path_is_not_taken_for_a_photo(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="as its bytes"):
        Inspector().inspect_photo(tmp_path / "a.jpg")  # type: ignore[arg-type]


def test_a_blank_photo_is_not_also_dark_and_without_contrast() -> None:
    assert codes(Inspector().inspect_photo(as_photo(np.zeros((200, 200, 3), np.uint8)), main=False)) == ["photo_blank"]


def test_packs_that_agree_give_one_finding_of_the_graver_severity() -> None:
    photo = as_photo(cv2.copyMakeBorder(product(1000), 30, 30, 30, 30, cv2.BORDER_CONSTANT, value=(200, 0, 0)))
    (border,) = (f for f in Inspector(["shop", "google"]).inspect_photo(photo) if f.code == "photo_border")
    assert border.severity == "error"


class Stripes:
    """A stranger's check."""

    code = "photo_stripes"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = {"max": 1.0}

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        yield rule.finding(f"Stripes above {rule.limits['max']}.")


def test_a_strangers_check_and_pack() -> None:
    rules = [{"check": "photo_stripes", "severity": "info", "limits": {"max": 3}}]
    pack = RulePack.parse({"name": "own", "title": "Own", "version": "1", "rules": rules})
    (finding,) = Inspector([pack], checks=[Stripes()]).inspect_photo(as_photo(product(64)))
    assert finding.description == "Stripes above 3.0."


def write(path: Path, pixels: Pixels, quality: int = 92) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(pixels, "jpeg", quality))
    return path


def test_a_folder(tmp_path: Path) -> None:
    good = product(300, seed=1)
    write(tmp_path / "good.jpg", good)
    write(tmp_path / "sub" / "copy.jpg", cv2.resize(good, (200, 200), interpolation=cv2.INTER_AREA), 70)
    (tmp_path / "sub" / "same bytes.jpg").write_bytes((tmp_path / "good.jpg").read_bytes())
    write(tmp_path / "small.jpg", product(80, seed=2))
    write(tmp_path / "blurred.jpg", cv2.GaussianBlur(product(300, seed=3), (0, 0), 3))
    (tmp_path / "text.jpg").write_text("hello", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a photo", encoding="utf-8")
    told: list[tuple[int, int]] = []
    report = Inspector().inspect_folder(tmp_path, lambda done, total: told.append((done, total)))
    assert (report.photos, report.products) == (6, 0)
    assert told == [(done, 6) for done in range(1, 7)]
    named = {(finding.code, report.name(finding)) for finding in report.findings}
    assert {
        ("photo_too_small", "small.jpg"),
        ("photo_blurred", "blurred.jpg"),
        ("photo_not_an_image", "text.jpg"),
        ("photo_near_duplicate", "sub/copy.jpg"),
        ("photo_duplicate", "good.jpg"),
        ("photo_duplicate", "sub/same bytes.jpg"),
    } <= named
    assert codes(Inspector().inspect_folder(tmp_path / "small.jpg").findings) == ["photo_too_small"]


def test_of_files_with_the_same_bytes_the_one_with_the_wrong_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "zbad.png").write_bytes(write(tmp_path / "good.jpg", product(300, seed=1)).read_bytes())
    report = Inspector().inspect_folder(tmp_path)
    assert [report.name(f) for f in report.findings if f.code == "wrong_extension"] == ["zbad.png"]
    assert {report.name(f) for f in report.findings if f.code == "photo_duplicate"} == {"good.jpg", "zbad.png"}
    assert report.counts()["photo_duplicate"] == 2


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no picture file"):
        Inspector().inspect_folder(tmp_path)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Catalog]:
    """Six products: a clean one, a clean one of two variants, a blurred one, a stock picture for two, one without."""
    pictures = {
        "clean": product(300, seed=1),
        "variant": product(300, seed=2),
        "blurred": cv2.GaussianBlur(product(300, seed=3), (0, 0), 3),
        "stock": product(300, seed=4),
        "gray": product(300, seed=5, backdrop=(120, 120, 120)),
    }
    with Catalog.open(tmp_path / "shop", create=True) as catalog, catalog.batch() as batch:
        shas = {}
        for name, pixels in pictures.items():
            path = write(tmp_path / "shop" / "photos" / f"{name}.jpg", pixels)
            facts = decode(path.read_bytes(), name=f"{name}.png" if name == "clean" else path.name).facts
            batch.put_photo(facts, path)
            shas[name] = facts.sha256
        batch.put_reference("gone.jpg", None, "photo_missing", "There is no such picture file.")
        for product_id, group, names in [
            ("a", "", ["clean", "gray"]),
            ("b-s", "b", ["variant"]),
            ("b-m", "b", ["variant"]),
            ("c", "", ["blurred"]),
            ("d", "", ["stock"]),
            ("e", "", ["stock"]),
            ("f", "", []),
        ]:
            references = ("gone.jpg",) if product_id == "f" else ()
            batch.put_product(Product(product_id, product_id.upper(), group=group, photos=references))
            batch.link(product_id, [shas[name] for name in names])
    with Catalog.open(tmp_path / "shop") as catalog:
        yield catalog


def test_a_catalogue(shop: Catalog) -> None:
    report = Inspector().inspect_catalog(shop)
    assert (report.photos, report.products) == (5, 7)
    assert {(finding.product_id, finding.code) for finding in report.findings} == {
        ("a", "wrong_extension"),
        ("c", "photo_blurred"),
        ("d", "photo_duplicate"),
        ("e", "photo_duplicate"),
        ("f", "photo_missing"),
        ("f", "product_without_photo"),
    }
    assert shop.findings() == list(report.findings)
    assert report.counts()["photo_duplicate"] == 1
    again = Inspector().inspect_catalog(shop)
    assert again.findings == report.findings
    assert shop.finding_counts() == {"photo_duplicate": 2} | dict.fromkeys(
        ["wrong_extension", "photo_blurred", "photo_missing", "product_without_photo"], 1
    )


def test_a_photos_name_is_the_one_in_the_products_own_row(tmp_path: Path) -> None:
    picture = write(tmp_path / "one.jpg", cv2.GaussianBlur(product(300, seed=3), (0, 0), 3))
    (tmp_path / "two.jpg").write_bytes(picture.read_bytes())
    rows = ["id,title,image_link", "A1,Shirt,one.jpg", "A2,Shirt,two.jpg", "A3,Shirt,none.jpg"]
    (tmp_path / "feed.csv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "shop").mkdir()
    write_setting(tmp_path / "shop" / SETTINGS_FILE, "model", "none")
    with Shop.open(tmp_path / "shop", create=True) as opened:
        opened.import_catalog(tmp_path / "feed.csv")
        report = opened.inspect()
    names = {(finding.product_id, report.name(finding)) for finding in report.findings if finding.photo}
    assert names == {("A1", "one.jpg"), ("A2", "two.jpg"), ("A3", "none.jpg")}


def test_the_main_photo_only_must_be_white(shop: Catalog) -> None:
    gray = shop.photos("a")[1]
    with shop.batch() as batch:
        batch.put_product(Product("g", "G"))
        batch.link("g", [gray.sha256])
    found = Inspector(["amazon"]).inspect_catalog(shop).findings
    assert [f.product_id for f in found if f.code == "background_not_white"] == ["g"]


def test_a_photo_that_left_the_disk_is_a_finding(shop: Catalog) -> None:
    stored = shop.photos("c")[0]
    stored.path.unlink()
    findings = Inspector().inspect_catalog(shop).findings
    assert [f.photo for f in findings if f.code == "photo_missing" and f.product_id == "c"] == [stored.sha256]


def test_one_string_is_no_list_of_rule_packs(shop: Catalog) -> None:
    with pytest.raises(BadInput, match=r'Write \["google"\]'):
        Inspector("google")
    with pytest.raises(BadInput, match="no rule pack"):
        Inspector([])
    with Shop.open(shop.folder) as opened, pytest.raises(BadInput, match="Rule packs are a list"):
        opened.inspection.fix(rules="google")


def test_one_inspector_serves_many_threads() -> None:
    inspector = Inspector()
    pictures = [encode(cv2.GaussianBlur(product(200, seed=seed), (0, 0), 0.1 + seed), "png") for seed in range(6)]
    alone = [inspector.inspect_photo(data) for data in pictures]
    results: dict[int, list[Finding]] = {}
    threads = [
        threading.Thread(target=lambda n=n: results.__setitem__(n, inspector.inspect_photo(pictures[n])))
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [results[n] for n in range(6)] == alone
    assert any(alone)


def test_grocery_catalogue_pictures_are_all_too_small_for_google_2027(shared_data: Path) -> None:
    report = Inspector(["google-2027"]).inspect_folder(shared_data / "grocery-store" / "iconic-images-and-descriptions")
    assert report.photos == 81
    assert report.counts()["photo_too_small"] == 81
    assert all(
        dataclasses.asdict(f)["detail"]["measured"] == 198 for f in report.findings if f.code == "photo_too_small"
    )


def rules(name: str, *rules: Mapping[str, object]) -> RulePack:
    return RulePack.parse({"name": name, "title": name.title(), "version": "1", "rules": list(rules)})


def test_a_light_finding_of_one_pack_hides_no_graver_one() -> None:
    lax = rules("lax", {"check": "photo_too_dark", "severity": "info"})
    strict = rules("strict", {"check": "photo_low_contrast", "severity": "error"})
    dark = as_photo(np.full((200, 200, 3), 20, np.uint8) + (product(200) // 32).astype(np.uint8))
    for packs in ([strict], [lax, strict]):
        found = {f.code: f.channels for f in Inspector(packs).inspect_photo(dark)}
        assert found["photo_low_contrast"] == (("strict", "error"),)
    both = [{"check": "photo_too_dark", "severity": "error"}, {"check": "photo_low_contrast", "severity": "error"}]
    found = {f.code: f.channels for f in Inspector([rules("both", *both), strict]).inspect_photo(dark)}
    assert found == {"photo_too_dark": (("both", "error"),), "photo_low_contrast": (("strict", "error"),)}
    lighter = rules("both", {**both[0], "severity": "warning"}, both[1])
    assert len(Inspector([lighter]).inspect_photo(dark)) == 2


def test_a_waiver_does_not_cover_a_stricter_limit_that_is_not_the_measured_one(shop: Catalog) -> None:
    def inspect(**packs: int) -> tuple[Finding, ...]:
        rule = {"check": "background_not_white", "severity": "error", "main_only": True}
        asked = [rules(name, {**rule, "limits": {"white": white}}) for name, white in packs.items()]
        found = Inspector(asked).inspect_catalog(shop).findings
        return tuple(finding for finding in found if finding.code == rule["check"])

    with shop.batch() as batch:
        batch.put_product(Product("g", "G"))
        batch.link("g", [shop.photos("a")[1].sha256])
    (lax,) = inspect(mine=235)
    shop.ledger.waive([lax.id], "Ada", "It is our wall.")
    assert inspect(mine=235) == ()
    assert inspect(other=235) == ()
    (strict,) = inspect(strict=250)
    assert strict.detail == lax.detail
    assert shop.ledger.blocked("strict") == 2, "and the product whose photo was refused"
    assert [finding.channels for finding in inspect(mine=235, strict=250)] == [(("strict", "error"),)]


def test_a_folders_findings_have_no_name_in_a_ledger(tmp_path: Path) -> None:
    path = write(tmp_path / "small.jpg", product(80, seed=2))
    found = [
        *Inspector().inspect_folder(tmp_path).findings,
        *Inspector().inspect_photo(path.read_bytes(), name="a.jpg"),
    ]
    assert found
    assert {finding.id for finding in found} == {""}


def test_what_one_product_was_judged_by_makes_no_shop_ready(shop: Catalog) -> None:
    with Shop.open(shop.folder) as opened:
        opened.inspection.run(rules=["shop"])
        opened.inspection.run(rules=["amazon"], products=["a"])
        status = opened.inspection.status()
        assert list(status.ready) == ["shop"]
        assert [list(run.channels) for run in status.inspections] == [["amazon"], ["shop"]]
        opened.inspection.run(rules=["amazon"])
        assert set(opened.inspection.status().ready) == {"shop", "amazon"}


def test_a_retired_products_issues_are_open_no_more_whatever_is_inspected_next(shop: Catalog) -> None:
    only_refused = rules("refused", {"check": "photo_unreadable", "severity": "error"})
    Inspector([only_refused, "amazon"]).inspect_catalog(shop)
    with shop.batch() as batch:
        batch.retire(["c"])
    blank = rules("blank", {"check": "photo_blank", "severity": "error"})
    Inspector([blank]).inspect_catalog(shop)
    by_amazon = shop.ledger.issues(IssueFilter(channel="amazon"))
    assert "c" not in {issue.finding.product_id for issue in by_amazon}
    assert {"a", "d", "e"} <= {issue.finding.product_id for issue in by_amazon}
    (gone,) = shop.ledger.issues(IssueFilter(channel="refused"))
    assert gone.finding.product_id == "f", "a photo that the import refused is still the product's"


def test_a_missing_file_does_not_have_the_whole_catalogue_compared_again(
    shop: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: list[int] = []
    inspect_view = RulePlan.inspect_view

    def counted(plan: RulePlan, view: CatalogView) -> list[Finding]:
        passes.append(len(view.items))
        return inspect_view(plan, view)

    monkeypatch.setattr(RulePlan, "inspect_view", counted)
    shop.photos("c")[0].path.unlink()
    first = Inspector().inspect_catalog(shop)
    again = Inspector().inspect_catalog(shop)
    assert (again.findings, again.looked, len(passes)) == (first.findings, 1, 1)
    path = shop.photos("d")[0].path
    path.write_bytes(encode(product(300, seed=8), "jpeg", 92))
    assert Inspector().inspect_catalog(shop).findings != first.findings
    assert len(passes) == 2
