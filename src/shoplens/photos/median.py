"""The median of many short rows, as `np.median` returns it in several times the time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def median(values: npt.NDArray[np.generic]) -> npt.NDArray[np.floating]:
    """Return the median along the last axis, `[...]` of `[..., n]`, float32 of float32 and else float64."""
    low, high = (values.shape[-1] - 1) // 2, values.shape[-1] // 2
    ordered = np.partition(values, (low, high), axis=-1)
    return np.asarray(ordered[..., [low, high]].mean(axis=-1))
