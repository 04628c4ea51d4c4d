"""The photos that overlays are drawn on: training parts only, kept as JPEG bytes in memory; none of `overlaid.txt`."""

from __future__ import annotations

import copy
import csv
import json
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from shoplens.photos.subject import find_subject

SIDE = 320
"""Longer side in pixels at which a photo is kept."""

HELD_OUT = 0.08
DRAWN_LISTINGS, DRAWN_SIZE = 160, 480
"""A drawn shop's listings, and the side of its photos in pixels, which is the demonstration shop's: they are reduced to
`SIDE` as others are."""

HARD_ONES = "hard.json"

SEED, MORE_SEEDS = 61, (63, 64, 65, 66, 67, 68)
"""Drawn shops; those of more seeds are trained on alone. `ship.py` draws another one to choose by."""

DRAWN = 0.15
"""Share of the drawn photos among those that are drawn on: there are few of them, with grounds that no photo has."""

HARD = 0.2
"""Share of those that `hard.py` has listed, where it has: an earlier network nearly took them for overlaid."""


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


def drawn_photos(seed: int) -> dict[str, np.ndarray]:
    """Unspoiled photos of a demonstration shop of a seed of our own, by name: products on white, and scenes."""
    from shoplens.demo.shop import draw_shop

    with tempfile.TemporaryDirectory() as folder:
        truth = draw_shop(Path(folder), seed=seed, products=DRAWN_LISTINGS, size=DRAWN_SIZE, workers=1)
        spoiled = {photo for fault in truth.faults for photo in (fault.photo, fault.other)}
        files = sorted(path for path in (Path(folder) / "photos").iterdir() if path.name not in spoiled)
        return {f"drawn/{path.name}": cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB) for path in files}


Kept = tuple[str, bytes, bytes]
"""A photo's name, its JPEG, and the bits of its cut-out, none where the product does not stand out."""


def prepare(data: Path, work: Path, workers: int = 1) -> None:
    """Write photos.bin (JPEG after JPEG), cutouts.bin and photos.json (names, and where each ends in both) once."""
    if (work / "photos.json").exists():
        return
    work.mkdir(parents=True, exist_ok=True)
    photos: list[tuple[str, int, int]] = []
    # What takes longest begins first; the order in which all are kept is another.
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        shops = [pool.submit(_of_shop, seed) for seed in (SEED, *MORE_SEEDS)]
        paths = photo_paths(data)
        parts = [pool.submit(_of_files, data, paths[first : first + 64]) for first in range(0, len(paths), 64)]
        with (work / "photos.bin").open("wb") as file, (work / "cutouts.bin").open("wb") as cutouts:
            for part in (*parts, *shops):
                for name, jpeg, bits in part.result():
                    file.write(jpeg)
                    cutouts.write(bits)
                    photos.append((name, file.tell(), cutouts.tell()))
    (work / "photos.json").write_text(json.dumps(photos))


def _of_files(data: Path, paths: list[Path]) -> list[Kept]:
    cv2.setNumThreads(1)
    read = ((path.relative_to(data).as_posix(), cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)) for path in paths)
    return [kept for name, picture in read if picture is not None and (kept := _kept(name, picture))]


def _of_shop(seed: int) -> list[Kept]:
    cv2.setNumThreads(1)
    more = "" if seed == SEED else "more-"
    return [kept for name, picture in drawn_photos(seed).items() if (kept := _kept(f"{more}{name}", picture))]


def _kept(name: str, picture: np.ndarray) -> Kept | None:
    scale = SIDE / max(picture.shape[:2])
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if min(picture.shape[:2]) < 80:
        return None
    subject = find_subject(picture)
    stands_out = subject.score >= 0.5 and 0.1 < subject.share < 0.8
    jpeg = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])[1]
    return name, jpeg.tobytes(), np.packbits(subject.mask).tobytes() if stands_out else b""


class Backgrounds:
    """Photos by number; the last `HELD_OUT` of a fixed shuffle are for thresholds and never trained on.

    Those of `overlaid.txt` have a number, so that the shuffle never depends on the list, and are in neither part; the
    shops of `MORE_SEEDS` come after what is shuffled.
    `sets` says from which set of photos each of `numbers` is.
    """

    def __init__(self, work: Path, *, held_out: bool) -> None:
        self._bytes, self._bits = (np.fromfile(work / name, np.uint8) for name in ("photos.bin", "cutouts.bin"))
        names, ends, bits = zip(*json.loads((work / "photos.json").read_text()), strict=True)
        self._spans, self._bit_spans = list(pairwise([0, *ends])), list(pairwise([0, *bits]))
        shuffled = [number for number, name in enumerate(names) if not name.startswith("more-drawn")]
        order = np.random.default_rng(3).permutation(len(shuffled))
        cut = round(len(order) * (1 - HELD_OUT))
        part = order[cut:] if held_out else [*order[:cut], *range(len(shuffled), len(names))]
        left_out = overlaid()
        self.numbers = np.array([number for number in part if names[number] not in left_out])
        self.sets = np.array([names[number].split("/")[0] for number in self.numbers])
        drawn = np.char.endswith(self.sets, "drawn")
        self._taken, self._drawn = self.numbers[~drawn], self.numbers[drawn]
        listed = json.loads((work / HARD_ONES).read_text()) if (work / HARD_ONES).exists() else []
        self._hard = self.numbers[np.isin(self.numbers, listed)]

    def some(self, rng: np.random.Generator) -> int:
        if len(self._hard) and rng.random() < HARD:
            return int(rng.choice(self._hard))
        return int(rng.choice(self._drawn if rng.random() < DRAWN else self._taken))

    def of_one_set(self, rng: np.random.Generator) -> Backgrounds:
        """The photos of one set alone, as a shop's are alike: of that which a random one is from."""
        few = copy.copy(self)
        chosen = self.sets[self.numbers == self.some(rng)][0]
        few._taken = few._drawn = few._hard = self.numbers[self.sets == chosen]
        return few

    def photo(self, number: int) -> np.ndarray:
        start, end = self._spans[number]
        return cv2.imdecode(self._bytes[start:end], cv2.IMREAD_COLOR_RGB)

    def any(self, rng: np.random.Generator) -> np.ndarray:
        return self.photo(self.some(rng))

    def cut_out(self, number: int, size: tuple[int, int]) -> np.ndarray | None:
        """How much of each pixel of a photo of `size` is the product, 0 to 1, `[h, w]`; None: it does not stand out."""
        start, end = self._bit_spans[number]
        if start == end:
            return None
        mask = np.unpackbits(self._bits[start:end], count=size[0] * size[1]).reshape(size)
        return cv2.GaussianBlur(mask.astype(np.float32), (7, 7), 1.0)
