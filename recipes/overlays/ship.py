"""Make the network that ships of a run's moving-average weights: export, set thresholds, describe.

    python recipes/overlays/ship.py --work work-overlays --out src/shoplens/quality/overlays

Any checkpoint will do, also while the training goes on.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import numpy as np
from backgrounds import Backgrounds, drawn_photos
from network import WIDTHS, overlay_network
from overlays import KINDS
from printed_matter import package
from scenes import PICTURED, example, examples, several

from shoplens.models.export import export_onnx, quantize
from shoplens.quality.overlay_detector import SIDES, OverlayDetector
from shoplens.records import Pixels

DATA = {
    "clothing (train and other parts)": "CC0 1.0, alexeygrigorev/clothing-dataset",
    "grocery-store (train part, photos taken in shops)": "MIT, marcusklasson/GroceryStoreDataset",
    "caltech101-products": "CC BY 4.0, Fei-Fei, Fergus, Perona 2004",
    "outfits-ccp (train part)": "Apache-2.0, bearpaw/clothing-co-parsing",
    "drawn products (160 listings each, seeds 61, 63 to 68)": "drawn by ShopLens itself",
}
TOGETHER = 0.009
"""Share of held-out photos without an overlay that may reach any threshold: less than the 2 % promised, for other
photos than those that choose alarm more often (see `alarms_elsewhere`), and other shops' photos differ. At 1.2 % it
was 2.2 % of Luma's originals in the benchmark, and 21 logos in the demonstration shop that are none: neither is a test
of this number."""

OF_ANY_SET = 0.02
"""Share of any one set's photos that may, rounded up: a promise is not to hold on the mean of unlike sets alone."""

PACKAGES, ON_PACKAGES = 300, 0.015
"""Drawn packages, covers and screens, which are all print, and as many groups of things, which are no collage;
and the share of either that may reach a threshold."""

CALIBRATION, ANOTHER_SHOP = 256, 62
PARTS = 10
"""Parts of the clean photos; what the thresholds of nine do to the tenth is what they do to photos of others."""

Scores = dict[str, np.ndarray]
"""By kind and for "collage", one of each picture: float `[n]`."""


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work-overlays"))
    parser.add_argument("--out", type=Path, default=Path("src/shoplens/quality/overlays"))
    parser.add_argument(
        "--drawn", type=int, default=300, help="drawn pictures of each kind to choose by, and to judge by"
    )
    parser.add_argument("--float", action="store_true", help="ship without compressing")
    return parser.parse_args()


def export(work: Path, out: Path, compress: bool) -> None:
    """Write overlays.onnx."""
    checkpoint = np.load(work / "checkpoint.npz", allow_pickle=False)
    network = overlay_network()
    for variable in network.weights:
        variable.assign(checkpoint[f"ema/{variable.path}"])
    photos, rng = Backgrounds(work, held_out=False), np.random.default_rng(9)
    shown = [np.stack([one.picture for one in examples(photos, rng, 16)]) for _ in range(CALIBRATION // 16)]
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "float.onnx"
        export_onnx(network, plain, input_size=None)
        if compress:
            quantize(plain, out / "overlays.onnx", shown, keep=("maps", "collage", "judge"))
        else:
            (out / "overlays.onnx").write_bytes(plain.read_bytes())


def trained(work: Path) -> dict[str, float]:
    steps, seconds, *_ = np.load(work / "checkpoint.npz", allow_pickle=False)["state"]
    return {"steps": int(steps), "minutes": round(float(seconds) / 60, 1)}


def scores(detector: OverlayDetector, pictures: list[Pixels]) -> Scores:
    seen = [detector.look(picture) for picture in pictures]
    found = {kind: np.array([one.kinds[kind].score for one in seen]) for kind in KINDS}
    return found | {"collage": np.array([one.collage for one in seen])}


class Thresholds:
    """Searches for those that find the most of what was drawn while few enough photos with nothing over them alarm.

    Args:
        clean: scores of photos with nothing over them, by kind and for "collage", `[n]` each.
        alike: of drawn pictures that look like an overlay or a collage and are none; of each, at most `ON_PACKAGES`.
        sets: of which set each clean photo is, `[n]`; at most `TOGETHER` of all and `OF_ANY_SET` of one alarm.
        drawn: by kind, the scores of that kind of pictures that have it.
    """

    def __init__(self, clean: Scores, alike: Sequence[Scores], sets: np.ndarray, drawn: Scores) -> None:
        self._clean, self._sets, self._drawn = clean, sets, drawn
        least = {kind: max(np.quantile(other[kind], 1 - ON_PACKAGES) for other in alike) for kind in clean}
        self._steps = {
            kind: sorted({least[kind], *scores[scores > least[kind]]}, reverse=True) for kind, scores in clean.items()
        }

    def search(self) -> dict[str, float]:
        """Lower one after the other; then raise one again, as long as what the others win by that is more."""
        found = self._lowered({kind: steps[0] for kind, steps in self._steps.items()}, self._steps)
        while True:
            best = max(self._exchanged(found), key=self._share)
            if self._share(best) <= self._share(found):
                return {kind: math.ceil(one * 1e4) / 1e4 for kind, one in found.items()}
            found = best

    def _exchanged(self, found: dict[str, float]) -> Iterator[dict[str, float]]:
        for kind, steps in self._steps.items():
            for higher in steps[: steps.index(found[kind])]:
                others = self._lowered(found | {kind: higher}, [other for other in self._steps if other != kind])
                yield self._lowered(others, [kind])
        yield found

    def _lowered(self, found: dict[str, float], kinds: Iterable[str]) -> dict[str, float]:
        """Lower again and again the one that finds the most for each photo that then alarms."""
        while True:
            now, best, chosen = alarms(self._clean, found).sum(), 0.0, None
            for kind in kinds:
                for one in self._steps[kind][self._steps[kind].index(found[kind]) + 1 :]:
                    then = alarms(self._clean, found | {kind: one})
                    if not self._few(then):
                        break
                    gain = float(((self._drawn[kind] > one) & (self._drawn[kind] <= found[kind])).mean())
                    if gain / (then.sum() - now + 0.1) > best:
                        best, chosen = gain / (then.sum() - now + 0.1), {kind: one}
            if chosen is None:
                return found
            found = found | chosen

    def _few(self, alarming: np.ndarray) -> bool:
        each = [alarming[self._sets == one] for one in np.unique(self._sets)]
        return bool(alarming.mean() <= TOGETHER and all(one.sum() <= math.ceil(OF_ANY_SET * len(one)) for one in each))

    def _share(self, found: dict[str, float]) -> float:
        return float(np.mean([(self._drawn[kind] > limit).mean() for kind, limit in found.items()]))


def alarms_elsewhere(clean: Scores, alike: Sequence[Scores], sets: np.ndarray, drawn: Scores) -> float:
    """Share of the clean photos that alarm where thresholds are chosen without them: each part by all the others."""
    part, found = np.random.default_rng(13).permutation(len(sets)) % PARTS, np.zeros(len(sets), bool)
    for one in range(PARTS):
        known = {kind: values[part != one] for kind, values in clean.items()}
        limits = Thresholds(known, alike, sets[part != one], drawn).search()
        found[part == one] = alarms({kind: values[part == one] for kind, values in clean.items()}, limits)
    return float(found.mean())


def alarms(scores: Scores, limits: dict[str, float]) -> np.ndarray:
    """Tell which photos reach any threshold, `[n]`."""
    return np.any([scores[kind] > limit for kind, limit in limits.items()], axis=0)


def main() -> None:
    options = parse()
    cv2.setNumThreads(1)
    export(options.work, options.out, not options.float)
    detector = OverlayDetector((options.out / "overlays.onnx").read_bytes())
    photos, rng = Backgrounds(options.work, held_out=True), np.random.default_rng(11)
    # So few drawn photos are held out that they say little of a drawn shop, which is what a new user sees first.
    shop = list(drawn_photos(ANOTHER_SHOP).values())
    clean = scores(detector, [photos.photo(int(number)) for number in photos.numbers] + shop)
    sets = np.append(photos.sets, ["drawn shop"] * len(shop))
    shown = [photos.any(rng) if rng.random() < PICTURED else None for _ in range(PACKAGES)]
    packages = scores(detector, [package(rng, photo) for photo in shown])
    groups = scores(detector, [several(photos, rng) for _ in range(PACKAGES)])

    def drawn() -> Scores:
        """Of pictures with one kind each, its scores."""
        return {
            kind: scores(detector, [example(photos, rng, kind).picture for _ in range(options.drawn)])[kind]
            for kind in clean
        }

    chosen_by = (clean, (packages, groups), sets, drawn())
    limits, figures = Thresholds(*chosen_by).search(), {}
    for kind, judged in drawn().items():
        figures[kind] = {
            "found": round(float((judged > limits[kind]).mean()), 4),
            "alarms_on_packages": round(float((packages[kind] > limits[kind]).mean()), 4),
            "alarms_on_groups": round(float((groups[kind] > limits[kind]).mean()), 4),
            "median_score": round(float(np.median(judged)), 4),
            "median_clean": round(float(np.median(clean[kind])), 4),
        }
        print(kind, limits[kind], figures[kind], flush=True)
    card = {
        "name": "overlays",
        "date": dt.date.today().isoformat(),
        "licence": "Apache-2.0",
        "data": DATA,
        "never_trained_on": "validation and test parts, magento2-luma, microsoft-traders, grocery-store's catalogue",
        "widths": WIDTHS,
        "input": f"uint8 RGB, longer side {SIDES[0]} px, and {SIDES[1]} where it is not sure",
        "training": trained(options.work),
        "thresholds": limits,
        "held_out": {
            "clean_photos": len(sets),
            "any_false_alarm": round(float(alarms(clean, limits).mean()), 4),
            "any_false_alarm_of_others": round(alarms_elsewhere(*chosen_by), 4),
            **figures,
        },
        "libraries": {name: version(name) for name in ("keras", "tensorflow-cpu", "onnxruntime", "numpy")},
    }
    (options.out / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(card["held_out"]), (options.out / "overlays.onnx").stat().st_size)


if __name__ == "__main__":
    main()
