"""The photos that overlays are drawn on: training parts only, kept as JPEG bytes in memory; none of `overlaid.txt`."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

SIDE = 320
"""Longer side in pixels at which a photo is kept."""

HELD_OUT = 0.08
DRAWN_LISTINGS = 160
MORE_SEEDS = (63, 64)
"""Drawn shops that are trained on alone: `ship.py` draws another one to choose by."""

DRAWN = 0.15
"""Share of the drawn photos among those that are drawn on: there are few of them, with grounds that no photo has."""


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


def overlaid() -> frozenset[str]:
    """Names of photos that have an overlay of their own, which the truth would not know."""
    lines = (Path(__file__).parent / "overlaid.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def drawn_photos(seed: int = 61, size: int = SIDE) -> dict[str, np.ndarray]:
    """Unspoiled photos of a demonstration shop of a seed of our own, by name: products on white, and scenes."""
    from shoplens.demo.shop import draw_shop

    with tempfile.TemporaryDirectory() as folder:
        truth = draw_shop(Path(folder), seed=seed, products=DRAWN_LISTINGS, size=size, workers=1)
        spoiled = {photo for fault in truth.faults for photo in (fault.photo, fault.other)}
        files = sorted(path for path in (Path(folder) / "photos").iterdir() if path.name not in spoiled)
        return {f"drawn/{path.name}": cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB) for path in files}


def prepare(data: Path, work: Path) -> None:
    """Write photos.bin (JPEG after JPEG) and photos.json (the name of each, and where it ends) once."""
    if (work / "photos.json").exists():
        return
    work.mkdir(parents=True, exist_ok=True)
    photos: list[tuple[str, int]] = []
    total = 0
    with (work / "photos.bin").open("wb") as file:
        for name, picture in _all(data):
            if min(picture.shape[:2]) < 80:
                continue
            total += file.write(cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1])
            photos.append((name, total))
    (work / "photos.json").write_text(json.dumps(photos))


def _all(data: Path) -> Iterator[tuple[str, np.ndarray]]:
    for path in photo_paths(data):
        if (picture := _read(path)) is not None:
            yield path.relative_to(data).as_posix(), picture
    yield from drawn_photos().items()
    for seed in MORE_SEEDS:
        yield from ((f"more-{name}", picture) for name, picture in drawn_photos(seed).items())


def _read(path: Path) -> np.ndarray | None:
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        return None
    scale = SIDE / max(picture.shape[:2])
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return picture[..., ::-1]


class Backgrounds:
    """Photos by number; the last `HELD_OUT` of a fixed shuffle are for thresholds and never trained on.

    Those of `overlaid.txt` have a number, so that the shuffle never depends on the list, and are in neither part; the
    shops of `MORE_SEEDS` come after what is shuffled.
    `sets` says from which set of photos each of `numbers` is.
    """

    def __init__(self, work: Path, *, held_out: bool) -> None:
        self._bytes = np.fromfile(work / "photos.bin", np.uint8)
        photos = json.loads((work / "photos.json").read_text())
        self._spans = list(pairwise([0, *(end for _, end in photos)]))
        shuffled = [number for number, (name, _) in enumerate(photos) if not name.startswith("more-drawn")]
        order = np.random.default_rng(3).permutation(len(shuffled))
        cut = round(len(order) * (1 - HELD_OUT))
        part = order[cut:] if held_out else [*order[:cut], *range(len(shuffled), len(photos))]
        left_out = overlaid()
        self.numbers = np.array([number for number in part if photos[number][0] not in left_out])
        self.sets = np.array([photos[number][0].split("/")[0] for number in self.numbers])
        drawn = np.char.endswith(self.sets, "drawn")
        self._taken, self._drawn = self.numbers[~drawn], self.numbers[drawn]

    def photo(self, number: int) -> np.ndarray:
        start, end = self._spans[number]
        return cv2.cvtColor(cv2.imdecode(self._bytes[start:end], cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)

    def any(self, rng: np.random.Generator) -> np.ndarray:
        return self.photo(int(rng.choice(self._drawn if rng.random() < DRAWN else self._taken)))
