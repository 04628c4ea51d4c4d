"""`shoplens bundle` and `shoplens export` on a drawn shop."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.cli.conftest import Command
from tests.cli.drawn_shop import DrawnShop
from tests.models.tiny_bundle import CATEGORIES, tiny_bundle


@pytest.fixture
def own(drawn: DrawnShop, tmp_path: Path) -> Path:
    """A copy of the drawn shop that searches by colours, with the tiny bundle on its shelf."""
    shutil.copytree(drawn.folder, tmp_path / "own")
    tiny_bundle(tmp_path / "own" / "shop" / "bundles")
    return tmp_path / "own" / "shop"


def in_use(shop: Path) -> str:
    with Shop.open(shop) as opened:
        return opened.settings.model


def test_list_and_show(shoplens: Command, drawn: DrawnShop) -> None:
    listed = json.loads(shoplens("bundle", "list", "--shop", drawn.shop, "--json").out)
    assert [row["name"] for row in listed["bundles"]] == ["base"]
    assert not listed["bundles"][0]["in_use"]
    assert [state["name"] for state in listed["history"]] == ["none"]
    card = shoplens("bundle", "show", "base", "--shop", drawn.shop)
    assert "licence" in card.out
    assert json.loads(shoplens("bundle", "show", "base", "--shop", drawn.shop, "--json").out)["card"]["licence"]
    for words in (["show", "nothing"], ["promote", "nothing"], ["compare", "base", "nothing"]):
        unknown = shoplens("bundle", *words, "--shop", drawn.shop)
        assert unknown.code == 2
        assert "base" in unknown.err


def test_promote_and_go_back(shoplens: Command, own: Path) -> None:
    promoted = json.loads(shoplens("bundle", "promote", "tiny", "--shop", own, "--json").out)
    assert promoted["embedded"] > 0
    assert in_use(own) == "tiny"
    with Shop.open(own) as opened:
        photo = next(iter(opened.catalog.photos(opened.catalog.product_ids()[0])))
        assert opened.search(photo.path, limit=3).matches
    listed = json.loads(shoplens("bundle", "list", "--shop", own, "--json").out)
    assert [row["name"] for row in listed["bundles"] if row["in_use"]] == ["tiny"]
    back = json.loads(shoplens("bundle", "rollback", "--shop", own, "--json").out)
    assert back["model"] == in_use(own) == "none"
    nothing = shoplens("bundle", "rollback", "--shop", own)
    assert nothing.code == 2
    assert "before" in nothing.err


def test_a_promotion_compares_first_and_can_stop_there(shoplens: Command, own: Path) -> None:
    looked = json.loads(shoplens("bundle", "promote", "tiny", "--dry-run", "--shop", own, "--json").out)
    assert in_use(own) == "none"
    assert looked["embedded"] > 0
    assert not looked["switched"]
    compared = looked["comparison"]
    assert compared["photos"] > 0
    assert 0 <= compared["overlap"] <= 1
    assert all(0 <= first <= ten <= 1 for first, ten in zip(compared["first"], compared["among_ten"], strict=True))
    promoted = shoplens("bundle", "promote", "tiny", "--shop", own)
    assert "same ten nearest" in promoted.out
    assert "0 photos were embedded" in promoted.out
    assert in_use(own) == "tiny"


def test_a_shop_that_is_open_takes_the_promoted_model_up_by_itself(shoplens: Command, own: Path) -> None:
    with Shop.open(own) as opened:
        photo = next(iter(opened.catalog.photos(opened.catalog.product_ids()[0])))
        before = opened.embedder.id
        assert opened.search(photo.path).matches
        assert shoplens("bundle", "promote", "tiny", "--shop", own).code == 0
        deadline = time.monotonic() + 60
        while opened.embedder.id == before and time.monotonic() < deadline:
            assert opened.search(photo.path).matches  # by the one model or the other, never by none
        assert opened.settings.model == "tiny"
        assert opened.search(photo.path).matches
        write_setting(own / SETTINGS_FILE, "model", "nothing-of-that-name")
        for _ in range(20):
            assert opened.search(photo.path).matches
        assert opened.settings.model == "tiny"


def test_the_former_model_comes_back_when_the_one_in_use_is_damaged(shoplens: Command, own: Path) -> None:
    assert shoplens("bundle", "promote", "tiny", "--shop", own).code == 0
    tiny_bundle(own / "bundles", "second", categories=(CATEGORIES[1], CATEGORIES[0], CATEGORIES[2]))
    assert shoplens("bundle", "promote", "second", "--shop", own).code == 0
    (own / "bundles" / "second" / "model.onnx").write_bytes(b"half")
    verified = shoplens("bundle", "verify", "--shop", own)
    assert verified.code == 1
    assert "base: sound" in verified.out
    assert "second: A file of the bundle was altered" in verified.out
    listed = json.loads(shoplens("bundle", "list", "--shop", own, "--json").out)
    assert next(row for row in listed["bundles"] if row["name"] == "second")["damaged"]
    assert shoplens("bundle", "rollback", "--shop", own).code == 0
    # the copy of what was promoted last stands before the model before it
    assert in_use(own) == "second"
    assert shoplens("bundle", "verify", "second", "--shop", own).code == 0
    assert shoplens("bundle", "rollback", "--shop", own).code == 0
    assert in_use(own) == "tiny"


def test_what_is_worse_is_not_promoted(shoplens: Command, own: Path, tmp_path: Path) -> None:
    from tests.models.test_bundle_comparison import draw_colors

    judged = draw_colors(tmp_path / "judged")
    tiny_bundle(own / "bundles", "worse", categories=(CATEGORIES[1], CATEGORIES[0], CATEGORIES[2]))
    assert shoplens("bundle", "promote", "tiny", "--shop", own).code == 0
    refused = shoplens("bundle", "promote", "worse", "--judged", judged, "--shop", own)
    assert refused.code == 2
    assert "66.7 points worse" in refused.err
    assert in_use(own) == "tiny"
    assert shoplens("bundle", "promote", "worse", "--judged", judged, "--force", "--shop", own).code == 0
    assert in_use(own) == "worse"


def test_compare(shoplens: Command, own: Path, tmp_path: Path) -> None:
    from tests.models.test_bundle_comparison import draw_colors

    judged = draw_colors(tmp_path / "judged")
    found = json.loads(shoplens("bundle", "compare", "tiny", "base", judged, "--shop", own, "--json").out)
    assert found["first"]["accuracy"] == 1
    assert found["second"]["accuracy"] is None
    assert found["second"]["dim"] == 256
    assert found["same_label"] is None
    table = shoplens("bundle", "compare", "tiny", "base", judged, "--shop", own)
    assert "same ten neighbours" in table.out


def test_add(shoplens: Command, drawn: DrawnShop, tmp_path: Path) -> None:
    bundle = tiny_bundle(tmp_path / "origin")
    archive = shutil.make_archive(str(tmp_path / "packed"), "gztar", bundle.path.parent, "tiny")
    shop = tmp_path / "shop"
    added = json.loads(shoplens("bundle", "add", archive, "--shop", shop, "--json").out)
    assert added["id"] == bundle.id
    again = shoplens("bundle", "add", bundle.path, "--shop", shop)
    assert again.code == 2
    assert "--name" in again.err
    other = shoplens("bundle", "add", bundle.path, "--shop", shop, "--name", "other")
    assert "shoplens bundle promote other" in other.out
    classified = json.loads(shoplens("classify", drawn.query, "--bundle", "other", "--shop", shop, "--json").out)
    assert classified


def test_an_encoder_searches_but_does_not_classify(
    shoplens: Command, own: Path, drawn: DrawnShop, tmp_path: Path
) -> None:
    pytest.importorskip("onnx", reason="needs the extra 'train'")
    from tests.models.foreign_network import SPEC, write_foreign

    write_foreign(tmp_path / "encoder.onnx")
    (tmp_path / "encoder.toml").write_text(SPEC)
    arguments = ("bundle", "add", tmp_path / "encoder.onnx", "--preprocess", tmp_path / "encoder.toml")
    assert shoplens(*arguments, "--shop", own).code == 0
    assert shoplens("bundle", "promote", "foreign", "--shop", own).code == 0
    assert json.loads(shoplens("search", drawn.query, "--shop", own, "--json").out)["matches"]
    assert "none" in shoplens("bundle", "show", "foreign", "--shop", own).out
    refused = shoplens("classify", drawn.query, "--bundle", "foreign", "--shop", own)
    assert refused.code == 2
    assert "names no categories" in refused.err


def test_export_with_the_photos_of_the_shop(shoplens: Command, own: Path) -> None:
    pytest.importorskip("onnx", reason="needs the extra 'train'")
    arguments = ("export", "tiny", "--to", "onnx-int8", "--as-bundle", "tiny8", "--shop", own)
    done = json.loads(shoplens(*arguments, "--json").out)
    assert Path(done["path"]) == own / "exports" / "tiny-int8.onnx"
    with Shop.open(own) as opened:
        photos = len(set(opened.catalog.main_photos(opened.catalog.product_ids()).values()))
    assert done["loss"]["photos"] == photos // 2  # the other half calibrated
    assert json.loads(Path(done["path"] + ".json").read_text())["loss"] == done["loss"]
    shown = shoplens("bundle", "show", "tiny8", "--shop", own).out
    assert "export.loss.cosine_mean" in shown
    again = shoplens("export", "tiny", "--to", "onnx", "--shop", own, "--out", own / "here")
    assert "loss      0.00 points" in again.out
    assert (own / "here.onnx").is_file()


def test_export_without_photos_says_where_to_get_them(shoplens: Command, tmp_path: Path) -> None:
    with Shop.open(tmp_path / "empty", create=True):
        pass
    refused = shoplens("export", "base", "--to", "onnx", "--shop", tmp_path / "empty")
    assert refused.code == 2
    assert "--calibration" in refused.err


def test_the_base_model_needs_no_shop(
    shoplens: Command, drawn: DrawnShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnx", reason="needs the extra 'train'")
    monkeypatch.chdir(tmp_path)
    listed = json.loads(shoplens("bundle", "list", "--json").out)["bundles"]
    assert [(row["name"], row["in_use"]) for row in listed] == [("base", False)]
    assert json.loads(shoplens("bundle", "show", "base", "--json").out)["name"] == "base"
    assert shoplens("bundle", "verify").out == "base: sound\n"
    assert shoplens("bundle", "verify", "base").code == 0
    assert json.loads(shoplens("bundle", "compare", "base", "base", "--json").out)["first"]["categories"]
    assert "--calibration" in shoplens("export", "base", "--to", "onnx-float16").err
    done = shoplens("export", "base", "--to", "onnx-float16", "--calibration", drawn.folder, "--json")
    assert json.loads(done.out)["path"] == "base-float16.onnx"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base-float16.onnx", "base-float16.onnx.json"]
    for words in (["bundle", "show", "own"], ["bundle", "promote", "base"], ["export", "own", "--to", "onnx"]):
        assert "There is no shop" in shoplens(*words).err


@pytest.mark.parametrize(
    ("to", "file"), [("onnx", "tiny.onnx"), ("onnx-float16", "tiny-float16.onnx"), ("onnx-int8", "tiny-int8.onnx")]
)
def test_an_export_is_named_once_after_its_format(shoplens: Command, own: Path, to: str, file: str) -> None:
    pytest.importorskip("onnx", reason="needs the extra 'train'")
    done = shoplens("export", "tiny", "--to", to, "--shop", own, "--json")
    assert Path(json.loads(done.out)["path"]) == own / "exports" / file
