import numpy as np
import pytest

from shoplens.models.calibrate import expected_calibration_error, reliability, softmax
from shoplens.models.recalibration import chance_errors, recalibrate


def drawn(count: int, sharpness: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities that are too sure by `sharpness`, and labels drawn from the honest ones."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(0, 2, (count, 4))
    labels = (generator.random(count)[:, None] > softmax(logits).cumsum(axis=1)).sum(axis=1).clip(0, 3)
    return softmax(logits * sharpness), labels


def test_a_model_that_is_too_sure_gets_its_temperature_and_becomes_honest() -> None:
    probabilities, labels = drawn(3000, 2.5)
    shipped = expected_calibration_error(reliability(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels))
    again = recalibrate(probabilities, labels)
    assert again is not None
    assert again.temperature == pytest.approx(2.5, rel=0.1)
    assert shipped > 0.1
    assert again.calibration_error < 0.03
    assert again.calibration_error <= again.worst
    assert again.chance_error < again.chance_high < shipped


def test_an_honest_model_stays_as_it_is() -> None:
    again = recalibrate(*drawn(3000, 1.0))
    assert again is not None
    assert again.temperature == pytest.approx(1.0, rel=0.1)
    assert again.calibration_error < again.chance_high


def test_chance_alone_makes_an_error_that_shrinks_with_the_photos() -> None:
    few, many = (chance_errors(np.full(count, 0.8)).mean() for count in (50, 5000))
    # the mean of |share - 0.8| over 50 photos of one bin is sqrt(2 / pi) * sqrt(0.8 * 0.2 / 50)
    assert few == pytest.approx((2 / np.pi * 0.16 / 50) ** 0.5, rel=0.15)
    assert many < few / 5


def test_one_photo_cannot_be_halved() -> None:
    assert recalibrate(np.array([[0.5, 0.5]]), np.array([0])) is None
    assert recalibrate(np.array([[0.5, 0.5], [0.9, 0.1]]), np.array([0, 1])) is not None


def test_the_same_seed_says_the_same() -> None:
    probabilities, labels = drawn(200, 1.5)
    assert recalibrate(probabilities, labels, seed=4) == recalibrate(probabilities, labels, seed=4)


def alike(count: int, right: int, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Return answers of one confidence, the first `right` of which are right."""
    probabilities = np.tile([confidence, 1 - confidence], (count, 1))
    return probabilities, (np.arange(count) >= right).astype(int)


@pytest.mark.parametrize(("confidence", "enough"), [(0.9, 35), (0.8, 16)])
def test_a_perfect_side_calls_no_model_modest_before_there_are_enough_photos(confidence: float, enough: int) -> None:
    """n photos named right at confidence m exclude m from 1.96^2 m / (1 - m) on: 34.6 at 0.9, 15.4 at 0.8."""
    few, many = (recalibrate(*alike(count, count, confidence)) for count in (enough - 1, enough))
    assert few is not None
    assert many is not None
    assert (few.tendency, many.tendency) == (0, -1)
    assert (few.gap, many.gap) == pytest.approx((confidence - 1, confidence - 1))
    assert few.enough == many.enough == enough


def test_a_model_that_is_too_sure_tends_to_be_so() -> None:
    again = recalibrate(*alike(200, 120, 0.9))
    assert again is not None
    assert again.tendency == 1
    assert again.gap == pytest.approx(0.3)
    assert again.gap_interval[0] > 0.2
