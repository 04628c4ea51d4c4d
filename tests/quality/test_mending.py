"""A shop inspected, mended and taken back: what is looked at, what the catalogue shows, and that undo restores all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shoplens.catalog.issue_filter import IssueFilter
from shoplens.errors import BadInput, NotFound, StoreError, UnknownName
from shoplens.photos.decode import encode
from shoplens.records import Product
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.quality.drawn import product as drawn
from tests.quality.faulty_shop import open_faulty
from tests.quality.spoiled import cases, framed, with_exif


@pytest.fixture
def faulty(tmp_path: Path) -> Iterator[tuple[Shop, dict[str, str]]]:
    shop, wanted = open_faulty(tmp_path)
    with shop:
        yield shop, wanted


def dump(shop: Shop) -> dict[str, list[Any]]:
    """Return the rows that a fix may touch, save of revisions and of the inspector's own memory."""
    tables = {
        "product_photos": "*",
        "photos": "*",
        "embeddings": "embedder_id, sha256, vector",
        "photo_references": "*",
        "products": "id, title, photos, digest, retired",
        "fixes": "*",
    }
    with shop.catalog.engine.connect() as connection:
        return {
            table: sorted(map(repr, connection.exec_driver_sql(f"SELECT {columns} FROM {table}").all()))
            for table, columns in tables.items()
        }


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_unchanged_shop_is_not_looked_at_again(faulty: tuple[Shop, dict[str, str]]) -> None:
    shop, wanted = faulty
    first = shop.inspect()
    assert first.looked == first.photos == len(wanted) + 1
    again = shop.inspect()
    assert (again.looked, again.findings) == (0, first.findings)
    assert again.seconds < first.seconds / 3
    assert {finding.id for finding in again.findings} == set(again.issues)
    # other rules see every photo anew, and the first ones then see none
    assert shop.inspect(rules=["amazon"]).looked == first.photos
    assert shop.inspect().looked == 0


def test_only_what_changed_is_looked_at_again(faulty: tuple[Shop, dict[str, str]], tmp_path: Path) -> None:
    shop, _ = faulty
    shop.inspect()
    path = shop.catalog.photos("GOOD")[0].path
    os.utime(path, ns=(0, 0))
    assert shop.inspect().looked == 1
    # a product's own category changes what its photo is judged by; its photo alone is looked at
    with shop.catalog.batch() as batch:
        batch.put_product(Product("GOOD", "Good shirt", category="Apparel", photos=("good.jpg",)))
    report = shop.inspect()
    assert report.looked == 1
    path.unlink()
    gone = shop.inspect()
    assert [finding.code for finding in gone.findings if finding.product_id == "GOOD"] == ["photo_missing"]


def test_some_products_alone(faulty: tuple[Shop, dict[str, str]]) -> None:
    shop, _ = faulty
    report = shop.inspection.run(products=["FRAME", "GPS"])
    assert (report.photos, report.products) == (2, 2)
    assert {finding.product_id for finding in report.findings} == {"FRAME", "GPS"}
    shop.inspect()
    before = shop.catalog.ledger.count()
    assert shop.inspection.run(products=["FRAME"]).looked == 0
    assert shop.catalog.ledger.count() == before


def test_every_fault_is_mended_and_found_mended(faulty: tuple[Shop, dict[str, str]], tmp_path: Path) -> None:
    shop, wanted = faulty
    before = shop.inspect()
    assert {(product, code) for product, code in wanted.items()} <= {(f.product_id, f.code) for f in before.findings}
    merchants = files(tmp_path / "source")
    done = shop.inspection.fix()
    mended = {photo.products[0]: [code for _, code in photo.steps] for photo in done.photos if photo.steps}
    assert {product for product, code in wanted.items() if code not in mended.get(product, [])} == set()
    assert files(tmp_path / "source") == merchants
    report = done.report
    assert report is not None
    assert not {(f.product_id, f.code) for f in report.findings} & set(wanted.items())
    # what is left was there before
    assert {finding.id for finding in report.findings} <= {finding.id for finding in before.findings}
    fixed = shop.catalog.ledger.issues(IssueFilter(states=("fixed",)), limit=None)
    assert set(wanted.items()) <= {(issue.finding.product_id, issue.finding.code) for issue in fixed}
    assert report.ready()["google"].share >= before.ready()["google"].share
    # mending again finds nothing to do, and looks at nothing
    again = shop.inspection.fix()
    assert again.report is not None
    assert again.report.looked == 0
    assert {photo.original: photo.steps for photo in again.photos if photo.steps}.items() <= {
        photo.original: photo.steps for photo in done.photos
    }.items()


def test_the_catalogue_shows_and_finds_the_mended_photo_until_it_is_undone(
    faulty: tuple[Shop, dict[str, str]], tmp_path: Path
) -> None:
    shop, wanted = faulty
    before = shop.inspect()
    rows, merchants = dump(shop), files(tmp_path / "source")
    own = {product: shop.catalog.photos(product)[0].sha256 for product in wanted}
    shop.inspection.fix()
    fixes = {fix.original: fix.fixed for fix in shop.catalog.fixes.all()}
    for product, sha256 in own.items():
        shown = shop.catalog.photos(product)[0]
        assert shown.sha256 == fixes[sha256] != sha256
        assert shown.path.is_relative_to(shop.folder / "fixed")
        best = shop.search(shown.path).matches[0]
        assert (best.product.id, best.photo) == (product, shown.sha256)
    # another import of the same feed keeps them
    summary = shop.import_catalog(tmp_path / "source" / "feed.csv")
    assert summary.rows["unchanged"] == len(wanted) + 1
    assert {fix.original: fix.fixed for fix in shop.catalog.fixes.all()} == fixes
    undone = shop.inspection.undo()
    assert {fix.original for fix in undone} == set(own.values())
    assert dump(shop) == rows
    assert files(tmp_path / "source") == merchants
    assert files(shop.folder / "fixed") == {}
    assert [f.id for f in shop.inspect().findings] == [f.id for f in before.findings]
    for product, sha256 in own.items():
        best = shop.search(shop.catalog.photo(sha256).path).matches[0]
        assert (best.product.id, best.photo) == (product, sha256)


def test_a_dry_run_does_nothing(faulty: tuple[Shop, dict[str, str]]) -> None:
    shop, wanted = faulty
    shop.inspect()
    rows = dump(shop)
    tried = shop.inspection.fix(dry_run=True)
    assert tried.report is None
    assert {photo.products[0] for photo in tried.photos if photo.steps} >= set(wanted)
    assert dump(shop) == rows
    assert not (shop.folder / "fixed").exists()


def test_one_code_of_one_product_then_another_starts_from_the_merchants_file(
    faulty: tuple[Shop, dict[str, str]],
) -> None:
    shop, _ = faulty
    (first,) = (p for p in shop.inspection.fix(["GREY-WALL"], code="background_not_white").photos if p.steps)
    assert first.steps == (("whiten", "background_not_white"),)
    (second,) = (p for p in shop.inspection.fix(["GREY-WALL"], code="product_too_small").photos if p.steps)
    assert second.original == first.original
    assert second.steps == (("whiten", "background_not_white"), ("reframe", "product_too_small"))
    # of the first file nothing is left
    assert [path.stem for path in (shop.folder / "fixed").rglob("*.*")] == [second.fixed]
    assert first.fixed not in {photo.sha256 for photo in shop.catalog.photo_files([first.fixed]).values()}
    assert [fix.fixed for fix in shop.inspection.undo(["GREY-WALL"])] == [second.fixed]


def test_a_waiver_outlives_a_fix_of_another_fault(faulty: tuple[Shop, dict[str, str]]) -> None:
    shop, _ = faulty
    report = shop.inspect()
    small = next(f for f in report.findings if (f.product_id, f.code) == ("GREY-WALL", "product_too_small"))
    shop.inspection.waive([small.id], by="Ada", why="It is meant.")
    after = shop.inspection.fix(["GREY-WALL"]).report
    assert after is not None
    assert [issue.finding.id for issue in after.waived] == [small.id]
    (fix,) = shop.catalog.fixes.all(["GREY-WALL"])
    assert fix.steps == (("whiten", "background_not_white"),)


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("asked", [(), ("FRAME", "GPS")])
def test_a_merchants_file_that_changed_is_left_alone_and_holds_up_no_other(
    faulty: tuple[Shop, dict[str, str]], dry_run: bool, asked: tuple[str, ...]
) -> None:
    shop, _ = faulty
    shop.inspect()
    (photo,) = shop.catalog.photos("FRAME")
    photo.path.write_bytes(encode(framed(drawn(300, seed=90, fill=0.85), 14, (0, 90, 0)), "jpeg", 92))
    done = {fix.products[0]: fix for fix in shop.inspection.fix(asked, dry_run=dry_run).photos}
    assert done["GPS"].changed
    frame = done["FRAME"]
    assert (frame.original, frame.fixed, frame.steps, frame.changed) == (photo.sha256, "", (), False)
    (reason,) = {refusal.reason for refusal in frame.refused if refusal.code == "photo_border"}
    assert reason == "The photo's file changed since it was imported. Import it again, then it can be mended."


def test_a_merchants_file_that_became_another_photo_of_the_shop_is_left_alone(
    faulty: tuple[Shop, dict[str, str]],
) -> None:
    shop, _ = faulty
    shop.inspect()
    (frame,), (gps,) = shop.catalog.photos("FRAME"), shop.catalog.photos("GPS")
    frame.path.write_bytes(gps.path.read_bytes())
    done = {fix.original: fix for fix in shop.inspection.fix().photos}
    assert done[gps.sha256].products == ("GPS",)
    assert (done[frame.sha256].products, done[frame.sha256].changed) == (("FRAME",), False)


def test_a_mended_photo_of_which_the_merchants_file_changed_stays_mended(faulty: tuple[Shop, dict[str, str]]) -> None:
    shop, _ = faulty
    (first,) = (p for p in shop.inspection.fix(["GREY-WALL"], code="background_not_white").photos if p.steps)
    shop.catalog.photo(first.original).path.write_bytes(encode(drawn(300, seed=90), "jpeg", 92))
    (again,) = shop.inspection.fix(["GREY-WALL"]).photos
    assert (again.original, again.fixed, again.steps) == (first.original, first.fixed, first.steps)
    assert not again.changed
    assert {refusal.code for refusal in again.refused} == {"product_too_small"}


def test_a_mended_photo_of_which_the_merchant_has_another_one_now_is_neither_counted_nor_kept(
    faulty: tuple[Shop, dict[str, str]], tmp_path: Path
) -> None:
    shop, _ = faulty
    shop.inspection.fix(["FRAME", "GPS"])
    mended = shop.catalog.photos("FRAME")[0].path
    (tmp_path / "source" / "frame.jpg").write_bytes(encode(drawn(300, seed=90, fill=0.85), "jpeg", 92))
    shop.import_catalog(tmp_path / "source" / "feed.csv")
    assert shop.inspection.status().mended == 1
    assert [fix.products for fix in shop.inspect().mended] == [("GPS",)]
    assert mended.is_file()
    shop.inspection.undo(["GPS"])
    assert files(shop.folder / "fixed") == {}
    assert dump(shop)["fixes"] == []


def open_one(folder: Path, name: str, data: bytes) -> Shop:
    """Return the open shop of one product whose photo has this name."""
    return open_all(folder, {name: data}, f"A,Jacket,{name}\n")


def test_a_photo_mended_for_one_channel_is_mended_again_for_another(tmp_path: Path) -> None:
    with open_one(tmp_path, "a.webp", encode(drawn(1100, fill=0.85), "jpeg", 92)) as shop:
        (first,) = shop.inspection.fix(rules=["google"]).photos
        assert shop.catalog.photos("A")[0].facts.format == "webp"
        done = shop.inspection.fix(rules=["amazon"])
        (second,) = done.photos
        # the same steps, and yet another file
        assert (second.steps, second.changed) == (first.steps, True)
        assert second.fixed != first.fixed
        assert shop.catalog.photos("A")[0].facts.format == "jpeg"
        assert not {f.code for f in done.report.findings} & {"wrong_extension", "file_format"}  # type: ignore[union-attr]


def test_a_photo_that_nothing_but_its_name_is_wrong_with_is_left_alone(tmp_path: Path) -> None:
    with open_one(tmp_path, "a.heic", encode(drawn(400, fill=0.85), "png")) as shop:
        shop.inspect()
        before = dump(shop)
        (photo,) = shop.inspection.fix().photos
        assert (photo.steps, photo.changed) == ((), False)
        (refusal,) = photo.refused
        assert (refusal.fix, refusal.code) == ("reformat", "wrong_extension")
        assert refusal.reason == "The file itself is right. Rename it, and its address in the feed."
        assert dump(shop) == before


def test_one_photo_too_large_to_write_holds_up_no_other(
    faulty: tuple[Shop, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, _ = faulty

    def refuse(*_: object) -> Iterator[None]:
        raise BadInput("A webp picture has at most 16,383 pixels a side.")

    monkeypatch.setattr("shoplens.quality.fixes.trim_border.TrimBorder.attempts", refuse)
    done = {fix.products[0]: fix for fix in shop.inspection.fix(["FRAME", "GPS"]).photos}
    assert done["GPS"].changed
    assert any("at most 16,383 pixels" in refusal.reason for refusal in done["FRAME"].refused)


def test_a_file_that_cannot_be_deleted_is_deleted_later(faulty: tuple[Shop, dict[str, str]]) -> None:
    shop, _ = faulty
    rows = dump(shop)
    shop.inspection.fix(["FRAME", "GPS"])
    mended = shop.catalog.photos("FRAME")[0].path
    own = {fix.original for fix in shop.catalog.fixes.all()}
    # a folder in its place cannot be deleted as a file, whoever asks
    mended.unlink()
    mended.mkdir()
    with pytest.raises(StoreError, match=r"cannot be deleted: .*Received: .*and repeat") as refused:
        shop.inspection.undo()
    assert refused.value.received == mended
    # everything else is done: both photos are the merchant's own, the other mended file is gone
    assert {photo.sha256 for name in ("FRAME", "GPS") for photo in shop.catalog.photos(name)} == own
    assert files(shop.folder / "fixed") == {}
    assert shop.catalog.ledger.count(IssueFilter(products=("FRAME",), code="photo_border")) == 1
    mended.rmdir()
    mended.write_bytes(b"left behind")
    shop.inspection.fix(["GPS"], dry_run=True)
    assert mended.exists()
    assert shop.inspection.undo() == []
    assert not (shop.folder / "fixed").exists() or files(shop.folder / "fixed") == {}
    assert dump(shop) == rows


def test_a_fix_deletes_what_an_undo_had_to_leave(faulty: tuple[Shop, dict[str, str]]) -> None:
    shop, _ = faulty
    shop.inspection.fix(["FRAME"])
    mended = shop.catalog.photos("FRAME")[0].path
    mended.unlink()
    mended.mkdir()
    with pytest.raises(StoreError):
        shop.inspection.undo()
    mended.rmdir()
    mended.write_bytes(b"left behind")
    shop.inspection.fix(["GPS"])
    assert [path.stem for path in (shop.folder / "fixed").rglob("*.*")] == [shop.catalog.fixes.all()[0].fixed]


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.EACCES, "leave to write"), (errno.EROFS, "leave to write"), (errno.ENOSPC, "Free some space")],
)
def test_a_file_that_cannot_be_written_has_its_own_remedy(
    faulty: tuple[Shop, dict[str, str]], monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    shop, _ = faulty

    def refuse(**_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    with pytest.raises(StoreError, match=remedy):
        shop.inspection.fix(["GPS"])


def test_what_stands_in_the_way_of_the_folder_is_told(faulty: tuple[Shop, dict[str, str]]) -> None:
    shop, _ = faulty
    (shop.folder / "fixed").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="what lies at this path"):
        shop.inspection.fix(["GPS"])


def test_names_that_do_not_exist_are_refused(faulty: tuple[Shop, dict[str, str]]) -> None:
    shop, _ = faulty
    with pytest.raises(UnknownName, match=r"safe fix mends.*Received: nonsense.*background_not_white"):
        shop.inspection.fix(code="nonsense")
    # before anything was looked at
    assert shop.inspection.status().ready == {}
    shop.inspect()
    for where, told in (
        (IssueFilter(code="photo_bordr"), r"code of a finding.*Received: photo_bordr.*photo_border"),
        (IssueFilter(channel="gogle"), r"rule pack.*Received: gogle.*google"),
        (IssueFilter(channel="nonsense"), "amazon, google, google-2027"),
    ):
        with pytest.raises(UnknownName, match=told):
            shop.inspection.issues(where)
    with pytest.raises(NotFound, match="NOPE"):
        shop.inspection.issues(IssueFilter(products=("GPS", "NOPE")))
    for known in (IssueFilter(code="photo_blurred"), IssueFilter(channel="taobao-jd"), IssueFilter(products=("GOOD",))):
        shop.inspection.issues(known)


def test_a_pack_with_open_issues_is_asked_again_however_long_ago_it_was(faulty: tuple[Shop, dict[str, str]]) -> None:
    shop, _ = faulty
    shop.inspect(rules=["amazon"])
    for _ in range(20):
        shop.inspection.run(products=["GOOD"])
    shop.inspection.fix(["GPS"])
    assert shop.inspection.status().changed["amazon"] == 0


def test_status_without_a_look(faulty: tuple[Shop, dict[str, str]]) -> None:
    shop, _ = faulty
    assert shop.inspection.status().ready == {}
    report = shop.inspect(rules=["google", "amazon"])
    status = shop.inspection.status()
    assert status.ready == report.ready()
    assert status.changed == {"google": 0, "amazon": 0}
    assert set(status.judged_at.values()) == {status.inspections[0].finished_at}
    assert status.issues == {"open": len(report.findings), "waived": 0, "fixed": 0}
    assert status.ready["amazon"].ready == 1  # of one photo alone the sides have 500 pixels
    assert 0 < status.ready["google"].share < 1
    for finding in report.findings:
        if ("google", "error") in finding.channels:
            shop.inspection.waive([finding.id], by="Ada", why="Agreed with the channel.")
    assert shop.inspection.status().ready["google"].share == 1.0


def test_a_pack_of_ones_own_may_have_the_name_of_one_that_ships(tmp_path: Path) -> None:
    (tmp_path / "gray.png").write_bytes(encode(np.full((300, 300, 3), 128, np.uint8), "png"))
    (tmp_path / "feed.csv").write_text("id,title,image_link\nA,Jacket,gray.png\n", encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text('name = "google"\ntitle = "Own"\nversion = "1"\nextends = "google"\n', encoding="utf-8")
    (tmp_path / "shop").mkdir()
    write_setting(tmp_path / "shop" / SETTINGS_FILE, "model", "none")
    write_setting(tmp_path / "shop" / SETTINGS_FILE, "rules", [str(own)])
    with Shop.open(tmp_path / "shop", create=True) as shop:
        shop.import_catalog(tmp_path / "feed.csv")
        assert "google" in shop.inspection.run().ready()
        report = shop.inspection.fix().report
        assert report is not None
        assert report.rules == ("Own",)
        # beside the one that ships it is refused before anything is inspected or mended
        before = shop.inspection.status()
        with pytest.raises(BadInput, match="'google'"):
            shop.inspection.fix(rules=["google"])
        assert shop.inspection.status() == before


def test_what_a_pack_that_is_not_asked_again_found_is_still_there_after_a_fix_and_its_undo(tmp_path: Path) -> None:
    (tmp_path / "gps.jpg").write_bytes(cases(300)["gps"][1])
    (tmp_path / "feed.csv").write_text("id,title,image_link\nA,Jacket,gps.jpg\n", encoding="utf-8")
    own = tmp_path / "own.toml"
    rule = '[[rules]]\ncheck = "photo_too_small"\nseverity = "error"\nlimits = { min_short_side = 900 }\n'
    own.write_text(f'name = "own"\ntitle = "Own"\nversion = "1"\n{rule}', encoding="utf-8")
    (tmp_path / "shop").mkdir()
    write_setting(tmp_path / "shop" / SETTINGS_FILE, "model", "none")
    with Shop.open(tmp_path / "shop", create=True) as shop:
        shop.import_catalog(tmp_path / "feed.csv")
        shop.inspection.run(rules=[str(own)])

        def of_own() -> tuple[list[str], str, int]:
            (issue,), _ = shop.inspection.issues(IssueFilter(channel="own", states=()))
            shown = [photo.sha256 for photo in shop.catalog.photos("A")]
            assert issue.finding.photo in shown
            return shown, issue.state, shop.inspection.status().ready["own"].ready

        before = of_own()
        assert before[1:] == ("open", 0)
        for _ in range(2):
            done = shop.inspection.fix(code="metadata_gps")
            assert done.photos[0].changed
            assert done.not_judged == shop.inspection.not_judged() == ("own",)
            assert of_own()[1:] == ("open", 0)
            shop.inspection.undo()
            assert of_own() == before
        assert shop.inspection.fix(rules=[str(own)], dry_run=True).not_judged == ()


def open_all(folder: Path, files: dict[str, bytes], rows: str) -> Shop:
    """Return the open shop of these photos and rows of id, title and photo."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "feed.csv").write_text(f"id,title,image_link\n{rows}", encoding="utf-8")
    (folder / "shop").mkdir()
    write_setting(folder / "shop" / SETTINGS_FILE, "model", "none")
    shop = Shop.open(folder / "shop", create=True)
    shop.import_catalog(folder / "feed.csv")
    return shop


def open_shared(folder: Path) -> Shop:
    """Return the open shop of two products, A and B, that show one framed photo with a place in it."""
    photo = with_exif(framed(drawn(400, fill=0.85)), gps=True)
    return open_all(folder, {"a.jpg": photo}, "A,Jacket,a.jpg\nB,Jacket,a.jpg\n")


def waived(shop: Shop, code: str) -> str:
    """Inspect, and return the id of A's finding, which is waived."""
    own = next(found.id for found in shop.inspect().findings if (found.product_id, found.code) == ("A", code))
    shop.inspection.waive([own], by="Ada", why="It is meant so.")
    return own


def test_a_photo_that_another_product_shows_is_mended_of_nothing_that_is_waived_there(tmp_path: Path) -> None:
    with open_shared(tmp_path) as shop:
        own = waived(shop, "photo_border")
        (left,) = shop.inspection.fix(["B"], code="photo_border").photos
        assert (left.changed, left.products) == (False, ("A", "B"))
        (refusal,) = left.refused
        assert refusal.code == "photo_border"
        assert "waived for A," in refusal.reason
        assert shop.catalog.ledger.issue(own).state == "waived"
        # of the rest it is mended, for both
        (done,) = shop.inspection.fix(["B"]).photos
        assert (done.steps, done.products) == ((("strip_metadata", "metadata_gps"),), ("A", "B"))
        assert [one.code for one in done.refused if "waived" in one.reason] == ["photo_border"]
        assert shop.catalog.ledger.issue(own).state == "waived"
        shop.inspection.unwaive([own])
        (done,) = shop.inspection.fix(["B"], code="photo_border").photos
        assert ("trim_border", "photo_border") in done.steps


def test_no_fix_changes_besides_what_is_waived_for_another_product(tmp_path: Path) -> None:
    with open_shared(tmp_path) as shop:
        own = waived(shop, "metadata_gps")
        (left,) = shop.inspection.fix(["B"]).photos
        assert not left.changed
        reasons = {refusal.code: refusal.reason for refusal in left.refused}
        assert "stay as it is (metadata_gps)" in reasons["photo_border"]
        assert "waived for A," in reasons["metadata_gps"]
        assert shop.catalog.ledger.issue(own).state == "waived"
        shop.inspection.unwaive([own])
        (done,) = shop.inspection.fix(["B"]).photos
        assert {code for _, code in done.steps} == {"photo_border", "metadata_gps"}


def test_what_was_mended_by_rules_that_are_not_asked_is_not_taken_back(tmp_path: Path) -> None:
    photo = encode(framed(drawn(1100, fill=0.85)), "webp", 95)
    with open_all(tmp_path, {"a.webp": photo}, "A,Jacket,a.webp\n") as shop:
        (first,) = shop.inspection.fix(code="file_format", rules=["amazon"]).photos
        assert first.steps == (("reformat", "file_format"),)
        (second,) = shop.inspection.fix(rules=["google"]).photos
        assert (second.fixed, second.steps, second.changed) == (first.fixed, first.steps, False)
        (refusal,) = (refusal for refusal in second.refused if refusal.code == "photo_border")
        assert "would lose that (file_format)" in refusal.reason
        assert shop.catalog.photos("A")[0].facts.format == "jpeg"
        (third,) = shop.inspection.fix(rules=["google", "amazon"]).photos
        assert {"photo_border", "file_format"} <= {code for _, code in third.steps}


def test_a_photo_has_its_sizes_before_and_after(tmp_path: Path) -> None:
    photo = encode(framed(drawn(600, fill=0.85), 20), "png")
    with open_all(tmp_path, {"a.png": photo}, "A,Jacket,a.png\n") as shop:
        (tried,) = shop.inspection.fix(dry_run=True).photos
        (done,) = shop.inspection.fix().photos
        facts = shop.catalog.photos("A")[0].facts
        assert done.size == tried.size == (640, 640)
        assert done.fixed_size == tried.fixed_size == (facts.width, facts.height) != (640, 640)


def test_photos_that_the_rules_have_nothing_against_are_not_counted(
    faulty: tuple[Shop, dict[str, str]], tmp_path: Path
) -> None:
    shop, _ = faulty
    shop.inspect()
    own = tmp_path / "own.toml"
    rule = '[[rules]]\ncheck = "photo_border"\nseverity = "error"\n'
    own.write_text(f'name = "own"\ntitle = "Own"\nversion = "1"\n{rule}', encoding="utf-8")
    done = shop.inspection.fix(rules=[str(own)], dry_run=True)
    assert [photo.products for photo in done.photos] == [("FRAME",)]
