"""How well pictures fit as parts into others: the places where they fit best, of many pairs at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from shoplens.quality.copies.likeness import Floats, Thumbs, fine_of, in_parts, levels, unit, value

Rows = npt.NDArray[np.int64]

_SIDE, _CELLS, _COARSE = 32, 16, 8
_SHARES = (0.75, 0.8, 0.85, 0.9, 0.95, 1.0)
_STEP = 0.05
"""Shares of a side that a part may have, and how far apart the places lie at which it is looked for."""

_LEAST_VIEW = 0.94
_LEAST_LIKENESS = (0.75, 0.92, 0.96)
"""Correlation at the first look, and of structure before each of three steps, below which a pair is given up. Of 735
crops that the limits of `CopyFinder` let pass, the least has 0.941 at the first look, 0.789 before the first step, then
0.940 and 0.972; a third step changes nothing. They are of the photos that the limits were chosen on."""

_FARTHEST = 20.0
"""Mean difference of the strongest channel, in levels, at the 8 x 8 places of the first look, above which a pair is
given up: of 733 such crops half are below 4.5, and the largest is 14.3."""

_SHORTEST, _LONGEST_MOVE = 0.6 * _SIDE, 2.0
_AT = np.linspace(0.0, 1.0, _CELLS + 1, dtype=np.float32)
_CENTRES = np.arange(-1, _SIDE + 1, dtype=np.float32) + np.float32(0.5)
_VISIBLE = 10.0
_CHUNK = 256


@dataclass(frozen=True, slots=True, eq=False)
class CropFits:
    """What was found where each pair fits best, `[k]` each.

    Attributes:
        likeness: correlation of structure, 0 where the one is no part of the other.
        gap: difference at the most different of 8 x 8 places, mean of the channels, in levels.
        usual: difference of the 16 x 16 places in levels, all of it laid on those that stand out from the backdrop: two
            garments of one make, each on white, differ little in all, and yet much for the little that there is.
    """

    likeness: Floats
    gap: Floats
    usual: Floats


def crop_fits(thumbs: Thumbs, wholes: Rows, parts: Rows) -> CropFits:
    """Return how well each of `parts` fits into the one of `wholes` beside it.

    A picture is first looked for among 441 upright parts of the other, at 8 x 8 places. From the best one the four
    sides are moved by Gauss and Newton's method, light and contrast free (Lucas and Kanade, 1981; Baker and Matthews,
    "Lucas-Kanade 20 Years On", 2004), at 16 x 16 places, each the mean of what lies between its edges. Where a first
    look or a step denies it, the likeness is 0.

    Args:
        thumbs: uint8 RGB `[n, 32, 32, 3]`.
        wholes: rows of it, `[k]`.
        parts: rows of it, `[k]`.
    """
    found = CropFits(*(np.full(len(wholes), start, np.float32) for start in (0.0, 255.0, 255.0)))
    kept, sides = _first_look(thumbs, wholes, parts)
    for start in range(0, len(kept), _CHUNK):
        rows = kept[start : start + _CHUNK]
        whole, part = value(thumbs[wholes[rows]]), _pooled(value(thumbs[parts[rows]]), *_whole(len(rows)))
        at, near = sides[start : start + _CHUNK], np.arange(len(rows))
        for least in _LEAST_LIKENESS:
            near = near[_likeness(whole[near], part[near], at[near]) >= least]
            at[near] = _moved(whole[near], part[near], at[near])
        told = rows[near]
        found.likeness[told] = _likeness(whole[near], part[near], at[near])
        found.gap[told], found.usual[told] = _color_gaps(thumbs[wholes[told]], thumbs[parts[told]], at[near])
    return found


def _first_look(thumbs: Thumbs, wholes: Rows, parts: Rows) -> tuple[Rows, Floats]:
    """Return which pairs may fit, and where: start and length down and across, in pixels, `[k, 4]`."""
    order = np.argsort(wholes, kind="stable")
    rows, first = np.unique(wholes[order], return_index=True)
    places, asked = np.unique(parts, return_inverse=True)
    broad = in_parts(levels, thumbs[places])
    seen, broad = unit(broad), broad.reshape(-1, _COARSE**2)
    kept: list[Rows] = []
    where: list[Rows] = []
    bounds = [*first.tolist(), len(order)]
    for number, (views, lengths, mean) in enumerate(_views(thumbs, rows)):
        mine = order[bounds[number] : bounds[number + 1]]
        near = views @ seen[asked[mine]].T / lengths[:, None]
        best = near.argmax(axis=0)
        apart = np.abs(views[best] + mean - broad[asked[mine]]).mean(axis=1)
        good = (near[best, np.arange(len(mine))] >= _LEAST_VIEW) & (apart <= _FARTHEST)
        kept.append(mine[good])
        where.append(best[good])
    if not kept:
        return np.zeros(0, np.int64), np.zeros((0, 4), np.float32)
    spans = _spans()
    down, across = np.divmod(np.concatenate(where), len(spans))
    return np.concatenate(kept), np.concatenate([spans[down], spans[across]], axis=1)


def _views(thumbs: Thumbs, rows: Rows) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Yield of each picture its parts about the mean of all, and that.

    The parts are means of 8 x 8 places, `[parts, 64]`, with their lengths about their own means, `[parts]`.

    What they are compared with has no mean, so its product with a part is the same with and without the part's.
    """
    cuts = _cuts()
    count = len(cuts) // _COARSE
    broad = cuts.reshape(count, _COARSE, _SIDE).mean(axis=1)
    for start in range(0, len(rows), _CHUNK):
        planes = value(thumbs[rows[start : start + _CHUNK]])
        mean = planes.mean(axis=(1, 2))
        planes -= mean[:, None, None]  # the squares below are exact enough only without it
        seen = cuts @ planes @ cuts.T
        views = seen.reshape(-1, count, _COARSE, count, _COARSE).transpose(0, 1, 3, 2, 4).reshape(-1, count**2, 64)
        means = (broad @ planes @ broad.T).reshape(-1, count**2)
        squares = np.einsum("npd,npd->np", views, views) - 64.0 * means**2
        yield from zip(views, np.sqrt(np.maximum(squares, 1.0)).astype(np.float32), mean, strict=True)


@cache
def _spans() -> Floats:
    """Return the parts of one side that are looked at: start and length in pixels, `[parts, 2]`."""
    spans = [
        (place, share) for share in _SHARES for place in np.linspace(0.0, 1.0 - share, 1 + round((1.0 - share) / _STEP))
    ]
    return np.asarray(spans, np.float32) * _SIDE


@cache
def _cuts() -> Floats:
    """Return them as means of 8 places each, `[8 * parts, 32]`."""
    cuts = []
    for start, length in _spans().tolist():
        edges = start + np.linspace(0.0, length, _COARSE + 1)
        pixels = np.arange(_SIDE)
        inside = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
        cuts.append(np.maximum(inside, 0.0) / (edges[1] - edges[0]))
    return np.concatenate(cuts).astype(np.float32)


def _whole(count: int) -> tuple[Floats, Floats]:
    return _edges(np.tile(np.array([0, _SIDE, 0, _SIDE], np.float32), (count, 1)))


def _edges(sides: Floats) -> tuple[Floats, Floats]:
    return _weights(sides[:, 0], sides[:, 1])[0], _weights(sides[:, 2], sides[:, 3])[0]


def _weights(start: Floats, length: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the weight of each pixel in each of 16 places between two edges, and how it changes with the edges.

    Between the middles of pixels a picture is taken to change evenly; the mean over a place is the integral of that.

    Args:
        start: of the part, in pixels, `[n]`.
        length: of the part, in pixels, `[n]`.

    Returns:
        The weights, and their derivatives by start and by length, `[n, 16, 32]` each.
    """
    away = np.clip((start[:, None] + length[:, None] * _AT)[:, :, None] - _CENTRES, -1.0, 1.0)
    size = np.abs(away)
    area, height = 0.5 + away - 0.5 * away * size, 1.0 - size
    for one in (area, height):  # the picture goes on beyond its rim as it is there
        one[..., 1] += one[..., 0]
        one[..., -2] += one[..., -1]
    area, height = area[..., 1:-1], height[..., 1:-1]
    width = (length / _CELLS)[:, None, None]
    weights = np.diff(area, axis=1) / width
    longer = np.diff(_AT[:, None] * height, axis=1) / width - weights / length[:, None, None]
    return weights, np.diff(height, axis=1) / width, longer


def _pooled(planes: Floats, down: Floats, across: Floats) -> Floats:
    return np.asarray(down @ planes @ across.transpose(0, 2, 1), np.float32)


def _likeness(whole: Floats, part: Floats, sides: Floats) -> Floats:
    return np.asarray((fine_of(_pooled(whole, *_edges(sides))) * fine_of(part)).sum(axis=1), np.float32)


def _moved(whole: Floats, part: Floats, sides: Floats) -> Floats:
    """Return the sides after one step towards where `part` `[n, 16, 16]` fits into `whole` `[n, 32, 32]`."""
    down, down_start, down_length = _weights(sides[:, 0], sides[:, 1])
    across, across_start, across_length = (one.transpose(0, 2, 1) for one in _weights(sides[:, 2], sides[:, 3]))
    rows = whole @ across
    other = down @ whole
    columns = np.stack(
        [down_start @ rows, down_length @ rows, other @ across_start, other @ across_length, down @ rows], axis=1
    ).reshape(-1, 5, _CELLS**2)
    columns -= columns.mean(axis=2, keepdims=True)
    square = columns @ columns.transpose(0, 2, 1)
    # A side that nothing depends on, as in a plain backdrop, stays where it is.
    square += np.eye(5, dtype=np.float32) * (1e-3 * np.trace(square, axis1=1, axis2=2) / 5 + 1e-3)[:, None, None]
    solved = np.linalg.solve(square, columns @ part.reshape(-1, _CELLS**2, 1))[..., 0]
    gain = np.maximum(solved[:, 4:], 0.2)
    return _kept_inside(sides + np.clip(solved[:, :4] / gain, -_LONGEST_MOVE, _LONGEST_MOVE))


def _kept_inside(sides: Floats) -> Floats:
    for start, length in ((0, 1), (2, 3)):
        sides[:, length] = np.clip(sides[:, length], _SHORTEST, _SIDE)
        sides[:, start] = np.clip(sides[:, start], 0.0, _SIDE - sides[:, length])
    return np.asarray(sides, np.float32)


def _color_gaps(wholes: Thumbs, parts: Thumbs, sides: Floats) -> tuple[Floats, Floats]:
    """Return the largest and the usual gap of each pair; see `CropFits`."""
    edges, plain = _edges(sides), _whole(len(parts))
    cut, seen = (
        np.stack([_pooled(thumbs[..., channel].astype(np.float32), *weights) for channel in range(3)], axis=1)
        for thumbs, weights in ((wholes, edges), (parts, plain))
    )
    gap = cut - seen
    coarser = gap.reshape(-1, 3, _COARSE, 2, _COARSE, 2).mean(axis=(3, 5))
    largest = np.abs(coarser).mean(axis=1).max(axis=(1, 2))
    backdrop = np.median(seen.reshape(-1, 3, _CELLS**2), axis=2)[:, :, None, None]
    standing_out = (np.abs(seen - backdrop).mean(axis=1) > _VISIBLE).sum(axis=(1, 2))
    usual = np.abs(gap).mean(axis=1).sum(axis=(1, 2)) / np.maximum(standing_out, _COARSE)
    return largest, usual
