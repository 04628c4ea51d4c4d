"""Decode every training photo once into one memory-mapped array of small squares, with a mask of the product.

    python recipes/base/prepare.py --data DATA --work work-base

Reads only the training parts, and draws products and packages beside them. Writes photos.npy uint8 [n, 160, 160, 3],
masks.npy uint8 [n, 160, 160] (all zero where the product could not be separated from its background with confidence)
and items.json. Packages are lettered with the fonts that recipes/overlays/README.md names.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import re
import sys
import time
from collections import defaultdict
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from drawn import articles, drawn_photos
from main_color import main_color
from taxonomy import CATEGORIES, CLOTHING, FASHION_MNIST, OUTFITS, PRODUCTS

SIDE = 160
HELD_OUT = 0.05
SEED = 7
FASHION_PHOTOS = 8000
DRAWN_LISTINGS = 1200
PACKAGES = 3000
OVERLAYS = str(Path(__file__).parent.parent / "overlays")
"""The recipe that draws printed things."""


@dataclass
class Item:
    source: str
    path: str
    group: str
    category: int = -1  # index into CATEGORIES
    label: int = -1  # index into the source's own labels
    fine: int = -1  # the product itself, where it is known (grocery)
    color: int = -1  # index into COLOR_NAMES, where a masked product has one
    pattern: int = -1  # index into PATTERNS, where it was drawn
    product: str = ""  # photos of one product share it
    held_out: bool = False


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def collect(data: Path) -> list[Item]:
    keys = {key: index for index, key in enumerate(CATEGORIES)}
    items: list[Item] = []
    names = sorted(CLOTHING)
    for row in rows(data / "clothing/manifest.csv"):
        if row["split"] in ("train", "other"):
            group = f"sender {row['sender']}" if row["sender"] else f"near {row['near_duplicate_group']}"
            known = row["label20"] in CLOTHING
            items.append(Item("clothing", f"clothing/{row['path']}", group,
                              keys[CLOTHING[row["label20"]]] if known else -1,
                              names.index(row["label20"]) if known else -1))  # fmt: skip
    coarse = {int(r["Coarse Class ID (int)"]): r["Coarse Class Name (str)"].lower()
              for r in rows(data / "grocery-store/classes.csv")}  # fmt: skip
    for row in rows(data / "grocery-store/manifest.csv"):
        if row["split"] == "train" and row["kind"] == "natural":
            number = int(re.findall(r"(\d+)\.jpg$", row["path"])[0])
            # Neighbouring numbers are photos of one visit to the shelf, often near-duplicates.
            group = f"grocery {row['fine_id']} {number // 3}"
            items.append(Item("grocery", f"grocery-store/{row['path']}", group, keys[coarse[int(row["coarse_id"])]],
                              int(row["coarse_id"]), int(row["fine_id"])))  # fmt: skip
    caltech = rows(data / "caltech101-products/manifest.csv")
    names = sorted({row["label"] for row in caltech})
    for row in caltech:
        items.append(Item("products", f"caltech101-products/{row['path']}", row["path"],
                          keys[PRODUCTS.get(row["label"], row["label"])], names.index(row["label"])))  # fmt: skip
    outfits = [row for row in rows(data / "outfits-ccp/items.csv") if row["split"] == "train"]
    counts = defaultdict(int)
    for row in outfits:
        counts[row["label"]] += 1
    names = sorted(name for name, count in counts.items() if count >= 20)
    for row in outfits:
        known = row["label"] in names
        items.append(Item("outfits", f"outfits-ccp/{row['path']}", f"outfit {row['outfit']}",
                          keys[OUTFITS[row["label"]]] if row["label"] in OUTFITS else -1,
                          names.index(row["label"]) if known else -1))  # fmt: skip
    with gzip.open(data / "fashion-mnist/train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)[:FASHION_PHOTOS]
    for index, label in enumerate(labels):
        items.append(Item("fashion", str(index), f"fashion {index}", keys[FASHION_MNIST[label]], int(label)))
    return items


def hold_out(items: list[Item]) -> None:
    """Mark about 5 % of each source, whole groups at a time; big senders stay in training."""
    rng = np.random.default_rng(SEED)
    by_source: dict[str, dict[str, list[Item]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        by_source[item.source][item.group].append(item)
    for groups in by_source.values():
        total = sum(map(len, groups.values()))
        held = 0
        for name in rng.permutation(sorted(groups)):
            if held >= HELD_OUT * total:
                break
            if len(groups[name]) <= 0.01 * total:
                held += len(groups[name])
                for item in groups[name]:
                    item.held_out = True


def letterbox(photo: np.ndarray, side: int) -> np.ndarray:
    """The encoder recipe: pad to a square with the border's median colour, then reduce."""
    from shoplens.photos.recipe import Recipe

    return Recipe.encoder(side).apply(photo)


def plain_background(photo: np.ndarray) -> np.ndarray | None:
    """Mask of what differs from a uniform border, or None where the border is not uniform."""
    border = np.concatenate(
        [photo[:3].reshape(-1, 3), photo[-3:].reshape(-1, 3), photo[:, :3].reshape(-1, 3), photo[:, -3:].reshape(-1, 3)]
    )
    colour = np.median(border, axis=0)
    if (np.abs(border.astype(int) - colour).max(axis=1) > 24).mean() > 0.06:
        return None
    near = (np.abs(photo.astype(int) - colour).max(axis=2) <= 20).astype(np.uint8)
    # Only what is connected with the border is background: a white shirt's own white stays.
    padded = np.pad(near, 1, constant_values=1)
    _, parts = cv2.connectedComponents(padded, connectivity=4)
    mask = (parts[1:-1, 1:-1] != parts[0, 0]).astype(np.uint8) * 255
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return mask if 0.05 < (mask > 0).mean() < 0.9 else None


def grab(photo: np.ndarray) -> np.ndarray | None:
    """GrabCut (Rother et al. 2004) from a centred box; None where the result looks unlike one product."""
    small = cv2.resize(photo, (80, 80), interpolation=cv2.INTER_AREA)
    cv2.setRNGSeed(1)
    seeds, back, front = np.zeros((80, 80), np.uint8), np.zeros((1, 65)), np.zeros((1, 65))
    try:
        cv2.grabCut(small[..., ::-1].copy(), seeds, (5, 5, 70, 70), back, front, 3, cv2.GC_INIT_WITH_RECT)
    except cv2.error:  # a picture of one colour has no two groups of colours
        return None
    mask = np.isin(seeds, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    area = stats[largest, cv2.CC_STAT_AREA]
    box = stats[largest, cv2.CC_STAT_WIDTH] * stats[largest, cv2.CC_STAT_HEIGHT]
    edge = np.concatenate([mask[6, :], mask[-7, :], mask[:, 6], mask[:, -7]]).mean()
    if not (0.15 < area / 6400 < 0.7) or area < 0.85 * mask.sum() or area < 0.45 * box or edge > 0.3:
        return None
    only = (parts == largest).astype(np.uint8) * 255
    only = cv2.morphologyEx(only, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    return cv2.resize(cv2.GaussianBlur(only, (3, 3), 0), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)


def decode(task: tuple[str, str]) -> tuple[np.ndarray, np.ndarray]:
    cv2.setNumThreads(1)
    source, path = task
    pixels = cv2.imread(path, cv2.IMREAD_COLOR_RGB)
    photo = letterbox(pixels, SIDE)
    mask = plain_background(photo)
    if mask is None and source in ("clothing", "grocery"):
        mask = grab(photo)
    return photo, np.zeros((SIDE, SIDE), np.uint8) if mask is None else mask


def fashion(data: Path) -> tuple[np.ndarray, np.ndarray]:
    with gzip.open(data / "fashion-mnist/train-images-idx3-ubyte.gz") as file:
        grey = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28)[:FASHION_PHOTOS]
    photos = np.zeros((FASHION_PHOTOS, SIDE, SIDE, 3), np.uint8)
    masks = np.zeros((FASHION_PHOTOS, SIDE, SIDE), np.uint8)
    for index, picture in enumerate(grey):
        big = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        shape = cv2.morphologyEx((big > 12).astype(np.uint8) * 255, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
        photos[index], masks[index] = big[..., None], cv2.GaussianBlur(shape, (5, 5), 0)
    return photos, masks


def drawn(pool: Executor) -> tuple[list[Item], list[np.ndarray], list[np.ndarray]]:
    items, photos, masks = [], [], []
    for shots in pool.map(drawn_photos, articles(DRAWN_LISTINGS), repeat(SIDE), chunksize=8):
        for shot in shots:
            name = f"{shot.article} {shot.view}"
            item = Item("drawn", name, shot.listing, color=shot.color, pattern=shot.pattern, product=shot.article)
            items.append(item)
            photos.append(shot.pixels)
            mask = plain_background(shot.pixels)
            masks.append(np.zeros((SIDE, SIDE), np.uint8) if mask is None else mask)
    return items, photos, masks


def package(number: int, picture: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """A carton, bottle, cover or screen full of print, on white, and its mask; `picture` is printed on it."""
    if OVERLAYS not in sys.path:
        sys.path.append(OVERLAYS)
    from printed_matter import laid_on, thing

    art, alpha = thing(np.random.default_rng((SEED, number)), picture)
    size = (SIDE, SIDE)
    mask = cv2.resize((alpha * 255).astype(np.uint8), size, interpolation=cv2.INTER_AREA)
    return cv2.resize(laid_on(art, alpha, 255.0), size, interpolation=cv2.INTER_AREA), mask


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("work-base"))
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    start = time.time()
    arguments.work.mkdir(parents=True, exist_ok=True)
    items = collect(arguments.data)
    files = [item for item in items if item.source != "fashion"]
    with ProcessPoolExecutor(arguments.processes, get_context("spawn")) as pool:
        invented, *pictures = drawn(pool)
        items += invented
        items += [Item("packages", str(n), f"package {n}", product=f"package {n}") for n in range(PACKAGES)]
        hold_out(items)
        photos = np.lib.format.open_memmap(arguments.work / "photos.npy", "w+", np.uint8, (len(items), SIDE, SIDE, 3))
        masks = np.lib.format.open_memmap(arguments.work / "masks.npy", "w+", np.uint8, (len(items), SIDE, SIDE))
        tasks = [(item.source, str(arguments.data / item.path)) for item in files]
        for index, (photo, mask) in enumerate(pool.map(decode, tasks, chunksize=32)):
            photos[index], masks[index] = photo, mask
        grey = slice(len(files), len(files) + FASHION_PHOTOS)
        photos[grey], masks[grey] = fashion(arguments.data)
        packages = slice(len(items) - PACKAGES, len(items))
        photos[grey.stop : packages.start], masks[grey.stop : packages.start] = pictures
        # What is held out is not to be learned from as a print, either.
        printed = [photos[n] if n % 5 < 2 and not items[n].held_out else None for n in range(PACKAGES)]
        for index, (photo, mask) in enumerate(pool.map(package, range(PACKAGES), printed, chunksize=32)):
            photos[packages.start + index], masks[packages.start + index] = photo, mask
    photos.flush(), masks.flush()
    for item, photo, mask in zip(files, photos, masks, strict=False):
        item.color = main_color(photo, mask)
    (arguments.work / "items.json").write_text(json.dumps([asdict(item) for item in items]))
    masked = masks[:, SIDE // 2 - 30 : SIDE // 2 + 30 : 4].any(axis=(1, 2))
    for source in sorted({item.source for item in items}):
        chosen = [i for i, item in enumerate(items) if item.source == source]
        held = sum(items[i].held_out for i in chosen)
        print(f"{source}: {len(chosen)} photos, {held} held out, {masked[chosen].sum()} with a mask")
    print(f"{time.time() - start:.0f} s")


if __name__ == "__main__":
    main()
