"""A turned and shifted picture is laid back on the reference."""

from __future__ import annotations

import numpy as np
import pytest

from shoplens.quality.defects.registration import Registration, moved_back, reference_of
from tests.quality.defects.drawn_line import good, label


@pytest.mark.parametrize(("turn", "across", "down"), [(0, 9, -6), (8, 0, 0), (-25, 5, 4), (170, -8, 6), (95, 0, 10)])
def test_what_was_turned_and_shifted_lies_on_the_reference(turn: float, across: int, down: int) -> None:
    reference = label(0, 0, 0)
    laid = Registration(reference_of(reference)).align(label(turn, across, down))
    assert laid.correlation > 0.97
    assert np.abs(laid.frame[60:240, 60:240].astype(int) - reference[60:240, 60:240]).mean() < 8


def test_a_place_is_carried_back_to_where_it_was() -> None:
    photo = label(-25, 12, 8)
    laid = Registration(reference_of(label(0, 0, 0))).align(photo)
    spot = np.zeros(laid.frame.shape[:2], np.float32)
    spot[100:111, 120:131] = 1.0  # the disc's middle
    down, across = np.nonzero(moved_back(spot, laid.matrix) > 0.5)
    assert np.abs(photo[int(down.mean()), int(across.mean())].astype(int) - (240, 210, 60)).max() < 15


def test_a_picture_that_is_the_reference_stays() -> None:
    picture = good(0)
    laid = Registration(reference_of(picture)).align(picture)
    assert laid.correlation > 0.999
    assert np.abs(laid.frame.astype(int) - picture).mean() < 2
