"""Photos that stand upright, from training parts alone, each with the group that is held out as a whole."""

from __future__ import annotations

import csv
import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from shoplens.records import Pixels

DRAWN_SEED = 67
DRAWN_LISTINGS = 120
FOLDS = 5
MOST = {"clothing": 3000, "outfits": 1100, "grocery": 900, "products": 2100, "drawn": 500}
"""Photos of a source: the groceries of one shelf look alike, and shoes in pairs are a quarter of the outfits."""


@dataclass(frozen=True, eq=False)
class TrainingPhoto:
    """A photo and where it comes from.

    Attributes:
        source: the set.
        group: what is held out together: a sender's photos, an outfit, neighbouring photos of a shelf.
        pixels: uint8 RGB `[h, w, 3]`.
    """

    source: str
    group: str
    pixels: Pixels

    @property
    def fold(self) -> int:
        """0 to `FOLDS` - 1, the same for a whole group."""
        return hashlib.sha256(f"{self.source} {self.group}".encode()).digest()[0] % FOLDS


def listed(data: Path) -> dict[str, list[tuple[str, Path]]]:
    """Return the groups and paths of each set in an order without meaning."""
    found: dict[str, list[tuple[str, Path]]] = {"clothing": [], "outfits": [], "grocery": [], "products": []}
    for row in rows(data / "clothing/manifest.csv"):
        if row["split"] == "train":
            group = f"sender {row['sender']}" if row["sender"] else f"near {row['near_duplicate_group']}"
            found["clothing"].append((group, data / "clothing" / row["path"]))
    for row in rows(data / "outfits-ccp/items.csv"):
        if row["split"] == "train":
            found["outfits"].append((row["outfit"], data / "outfits-ccp" / row["path"]))
    for row in rows(data / "grocery-store/manifest.csv"):
        if row["split"] == "train" and row["kind"] == "natural":
            number = int("".join(filter(str.isdigit, Path(row["path"]).stem)) or 0)
            group = f"{row['fine_id']} {number // 3}"
            found["grocery"].append((group, data / "grocery-store" / row["path"]))
    for row in rows(data / "caltech101-products/manifest.csv"):
        found["products"].append((row["path"], data / "caltech101-products" / row["path"]))
    for paths in found.values():
        paths.sort(key=lambda pair: hashlib.sha256(pair[1].name.encode() + pair[1].parent.name.encode()).digest())
    return found


def training_photos(data: Path, share: float = 1.0) -> Iterator[TrainingPhoto]:
    """Yield every photo; an outfit's item stands on white, with room around it.

    Args:
        data: the folder with the sets.
        share: of the photos of each set, for trials.
    """
    for source, paths in listed(data).items():
        for group, path in paths[: round(MOST[source] * share)]:
            pixels = read(path)
            if source == "outfits":
                pixels = with_room(pixels)
            if min(pixels.shape[:2]) >= 60:
                yield TrainingPhoto(source, group, pixels)
    yield from drawn(round(MOST["drawn"] * share))


def drawn(most: int) -> Iterator[TrainingPhoto]:
    """Yield photos of a drawn shop that nothing is wrong with."""
    from shoplens.demo.shop import draw_shop

    with tempfile.TemporaryDirectory() as folder:
        truth = draw_shop(Path(folder), seed=DRAWN_SEED, products=DRAWN_LISTINGS, size=256, workers=1)
        spoiled = {photo for fault in truth.faults for photo in (fault.photo, fault.other)}
        files = sorted(path for path in (Path(folder) / "photos").iterdir() if path.name not in spoiled)
        files.sort(key=lambda path: hashlib.sha256(path.name.encode()).digest())
        for path in files[:most]:
            yield TrainingPhoto("drawn", path.name.split("-")[0], read(path))


def read(path: Path) -> Pixels:
    """Return a photo as RGB; the sets hold no EXIF."""
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table by their columns' names."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def with_room(pixels: Pixels) -> Pixels:
    """Return a cut-out in the middle of a white square."""
    height, width = pixels.shape[:2]
    side = round(max(height, width) * 1.2)
    canvas = np.full((side, side, 3), 255, np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    canvas[top : top + height, left : left + width] = pixels
    return canvas


def window(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return the whole photo, or as often a part whose shape tells nothing of the photo's own."""
    if rng.random() < 0.5:
        return pixels
    height, width = pixels.shape[:2]
    aspect = float(np.exp(rng.uniform(-0.35, 0.35)))
    side = rng.uniform(0.75, 1.0) * min(height, width)
    tall, wide = min(height, round(side / aspect**0.5)), min(width, round(side * aspect**0.5))
    top, left = int(rng.integers(height - tall + 1)), int(rng.integers(width - wide + 1))
    return np.ascontiguousarray(pixels[top : top + tall, left : left + wide])
