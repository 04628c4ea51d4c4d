"""Vectors brought to unit length."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shoplens.records import Vectors


def unit_rows(vectors: npt.NDArray[np.floating]) -> Vectors:
    """Return the rows of `[n, d]` at unit length, float32; a row of zeros stays one."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)
