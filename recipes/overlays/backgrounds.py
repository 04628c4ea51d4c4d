"""The photos that overlays are drawn on: training parts only, kept as JPEG bytes in memory."""

from __future__ import annotations

import csv
import json
import tempfile
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

SIDE = 320
"""Longer side in pixels at which a photo is kept."""

HELD_OUT = 0.08
DRAWN_LISTINGS = 160


def photo_paths(data: Path) -> list[Path]:
    """Every photo that may be trained on, in a fixed order."""
    clothing, outfits = _rows(data / "clothing/manifest.csv"), _rows(data / "outfits-ccp/items.csv")
    found = [data / "clothing" / row["path"] for row in clothing if row["split"] != "validation"]
    found += [data / "caltech101-products" / row["path"] for row in _rows(data / "caltech101-products/manifest.csv")]
    found += [data / "outfits-ccp" / row["path"] for row in outfits if row["split"] == "train"]
    found += [
        data / "grocery-store" / row["path"]
        for row in _rows(data / "grocery-store/manifest.csv")
        if row["split"] == "train" and row["kind"] == "natural"
    ]
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def drawn_photos() -> list[np.ndarray]:
    """Unspoiled photos of a demonstration shop of a seed of our own: products on white, and scenes."""
    from shoplens.demo.shop import draw_shop

    with tempfile.TemporaryDirectory() as folder:
        truth = draw_shop(Path(folder), seed=61, products=DRAWN_LISTINGS, size=SIDE, workers=1)
        spoiled = {photo for fault in truth.faults for photo in (fault.photo, fault.other)}
        files = sorted(path for path in (Path(folder) / "photos").iterdir() if path.name not in spoiled)
        return [cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB) for path in files]


def prepare(data: Path, work: Path) -> None:
    """Write photos.bin (JPEG after JPEG) and photos.json (where each begins) once."""
    if (work / "photos.json").exists():
        return
    work.mkdir(parents=True, exist_ok=True)
    ends, total = [], 0
    with (work / "photos.bin").open("wb") as file:
        for source in (photo_paths(data), drawn_photos()):
            for entry in source:
                picture = entry if isinstance(entry, np.ndarray) else _read(entry)
                if picture is None or min(picture.shape[:2]) < 80:
                    continue
                total += file.write(cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1])
                ends.append(total)
    (work / "photos.json").write_text(json.dumps(ends))


def _read(path: Path) -> np.ndarray | None:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        return None
    scale = SIDE / max(picture.shape[:2])
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return picture[..., ::-1]


class Backgrounds:
    """Photos by number; the last `HELD_OUT` of a fixed shuffle are for thresholds and never trained on."""

    def __init__(self, work: Path, *, held_out: bool) -> None:
        self._bytes = np.fromfile(work / "photos.bin", np.uint8)
        ends = [0, *json.loads((work / "photos.json").read_text())]
        self._spans = list(pairwise(ends))
        order = np.random.default_rng(3).permutation(len(self._spans))
        cut = round(len(order) * (1 - HELD_OUT))
        self.numbers = order[cut:] if held_out else order[:cut]

    def photo(self, number: int) -> np.ndarray:
        start, end = self._spans[number]
        return cv2.cvtColor(cv2.imdecode(self._bytes[start:end], cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)

    def any(self, rng: np.random.Generator) -> np.ndarray:
        return self.photo(int(self.numbers[rng.integers(len(self.numbers))]))
