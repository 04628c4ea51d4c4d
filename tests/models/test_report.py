import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from shoplens.models.decoded_copies import Quarantined
from shoplens.models.evaluate import evaluate
from shoplens.models.progress import EpochDone
from shoplens.models.report import Report, Side
from tests.models.photo_shop import COLORS, draw, write

CLASSES = ("blue", "<b>green</b>", "red")


@pytest.fixture
def report(tmp_path: Path) -> Report:
    generator = np.random.default_rng(0)
    paths = [tmp_path / "photos" / f"{i} & more.png" for i in range(6)]
    for path in paths:
        write(path, draw("circle", COLORS["red"], generator))
    probabilities = np.array([[0.8, 0.1, 0.1], [0.1, 0.7, 0.2], [0.1, 0.2, 0.7], [0.9, 0.05, 0.05], [0.3, 0.4, 0.3]])
    probabilities = np.concatenate([probabilities, probabilities[:1]])
    return Report(
        kind="train",
        title="tea & cups",
        folder="photos/train",
        evaluation=evaluate(
            probabilities, np.array([0, 1, 2, 2, 0, 0]), CLASSES, [str(p) for p in paths], threshold=0.5
        ),
        sides=(Side("train", (10, 20, 30)), Side("validation", (1, 2, 3)), Side("test", (3, 1, 2))),
        kept_together=4,
        left_out=1,
        quarantined=(Quarantined("photos/train/red/bad<1>.jpg", "photo_unreadable", "It is no picture."),),
        history=tuple(EpochDone(i, 3, 1 / i, 1.2 / i, i / 4, 0.001, 250.0, 60.0 * i, i == 2) for i in (1, 2, 3)),
        stopped="patience",
        settings={"preset": "good", "epochs": 3, "budget_minutes": None},
        model={"id": "tea-1234"},
        machine={"processor": "drawn", "cores": "2"},
    )


class Reader(HTMLParser):
    """Collects what the page refers to, its open tags and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.references: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        self.references += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.references += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(report: Report, path: Path) -> Reader:
    report.write(path)
    reader = Reader()
    reader.feed(path.read_text("utf-8"))
    assert reader.open == []
    return reader


def test_the_page_stands_alone_and_says_what_a_colleague_asks(report: Report, tmp_path: Path) -> None:
    reader = read(report, tmp_path / "out" / "report.html")
    assert len(reader.references) == 2  # the two mistakes
    assert all(reference.startswith("data:image/jpeg;base64,") for reference in reader.references)
    for said in ("tea & cups", "66.7 %", "<b>green</b>", "3 & more.png", "90.0 %", "bad<1>.jpg", "It is no picture."):
        assert said in reader.text
    for said in (
        "learned from 60 photos",
        "3 passes in 3.0 min; the weights of pass 2",
        "no longer rose",
        "budget_minutes",
    ):
        assert said in reader.text
    assert "学习曲线" in reader.text
    assert "共 3 轮" in reader.text


def test_both_languages_say_everything(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    report.write(path, language="zh")
    page = path.read_text("utf-8")
    assert '<html lang="zh">' in page
    assert (
        len(re.findall(r'<(?:span|tspan) lang="en">', page))
        == len(re.findall(r'<(?:span|tspan) lang="zh">', page))
        > 40
    )


def test_the_json_beside_it_holds_the_same(report: Report, tmp_path: Path) -> None:
    report.write(tmp_path / "report.html")
    told = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert told["evaluation"]["accuracy"] == report.evaluation.accuracy
    assert [row["validation_accuracy"] for row in told["history"]] == [0.25, 0.5, 0.75]
    assert told["quarantined"][0]["code"] == "photo_unreadable"
    assert told["evaluation"]["mistakes"][0]["said"] == "blue"


def test_many_classes_are_told_by_their_most_frequent_confusions(tmp_path: Path) -> None:
    names = [f"class {i}" for i in range(40)]
    probabilities = np.eye(40)[np.r_[np.arange(40), 7, 7, 8]] * 0.9 + 0.1 / 40
    labels = np.r_[np.arange(40), 3, 3, 4]
    photo = tmp_path / "a.png"
    write(photo, draw("circle", COLORS["red"], np.random.default_rng(0)))
    figures = evaluate(probabilities, labels, names, [str(photo)] * 43)
    page = read(Report("evaluate", "many", "in", figures), tmp_path / "r.html").text
    assert "The most frequent confusions" in page
    assert page.index("class 3class 72") < page.index("class 4class 81")


def test_a_faultless_model_without_history_has_no_mistakes_to_show(tmp_path: Path) -> None:
    figures = evaluate(np.eye(2)[[0, 1]], np.array([0, 1]), ("a", "b"), ["x", "y"])
    reader = read(Report("evaluate", "clean", "in", figures), tmp_path / "r.html")
    assert "There is none." in reader.text
    assert reader.references == []
    assert "Learning curves" not in reader.text
