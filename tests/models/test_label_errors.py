from pathlib import Path

import numpy as np
import pytest

from shoplens.models.bundle import BASE, load_bundle
from shoplens.models.evaluate_bundle import evaluate_labels
from shoplens.models.label_errors import suspected_label_errors
from tests.models.photo_shop import draw, write

CLASSES = ("cat", "dog", "owl")


def test_the_planted_error_heads_the_queue() -> None:
    generator = np.random.default_rng(0)
    truth = np.arange(150) % 3
    probabilities = np.full((150, 3), 0.1)
    probabilities[np.arange(150), truth] = 0.8
    probabilities += generator.uniform(0, 0.05, probabilities.shape)
    given = truth.copy()
    given[[7, 60]] = (truth[[7, 60]] + 1) % 3
    queue = suspected_label_errors(probabilities, given, CLASSES, [f"{i}.jpg" for i in range(150)])
    assert {suspect.path for suspect in queue} == {"7.jpg", "60.jpg"}
    first = next(suspect for suspect in queue if suspect.path == "7.jpg")
    assert (first.given, first.suggested) == ("owl", "dog")
    assert first.quality < 0.2 < 0.6 < first.confidence


def test_labels_that_agree_raise_no_suspicion() -> None:
    probabilities = np.eye(3)[np.arange(30) % 3] * 0.9 + 0.1 / 3
    assert suspected_label_errors(probabilities, np.arange(30) % 3, CLASSES, [""] * 30) == ()


def test_one_class_alone_tells_nothing() -> None:
    assert suspected_label_errors(np.full((5, 3), 1 / 3), np.zeros(5, int), CLASSES, [""] * 5) == ()


def test_classes_without_photos_do_no_harm() -> None:
    probabilities = np.full((40, 60), 0.1 / 60)
    probabilities[np.arange(40), np.arange(40) % 2] += 0.9
    labels = np.arange(40) % 2
    labels[5] = 0
    queue = suspected_label_errors(probabilities, labels, [str(i) for i in range(60)], [str(i) for i in range(40)])
    assert [suspect.path for suspect in queue] == ["5"]


def test_one_in_twenty_falsified_labels_of_drawn_photos_are_found_out_of_fold(tmp_path: Path) -> None:
    generator, shapes = np.random.default_rng(2), ("circle", "square")
    planted = set()
    for i in range(120):
        truth = shapes[i % 2]
        # one photo in twenty lies in the wrong folder
        folder = shapes[(i + 1) % 2] if i % 21 == 7 else truth
        path = tmp_path / "photos" / folder / f"{i:03}.png"
        photo = draw(truth, (40, 60, 190), generator)
        write(path, photo)
        if folder != truth:
            planted.add(str(path))
    report = evaluate_labels(load_bundle(BASE), tmp_path / "photos")
    queue = [suspect.path for suspect in report.evaluation.label_errors]
    assert len(planted) == 6
    assert set(queue[:6]) == planted
    assert len(queue) <= 9
    assert report.evaluation.accuracy == pytest.approx(1 - 6 / 120, abs=0.02)
