"""Does the inspector find what was done to a photo, and leave the original alone?

Usage: SHOPLENS_DATA=... python benchmarks/inspect_altered.py [photos per set]
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from shoplens.photos.decode import decode_file, encode
from shoplens.quality.inspector import Inspector
from shoplens.records import Pixels

SETS = {
    "luma": "magento2-luma/images",
    "traders": "microsoft-traders/images",
    "grocery": "grocery-store/iconic-images-and-descriptions",
}
FLOOR, FALSE_ALARMS, PER_SECOND = 0.95, 0.02, 100.0


def border(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    thick = int(rng.integers(4, 20))
    color = rng.integers(0, 200, 3).tolist()
    return np.asarray(
        cv2.copyMakeBorder(pixels, thick, thick, thick, thick, cv2.BORDER_CONSTANT, value=color), np.uint8
    )


def streak(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    kernel = np.zeros((15, 15), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = 6 * np.array([np.cos(angle), np.sin(angle)])
    cv2.line(kernel, *(tuple(np.rint(7 + sign * reach).astype(int).tolist()) for sign in (-1, 1)), 1.0)
    return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum()), np.uint8)


def noisy_blur(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    soft = cv2.GaussianBlur(pixels, (0, 0), 3)
    return np.asarray(np.clip(soft + rng.normal(0, 6, soft.shape), 0, 255), np.uint8)


ALTERED: dict[str, tuple[str, Callable[[Pixels, np.random.Generator], Pixels]]] = {
    "coloured border": ("photo_border", border),
    "blur, sigma 2 px": ("photo_blurred", lambda p, _: np.asarray(cv2.GaussianBlur(p, (0, 0), 2), np.uint8)),
    "blur, sigma 3 px": ("photo_blurred", lambda p, _: np.asarray(cv2.GaussianBlur(p, (0, 0), 3), np.uint8)),
    "blur, sigma 3 px, then noise": ("photo_blurred", noisy_blur),
    "moved camera, 13 px": ("photo_blurred", streak),
    "a fifth of the light": ("photo_too_dark", lambda p, _: np.asarray(p * 0.2, np.uint8)),
    "contrast a tenth": ("photo_low_contrast", lambda p, _: np.asarray(p * 0.1 + 110, np.uint8)),
}
CODES = sorted({code for code, _ in ALTERED.values()} | {"photo_too_bright", "photo_blank"})


def photos(data: Path, limit: int) -> dict[str, list[Pixels]]:
    """Return up to `limit` photos of each set, drawn at random."""
    chosen = {}
    for name, folder in SETS.items():
        files = sorted((data / folder).rglob("*.jpg"))
        files = [files[i] for i in np.random.default_rng(0).permutation(len(files))[:limit]]
        chosen[name] = [decode_file(file).pixels for file in files]
    return chosen


def main() -> None:
    data, limit = Path(os.environ["SHOPLENS_DATA"]), int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    inspector, rng = Inspector(["shop"]), np.random.default_rng(1)
    sets = photos(data, limit)
    print("| altered | " + " | ".join(f"{name} ({len(chosen)})" for name, chosen in sets.items()) + " |")
    print("|---|" + "---|" * len(sets))
    shares: dict[str, list[float]] = {}
    for what, (code, alter) in ALTERED.items():
        shares[what] = [
            float(np.mean([finds(inspector, encode(alter(p, rng), "jpeg", 90), code) for p in chosen]))
            for chosen in sets.values()
        ]
        print(f"| {what} | " + " | ".join(f"{share:.1%}" for share in shares[what]) + " |")
    alarms = [
        float(np.mean([any(finds(inspector, encode(p, "jpeg", 95), c) for c in CODES) for p in chosen]))
        for chosen in sets.values()
    ]
    print("| originals, any of these codes | " + " | ".join(f"{share:.1%}" for share in alarms) + " |")
    speed = per_second(inspector, [p for chosen in sets.values() for p in chosen][:200])
    print(f"\n{speed:.0f} photos a second of CPU on one core, all photo checks, 400 px, decoding included.")
    assert max(alarms) <= FALSE_ALARMS
    assert min(shares["coloured border"]) >= FLOOR
    assert min(shares["blur, sigma 3 px"]) >= FLOOR
    assert speed * 2 >= PER_SECOND


def finds(inspector: Inspector, data: bytes, code: str) -> bool:
    return any(finding.code == code for finding in inspector.inspect_photo(data))


def per_second(inspector: Inspector, chosen: list[Pixels]) -> float:
    files = [encode(np.asarray(cv2.resize(p, (400, 400)), np.uint8), "jpeg", 90) for p in chosen]
    cv2.setNumThreads(1)
    begun = time.process_time()
    for data in files:
        inspector.inspect_photo(data)
    return len(files) / (time.process_time() - begun)


if __name__ == "__main__":
    main()
