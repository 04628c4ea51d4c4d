"""How many photos a second pass all photo and policy checks?

Real photos (clothing/validation), enlarged or reduced to 400 x 400 px and saved as JPEG of quality 90, decoding
included. CleanVision 0.3.7 looks at the same files for the faults that both know (dark, light, blurry, low
information, odd aspect), and ShopLens is timed again with these checks alone. Both use every core: threads here,
processes there.

Claims: at least 100 photos a second with all checks, and at least twice CleanVision's speed for the checks that
both have.

Usage: SHOPLENS_DATA=... python benchmarks/inspect_speed.py [photos]
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from clean_vision import issues
from machine import shared_data, write_result

from shoplens.photos.decode import decode, decode_file, encode
from shoplens.plugins import load, names
from shoplens.quality.inspector import Inspector
from shoplens.quality.photo_context import WORK_SIDE, PhotoContext
from shoplens.quality.rule_pack import RulePack

SIDE, PHOTOS, PER_SECOND, TIMES_FASTER = 400, 341, 100.0, 2.0
SHARED = ("photo_too_dark", "photo_too_bright", "photo_blurred", "photo_low_contrast", "photo_extreme_aspect")
THEIRS = ("dark", "light", "blurry", "low_information", "odd_aspect_ratio")
RUNS = 3


def write_photos(data: Path, folder: Path, limit: int) -> list[bytes]:
    files = sorted((data / "clothing" / "validation").rglob("*.jpg"))[:limit]
    written = []
    for number, file in enumerate(files):
        pixels = np.asarray(cv2.resize(decode_file(file).pixels, (SIDE, SIDE)), np.uint8)
        written.append(encode(pixels, "jpeg", 90))
        (folder / f"{number:04d}.jpg").write_bytes(written[-1])
    return written


def photo_pack(codes: tuple[str, ...] | None) -> RulePack:
    """The pack "shop" with its photo checks, or some of them."""
    pack = RulePack.load("shop")
    of_photos = {name for name in names("check") if load("check", name)().scope == "photo"}
    rules = tuple(rule for rule in pack.rules if rule.check in (of_photos if codes is None else codes))
    return RulePack("photos", pack.title, pack.version, rules)


def per_second(folder: Path, codes: tuple[str, ...] | None) -> float:
    inspector = Inspector([photo_pack(codes)])
    count, best = len(list(folder.iterdir())), 0.0
    for _ in range(RUNS):
        begun = time.perf_counter()
        inspector.inspect_folder(folder)
        best = max(best, count / (time.perf_counter() - begun))
    return best


def their_per_second(folder: Path) -> float:
    count, best = len(list(folder.iterdir())), 0.0
    for _ in range(RUNS):
        begun = time.perf_counter()
        issues(folder, THEIRS, jobs=os.cpu_count() or 1)
        best = max(best, count / (time.perf_counter() - begun))
    return best


def cost(files: list[bytes]) -> dict[str, float]:
    """Milliseconds of processor time a photo by check, on one core; the first check that needs a copy pays for it."""
    pack, spent = photo_pack(None), {"decoding": 0.0}
    checks = {rule.check: load("check", rule.check)() for rule in pack.rules}
    cv2.setNumThreads(1)
    for data in files:
        begun = time.process_time()
        photo = decode(data, min_side=WORK_SIDE)
        context = PhotoContext(photo)
        spent["decoding"] += time.process_time() - begun
        for rule in pack.rules:
            check = checks[rule.check]
            begun = time.process_time()
            list(check.inspect(photo, context, rule.completed(check.limits)))
            spent[rule.check] = spent.get(rule.check, 0.0) + time.process_time() - begun
    return {name: 1000 * seconds / len(files) for name, seconds in spent.items()}


def main() -> None:
    limit = int(sys.argv[1]) if len(sys.argv) > 1 else PHOTOS
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        files = write_photos(shared_data(), folder, limit)
        both, theirs, ours = per_second(folder, SHARED), their_per_second(folder), per_second(folder, None)
    dearest = sorted(cost(files).items(), key=lambda item: -item[1])[:8]
    lines = [
        f"{len(files)} photos of {SIDE} x {SIDE} px, the best of {RUNS} runs each, on {os.cpu_count()} cores.",
        "",
        "| what | photos a second |",
        "|---|---|",
        f"| ShopLens, all {len(photo_pack(None).rules)} photo and policy checks | {ours:.0f} |",
        f"| ShopLens, the checks that both have | {both:.0f} |",
        f"| CleanVision 0.3.7, the checks that both have | {theirs:.0f} |",
        "",
        "Dearest, in milliseconds of one core: " + ", ".join(f"{name} {ms:.2f}" for name, ms in dearest) + ".",
    ]
    write_result("inspect_speed", "How fast are photos inspected?", lines)
    assert ours >= PER_SECOND
    assert both >= TIMES_FASTER * theirs


if __name__ == "__main__":
    main()
