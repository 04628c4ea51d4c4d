"""`shoplens teach` on a shop of colours: what five photos teach, `shoplens classify` says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shoplens.photos.encode import encode
from shoplens.settings import SETTINGS_FILE, write_setting
from tests.classify.test_teaching import GREEN, RED, thing
from tests.cli.conftest import Command


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    write_setting(folder / SETTINGS_FILE, "model", "none")
    return folder


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "moss"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.png").write_bytes(encode(thing(GREEN, number), "png"))
    return folder


def test_a_folder_teaches_and_is_forgotten(shoplens: Command, shop: Path, photos: Path) -> None:
    sixth, red = photos.parent / "sixth.jpg", photos.parent / "red.jpg"
    sixth.write_bytes(encode(thing(GREEN, 70), "jpeg"))
    red.write_bytes(encode(thing(RED, 70), "jpeg"))
    assert shoplens("teach", "--list", "--shop", photos.parent).code == 2
    assert "5 photos added, 5 in all" in shoplens("teach", "Plants>Moss", photos, "--shop", shop).out
    assert json.loads(shoplens("teach", "--list", "--json", "--shop", shop).out) == [
        {"category": "Plants > Moss", "photos": 5}
    ]
    said = json.loads(shoplens("classify", sixth, red, "--shop", shop, "--json").out)
    assert said[0]["category"] == "Plants > Moss"
    assert said[1]["category"] != "Plants > Moss"
    assert "5 photos forgotten" in shoplens("teach", "plants > moss", "--forget", "--shop", shop).out
    assert "Nothing was taught" in shoplens("teach", "--list", "--shop", shop).out
    assert json.loads(shoplens("classify", sixth, "--shop", shop, "--json").out)[0]["category"] != "Plants > Moss"


def test_patterns_and_bad_files(shoplens: Command, shop: Path, photos: Path) -> None:
    (photos / "notes.png").write_bytes(b"no picture")
    (photos / "copy.jpg").write_bytes(encode(thing(GREEN, 0), "jpeg"))
    answer = shoplens("teach", "Moss", photos / "[01n]*.png", photos / "copy.jpg", "--shop", shop, "--json")
    assert answer.code == 1
    lesson = json.loads(answer.out)
    assert (lesson["added"], lesson["photos"], lesson["enough"]) == (2, 2, False)
    assert lesson["repeated"] == [str(photos / "copy.jpg")]
    assert [refused["code"] for refused in lesson["refused"]] == ["photo_not_an_image"]


def test_products_teach_by_their_photos(shoplens: Command, photos: Path) -> None:
    other = photos.parent / "other"
    feed = photos.parent / "feed.csv"
    feed.write_text("id,title,image\n" + "".join(f"P{n},Plant,moss/{n}.png\n" for n in range(5)), encoding="utf-8")
    other.mkdir()
    write_setting(other / SETTINGS_FILE, "model", "none")
    assert shoplens("import", feed, "--shop", other).code == 0
    assert "2 photos added" in shoplens("teach", "Moss", "P0", "P3", "--shop", other).out


@pytest.mark.parametrize(
    "arguments", [[], ["Moss"], ["--list", "--forget"], ["Moss", "--list"], ["--forget"], ["Moss", "a.jpg", "--forget"]]
)
def test_what_is_no_lesson_is_refused(shoplens: Command, shop: Path, arguments: list[str]) -> None:
    answer = shoplens("teach", *arguments, "--shop", shop)
    assert answer.code == 2
    assert "--forget" in answer.err


def test_an_unknown_name_makes_no_shop(shoplens: Command, tmp_path: Path) -> None:
    answer = shoplens("teach", "Moss", "nowhere.jpg", "--shop", tmp_path / "new")
    assert answer.code == 2
    assert not (tmp_path / "new").exists()


def test_a_file_makes_the_shop(shoplens: Command, tmp_path: Path, photos: Path) -> None:
    assert shoplens("teach", "Moss", photos / "0.png", "--shop", tmp_path / "new").code == 0
    assert (tmp_path / "new" / "catalog.db").is_file()
