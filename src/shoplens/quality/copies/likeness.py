"""Measures of likeness between the thumbnails of many pairs at once."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

Thumbs = npt.NDArray[np.uint8]
"""Thumbnails, uint8 RGB `[n, 32, 32, 3]`."""

Floats = npt.NDArray[np.float32]

_SIDE = 32
_COARSE = 8
_FINE = 16
_BLUR = 2.0
_SCALES = (0.78, 0.86, 0.94)
_SKEW = 0.1
_EVERYWHERE = np.full((_SIDE, _SIDE), 255, np.uint8)
_SOFT = 0.6
_FIRST, _UNTIL = ((cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, steps, 1e-4) for steps in (3, 40))
_HOPEFUL = 0.95, 24.0
"""Correlation and difference that a place has to reach within three steps, or it is not made exact. Of 451 crops found
among the photos of `benchmarks/duplicates.py --photos 600 --copied 150`, from which the figures were read, the worst
has 0.977 and 12 by then; 97 % of the drawn shop's 2,400 other proposals have less."""

_STEPS = (-0.04, -0.02, 0.0, 0.02, 0.04)


def flipped(thumbs: Thumbs) -> Thumbs:
    """Return the mirrored thumbnails."""
    return np.ascontiguousarray(thumbs[:, :, ::-1])


def coarse(thumbs: Thumbs) -> Floats:
    """Return the strongest channel at 8 x 8 places, about its mean, as unit vectors: float32 `[n, 64]`.

    They are alike for copies of all kinds but crops.
    """
    return _unit(_pooled(_value(thumbs), _COARSE))


def largest_gap(left: Thumbs, right: Thumbs) -> Floats:
    """Return the difference at the most different of 16 x 16 places, in levels, mean of the channels; `[n]`.

    The mean over all places would let a product on white, or one in another colour, pass as a copy.
    """
    gap = np.abs(_places(left) - _places(right)).mean(axis=3)
    return np.asarray(gap.reshape(len(left), -1).max(axis=1), np.float32)


def structure(thumbs: Thumbs) -> Floats:
    """Return what is finer than a broad blur, of the strongest channel at 16 x 16 places: unit rows `[n, 256]`.

    Colours may change and structure remains; two products of one outline differ in it.
    """
    return _fine(_pooled(_value(thumbs), _FINE))


def crop_views(thumbs: Thumbs) -> Floats:
    """Return each picture's parts as `coarse` describes a picture: float32 `[n, parts, 64]`."""
    cuts = _cuts()
    rows = np.einsum("kai,nij->nkaj", cuts, _value(thumbs), optimize=True)
    both = np.einsum("nkaj,lbj->nklab", rows, cuts, optimize=True)
    count = len(cuts) ** 2
    return _unit(both.reshape(len(thumbs) * count, _COARSE, _COARSE)).reshape(len(thumbs), count, -1)


def crop_likeness(whole: Thumbs, part: Thumbs, view: int) -> tuple[float, float]:
    """Return how well one picture `[32, 32, 3]` is found inside another, near the place of one of `crop_views`.

    Found is the place where colours correlate most, at scales around the view's (Lewis, "Fast Normalized
    Cross-Correlation", 1995), made exact by enhanced correlation (Evangelidis and Psarakis, 2008). Told are the
    correlation of structure there, 0 where the place is no upright rectangle, and the difference at the most different
    of 8 x 8 places, in levels.
    """
    down, across = divmod(view, len(_cuts()))
    best, matrix = -2.0, np.eye(2, 3, dtype=np.float32)
    for high in _sides(down):
        for wide in _sides(across):
            small = cv2.resize(part, (wide, high), interpolation=cv2.INTER_AREA)
            _, found, _, (left, top) = cv2.minMaxLoc(cv2.matchTemplate(whole, small, cv2.TM_CCOEFF_NORMED))
            if found > best:
                x, y = wide / _SIDE, high / _SIDE
                matrix = np.array([[x, 0, left + x / 2 - 0.5], [0, y, top + y / 2 - 0.5]], np.float32)
                best = found
    exact = _exact(whole, part, matrix, _FIRST)
    found, gap = _likeness_at(whole, part, exact)
    if found >= _HOPEFUL[0] and gap <= _HOPEFUL[1]:
        exact = _exact(whole, part, exact, _UNTIL)
        found, gap = _likeness_at(whole, part, exact)
    return (0.0, 255.0) if abs(exact[0, 1]) + abs(exact[1, 0]) > _SKEW else (found, gap)


def _exact(whole: Thumbs, part: Thumbs, matrix: Floats, until: tuple[int, int, float]) -> Floats:
    try:
        found = cv2.findTransformECC(
            part.max(axis=2), whole.max(axis=2), matrix, cv2.MOTION_AFFINE, until, _EVERYWHERE, 1
        )
    except cv2.error:  # it found no way on from here
        return matrix
    return np.asarray(found[1], np.float32)


def _likeness_at(whole: Thumbs, part: Thumbs, matrix: Floats) -> tuple[float, float]:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cut = cv2.warpAffine(whole, matrix, (_SIDE, _SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    # What was cut from fewer pixels is softer.
    both = np.stack([cut, cv2.GaussianBlur(part, (0, 0), _SOFT)]).astype(np.uint8)
    first, second = structure(both)
    places = [cv2.resize(found, (_COARSE, _COARSE), interpolation=cv2.INTER_AREA).astype(np.float32) for found in both]
    return float(first @ second), float(np.abs(places[0] - places[1]).mean(axis=2).max())


def _sides(cut: int) -> list[int]:
    scale = _SCALES[cut // 3] if cut < 3 * len(_SCALES) else 1.0
    return sorted({min(_SIDE, round(_SIDE * (scale + step))) for step in _STEPS})


@cache
def _cuts() -> Floats:
    """Return the parts along one side as means, `[cuts, 8, 32]`: of each scale three, and the whole."""
    cuts = []
    for scale in (*_SCALES, 1.0):
        for place in (0.0, 0.5, 1.0) if scale < 1.0 else (0.0,):
            edges = place * (1.0 - scale) * _SIDE + np.linspace(0.0, scale * _SIDE, _COARSE + 1)
            pixels = np.arange(_SIDE)
            inside = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
            cuts.append(np.maximum(inside, 0.0) / (edges[1] - edges[0]))
    return np.stack(cuts).astype(np.float32)


def _value(thumbs: Thumbs) -> Floats:
    """Return the strongest channel, float32 `[n, 32, 32]`: turning hues leaves it as it is."""
    return np.asarray(thumbs.max(axis=3), np.float32)


def _places(thumbs: Thumbs) -> Floats:
    step = _SIDE // _FINE
    cut = thumbs.reshape(len(thumbs), _FINE, step, _FINE, step, 3)
    return np.asarray(cut.mean(axis=(2, 4), dtype=np.float32), np.float32)


def _pooled(channel: Floats, side: int) -> Floats:
    step = _SIDE // side
    return np.asarray(channel.reshape(len(channel), side, step, side, step).mean(axis=(2, 4)), np.float32)


def _fine(channel: Floats) -> Floats:
    fine = [place - cv2.GaussianBlur(place, (0, 0), _BLUR) for place in channel]
    return _unit(np.stack(fine)) if fine else np.zeros((0, _FINE * _FINE), np.float32)


def _unit(pictures: Floats) -> Floats:
    rows = pictures.reshape(len(pictures), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-3), np.float32)
