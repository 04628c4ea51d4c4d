"""Are the probabilities honest once the temperature is fitted: calibration error at most 0.04 on clothes?

The photos of `clothing/validation` are divided into two random halves; the temperature is fitted on one and judged on
the other, both ways, and the calibration error (ECE, ten bins of equal width) is taken over all photos, each judged at
a temperature that it had no part in. Figures are means over the halvings. A bundle judged here must not have learned
from these photos: without --bundle, one is trained by the preset `fast` on `clothing/train`.

So few photos show an error even of a model that is right exactly as often as it says; "by chance" tells how much.

    SHOPLENS_DATA=... python benchmarks/calibration.py [--bundle FOLDER ...] [--halvings 20]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from machine import shared_data, write_result

from shoplens.models.bundle import Bundle, load_bundle
from shoplens.models.calibrate import expected_calibration_error, log_loss, reliability
from shoplens.models.judged_photos import JudgedPhotos
from shoplens.models.label_names import LabelNames
from shoplens.models.listed_photos import listed_photos
from shoplens.models.photo_list import PhotoList
from shoplens.models.recalibration import recalibrate
from shoplens.models.settings import Settings
from shoplens.models.train import train

HIGHEST = 0.04

COLUMNS = (
    "bundle",
    "photos",
    "accuracy",
    "ECE as shipped",
    "**ECE fitted anew**",
    "worst halving",
    "one half alone",
    "by chance (19 of 20 below)",
    "log loss as shipped",
    "fitted anew",
    "new temperature",
)


def bundles(options: argparse.Namespace, data: Path) -> Iterator[Bundle]:
    for folder in options.bundle:
        yield load_bundle(folder)
    if not options.bundle:
        with tempfile.TemporaryDirectory() as scratch:
            settings = Settings.for_preset("fast")
            yield train(data / "train", settings, name="fast", home=Path(scratch), test=data / "validation").bundle


def judge(bundle: Bundle, photos: PhotoList, names: dict[str, str], halvings: int) -> tuple[str, float]:
    known = LabelNames(bundle.categories)
    judged = JudgedPhotos.of(
        bundle, photos, names={label: name for label, name in names.items() if known.find(name) is not None}
    )
    right = judged.probabilities.argmax(axis=1) == judged.labels
    shipped = expected_calibration_error(reliability(judged.probabilities.max(axis=1), right))
    again = recalibrate(judged.probabilities, judged.labels, halvings=halvings)
    assert again is not None
    line = (
        f"| `{bundle.name}` | {len(right)} | {right.mean():.3f} | {shipped:.3f} | **{again.calibration_error:.3f}** "
        f"| {again.worst:.3f} | {again.half_error:.3f} | {again.chance_error:.3f} ({again.chance_high:.3f}) "
        f"| {log_loss(judged.probabilities, judged.labels):.3f} | {again.log_loss:.3f} | x {again.temperature:.2f} |"
    )
    return line, again.calibration_error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, nargs="+", default=[], help="folders of bundles to judge")
    parser.add_argument(
        "--map", nargs="+", default=["outwear=outerwear"], help="LABEL=CATEGORY, as `shoplens evaluate`"
    )
    parser.add_argument("--halvings", type=int, default=20)
    options = parser.parse_args()
    data = shared_data() / "clothing"
    photos, names = listed_photos(data / "validation"), LabelNames.parse(options.map)
    rows = [judge(bundle, photos, names, options.halvings) for bundle in bundles(options, data)]
    lines = [
        f"On `clothing/validation`, mean of {options.halvings} random halvings.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|{'---|' * len(COLUMNS)}",
        *(line for line, _ in rows),
    ]
    write_result("calibration", "Calibration: a temperature fitted on one half, judged on the other", lines)
    highest = max(error for _, error in rows)
    if highest > HIGHEST:
        sys.exit(f"The calibration error is above {HIGHEST}: {highest:.3f}.")


if __name__ == "__main__":
    main()
