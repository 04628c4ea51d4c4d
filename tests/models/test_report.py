import csv
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from shoplens.models.comparison import Answers, compare_answers
from shoplens.models.decoded_copies import Quarantined
from shoplens.models.evaluate import evaluate
from shoplens.models.label_names import UnmatchedLabel
from shoplens.models.progress import EpochDone
from shoplens.models.report import Report, Side
from tests.models.photo_shop import COLORS, draw, write
from tests.models.tiny_bundle import tiny_bundle

HOSTILE = "<script>alert('x')</script>"
CLASSES = ("blue", HOSTILE, '=cmd|"red" & {more}')
VOID = ("meta", "img", "br", "input")
SECTIONS = (
    ("Worst mistakes", "最严重的错误"),
    ("What is taken for what", "混淆矩阵"),
    ("The most confused pairs", "最易混淆的类别"),
    ("Class by class", "各类别指标"),
    ("Does it know when it is right?", "模型是否知道自己何时正确？"),
    ("When to say nothing", "何时不作答"),
    ("Suspected label errors", "疑似标签错误"),
    ("Learning curves", "学习曲线"),
    ("Compared", "模型比较"),
    ("Data", "数据"),
    ("How it was made", "生成信息"),
)


@pytest.fixture
def report(tmp_path: Path) -> Report:
    generator = np.random.default_rng(0)
    paths = [tmp_path / "photos" / f"{i} <img src=x onerror=alert(1)> & more.png" for i in range(60)]
    for path in paths:
        write(path, draw("circle", COLORS["red"], generator))
    labels = np.arange(60) % 3
    probabilities = np.eye(3)[labels] * 0.7 + 0.1
    probabilities[[4, 20]] = [[0.1, 0.08, 0.82], [0.9, 0.05, 0.05]]
    evaluation = evaluate(probabilities, labels, CLASSES, [str(p) for p in paths], threshold=0.5)
    right = probabilities.argmax(axis=1) == labels
    answers = Answers([CLASSES[i] for i in probabilities.argmax(axis=1)], probabilities.max(axis=1), right)
    other = Answers([HOSTILE] * 60, np.full(60, 0.4), labels == 1)
    truth = [CLASSES[label] for label in labels]
    return Report(
        kind="train",
        title="tea & cups",
        folder="photos/train",
        evaluation=evaluation,
        sides=(Side("train", (10, 20, 30)), Side("validation", (1, 2, 3)), Side("test", (3, 1, 2))),
        kept_together=4,
        left_out=1,
        quarantined=(Quarantined("photos/train/red/bad<1>.jpg", "photo_unreadable", "It is <i>no</i> picture."),),
        unmatched=(UnmatchedLabel("<u>tee</u>", 7, (HOSTILE,)),),
        history=tuple(EpochDone(i, 3, 1 / i, 1.2 / i, i / 4, 0.001, 250.0, 60.0 * i, i == 2) for i in (1, 2, 3)),
        stopped="patience",
        comparison=compare_answers(answers, other, truth, evaluation_paths(paths), name="<b>old</b>", id="old-1"),
        settings={"preset": "good", "epochs": 3, "budget_minutes": None},
        model={"id": "tea-1234"},
        machine={"processor": "drawn", "cores": "2"},
    )


def evaluation_paths(paths: list[Path]) -> list[str]:
    return [str(path) for path in paths]


class Reader(HTMLParser):
    """Collects what the page refers to, its open tags and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.references: list[str] = []
        self.ids: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self._note(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.references += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]
        self.ids += [value or "" for name, value in attrs if name == "id"]


def read(report: Report, path: Path) -> Reader:
    report.write(path)
    reader = Reader()
    reader.feed(path.read_text("utf-8"))
    assert reader.open == []
    return reader


def test_the_page_stands_alone_and_says_what_a_colleague_asks(report: Report, tmp_path: Path) -> None:
    reader = read(report, tmp_path / "out" / "report.html")
    pictures = [reference for reference in reader.references if not reference.startswith("#")]
    assert len(pictures) >= 4  # the two mistakes, again as pairs and as suspected labels
    assert all(reference.startswith("data:image/webp;base64,") for reference in pictures)
    assert {reference[1:] for reference in reader.references if reference.startswith("#")} <= set(reader.ids)
    for said in (
        "tea & cups",
        "96.7\u00a0%",
        HOSTILE,
        "& more.png",
        "90\u00a0%",
        "bad<1>.jpg",
        "It is <i>no</i> picture.",
    ):
        assert said in reader.text
    for said in (
        "learned from 60 photos",
        "3 passes in 3.0 min; the weights of pass 2",
        "no longer rose",
        "budget_minutes",
        "<u>tee</u>",
        "Better than <b>old</b> by +63.3 points",
        "58 of 60 photos are named right",
    ):
        assert said in reader.text


def test_every_section_is_there_in_both_languages(report: Report, tmp_path: Path) -> None:
    reader = read(report, tmp_path / "r.html")
    for english, chinese in SECTIONS:
        assert english in reader.text
        assert chinese in reader.text


def test_nothing_of_the_shop_becomes_markup_and_there_is_no_script(report: Report, tmp_path: Path) -> None:
    reader = read(report, tmp_path / "r.html")
    assert not reader.seen & {"script", "iframe", "object", "link", "form", "i", "u"}
    assert not [name for name in reader.attributes if name.startswith("on")]
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "Content-Security-Policy" in page
    assert str(tmp_path) not in page  # whose machine it was is nobody's business


def test_the_page_opens_in_either_language_and_says_everything_in_both(report: Report, tmp_path: Path) -> None:
    for language, other in (("en", "zh"), ("zh", "en")):
        path = tmp_path / f"{language}.html"
        report.write(path, language)  # type: ignore[arg-type]
        page = path.read_text("utf-8")
        assert f'<html lang="{language}">' in page
        assert re.search(f'id="language-{language}"[^>]*checked', page)
        assert not re.search(f'id="language-{other}"[^>]*checked', page)
        said = {lang: len(re.findall(rf'<(?:span|tspan) lang="{lang}">', page)) for lang in ("en", "zh")}
        assert said["en"] == said["zh"] > 100
    assert "@" not in re.sub(r"data:[^\"]*|@media", "", page)  # no message of a drawing was left unsaid


def test_class_names_are_told_in_both_languages_where_the_bundle_has_both(tmp_path: Path) -> None:
    bundle = tiny_bundle(tmp_path)
    photo = tmp_path / "red" / "a.png"
    write(photo, draw("circle", COLORS["red"], np.random.default_rng(0)))
    figures = evaluate(np.eye(3)[[0, 1, 2, 1]], np.array([0, 1, 2, 0]), bundle.labels, [str(photo)] * 4)
    reader = read(Report("evaluate", "tiny", "in", figures, bundle=bundle), tmp_path / "r.html")
    for name in ("Red", "红", "Green", "绿", "Blue"):
        assert name in reader.text
    assert "The second picture shows why" in reader.text
    page = (tmp_path / "r.html").read_text("utf-8")
    assert page.count('alt="heat map"') == 1


def test_the_json_beside_it_holds_the_same(report: Report, tmp_path: Path) -> None:
    report.write(tmp_path / "report.html")
    told = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert told["evaluation"]["accuracy"] == report.evaluation.accuracy
    assert told["evaluation"]["abstentions"][0]["precision"] == 0.8
    assert told["evaluation"]["recalibration"]["halvings"] == 10
    assert [row["validation_accuracy"] for row in told["history"]] == [0.25, 0.5, 0.75]
    assert told["quarantined"][0]["code"] == "photo_unreadable"
    assert told["unmatched"][0]["photos"] == 7
    assert told["comparison"]["p_value"] == report.comparison.p_value  # type: ignore[union-attr]
    assert told["evaluation"]["mistakes"][0]["said"] == "blue"
    assert "bundle" not in told


def test_the_queue_of_label_errors_opens_in_a_spreadsheet_without_running_anything(
    report: Report, tmp_path: Path
) -> None:
    report.write(tmp_path / "report.html")
    with (tmp_path / "report.label-errors.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [Path(row["path"]).name[:2] for row in rows] == ["20", "4 "]
    assert rows[0]["given"] == "'" + CLASSES[2]
    assert float(rows[0]["quality"]) == pytest.approx(0.05)


def test_many_classes_are_told_by_their_most_frequent_confusions(tmp_path: Path) -> None:
    names = [f"class {i}" for i in range(40)]
    probabilities = np.eye(40)[np.r_[np.arange(40), 7, 7, 8]] * 0.9 + 0.1 / 40
    labels = np.r_[np.arange(40), 3, 3, 4]
    photo = tmp_path / "a.png"
    write(photo, draw("circle", COLORS["red"], np.random.default_rng(0)))
    figures = evaluate(probabilities, labels, names, [str(photo)] * 43)
    page = read(Report("evaluate", "many", "in", figures), tmp_path / "r.html").text
    assert "What is taken for what" not in page
    assert page.index("class 3 → class 7 2 ×") < page.index("class 4 → class 8 1 ×")


def test_a_faultless_model_without_history_has_no_mistakes_to_show(tmp_path: Path) -> None:
    figures = evaluate(np.eye(2)[[0, 1]], np.array([0, 1]), ("a", "b"), ["x", "y"])
    reader = read(Report("evaluate", "clean", "in", figures), tmp_path / "r.html")
    assert "There is none." in reader.text
    assert "No label looks wrong." in reader.text
    assert [reference for reference in reader.references if not reference.startswith("#")] == []
    assert "Learning curves" not in reader.text
    assert "Compared" not in reader.text


@pytest.mark.parametrize("accuracy", [0.0, 1.0])
def test_a_single_pass_is_drawn_whatever_it_reached(report: Report, tmp_path: Path, accuracy: float) -> None:
    history = (replace(report.history[0], validation_accuracy=accuracy, best=True),)
    assert "the weights of pass 1" in read(replace(report, history=history), tmp_path / "r.html").text


def test_a_photo_that_is_gone_does_not_stop_the_report(report: Report, tmp_path: Path) -> None:
    figures = report.evaluation
    for mistake in figures.mistakes:
        Path(mistake.path).unlink()
    assert "the file is gone" in read(replace(report, bundle=None), tmp_path / "r.html").text


@pytest.mark.parametrize(
    ("photos", "said"), [(30, "cannot be told from 30 photos"), (60, "The model is too modest here")]
)
def test_a_perfect_side_is_no_proof_of_modesty_before_there_are_enough_photos(
    report: Report, tmp_path: Path, photos: int, said: str
) -> None:
    labels = np.arange(photos) % 3
    probabilities = np.eye(3)[labels] * 0.85 + 0.05
    paths = [str(number) for number in range(photos)]
    judged = evaluate(probabilities, labels, CLASSES, paths)
    replace(report, evaluation=judged, comparison=None, bundle=None).write(tmp_path / "side.html")
    page = (tmp_path / "side.html").read_text(encoding="utf-8")
    assert said in page
    assert "From about 35 photos on" in page or photos > 35
