"""Spoils some photos of the demonstration shop, each in one known way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from shoplens.demo.assortment import Article
from shoplens.photos.encode import encode
from shoplens.records import Pixels

_SPOILED = (
    ("photo_truncated", "truncated"), ("photo_not_an_image", "text"), ("photo_empty", "empty"),
    *(("photo_too_small", "shrunk"),) * 2,
    *(("photo_extreme_aspect", "strip"),) * 2,
    *(("photo_blurred", "blurred"),) * 3,
    *(("photo_too_dark", "dark"),) * 2,
    *(("photo_too_bright", "bright"),) * 2,
    *(("photo_low_contrast", "faded"),) * 2,
    ("photo_blank", "blank"),
    *(("background_not_white", "scene"),) * 3,
    *(("photo_border", "border"),) * 3,
)  # fmt: skip
_COPIES = (("photo_duplicate", "copied"),) * 3 + (
    ("photo_near_duplicate", "recompressed"),
    ("photo_near_duplicate", "resized"),
) * 2
_MISFILED = (("mugs", "sneakers"), ("lamps", "dresses"), ("watches", "chairs"))
_MAIN_ONLY = frozenset({"background_not_white"})


@dataclass(frozen=True)
class FaultPlan:
    """What to spoil.

    Attributes:
        spoiled: photo's file name to `(finding code, how)`.
        copies: photo's file name to `(finding code, how, the photo that it copies)`.
        misfiled: article id to the article of whose category it is filed under.
    """

    spoiled: dict[str, tuple[str, str]]
    copies: dict[str, tuple[str, str, str]]
    misfiled: dict[str, Article]


def plan_faults(articles: Sequence[Article], seed: int) -> FaultPlan:
    """Choose which photos to spoil: at most one in twenty, no two of one listing.

    A small shop gets the first of each kind only, as far as its photos reach.
    """
    rng = np.random.default_rng([seed, 77])
    first: dict[str, Article] = {}
    for article in articles:
        first.setdefault(article.listing, article)
    free = [list(first.values())[int(k)] for k in rng.permutation(len(first))]
    misfiled = _misfile(free)
    free = [article for article in free if article.id not in misfiled and article not in misfiled.values()]
    allowed = max(1, sum(len(article.views) for article in articles) // 20)
    kinds = [*dict.fromkeys(_SPOILED), *_repeated(_SPOILED)]
    spoiled: dict[str, tuple[str, str]] = {}
    for code, how in kinds[:allowed]:
        if not free:
            break
        article = free.pop()
        place = 0 if code in _MAIN_ONLY or how in {"border", "bright"} else int(rng.integers(len(article.photos)))
        spoiled[article.photos[place]] = (code, how)
    copies: dict[str, tuple[str, str, str]] = {}
    for code, how in _COPIES[: max(0, allowed - len(spoiled))]:
        if len(free) < 2:
            break
        source, target = free.pop(), free.pop()
        copies[target.photos[-1]] = (code, how, source.photos[0])
    return FaultPlan(spoiled, copies, misfiled)


def spoil(pixels: Pixels, how: str) -> bytes:
    """Return the bytes of a file that holds the photo, spoiled in the way that `how` says."""
    size = pixels.shape[0]
    if how == "text":
        return b"<!DOCTYPE html>\n<title>404 Not Found</title>\n<p>The image that you asked for is not here.\n"
    if how == "empty":
        return b""
    if how == "truncated":
        whole = encode(pixels, "jpeg", 88)
        return whole[: len(whole) * 2 // 5]
    return encode(_altered(pixels, how, size), "jpeg", 88)


def copied(original: Pixels, data: bytes, how: str) -> bytes:
    """Return a copy of a photo: the same bytes, or the same picture in other bytes."""
    if how == "copied":
        return data
    if how == "resized":
        side = original.shape[0] * 4 // 5
        small = cv2.resize(original, (side, side), interpolation=cv2.INTER_AREA)
        return encode(small.astype(np.uint8, copy=False), "jpeg", 85)
    return encode(original, "jpeg", 55)


def _altered(pixels: Pixels, how: str, size: int) -> Pixels:
    if how == "shrunk":
        return cv2.resize(pixels, (90, 90), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    if how == "strip":
        strip: Pixels = np.full((size // 2, size * 3, 3), 255, np.uint8)
        half = cv2.resize(pixels, (size // 2, size // 2), interpolation=cv2.INTER_AREA)
        strip[:, size + size // 4 : size + size // 4 + size // 2] = half
        return strip
    if how == "blurred":
        return cv2.GaussianBlur(pixels, (0, 0), size / 480 * 8).astype(np.uint8, copy=False)
    if how == "dark":
        return cv2.convertScaleAbs(pixels, alpha=0.10).astype(np.uint8, copy=False)
    if how == "bright":
        return np.clip(pixels.astype(np.int16) // 6 + 226, 0, 255).astype(np.uint8)
    if how == "faded":
        return (pixels // 12 + 128).astype(np.uint8)
    if how == "blank":
        return np.full_like(pixels, 236)
    if how == "border":
        framed = pixels.copy()
        width = max(2, size // 28)
        cv2.rectangle(framed, (0, 0), (size - 1, size - 1), (214, 40, 60), width * 2)
        return framed
    return pixels


def _repeated(kinds: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    again = []
    for kind in kinds:
        if kind in seen:
            again.append(kind)
        seen.add(kind)
    return again


def _misfile(articles: Sequence[Article]) -> dict[str, Article]:
    misfiled: dict[str, Article] = {}
    for true, wrong in _MISFILED:
        product = next((article for article in articles if article.category.key == true and not article.grouped), None)
        shelf = next((article for article in articles if article.category.key == wrong), None)
        if product and shelf:
            misfiled[product.id] = shelf
    return misfiled
