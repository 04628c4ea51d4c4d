"""Finds what was laid over a photo: words, badges, watermarks, logos, and whether it is put together from several."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Final, Literal, get_args

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.errors import BundleError
from shoplens.records import Box, Pixels

OverlayKind = Literal["text", "badge", "watermark", "logo"]
KINDS: Final[tuple[OverlayKind, ...]] = get_args(OverlayKind)

Likelihood = npt.NDArray[np.float32]
"""How likely each cell of 4 pixels is part of an overlay, 0 to 1: float32 `[h, w]`."""

SIDES: Final = (256, 384)
"""Longer sides in pixels at which the network looks, as it was trained: first, and again where it is not sure."""

_UNSURE: Final = 0.1
"""A photo is looked at again if anything is this likely to be there, as in a third of clean photos (0.2: an eighth)."""

_STRIDE: Final = 32
_LONGEST: Final = 4.0
"""Of a strip longer than this, the network sees less than 64 pixels across: too little to tell panels by."""

_LEAST: Final = 32
"""A photo whose longer side has fewer pixels shows nothing of which it could be said."""

_CELLS: Final = 20
"""So many of the likeliest cells say how likely an overlay's cells are: a short word's."""

_NOTHING: Final = 0.02
"""A score or a likelihood below this is next to nothing, and has no box."""

_PART: Final = 0.3
"""A piece belongs to the overlay if it weighs at least this share of the heaviest one.

On drawn overlays over held-out photos of the training parts, shares of 0.15 and 0.3 at half the likelihood gave the
most boxes with an IoU above a half (94 % of what was found) of nine ways tried; the gaps that are closed, of three
cells by seven, were chosen so with an earlier network.
"""


@dataclass(frozen=True, eq=False)
class Overlay:
    """What was found of one kind.

    Attributes:
        score: 0 to 1.
        kind: of which.
        logits: of each cell, `[h, w]`.
    """

    score: float
    kind: OverlayKind
    logits: npt.NDArray[np.float32]

    @cached_property
    def box(self) -> Box | None:
        """The box around it, None where that is next to nothing; few photos are asked for it."""
        return box_around(_sigmoid(self.logits), self.kind) if self.score > _NOTHING else None


@dataclass(frozen=True, slots=True)
class Overlays:
    """What was found in one photo; `collage` is the probability that it is put together from several, 0 of strips."""

    kinds: Mapping[OverlayKind, Overlay]
    collage: float


class OverlayDetector:
    """A small convolutional network of our own, which many threads may share; `recipes/overlays` trains it.

    Args:
        model: an ONNX file with the input "photos" uint8 RGB `[n, h, w, 3]` and the outputs "maps", logits
            `[n, h/8, w/8, 4 * kinds]`, four cells of half the size for each, "kinds", logits `[n, kinds]` of what is
            there, and "collage", a logit `[n, 1]`.

    Raises:
        BundleError: the file is no such network.
    """

    def __init__(self, model: bytes) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises its own classes, straight below Exception
            raise BundleError(
                "The overlay network cannot be loaded.", received=error, remedy="Install again."
            ) from error

    def look(self, pixels: Pixels, sides: Sequence[int] = SIDES) -> Overlays:
        """Look at a photo of any size, uint8 RGB `[h, w, 3]`; in a tiny one nothing is found.

        Where the first look is not sure that nothing is there, a second, closer one is, and the mean of both counts:
        faint lines are lost in the smaller picture, and what looks like one in the one seldom does in the other.

        Args:
            pixels: the photo.
            sides: longer sides in pixels at which to look, one after the other; the last look says where.
        """
        height, width = pixels.shape[:2]
        if max(height, width) < _LEAST:
            return Overlays({kind: Overlay(0.0, kind, np.zeros((0, 0), np.float32)) for kind in KINDS}, 0.0)
        strip = max(height, width) > _LONGEST * min(height, width)
        looks: list[npt.NDArray[np.float64]] = []
        for side in sides:
            maps, logits = self._seen(pixels, side)
            if strip:
                logits[-1] = -np.inf
            looks.append(logits)
            logits = np.mean(looks, axis=0)
            if logits.max() <= np.log(_UNSURE / (1.0 - _UNSURE)):
                break
        *kinds, collage = (float(score) for score in _sigmoid(logits))
        cells = _cells(maps)
        found = {
            kind: Overlay(score, kind, cells[..., n]) for n, (kind, score) in enumerate(zip(KINDS, kinds, strict=True))
        }
        return Overlays(found, 0.0 if strip else collage)

    def _seen(self, pixels: Pixels, side: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64]]:
        """Return one look's maps `[h/8, w/8, 4 * kinds]`, and logits of the kinds and of a collage `[kinds + 1]`."""
        height, width = pixels.shape[:2]
        columns, rows = looked_at(height, width, side)
        batch = np.ascontiguousarray(resized(pixels, rows, columns))[None]
        maps, kinds, collage = self._session.run(["maps", "kinds", "collage"], {"photos": batch})
        return maps[0], np.append(kinds[0], collage[0]).astype(np.float64)


@cache
def overlay_detector() -> OverlayDetector:
    """Return the detector that ships, loaded once."""
    return OverlayDetector((files("shoplens.quality") / "overlays" / "overlays.onnx").read_bytes())


@cache
def overlay_thresholds() -> Mapping[str, float]:
    """Return the scores, by kind and for "collage", that few clean photos reach; see the card beside the network."""
    card = json.loads((files("shoplens.quality") / "overlays" / "card.json").read_text(encoding="utf-8"))
    return {name: float(value) for name, value in card["thresholds"].items()}


def box_around(likely: Likelihood, kind: OverlayKind) -> Box | None:
    """Return the box of what a map `[h, w]` shows; None where no cell is likely."""
    likely = np.ascontiguousarray(likely, np.float32)
    calm = cv2.blur(likely, (3, 3))
    cells = min(_CELLS, calm.size)
    level = float(np.partition(calm.ravel(), calm.size - cells)[-cells:].mean())
    if level < _NOTHING:
        return None
    marked = (likely > 0.5 * level).astype(np.uint8)
    joined = cv2.morphologyEx(marked, cv2.MORPH_CLOSE, np.ones((3, 7), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    weights = np.bincount(labels.ravel(), weights=(likely * marked).ravel(), minlength=count)
    weights[0] = 0.0
    if not weights.max() > 0:
        return None
    # Words and marks may stand apart; a badge is of one piece.
    kept = weights >= (weights.max() if kind == "badge" else _PART * weights.max())
    return _box(np.where(kept[labels] & (marked > 0), likely, 0.0) / level)


def _box(inside: npt.NDArray[np.floating]) -> Box:
    """Return the box of what is marked; a line of cells at its rim counts as far as it is covered."""
    height, width = inside.shape
    down, across = inside.max(axis=1), inside.max(axis=0)
    y0, y1 = _extent(down)
    x0, x1 = _extent(across)
    return Box(x0 / width, y0 / height, x1 / width, y1 / height)


def _extent(profile: npt.NDArray[np.floating]) -> tuple[float, float]:
    covered = np.clip(profile, 0.0, 1.0)
    there = np.flatnonzero(covered > 0)
    first, last = int(there[0]), int(there[-1])
    if first == last:
        return float(first), float(first + 1)
    return first + 1 - float(covered[first]), last + float(covered[last])


def _cells(maps: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return `[2 h, 2 w, kinds]` of `[h, w, 4 * kinds]`."""
    height, width = maps.shape[:2]
    cells = maps.reshape(height, width, 2, 2, len(KINDS)).transpose(0, 2, 1, 3, 4)
    return np.asarray(cells.reshape(2 * height, 2 * width, len(KINDS)), np.float32)


def looked_at(height: int, width: int, side: int) -> tuple[int, int]:
    """Return width and height at which to look: the longer side `side`, both multiples of the network's stride."""
    scale = side / max(height, width)
    rows, columns = (max(2, round(length * scale / _STRIDE)) * _STRIDE for length in (height, width))
    return columns, rows


def resized(pixels: Pixels, rows: int, columns: int) -> Pixels:
    """Bring a photo, uint8 RGB `[h, w, 3]`, to the size of a look."""
    height, width = pixels.shape[:2]
    # Between half and the whole size a mean of four neighbours leaves nothing out, in a fifth of the time.
    way = cv2.INTER_LINEAR if height < 2 * rows and width < 2 * columns else cv2.INTER_AREA
    return np.asarray(cv2.resize(pixels, (columns, rows), interpolation=way), np.uint8)


def _sigmoid(logits: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30.0, 30.0))))
