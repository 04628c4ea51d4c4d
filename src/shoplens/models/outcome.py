"""What a way of training hands over: figures to calibrate by, and how to write the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shoplens.models.bundle import Bundle
from shoplens.models.network import Weights
from shoplens.models.progress import EpochDone
from shoplens.models.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A fitted classifier that is not yet a bundle.

    Attributes:
        settings: as they were used: with the architecture of the bundle that it started from.
        validation_logits: `[n, classes]`, in the order of the validation side.
        export: writes the ONNX file at a path with a temperature and returns facts for the card.
        weights: to train on from, by name of their variable.
        embedding_of: the bundle near whose embedding its own was held, or whose network it began with: its embedding
            has the same layout. None where there is none.
        heads_of: the bundle whose heads the network keeps beside its new classes; None where it has none.
        history: passes; empty where there were none.
        stopped: why it ended.
        precision: what it computed with.
        members: networks whose mean it answers with.
        distilled_from: members that it learned from, 0 where it learned from labels alone.
        passes: of all its networks together.
        seconds: that they took.
        checkpoints: files that are of no use once the bundle is written.
    """

    settings: Settings
    validation_logits: npt.NDArray[np.float32]
    export: Callable[[Path, float], Mapping[str, Any]]
    weights: Weights
    embedding_of: Bundle | None = None
    heads_of: Bundle | None = None
    history: tuple[EpochDone, ...] = ()
    stopped: str = ""
    precision: str = "float32"
    members: int = 1
    distilled_from: int = 0
    passes: int = 0
    seconds: float = 0.0
    checkpoints: tuple[Path, ...] = ()
