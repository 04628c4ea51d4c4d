"""8 bits with the ranges that lose least, measured on photos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from shoplens.models.export import Ranges, quantize
from shoplens.models.exported_network import open_network, run_all
from shoplens.records import Pixels

_BATCH = 16


def quantize_best(plain: Path, out: Path, calibration: Pixels) -> Ranges:
    """Write the 8-bit file that stays closest to `plain`, and return how its ranges were found.

    Three quarters of the photos calibrate. On the rest the distance is measured: what the mean cosine of the embeddings
    lacks to 1, and the mean difference of the likeliest label's probability.

    Args:
        plain: a float32 ONNX file.
        out: the file to write.
        calibration: photos uint8 `[n, s, s, 3]`; with fewer than eight, all of them calibrate and choose.
    """
    cut = len(calibration) * 3 // 4 if len(calibration) >= 8 else len(calibration)
    shown, held = calibration[:cut], calibration[cut:] if cut < len(calibration) else calibration
    batches = [shown[start : start + _BATCH] for start in range(0, len(shown), _BATCH)]
    want = run_all(open_network(plain), held)
    best: tuple[float, Ranges] | None = None
    choices: tuple[Ranges, ...] = ("minmax", "percentile", "entropy")
    for ranges in choices:
        trial = out.with_name(f"{ranges}{out.suffix}")
        quantize(plain, trial, batches, ranges=ranges)
        distance = _distance(want, run_all(open_network(trial), held))
        if best is None or distance < best[0]:
            best = distance, ranges
            trial.replace(out)
    assert best is not None
    return best[1]


def _distance(want: dict[str, Any], found: dict[str, Any]) -> float:
    distance = 0.0
    if "embedding" in want:
        distance += 1 - float((want["embedding"] * found["embedding"]).sum(axis=1).mean())
    if "probabilities" in want:
        rows, label = np.arange(len(want["probabilities"])), want["probabilities"].argmax(axis=1)
        distance += float(np.abs(want["probabilities"][rows, label] - found["probabilities"][rows, label]).mean())
    return distance
