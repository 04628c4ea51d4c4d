"""A shopper's photo of a product, made from the shop's own photo of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.models.augment import Augmentation
from shoplens.photos.geometry import crop
from shoplens.photos.subject import Subject, find_subject
from shoplens.records import Pixels

_SURE: Final = 0.5
"""`find_subject` is this sure on plain grounds alone, where its mask can be cut along."""

_DAMAGE: Final = Augmentation(
    scale=(0.85, 1.0),
    ratio=1.1,
    flip=0.0,
    rotate=0.0,
    perspective=0.05,
    light=0.2,
    cast=0.05,
    saturation=0.1,
    blur=0.3,
    jpeg=0.7,
    erase=0.0,
    swap=0.0,
)
"""Lamps, a shaking hand, a messenger's JPEG."""

_CLUTTER: Final = 1
"""Other things that lie beside the product."""

_BEND: Final = 0.02
"""How far points a quarter of the product apart are moved, as a share of its size (standard deviation)."""

_PARTLY: Final = 0.25
"""So often a side of the product is covered or cut off."""


def simulated_snap(photo: Pixels, others: Sequence[Pixels], side: int, rng: np.random.Generator) -> Pixels:
    """Return a picture of the product in another place, turned, in other light, uint8 RGB `[side, side, 3]`.

    A product on a plain ground is cut out and laid, half as large as the picture, on an enlarged piece of another
    photo with things of further ones around it. Of a photo without a plain ground the whole is kept.

    Args:
        photo: of the shop, uint8 RGB.
        others: photos of other products, at least one.
        side: of the result in pixels.
        rng: source of every random choice.
    """
    subject = find_subject(photo)
    if subject.score < _SURE:
        return _DAMAGE.apply(photo, side, rng)
    scene = _ground(others[int(rng.integers(len(others)))], side, rng)
    for _ in range(_CLUTTER):
        thing = others[int(rng.integers(len(others)))]
        angle = rng.uniform(0, 2 * np.pi)
        middle = 0.5 + rng.uniform(0.42, 0.6) * np.array([np.cos(angle), np.sin(angle)])
        scene = _laid(scene, *_cut(thing, find_subject(thing)), middle, rng.uniform(0.2, 0.4), rng)
    photo, mask = _moved(photo, subject, rng)
    scene = _laid(scene, photo, mask, rng.uniform(0.42, 0.58, 2), rng.uniform(0.5, 0.75), rng)
    return _DAMAGE.apply(scene, side, rng)


def _ground(photo: Pixels, side: int, rng: np.random.Generator) -> Pixels:
    """Return a piece of a photo, enlarged: cloth, wood, a wall."""
    height, width = photo.shape[:2]
    share = rng.uniform(0.15, 0.4)
    high, wide = max(2, int(share * height)), max(2, int(share * width))
    top, left = (int((whole - part) * rng.uniform(0.25, 0.75)) for whole, part in ((height, high), (width, wide)))
    piece = photo[top : top + high, left : left + wide]
    return np.asarray(cv2.resize(piece, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)


def _cut(photo: Pixels, subject: Subject) -> tuple[Pixels, Pixels]:
    """Return the subject's box of the photo, and how much of each pixel is the subject's, both uint8 `[h, w, 3]`."""
    mask = cv2.cvtColor(subject.mask.astype(np.uint8) * 255, cv2.COLOR_GRAY2RGB)
    return crop(photo, subject.box), crop(np.asarray(mask, np.uint8), subject.box)


def _moved(photo: Pixels, subject: Subject, rng: np.random.Generator) -> tuple[Pixels, Pixels]:
    """Return the subject as it lies or stands otherwise: bent, seen from another side, at times in part."""
    cut, mask = _cut(photo, subject)
    height, width = cut.shape[:2]
    bend = [
        cv2.resize(rng.normal(0, _BEND, (4, 4)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        for _ in "xy"
    ]
    down, across = np.indices((height, width), np.float32)
    places = across + bend[0] * width, down + bend[1] * height
    cut = np.asarray(cv2.remap(cut, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)
    mask = np.asarray(cv2.remap(mask, *places, cv2.INTER_LINEAR), np.uint8)
    if rng.random() < _PARTLY:
        share, side = rng.uniform(0.1, 0.4), int(rng.integers(4))
        rows, columns = int(share * height), int(share * width)
        covered = (np.s_[:rows], np.s_[height - rows :], np.s_[:, :columns], np.s_[:, width - columns :])[side]
        mask[covered] = 0
    return cut, mask


def _laid(
    scene: Pixels, cut: Pixels, mask: Pixels, middle: npt.NDArray[np.float64], size: float, rng: np.random.Generator
) -> Pixels:
    """Return the scene with a cut-out on it, its longer side `size` of the scene's."""
    side = scene.shape[0]
    height, width = cut.shape[:2]
    scale = size * side / max(height, width)
    turn = np.deg2rad(rng.uniform(-15, 15))
    across = scale * rng.uniform(0.86, 1.0) * (-1 if rng.random() < 0.3 else 1)
    matrix = np.array([[np.cos(turn) * across, -np.sin(turn) * scale], [np.sin(turn) * across, np.cos(turn) * scale]])
    shift = np.asarray(middle) * side - matrix @ (width / 2, height / 2)
    shrink = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    affine = np.column_stack([matrix, shift])
    color = cv2.warpAffine(cut, affine, (side, side), flags=shrink, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpAffine(mask, affine, (side, side), flags=shrink)
    alpha = cv2.GaussianBlur(alpha, (0, 0), side / 320)
    kept = cv2.multiply(color, alpha, scale=1 / 255)
    return np.asarray(cv2.add(kept, cv2.multiply(scene, 255 - alpha, scale=1 / 255)), np.uint8)
