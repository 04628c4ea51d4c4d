import json
from pathlib import Path

import pytest

from shoplens.photos.decode import decode_file
from tests.cli.conftest import Command
from tests.models.photo_shop import write
from tests.models.tiny_bundle import CATEGORIES, plain, tiny_bundle


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name, color in (("red", (220, 20, 20)), ("green", (20, 200, 30)), ("azure", (20, 30, 220))):
        for i in range(3):
            write(tmp_path / "data" / name / f"{i}.png", plain(*(max(0, level - 3 * i) for level in color)))
    return tmp_path / "data"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    tiny_bundle(tmp_path / "shop" / "bundles")
    tiny_bundle(tmp_path / "shop" / "bundles", "swapped", categories=(CATEGORIES[1], CATEGORIES[0], CATEGORIES[2]))
    return tmp_path / "shop"


def test_a_bundle_is_judged_compared_and_reported(shoplens: Command, shop: Path, data: Path, tmp_path: Path) -> None:
    write(data / "green" / "wrong.png", plain(10, 10, 240))
    answer = shoplens("evaluate", "tiny", data, "--shop", shop, "--against", "swapped", "--map", "azure=blue")
    assert answer.code == 0
    assert "accuracy  0.900 on 10 photos" in answer.out
    assert "against   swapped: +60.0 points on 10 photos" in answer.out
    report = shop / "reports" / "evaluate-tiny-data.html"
    assert f"report    {report}" in answer.out
    assert report.is_file()
    assert report.with_suffix(".json").is_file()
    assert report.with_suffix(".label-errors.csv").is_file()


def test_json_tells_what_a_program_asks(shoplens: Command, shop: Path, data: Path, tmp_path: Path) -> None:
    path = tmp_path / "out" / "r.html"
    answer = shoplens(
        "evaluate", "tiny", data, "--shop", shop, "--report", path, "--precision", "0.9", "--language", "zh", "--json"
    )
    told = json.loads(answer.out)
    assert told["figures"]["accuracy"] == 1.0
    assert told["wished"] == {"precision": 0.9, "threshold": pytest.approx(0.9), "coverage": 1.0}
    assert told["unmatched"] == {"azure": 3}
    assert told["against"] is None
    assert '<html lang="zh">' in path.read_text("utf-8")


def test_columns_of_a_table_that_mean_nothing_are_told(shoplens: Command, shop: Path, data: Path) -> None:
    table = data / "list.csv"
    table.write_text("path,label,split,price,note\nred/0.png,red,test,9,\nred/1.png,green,train,9,\n")
    answer = shoplens("evaluate", "tiny", table, "--shop", shop, "--split", "test")
    assert "accuracy  1.000 on 1 photos" in answer.out
    assert "ignored   columns price, note" in answer.out
    told = json.loads(shoplens("evaluate", "tiny", table, "--shop", shop, "--json").out)
    assert (told["figures"]["photos"], told["ignored_columns"]) == (2, ["price", "note"])
    assert "test, train" in shoplens("evaluate", "tiny", table, "--shop", shop, "--split", "tset").err


def test_an_unknown_label_is_told_with_what_to_do(shoplens: Command, shop: Path, data: Path) -> None:
    (data / "azure").rename(data / "blues and more")
    answer = shoplens("evaluate", "tiny", data, "--shop", shop)
    assert "unknown   blues and more (3 photos)" in answer.out
    assert "--map" in answer.out


def test_labels_alone_are_judged(shoplens: Command, shop: Path, data: Path) -> None:
    for folder in ("red", "green", "azure"):
        for i in range(6):
            write(
                data / folder / f"more{i}.png",
                plain(*{"red": (200, 9 * i, 0), "green": (9 * i, 200, 0)}.get(folder, (0, 9 * i, 200))),
            )
    answer = shoplens("evaluate", "tiny", data, "--shop", shop, "--out-of-fold")
    assert answer.code == 0
    assert (shop / "reports" / "evaluate-labels-data.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--language", "fr"), "en, zh"),
        (("--out-of-fold", "--against", "swapped"), "--against"),
        (("--map", "azure"), "--map"),
        (("--map", "azure=violet"), "violet"),
        (("--split", "test"), "splits"),
        (("--against", "nothing"), "swapped"),
    ],
)
def test_a_mistake_in_the_call_is_told(
    shoplens: Command, shop: Path, data: Path, arguments: tuple[str, ...], said: str
) -> None:
    answer = shoplens("evaluate", "tiny", data, "--shop", shop, *arguments)
    assert answer.code == 2
    assert said in answer.err


def test_a_photo_is_explained(shoplens: Command, shop: Path, tmp_path: Path) -> None:
    photo = plain(120, 120, 120, 40, 80)
    photo[8:32, 4:28] = 250, 0, 0
    write(tmp_path / "p.png", photo)
    out = tmp_path / "why.webp"
    answer = shoplens("explain", "tiny", tmp_path / "p.png", "--shop", shop, "--label", "红", "--out", out)
    assert answer.out.startswith("Red  ")
    picture = decode_file(out).pixels.astype(int)
    assert picture.shape == photo.shape
    # it glows on the red square and is grey elsewhere
    assert picture[20, 16].sum() > picture[20, 64].sum() + 60
    told = json.loads(shoplens("explain", "tiny", tmp_path / "p.png", "--shop", shop, "--out", out, "--json").out)
    assert told["label"] == "Red"
    assert shoplens("explain", "tiny", tmp_path / "p.png", "--shop", shop, "--out", tmp_path / "x.bmp").code == 2
    assert shoplens("explain", "tiny", tmp_path / "p.png", "--shop", shop, "--label", "violet").code == 2
