"""`shoplens inspect learn`, `line`, `lines`, `forget` on drawn photos; and `inspect` alone means what it meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shoplens.photos.decode import decode_file
from shoplens.photos.encode import encode
from shoplens.photos.transform import resize
from shoplens.records import Photo
from shoplens.shop import Shop
from tests.cli.conftest import Command
from tests.quality.defects.drawn_line import good, other_product, scratched


def test_a_line_is_learned_asked_listed_and_forgotten(shoplens: Command, tmp_path: Path) -> None:
    shop, samples, heat = tmp_path / "shop", tmp_path / "good", tmp_path / "heat"
    samples.mkdir()
    for seed in range(8):
        (samples / f"{seed}.png").write_bytes(encode(good(seed), "png"))
    (samples / "again.png").write_bytes((samples / "0.png").read_bytes())
    (samples / "notes.jpg").write_bytes(b"no picture")
    (samples / "._0.png").write_bytes(b"what macOS keeps beside a file")
    told = shoplens("inspect", "learn", "discs", samples, "--shop", shop, "--json")
    assert told.code == 1
    learned = json.loads(told.out)
    assert (learned["samples"], learned["defects"]) == (8, 0)
    assert [Path(refused["photo"]).name for refused in learned["refused"]] == ["notes.jpg"]

    photos = {"whole.png": good(90), "broken.png": scratched(91), "bars.png": other_product(0)}
    for name, pixels in photos.items():
        (tmp_path / name).write_bytes(encode(pixels, "png"))
    files = [tmp_path / name for name in photos]
    answer = shoplens("inspect", "line", "discs", *files, "--shop", shop, "--heat", heat, "--json")
    assert answer.code == 1
    rows = json.loads(answer.out)
    assert [row["outcome"] for row in rows] == ["good", "defect", "other_product"]
    assert (heat / "broken.heat.webp").read_bytes()[8:12] == b"WEBP"
    assert shoplens("inspect", "line", "discs", files[0], "--shop", shop).code == 0
    (tmp_path / "other").mkdir()
    namesakes = [tmp_path / "other" / "whole.png", tmp_path / "Whole.webp"]
    for path, pixels in zip(namesakes, (good(92), good(93)), strict=True):
        path.write_bytes(encode(pixels, "png"))
    words = ("inspect", "line", "discs", files[0], *namesakes, "--shop", shop, "--heat", tmp_path / "maps")
    drawn = [Path(row["heat"]).name for row in json.loads(shoplens(*words, "--json").out)]
    assert drawn == ["whole.heat.webp", "whole-2.heat.webp", "Whole-3.heat.webp"]
    assert {path.name for path in (tmp_path / "maps").iterdir()} == {*drawn}
    assert all(name in shoplens(*words).out for name in drawn)
    assert "DEFECT" in shoplens("inspect", "line", "discs", files[1], "--shop", shop).out

    assert json.loads(shoplens("inspect", "lines", "--shop", shop, "--json").out)[0]["line"] == "discs"
    assert shoplens("inspect", "forget", "discs", "--shop", shop).code == 0
    assert "No product line" in shoplens("inspect", "lines", "--shop", shop).out
    missing = shoplens("inspect", "line", "discs", files[0], "--shop", shop)
    assert missing.code == 2
    assert "none yet" in missing.err


def test_a_large_photo_is_scored_as_from_python(shoplens: Command, tmp_path: Path) -> None:
    photo, shop = tmp_path / "large.jpg", tmp_path / "shop"
    photo.write_bytes(encode(resize(scratched(91), 1500, 1100), "jpeg"))
    with Shop.open(shop, create=True) as opened:
        opened.defects.learn("discs", [encode(good(seed), "png") for seed in range(8)])
        score = opened.defects.inspect("discs", photo).score
    (row,) = json.loads(shoplens("inspect", "line", "discs", photo, "--shop", shop, "--json").out)
    assert row["score"] == pytest.approx(score, abs=1e-4)


def test_samples_that_do_not_count_are_told_and_do_not_show_a_rate(shoplens: Command, tmp_path: Path) -> None:
    for number, pixels in enumerate([*map(good, range(9)), other_product(0)]):
        (tmp_path / f"{number}.png").write_bytes(encode(pixels, "png"))
    words = ("inspect", "learn", "discs", tmp_path, "--shop", tmp_path / "shop", "--false-alarms")
    few = shoplens(*words, "0.095").out  # of ten scores the greatest would show it: 1 / 11
    assert "learned from 10 good samples" in few
    assert "1 of them looks like another product and does not count" in few
    assert "So few samples" in few
    assert "So few samples" not in shoplens(*words, "0.1").out


def test_a_folder_without_a_photo_is_refused(shoplens: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "good.png").write_bytes(encode(good(0), "png"))
    for words in (("learn", "d", tmp_path, "--defects", tmp_path / "empty"), ("line", "d", tmp_path / "empty")):
        told = shoplens("inspect", *words, "--shop", tmp_path / "shop")
        assert told.code == 2
        assert "no picture file here" in told.err


def test_of_too_many_samples_no_more_are_read(
    shoplens: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def decoded(path: Path, *, min_side: int) -> Photo:
        read.append(path)
        return decode_file(path, min_side=min_side)

    monkeypatch.setattr("shoplens.quality.defects.learn_line.MOST", 6)
    monkeypatch.setattr("shoplens.shop_defects.decode_file", decoded)
    for seed in range(9):
        (tmp_path / f"{seed}.png").write_bytes(encode(good(seed), "png"))
    (tmp_path / "00.png").write_bytes((tmp_path / "0.png").read_bytes())
    told = shoplens("inspect", "learn", "discs", tmp_path, "--shop", tmp_path / "shop")
    assert told.code == 2
    assert "at most 6 different good photos" in told.err
    assert len(read) == 8


def test_a_folder_or_an_option_needs_no_command(shoplens: Command, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encode(good(0), "png"))
    plain, named = (shoplens("inspect", *words, "--json") for words in ([tmp_path], ["run", tmp_path]))
    assert json.loads(plain.out)["findings"] == json.loads(named.out)["findings"]
    assert plain.code == named.code
    assert shoplens("inspect", "--shop", tmp_path / "none").code == 2
