"""Makes a nearly white background white, and leaves the product alone."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.photos.color_names import lab
from shoplens.photos.subject import Subject, find_subject
from shoplens.quality.draft import Draft
from shoplens.quality.fix import CannotFix
from shoplens.records import Finding, Pixels

_LIGHTEST_GREY = 78.0
"""L* from which a background is nearly white: 8-bit grey 193. Darker ones are meant, or shaded too unevenly."""

_MOST_CHROMA = 8.0
"""Distance from grey in Lab up to which a background is a white one in warm or cold light."""

_FLAT, _GONE = 10.0, 44.0
"""Levels below the fitted background: up to the first it becomes white, from the second it stays as it is; between
them, where a soft shadow falls, by degrees."""

_MARGIN = 6.0
"""Levels by which the background is lifted beyond white, so that its noise does not stay below."""

_CORE = 2
"""Cells of the 160 pixels at which the product was found: so far from its outline nothing is touched."""

_BESIDE = 4
"""Cells from the product's outline within which its own shadow lies and no edge is asked for. With four of them the
demonstration shop's photos before a grey wall have edges of 0.04 at most, and those with pale parts or props of 0.4."""

_CELL = 160
_SAME_PRODUCT = 0.95
"""Overlap (IoU) of the product before and after, below which it was taken for background."""

_STEEP, _NOISES = 1.6, 5.0
"""A slope of the background is an edge from so many levels per pixel, and from so many times its own noise: a step of
four levels has 1.6 at the scale of one pixel, a soft shadow of forty over a tenth of the picture less than 1."""

_LONGEST_EDGE = 0.15
"""Edges in the background away from the product, in shares of the shorter side, that dust and blocks may make."""

_EDGE = 3.0
"""Shares of a thousand of the longer side over which the lift fades towards the product."""

Plane = npt.NDArray[np.float32]
_Mask = npt.NDArray[np.bool_]


class Whiten:
    """Divides the background by its own colour, a plane fitted to the picture's rim.

    Only what is like that plane, hangs together with the rim and lies outside the product's core is lifted; the product
    keeps its pixels. Where the product found afterwards is not the one found before, nothing is done: a white product
    before a nearly white wall cannot be told from it.
    """

    name = "whiten"
    codes = ("background_not_white",)
    order = 60
    sees_product = True
    automatic = True

    def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
        """Yield the photo with a white background."""
        context, pixels = draft.context, draft.photo.pixels
        if context.product_box is None:
            raise CannotFix("The product does not stand out clearly enough from its background.")
        color = lab(np.array([[context.background.color]], np.uint8))[0, 0]
        if color[0] < _LIGHTEST_GREY or float(np.hypot(color[1], color[2])) > _MOST_CHROMA:
            raise CannotFix("The background is not nearly white; another colour is not taken away.")
        if _edges(draft) > _LONGEST_EDGE:
            raise CannotFix("Something pale stands before the background; it would turn white with it.")
        white = whitened(pixels, context.subject)
        after = find_subject(_small(white))
        if after.score < 0.5 or _overlap(context.subject.mask, after.mask) < _SAME_PRODUCT:
            raise CannotFix("The product is too much like its background: parts of it would turn white.")
        yield draft.with_pixels(white)


def whitened(pixels: Pixels, subject: Subject) -> Pixels:
    """Return the picture with its background lifted to white.

    Args:
        pixels: uint8 RGB `[h, w, 3]`.
        subject: the product, whose mask may be of a smaller copy.
    """
    height, width = pixels.shape[:2]
    backdrop = _backdrop(pixels)
    below = (backdrop - pixels).max(axis=2)
    tint = pixels - backdrop
    # A tint counts as much as a shade: a pale product may be as light as the wall.
    off = np.maximum(below, tint.max(axis=2) - tint.min(axis=2))
    size = (width, height)
    near = cv2.resize(_near(subject.mask).astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    # What is lighter than the wall beside the product is a white part of it: a hem, a sole, a highlight.
    off = np.where(near, np.maximum(off, 4.0 * (tint.min(axis=2) - 4.0)), off)
    core = cv2.resize(_core(subject.mask).astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    region = _reached((off < _GONE) & ~core)
    weight = np.clip((_GONE - off) / (_GONE - _FLAT), 0.0, 1.0).astype(np.float32)
    weight *= _faded(region, _EDGE * max(height, width) / 1000.0)
    lifted = np.minimum(pixels * (255.0 / np.maximum(backdrop - _MARGIN, 1.0)), 255.0)
    mixed = pixels + weight[..., None] * np.maximum(lifted - pixels, 0.0)
    return np.asarray(np.rint(mixed), np.uint8)


def _edges(draft: Draft) -> float:
    """Return how long the edges in the background are, away from the product, as a share of the shorter side."""
    context = draft.context
    height, width = context.work.shape[:2]
    across, down = context.gradient(1.0)
    slope = np.hypot(across, down)
    mask = cv2.resize(context.subject.mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    away = ~_near(mask > 0)
    away[:2], away[-2:], away[:, :2], away[:, -2:] = False, False, False, False
    if not away.any():
        return 0.0
    # The length of a vector of two normal parts has the median 1.18 of their deviation.
    noise = float(np.median(slope[away])) / 1.18
    steep = (slope > max(_STEEP, _NOISES * noise)) & away
    # An edge is about two pixels wide at this scale.
    return float(np.count_nonzero(steep)) / 2.0 / float(min(height, width))


def _backdrop(pixels: Pixels) -> Plane:
    """Return the background's colour at every pixel: a plane fitted to the rim without what stands out there."""
    height, width = pixels.shape[:2]
    rim = max(1, round(0.03 * min(height, width)))
    ring = np.ones((height, width), np.bool_)
    ring[rim : height - rim, rim : width - rim] = False
    rows, columns = np.nonzero(ring)
    every = max(1, len(rows) // 20_000)
    rows, columns = rows[::every], columns[::every]
    values = pixels[rows, columns].astype(np.float64)
    points = np.stack([np.ones(len(rows)), columns / width - 0.5, rows / height - 0.5], axis=1)
    near = np.abs(values - np.median(values, axis=0)).max(axis=1) < 32
    fitted, *_ = np.linalg.lstsq(points[near], values[near], rcond=None)
    right, down = np.arange(width) / width - 0.5, np.arange(height) / height - 0.5
    plane = fitted[0] + right[None, :, None] * fitted[1] + down[:, None, None] * fitted[2]
    return np.asarray(np.clip(plane, 1.0, 255.0), np.float32)


def _core(mask: _Mask) -> _Mask:
    reach = max(1, round(_CORE * max(mask.shape) / _CELL))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.erode(mask.astype(np.uint8), disc) > 0, np.bool_)


def _near(mask: _Mask) -> _Mask:
    """Return the product and what is beside it, where its shadow may be sharp."""
    reach = 2 * max(1, round(_BESIDE * max(mask.shape) / _CELL)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), disc) > 0, np.bool_)


def _reached(mask: _Mask) -> _Mask:
    """Return the parts of the mask that touch the picture's edge."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    return np.isin(labels, edge[edge > 0])


def _faded(region: _Mask, reach: float) -> Plane:
    """Return 1 within the region, falling to 0 at its inner boundary; the picture's edge is none."""
    framed = cv2.copyMakeBorder(region.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    inside = cv2.distanceTransform(framed, cv2.DIST_L2, 3)[1:-1, 1:-1]
    return np.asarray(np.clip(inside / max(reach, 1.0), 0.0, 1.0), np.float32)


def _small(pixels: Pixels) -> Pixels:
    scale = _CELL / max(pixels.shape[:2])
    if scale >= 1.0:
        return pixels
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _overlap(before: _Mask, after: _Mask) -> float:
    if before.shape != after.shape:
        size = (before.shape[1], before.shape[0])
        after = cv2.resize(after.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    return float((before & after).sum() / max(1, (before | after).sum()))
