"""The subject's distances as they were first written, one pixel beside the other: what faster code must agree with."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_NEAR = 9.0


def distance_to_background(colors: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], float, float]:
    """Return each pixel's distance in Lab to the fitted background, the border's near share, and its near spread."""
    ring, ramps = _ring(*colors.shape[:2]), _ramps(*colors.shape[:2])
    points, values = ramps[ring].astype(np.float64), colors[ring].astype(np.float64)
    plane = np.zeros((3, 3))
    plane[0] = np.median(values, axis=0)
    off = np.linalg.norm(values - plane[0], axis=1)
    for reach in (2 * _NEAR, 1.5 * _NEAR, _NEAR):
        near = off < reach
        if near.sum() < len(values) // 3:
            break
        # A little ridge keeps the slope at zero where one side alone shows background.
        inner = points[near]
        slope_cost = np.diag([0.0, 1.0, 1.0]) * 0.01 * len(inner)
        plane = np.linalg.solve(inner.T @ inner + slope_cost, inner.T @ values[near])
        off = np.linalg.norm(values - points @ plane, axis=1)
    near = off < _NEAR
    spread = float(np.sqrt((off[near] ** 2).mean())) if near.any() else _NEAR
    return _length(colors - ramps @ plane.astype(np.float32)), float(near.mean()), spread


def distance_to_patterns(colors: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], float]:
    """Return each pixel's distance to the nearest of the border's few main colours, and their spread.

    For patterned cloth, or a bed and the floor beside it. A colour of less than an eighth of the border may be the
    product itself, which is cut by the edge, and is left out.
    """
    ring = colors[_ring(colors.shape[0], colors.shape[1])]
    centers = _clusters(ring[::2])
    off = _length(ring[:, None] - centers)
    nearest = off.argmin(axis=1)
    kept = [i for i in range(len(centers)) if (nearest == i).mean() >= 0.125]
    distance = np.stack([_length(colors - center) for center in centers[kept]]).min(axis=0)
    return distance, float(np.median(off[:, kept].min(axis=1)))


def _ramps(height: int, width: int) -> npt.NDArray[np.float32]:
    """Return `[h, w, 3]`: one, and how far right and how far down each pixel lies, from -0.5 to 0.5."""
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.stack([np.ones_like(xs), xs / width - 0.5, ys / height - 0.5], axis=-1)


def _length(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the Euclidean length over the last axis, several times faster than `np.linalg.norm`."""
    return np.asarray(np.sqrt(np.einsum("...k,...k->...", vectors, vectors)), np.float32)


def _clusters(points: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return four centres by k-means, begun along lightness so that the answer is always the same."""
    order = points[:, 0].argsort()
    centers = points[order[(np.arange(4) * 2 + 1) * len(points) // 8]]
    for _ in range(6):
        nearest = _length(points[:, None] - centers).argmin(axis=1)
        centers = np.stack(
            [points[nearest == i].mean(axis=0) if (nearest == i).any() else centers[i] for i in range(4)]
        )
    return centers


def _ring(height: int, width: int) -> npt.NDArray[np.bool_]:
    """Return the border of about 3 % of the shorter side."""
    thick = max(1, round(min(height, width) * 0.03))
    ring = np.ones((height, width), np.bool_)
    ring[thick : height - thick, thick : width - thick] = False
    return ring
