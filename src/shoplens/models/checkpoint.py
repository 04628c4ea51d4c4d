"""The state of a training on disk, whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """Arrays by name and facts that JSON can hold, in one file.

    Attributes:
        arrays: weights, their averages, the optimiser's state.
        facts: the pass, the figures so far, what the training was made of.
    """

    arrays: Arrays
    facts: Mapping[str, Any]

    def save(self, path: Path) -> None:
        """Write the file beside its place, then move it there: a kill leaves the one before.

        Raises:
            OSError: no space left, no permission.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        facts = np.frombuffer(json.dumps(self.facts, ensure_ascii=False).encode(), np.uint8)
        with new.open("wb") as file:
            np.savez(file, allow_pickle=False, __facts__=facts, **dict(self.arrays))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)

    @classmethod
    def load(cls, path: Path) -> Checkpoint | None:
        """Return the state that `save` wrote, None where there is none. Nothing in it can be executed."""
        if not path.exists():
            return None
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files if name != "__facts__"}
            return cls(arrays, json.loads(file["__facts__"].tobytes()))
