import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens.errors import BadInput
from shoplens.models.calibrate import (
    abstention,
    expected_calibration_error,
    fit_temperature,
    log_loss,
    reliability,
    softmax,
)
from shoplens.models.evaluate import evaluate

CLASSES = ("cat", "dog", "owl")


def one_hot(said: list[int], confidence: list[float]) -> np.ndarray:
    rest = (1 - np.array(confidence)) / 2
    rows = np.repeat(rest[:, None], 3, axis=1)
    rows[np.arange(len(said)), said] = confidence
    return rows


def test_figures_of_a_set_worked_out_by_hand() -> None:
    labels = np.array([0, 0, 0, 1, 1, 2])
    probabilities = one_hot([0, 0, 1, 1, 1, 0], [0.9, 0.8, 0.7, 0.9, 0.6, 0.95])
    result = evaluate(probabilities, labels, CLASSES, [f"{i}.jpg" for i in range(6)], threshold=0.75)
    assert result.accuracy == pytest.approx(4 / 6)
    assert result.confusion == ((2, 1, 0), (0, 2, 0), (1, 0, 0))
    cat, dog, owl = result.classes
    assert (cat.precision, cat.recall, cat.photos) == (pytest.approx(2 / 3), pytest.approx(2 / 3), 3)
    assert (dog.precision, dog.recall) == (pytest.approx(2 / 3), 1.0)
    assert (owl.precision, owl.recall, owl.f1) == (0.0, 0.0, 0.0)
    assert result.macro_f1 == pytest.approx((2 / 3 + 0.8 + 0) / 3)
    assert result.coverage == pytest.approx(4 / 6)
    assert result.precision == pytest.approx(3 / 4)
    assert [(m.path, m.truth, m.said, m.confidence) for m in result.mistakes] == [
        ("5.jpg", "owl", "cat", pytest.approx(0.95)),
        ("2.jpg", "cat", "dog", pytest.approx(0.7)),
    ]
    assert result.top5 == 1.0
    assert json.loads(json.dumps(result.to_dict()))["confusion"] == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]


def test_a_class_without_photos_does_not_lower_the_mean() -> None:
    result = evaluate(one_hot([0, 1], [0.9, 0.9]), np.array([0, 1]), CLASSES, ["a", "b"])
    assert result.macro_f1 == 1.0


def test_nothing_to_judge_by_is_refused() -> None:
    with pytest.raises(BadInput, match="no photo to judge"):
        evaluate(np.zeros((0, 3)), np.zeros(0, int), CLASSES, [])


@settings(max_examples=15, deadline=None)
@given(st.floats(0.3, 4.0), st.integers(0, 1000))
def test_the_temperature_that_was_planted_is_found(planted: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    logits = generator.normal(0, 2, (4000, 3))
    honest = softmax(logits)
    labels = (generator.random(4000)[:, None] > honest.cumsum(axis=1)).sum(axis=1).clip(0, 2)
    assert fit_temperature(logits * planted, labels) == pytest.approx(planted, rel=0.15)


def test_a_few_photos_that_are_all_right_make_no_model_sure_of_everything() -> None:
    logits = np.eye(3)[np.arange(12) % 3] * 2.0
    assert 0.4 < fit_temperature(logits, np.arange(12) % 3) < 1
    many = np.tile(logits, (1000, 1))
    assert fit_temperature(many, many.argmax(axis=1)) < 0.3


@settings(max_examples=30)
@given(st.integers(0, 1000), st.integers(1, 40))
def test_calibration_never_raises_the_loss_nor_changes_the_answers(seed: int, count: int) -> None:
    generator = np.random.default_rng(seed)
    logits, labels = generator.normal(0, 5, (count, 4)), generator.integers(0, 4, count)
    fitted = softmax(logits, fit_temperature(logits, labels))
    assert log_loss(fitted, labels) <= log_loss(softmax(logits), labels) + 1e-6
    assert (fitted.argmax(axis=1) == logits.argmax(axis=1)).all()


def test_calibration_error_of_a_sure_and_always_wrong_model_is_its_confidence() -> None:
    bins = reliability(np.full(50, 0.9), np.zeros(50, bool))
    assert expected_calibration_error(bins) == pytest.approx(0.9)
    assert expected_calibration_error(reliability(np.full(50, 1.0), np.ones(50, bool))) == 0.0
    assert expected_calibration_error([]) == 0.0


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=60), st.floats(0.1, 1.0))
def test_at_the_threshold_the_wished_precision_is_reached_and_no_lower_one_does(
    rows: list[tuple[int, bool]], precision: float
) -> None:
    confidence = np.array([step / 20 for step, _ in rows])
    correct = np.array([right for _, right in rows], bool)
    found = abstention(confidence, correct, precision)
    answered = confidence >= found.threshold
    assert found.coverage == pytest.approx(answered.mean() if len(rows) else 0.0)
    if found.coverage:
        assert correct[answered].mean() >= precision
        assert found.reached == pytest.approx(correct[answered].mean())
    for lower in np.unique(confidence[confidence < found.threshold]):
        assert correct[confidence >= lower].mean() < precision


def test_a_set_without_a_mistake_does_not_ask_for_more_confidence_than_the_wished_precision() -> None:
    found = abstention(np.full(9, 0.9999), np.ones(9, bool), 0.95)
    assert (found.threshold, found.coverage, found.reached) == (0.95, 1.0, 1.0)
