import json
from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import BadInput
from shoplens.models.bundle import Category
from shoplens.models.evaluate_bundle import evaluate_bundle, evaluate_labels
from shoplens.models.progress import PhotosRead, TrainingEvent
from tests.models.photo_shop import write
from tests.models.tiny_bundle import CATEGORIES, plain, tiny_bundle

PAINT = {"red": (220, 20, 20), "green": (20, 200, 30), "blue": (20, 30, 220)}


def folders(root: Path, per_class: int = 4) -> Path:
    for name, color in PAINT.items():
        for i in range(per_class):
            write(root / name / f"{i}.png", plain(*(max(0, level - 3 * i) for level in color)))
    return root


def test_class_folders_named_in_either_language_are_judged(tmp_path: Path) -> None:
    bundle = tiny_bundle(tmp_path / "bundles")
    data = folders(tmp_path / "data")
    (data / "green").rename(data / "绿")
    write(data / "Red" / "wrong.png", plain(10, 10, 240))
    (data / "red" / "broken.jpg").write_bytes(b"no photo")
    write(data / "purple" / "p.png", plain(100, 0, 100))
    told: list[TrainingEvent] = []
    report = evaluate_bundle(bundle, data, listener=told.append)
    e = report.evaluation
    assert (e.photos, e.accuracy) == (13, pytest.approx(12 / 13))
    assert e.confusion == ((4, 0, 1), (0, 4, 0), (0, 0, 4))
    assert [(m.truth, m.said, Path(m.path).name) for m in e.mistakes] == [("Red", "Blue", "wrong.png")]
    assert [Path(bad.path).name for bad in report.quarantined] == ["broken.jpg"]
    assert [(label.label, label.photos) for label in report.unmatched] == [("purple", 1)]
    assert e.threshold == bundle.threshold
    assert told[-1] == PhotosRead(14, 14)


def test_a_manifest_is_judged_by_split_with_translated_labels(tmp_path: Path) -> None:
    folders(tmp_path / "data")
    rows = ["path,label,split"]
    rows += [f"data/{name}/{i}.png,{name[0]},{'test' if i else 'train'}" for name in PAINT for i in range(4)]
    (tmp_path / "list.csv").write_text("\n".join(rows) + "\n")
    names = {"r": "red", "g": "Green", "b": "blue"}
    report = evaluate_bundle(tiny_bundle(tmp_path / "bundles"), tmp_path / "list.csv", split="test", names=names)
    assert (report.evaluation.photos, report.evaluation.accuracy) == (9, 1.0)


def test_a_table_names_photos_anywhere_and_its_other_columns_and_bad_rows_are_told(tmp_path: Path) -> None:
    data = folders(tmp_path / "data")
    rows = [f"{data / name / '0.png'}\t{name}\t9" for name in PAINT]
    (tmp_path / "lists").mkdir()
    path = tmp_path / "lists" / "judged.tsv"
    path.write_text("\n".join(["Image Path\tClass\t<b>price", *rows, "../data/red/1.png\tred", "../data/red/2.png"]))
    report = evaluate_bundle(tiny_bundle(tmp_path / "bundles"), path)
    assert (report.evaluation.photos, report.evaluation.accuracy) == (4, 1.0)
    assert [bad.reason for bad in report.quarantined] == ["Row 6 has no label."]
    report.write(tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "Columns of the table that were not used" in page
    assert "&lt;b&gt;price" in page
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["ignored_columns"] == ["<b>price"]


def test_labels_that_the_bundle_does_not_know_are_refused_with_the_remedy(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data / "shirt" / "a.png", plain(1, 2, 3))
    with pytest.raises(BadInput, match=r"unknown labels: shirt.*--map"):
        evaluate_bundle(tiny_bundle(tmp_path / "bundles"), data)


def test_two_bundles_are_compared_on_the_photos_that_both_know(tmp_path: Path) -> None:
    data = folders(tmp_path / "data")
    # the same network whose labels stand in another order takes green for red and red for green
    swapped = (CATEGORIES[1], CATEGORIES[0], Category("violet", "Violet"))
    other = tiny_bundle(tmp_path / "bundles", "swapped", categories=swapped)
    report = evaluate_bundle(tiny_bundle(tmp_path / "bundles"), data, against=other, names={"x": "violet", "y": "blue"})
    c = report.comparison
    assert c is not None
    assert (c.photos, c.only_first, c.only_other) == (8, 8, 0)
    assert c.p_value == pytest.approx(2 / 2**8)
    assert c.difference == 1.0
    assert {(change.said, change.other_said) for change in c.changes} == {("Red", "Green"), ("Green", "Red")}


def test_the_cards_history_becomes_the_reports_and_a_strange_one_does_not(tmp_path: Path) -> None:
    data = folders(tmp_path / "data")
    record = dict(
        epoch=1,
        epochs=2,
        loss=1.0,
        validation_loss=0.9,
        validation_accuracy=0.5,
        learning_rate=0.1,
        photos_per_second=9.0,
        seconds=3.0,
        best=True,
    )
    told = tiny_bundle(tmp_path / "b", "told", card={"history": [record], "stopped": "budget"})
    strange = tiny_bundle(tmp_path / "b", "strange", card={"history": [{"x": 1}], "stopped": "<b>", "settings": 3})
    report = evaluate_bundle(told, data)
    assert [row.validation_accuracy for row in report.history] == [0.5]
    assert report.stopped == "budget"
    report.write(tmp_path / "r.html")
    assert "Learning curves" in (tmp_path / "r.html").read_text("utf-8")
    assert evaluate_bundle(strange, data).history == ()


def test_labels_are_judged_out_of_fold_whatever_the_bundle_knows(tmp_path: Path) -> None:
    generator, data = np.random.default_rng(0), tmp_path / "data"
    for name, color in (("warm", (200, 60, 20)), ("cold", (20, 60, 200))):
        for i in range(20):
            photo = plain(*color).astype(int) + generator.integers(-20, 21, 3) + generator.normal(0, 30, (20, 30, 3))
            write(data / name / f"{i}.png", np.clip(photo, 0, 255).astype(np.uint8))
    (data / "cold" / "3.png").rename(data / "warm" / "wrong.png")
    report = evaluate_labels(tiny_bundle(tmp_path / "bundles"), data)
    assert report.kind == "out_of_fold"
    assert [row.name for row in report.evaluation.classes] == ["cold", "warm"]
    first = report.evaluation.label_errors[0]
    assert (Path(first.path).name, first.given, first.suggested) == ("wrong.png", "warm", "cold")
    report.write(tmp_path / "r.html")
    assert "Report on data and labels" in (tmp_path / "r.html").read_text("utf-8")


def test_photos_of_one_group_never_judge_one_another(tmp_path: Path) -> None:
    # within each product the label follows the colour, but across products it is the other way round: only a
    # classifier that has seen the product itself could be right
    rows = ["path,label,group"]
    generator = np.random.default_rng(1)
    for product in range(2):
        for i in range(24):
            warm = i % 2 == 0
            photo = plain(*((200, 60, 20) if warm else (20, 60, 200))).astype(int) + generator.normal(
                0, 30, (20, 30, 3)
            )
            write(tmp_path / f"{product}-{i}.png", np.clip(photo, 0, 255).astype(np.uint8))
            rows.append(f"{product}-{i}.png,{'ab'[warm == (product == 0)]},p{product}")
    (tmp_path / "list.csv").write_text("\n".join(rows) + "\n")
    assert evaluate_labels(tiny_bundle(tmp_path / "bundles"), tmp_path / "list.csv").evaluation.accuracy == 0.0


def test_one_label_cannot_be_judged_out_of_fold(tmp_path: Path) -> None:
    write(tmp_path / "data" / "a" / "1.png", plain(1, 2, 3))
    with pytest.raises(BadInput, match="two labels"):
        evaluate_labels(tiny_bundle(tmp_path / "bundles"), tmp_path / "data")
