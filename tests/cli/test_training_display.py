"""What a training shows and says on the terminal."""

from __future__ import annotations

import numpy as np
import pytest

from shoplens.cli.train import print_figures
from shoplens.cli.training_display import TrainingDisplay
from shoplens.models.evaluate import evaluate
from shoplens.models.progress import EpochDone


def test_a_pass_is_one_line_where_it_goes_into_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    record = EpochDone(
        epoch=12, epochs=300, loss=1.069, validation_loss=0.602, validation_accuracy=0.96, learning_rate=1e-3,
        photos_per_second=1818.0, seconds=4.0, best=True, validation_macro_f1=0.96,
    )  # fmt: skip
    with TrainingDisplay() as display:
        display(record)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("pass  12/300")
    assert line.endswith("1818 photos/s  best")


@pytest.mark.parametrize(
    ("threshold", "told"),
    [
        (0.5, "answers   100 % of the photos at confidence 0.50"),
        (0.9, "answers   none of the photos, since none reach"),
    ],
)
def test_a_model_that_never_answers_says_so(threshold: float, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    said, labels = np.tile([0.6, 0.4], (8, 1)), np.arange(8) % 2
    print_figures(evaluate(said, labels, ["hat", "shirt"], [str(i) for i in range(8)], threshold=threshold))
    assert told in capsys.readouterr().out
