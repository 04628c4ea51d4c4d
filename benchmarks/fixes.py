"""Do safe fixes mend what they are made for, and do they leave the rest alone?

Photos drawn for the demonstration shop and real ones of two shops (Luma, traders) are spoiled in known ways, mended by
the rules of Google and of the shop, written, read again and inspected anew by an inspector of its own.

Claims: every mended photo passes the check that its fix was made for; none of them fails a check, by any rule of the
packs, that the spoiled photo passed. How many are mended, and why the others are refused, is told beside them.

Usage: SHOPLENS_DATA=... python benchmarks/fixes.py [photos per set]
"""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from machine import shared_data, write_result
from PIL import Image

from shoplens.demo.shop import draw_shop
from shoplens.errors import PhotoError
from shoplens.photos.decode import decode, decode_file, encode
from shoplens.photos.transform import pad, resize
from shoplens.quality.inspector import Inspector
from shoplens.quality.mender import Mended, Mender
from shoplens.quality.photo_context import WORK_SIDE, PhotoContext
from shoplens.quality.rule_plan import RulePlan
from shoplens.records import Pixels

RULES = ("google", "shop")
REAL = {"luma": "magento2-luma/images", "traders": "microsoft-traders/images"}
Spoiler = Callable[[Pixels, np.random.Generator], tuple[bytes, str]]


def jpeg(pixels: Pixels) -> tuple[bytes, str]:
    return encode(pixels, "jpeg", 92), "a.jpg"


def with_exif(pixels: Pixels, orientation: int = 1, **notes: str) -> tuple[bytes, str]:
    exif = Image.Exif()
    exif[0x0112] = orientation
    if "artist" in notes:
        exif[0x013B] = notes["artist"]
    if "place" in notes:
        exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    stored = np.rot90(pixels, 1) if orientation == 6 else pixels
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(stored)).save(file, "JPEG", exif=exif.tobytes(), quality=95)
    return file.getvalue(), "a.jpg"


def framed(pixels: Pixels, rng: np.random.Generator) -> tuple[bytes, str]:
    wide, color = round(min(pixels.shape[:2]) * rng.uniform(0.02, 0.06)), rng.integers(0, 200, 3).tolist()
    return jpeg(np.asarray(cv2.copyMakeBorder(pixels, *(wide,) * 4, cv2.BORDER_CONSTANT, value=color), np.uint8))


def before_a_grey_wall(pixels: Pixels, rng: np.random.Generator) -> tuple[bytes, str]:
    light = rng.uniform(0.84, 0.92) * (1.0 + rng.uniform(-0.015, 0.015, 3))
    fall = np.linspace(1.0, rng.uniform(0.96, 1.0), pixels.shape[0])[:, None, None]
    return jpeg(np.clip(pixels * light * fall, 0, 255).astype(np.uint8))


def off_centre(pixels: Pixels, rng: np.random.Generator) -> tuple[bytes, str]:
    height, width = pixels.shape[:2]
    room = round(0.7 * max(height, width))
    sides = {"top": (room, 0, 0, room), "right": (0, room, room, 0)}[str(rng.choice(["top", "right"]))]
    grown = cv2.copyMakeBorder(pixels, *sides, cv2.BORDER_CONSTANT, value=rim(pixels))
    return jpeg(np.asarray(grown, np.uint8))


def rim(pixels: Pixels) -> list[int]:
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return [int(level) for level in np.median(edge, axis=0)]


def small(pixels: Pixels, rng: np.random.Generator) -> tuple[bytes, str]:
    around = [round(side * rng.uniform(0.7, 1.1)) for side in pixels.shape[:2]]
    grown = cv2.copyMakeBorder(
        pixels, around[0], around[0], around[1], around[1], cv2.BORDER_CONSTANT, value=rim(pixels)
    )
    return jpeg(np.asarray(grown, np.uint8))


def strip(pixels: Pixels, rng: np.random.Generator) -> tuple[bytes, str]:
    aspect = float(rng.uniform(3.3, 5.0))
    return jpeg(pad(pixels, aspect if rng.integers(2) else 1 / aspect))


def dark(pixels: Pixels, rng: np.random.Generator) -> tuple[bytes, str]:
    linear = np.power(pixels / 255.0, 2.2) * 2.0 ** -rng.uniform(3.2, 4.2)
    return jpeg(np.rint(np.power(linear, 1 / 2.2) * 255).astype(np.uint8))


def cmyk(pixels: Pixels, rng: np.random.Generator) -> tuple[bytes, str]:
    file = io.BytesIO()
    Image.fromarray(pixels).convert("CMYK").save(file, "JPEG", quality=95)
    return file.getvalue(), "a.jpg"


SPOILED: dict[str, tuple[str, Spoiler]] = {
    "GPS": ("metadata_gps", lambda pixels, _: with_exif(pixels, place="here")),
    "name of a person": ("metadata_personal", lambda pixels, _: with_exif(pixels, artist="Ada")),
    "turned by EXIF": ("photo_exif_rotated", lambda pixels, _: with_exif(pixels, 6)),
    "CMYK": ("photo_color_space", cmyk),
    "frame": ("photo_border", framed),
    "light grey wall": ("background_not_white", before_a_grey_wall),
    "off centre": ("product_off_center", off_centre),
    "small in the picture": ("product_too_small", small),
    "strip": ("photo_extreme_aspect", strip),
    "three to four stops too dark": ("photo_too_dark", dark),
    "PNG that is a JPEG": ("wrong_extension", lambda pixels, _: (jpeg(pixels)[0], "a.png")),
}


@dataclass
class Tally:
    spoiled: int = 0
    mended: int = 0
    still_failing: int = 0
    newly_failing: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


def failed(plan: RulePlan, data: bytes, name: str) -> set[tuple[str, float | None]]:
    photo = decode(data, name=name, min_side=WORK_SIDE)
    found = plan.violations(photo, PhotoContext(photo, name=name))
    return {(finding.code, finding.detail.threshold if finding.detail else None) for finding in found}


def judge(mender: Mender, plan: RulePlan, code: str, data: bytes, name: str, tally: Tally) -> None:
    before = failed(plan, data, name)
    if code not in {found for found, _ in before}:
        return
    tally.spoiled += 1
    result: Mended = mender.mend(data, name, asked=[code])
    if any(step == code for _, step in result.steps):
        tally.mended += 1
    else:
        tally.reasons.update(refusal.reason.split(":")[0] for refusal in result.refused if refusal.code == code)
    after = failed(plan, result.draft.data, result.draft.name)
    tally.still_failing += bool({step for _, step in result.steps} & {found for found, _ in after})
    tally.newly_failing += bool(after - before)


def photos(limit: int) -> dict[str, list[Pixels]]:
    data, sets = shared_data(), {}
    with TemporaryDirectory() as folder:
        draw_shop(Path(folder), products=max(20, limit), size=400)
        sets["drawn"] = read(sorted(Path(folder).rglob("*.jpg")), limit)
    for name, folder in REAL.items():
        sets[name] = read(sorted((data / folder).rglob("*.jpg")), limit)
    return sets


def read(files: list[Path], limit: int) -> list[Pixels]:
    found: list[Pixels] = []
    for number in np.random.default_rng(0).permutation(len(files)):
        try:
            pixels = decode_file(files[int(number)]).pixels
        except PhotoError:
            continue  # the demonstration shop has damaged files on purpose
        if min(pixels.shape[:2]) >= 120:
            found.append(resize(pixels, long=400) if max(pixels.shape[:2]) > 400 else pixels)
        if len(found) == limit:
            break
    return found


def main() -> None:
    limit = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    plan, fresh = Inspector(RULES).plan, Inspector(RULES).plan
    mender = Mender(plan)
    lines = [
        "Mended of those that fail the check when spoiled; of the mended: fail it still / fail another one now.",
        "",
        "| spoiled by | check | " + " | ".join(("drawn", *REAL)) + " |",
        "|---|---|" + "---|" * (1 + len(REAL)),
    ]
    sets, wrong, reasons = photos(limit), 0, Counter[tuple[str, str]]()
    for what, (code, spoil) in SPOILED.items():
        cells = []
        for chosen in sets.values():
            rng, tally = np.random.default_rng(1), Tally()
            for pixels in chosen:
                judge(mender, fresh, code, *spoil(pixels, rng), tally)
            wrong += tally.still_failing + tally.newly_failing
            cells.append(f"{tally.mended} of {tally.spoiled}; {tally.still_failing} / {tally.newly_failing}")
            reasons.update({(what, reason): count for reason, count in tally.reasons.items()})
        lines.append(f"| {what} | `{code}` | " + " | ".join(cells) + " |")
    lines += ["", "Refused, by reason:", ""]
    lines += [f"- {what}: {reason} ({count})" for (what, reason), count in reasons.most_common(25)]
    write_result("fixes", "Do safe fixes mend what they are made for, and leave the rest alone?", lines)
    assert not wrong, wrong


if __name__ == "__main__":
    main()
