"""CleanVision, the best open checker of photos that was found, as a peer for the inspector's benchmarks."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

ISSUES = ("dark", "light", "odd_aspect_ratio", "low_information", "blurry", "grayscale", "odd_size")


def issues(folder: Path, names: tuple[str, ...] = ISSUES, jobs: int = 1) -> Any:  # noqa: ANN401 - a pandas DataFrame
    """What CleanVision says of the photos in a folder: a row each, `is_dark_issue` and `dark_score` and so on."""
    from cleanvision import Imagelab

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        lab = Imagelab(data_path=str(folder))
        lab.find_issues({name: {} for name in names}, n_jobs=jobs, verbose=False)
    return lab.issues.sort_index()


def flagged(folder: Path) -> float:
    """The share of photos in a folder that CleanVision flags with any issue."""
    found = issues(folder)
    return float(found[[f"is_{name}_issue" for name in ISSUES]].any(axis=1).mean())
