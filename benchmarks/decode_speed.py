"""Claim: with its checks and hash, reduced decoding is as fast as the bare libraries' (within 15 %), full
decoding faster than Pillow's.

Draws a 1200 x 1600 JPEG and a 400 x 533 one, and times bytes -> upright RGB at a short side of at least 112 pixels
-> square of 112, on one thread. Real photos are added where SHOPLENS_DATA names their folder.

    python benchmarks/decode_speed.py
"""

from __future__ import annotations

import io
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from shoplens.photos.decode import decode, read_facts
from shoplens.photos.palette import palette
from shoplens.photos.recipe import Recipe
from shoplens.photos.subject import find_subject
from shoplens.records import Pixels

SIDE = 112
FLAGS = {2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}
RECIPE = Recipe.encoder(SIDE)


def drawn(width: int, height: int) -> bytes:
    """Draw a picture with edges and grain, so that its JPEG is as large as a phone's."""
    dice = np.random.default_rng(5)
    coarse = cv2.resize(dice.integers(0, 255, (24, 18, 3), np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    grain = dice.normal(0, 6, (height, width, 1))
    return saved(np.clip(coarse + grain, 0, 255).astype(np.uint8))


def saved(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def sets() -> dict[str, list[bytes]]:
    found = {"drawn 1200x1600": [drawn(1200, 1600)] * 8, "drawn 400x533": [drawn(400, 533)] * 30}
    root = os.environ.get("SHOPLENS_DATA", "")
    for name, pattern in {
        "clothing (224 px)": "clothing/validation/*/*.jpg",
        "grocery (224 px)": "grocery-store/val/**/*.jpg",
        "luma": "magento2-luma/images/*.jpg",
    }.items():
        files = sorted(Path(root).glob(pattern))[:100] if root else []
        if files:
            found[name] = [path.read_bytes() for path in files]
    return found


def pillow_full(data: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def pillow_draft(data: bytes) -> Pixels:
    image = Image.open(io.BytesIO(data))
    image.draft("RGB", (SIDE, SIDE))
    return np.asarray(image.convert("RGB"))


def opencv_reduced(data: bytes) -> Pixels | None:
    """Decode at the same scale as `decode` chooses, which only a file's header tells."""
    short = min(Image.open(io.BytesIO(data)).size)
    flag = cv2.IMREAD_COLOR
    for factor in (2, 4, 8):
        if short // factor >= SIDE:
            flag = FLAGS[factor]
    return cv2.imdecode(np.frombuffer(data, np.uint8), flag)


def shoplens_reduced(data: bytes) -> Pixels:
    return decode(data, min_side=SIDE).pixels


METHODS: dict[str, Callable[[bytes], object]] = {
    "header only": read_facts,
    "Pillow, full": pillow_full,
    "Pillow, draft": pillow_draft,
    "OpenCV, full": lambda data: cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR),
    "OpenCV, reduced": opencv_reduced,
    "ShopLens, full": lambda data: decode(data).pixels,
    "ShopLens, reduced": shoplens_reduced,
    "ShopLens, reduced + encoder recipe": lambda data: RECIPE.apply(shoplens_reduced(data)),
    "ShopLens, reduced + subject + palette": lambda data: palette(
        (pixels := shoplens_reduced(data)), find_subject(pixels).mask
    ),
}


def rate(method: Callable[[bytes], object], files: list[bytes]) -> float:
    """Return photos per second of processor time: the median of five rounds."""
    rounds = []
    for _ in range(5):
        start = time.process_time()
        for data in files:
            method(data)
        rounds.append(len(files) / max(time.process_time() - start, 1e-9))
    return statistics.median(rounds)


def main() -> None:
    cv2.setNumThreads(1)
    for name, files in sets().items():
        print(f"{name}: {len(files)} files, {statistics.mean(map(len, files)) / 1024:.0f} kB")
        rates = {method: rate(call, files) for method, call in METHODS.items()}
        for method, value in rates.items():
            print(f"  {method:40} {value:9,.0f} /s")
        bare = max(rates["Pillow, draft"], rates["OpenCV, reduced"])
        assert rates["ShopLens, reduced"] > 0.85 * bare, "the checks cost more than 15 %"
        assert rates["ShopLens, full"] > rates["Pillow, full"], "Pillow's full decode is as fast"


if __name__ == "__main__":
    main()
