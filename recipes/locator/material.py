"""What scenes are made of: cut-outs, backgrounds, and photos whose one product is known.

Training material comes from the arrays of recipes/base/prepare.py, which hold training parts only; `held_out` picks the
groups of photos that no training step sees. Drawn products come from the code that draws the demonstration shop.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from cutouts import Cutout, KnownPhoto, believable, bounds, content, cut_out, main_part

from shoplens.demo.assortment import plan_assortment
from shoplens.demo.backdrop import PLACES, SURFACES, place, surface
from shoplens.demo.photographer import Photographer
from shoplens.models.bundle import BASE, load_bundle
from shoplens.models.runtime import OnnxModel

SIDE = 160
NO_PRODUCT = frozenset({"skin", "hair", "background", "null"})
BACKDROPS = 6


@dataclass(eq=False)
class Material:
    """Everything that a scene may show.

    Attributes:
        cutouts: products alone.
        backgrounds: uint8 RGB pictures of any size without a product in their middle.
        clutter: photos of shelves: pieces of them are backgrounds too, or whole heaps of one product.
        known: photos with one product in a box.
        attention: the base model, to look for the product on shelves where GrabCut alone found none.
    """

    cutouts: list[Cutout] = field(default_factory=list)
    backgrounds: list[np.ndarray] = field(default_factory=list)
    clutter: list[np.ndarray] = field(default_factory=list)
    known: list[KnownPhoto] = field(default_factory=list)
    attention: OnnxModel | None = None

    def outfits(self) -> list[list[Cutout]]:
        """The cut-outs that were worn together, two and more."""
        groups: dict[str, list[Cutout]] = defaultdict(list)
        for cutout in self.cutouts:
            if cutout.worn is not None:
                groups[cutout.worn[0]].append(cutout)
        return [group for group in groups.values() if len(group) > 1]

    def add(self, source: str, photo: np.ndarray, mask: np.ndarray, name: str = "") -> None:
        """Take what is usable of a square photo and its mask, as recipes/base/prepare.py makes them."""
        left, top, right, bottom = content(photo)
        inner = photo[top:bottom, left:right]
        if source == "grocery":
            self.clutter.append(inner)
        if source == "grocery" and not mask.any() and self.attention is not None:
            mask = attended(photo, self.attention)
        part = main_part(mask) if source != "fashion" else None
        # GrabCut's masks are soft; a mask of a plain background on a photo of a floor is a guess.
        soft = bool(((mask > 0) & (mask < 255)).any())
        real = source in ("clothing", "grocery")
        if part is None or (real and not soft) or not believable(part, compact=0.35 if real else 0.15):
            return
        cutout = cut_out(photo, part, shrink=soft)
        cutout.source = source
        if source == "outfits" and name in self._worn:
            cutout.worn = self._worn[name]
        self.cutouts.append(cutout)
        if source in ("clothing", "grocery", "products"):
            box = np.array(bounds(part)) - [left, top, left, top]
            self.known.append(KnownPhoto(inner, tuple(int(v) for v in box), source))
        if source == "clothing" and len(self.backgrounds) < 1500:
            self.backgrounds += floors(photo, part, (left, top, right, bottom))

    def read_outfits(self, data: Path, split: str) -> None:
        """Read where each item of an outfit was worn."""
        with (data / "outfits-ccp/items.csv").open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["split"] == split and row["label"] not in NO_PRODUCT:
                    box = tuple(int(row[key]) for key in ("x0", "y0", "x1", "y1"))
                    self._worn[f"outfits-ccp/{row['path']}"] = (row["outfit"], box)

    def draw(self, seed: int, listings: int, variants: range) -> None:
        """Draw products: a cut-out of each and two photos as a shopper takes them, and rooms without any."""
        for article in plan_assortment(seed, listings):
            photographer = Photographer(article, SIDE, seed)
            for number in (1, 2):
                shot = photographer.snap(number)
                self.known.append(KnownPhoto(shot.pixels, shot.box.pixels(SIDE, SIDE)))
            front = photographer.take("front")
            part = main_part((front.min(axis=2) < 236).astype(np.uint8) * 255)
            if part is not None and believable(part, compact=0.1):
                filled = cv2.morphologyEx(part.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
                self.cutouts.append(cut_out(front, filled.astype(bool), shrink=True))
        for variant in variants:
            self.backgrounds += [surface(kind, variant, SIDE).copy() for kind in SURFACES]
            self.backgrounds += [place(kind, variant, SIDE).copy() for kind in PLACES]

    _worn: dict[str, tuple[str, tuple[int, int, int, int]]] = field(default_factory=dict)


def attended(photo: np.ndarray, model: OnnxModel) -> np.ndarray:
    """Return a soft mask of what the base model looks at, its outline drawn by GrabCut; empty where they disagree."""
    small = cv2.resize(photo, (80, 80), interpolation=cv2.INTER_AREA)
    square = cv2.resize(photo, (model.input_size, model.input_size), interpolation=cv2.INTER_AREA)
    seen = cv2.resize(model.run(square[None], ["attention"])["attention"][0, ..., 0], (80, 80))
    seen = seen / max(float(seen.max()), 1e-6)
    empty = np.zeros(photo.shape[:2], np.uint8)
    if not 0.05 < (seen > 0.5).mean() < 0.5:
        return empty
    seeds = np.where(seen > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    seeds[seen > 0.85], seeds[seen < 0.12] = cv2.GC_FGD, cv2.GC_BGD
    if not (seeds == cv2.GC_BGD).any():
        return empty
    cv2.setRNGSeed(1)
    cv2.grabCut(small[..., ::-1].copy(), seeds, None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    mask = np.isin(seeds, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count < 2:
        return empty
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    only = parts == largest
    agreed = (only & (seen > 0.4)).sum() / (only | (seen > 0.5)).sum()
    if only.sum() < 0.85 * mask.sum() or agreed < 0.55:
        return empty
    grown = cv2.morphologyEx(only.astype(np.uint8) * 255, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    return cv2.resize(cv2.GaussianBlur(grown, (3, 3), 0), photo.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def floors(photo: np.ndarray, part: np.ndarray, inner: tuple[int, int, int, int]) -> list[np.ndarray]:
    """Return the strips beside a product, of 28 pixels and more: floors, beds, doors."""
    left, top, right, bottom = inner
    x0, y0, x1, y1 = bounds(part)
    strips = [(left, top, x0 - 2, bottom), (x1 + 2, top, right, bottom), (left, top, right, y0 - 2),
              (left, y1 + 2, right, bottom)]  # fmt: skip
    return [photo[b:d, a:c].copy() for a, b, c, d in strips if c - a >= 28 and d - b >= 28]


def training_material(work: Path, data: Path, *, held_out: bool, listings: int = 160) -> Material:
    """Read the arrays of recipes/base/prepare.py.

    Args:
        work: the folder of those arrays.
        data: where outfits-ccp/items.csv is.
        held_out: only the photos that are watched, or all others.
        listings: how many drawn listings.
    """
    items = json.loads((work / "items.json").read_text())
    photos, masks = (np.load(work / f"{name}.npy", mmap_mode="r") for name in ("photos", "masks"))
    material = Material(attention=OnnxModel(load_bundle(BASE)))
    material.read_outfits(data, "train")
    for index, item in enumerate(items):
        if item["held_out"] == held_out and item["source"] not in ("fashion", "drawn", "packages"):
            material.add(item["source"], np.asarray(photos[index]), np.asarray(masks[index]), item["path"])
    material.attention = None
    # Watched drawings differ in seed and rooms.
    if held_out:
        material.draw(102, max(8, listings // 8), range(BACKDROPS - 1, BACKDROPS))
    else:
        material.draw(101, listings, range(BACKDROPS - 1))
    return material
