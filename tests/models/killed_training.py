"""Trains like the tests of the trainer and kills itself in the middle of the third pass.

python -m tests.models.killed_training PHOTOS COPIES CHECKPOINTS
"""

import os
import signal
import sys
from pathlib import Path

from shoplens.models.dataset import Dataset
from shoplens.models.progress import StepDone, TrainingEvent
from shoplens.photos.recipe import Recipe


def kill(event: TrainingEvent) -> None:
    if isinstance(event, StepDone) and (event.epoch, event.step) == (3, 2):
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    from tests.models.test_train import run

    photos, copies, checkpoints = (Path(argument) for argument in sys.argv[1:])
    run(Dataset.open(photos, Recipe.encoder(32), 32, copies), checkpoints, kill)
