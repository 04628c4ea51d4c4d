"""Are copies of photos found again, and told from photos that only look alike?

10,000 real photos of the training parts, no two of which are near-duplicates by the rule that keeps splits apart; of
1,000 of them five copies each: saved at another quality, resized, cropped, flipped, recoloured, each by an amount drawn
at random. A pair of a photo and its copy, or of two copies of one photo, is right; any other pair is wrong. Beside it
pHash of imagededup at its usual 10 bits. imagededup's CNN needs weights from a hub that this run does not reach.

The second part is about time: 100,000 fingerprints and vectors, made from the real ones by small random changes, in one
pass, and then one new photo at a time. Finding them comes after embedding and decoding, whose time is not counted.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from machine import shared_data, write_result

from shoplens import plugins
from shoplens.embedding.blended_embedder import BlendedEmbedder
from shoplens.embedding.onnx_embedder import OnnxEmbedder
from shoplens.embedding.subject_embedder import SubjectEmbedder
from shoplens.models.bundle import BASE, load_bundle
from shoplens.models.near_duplicates import near_duplicate_groups
from shoplens.photos.decode import decode_file
from shoplens.quality.copies.copy_finder import CopyFinder
from shoplens.quality.fingerprint import Fingerprint
from shoplens.records import Pixels, Vectors
from shoplens.settings import Settings

FOLDERS = ("clothing/train", "grocery-store/train", "outfits-ccp/items", "caltech101-products", "clothing/other")
KINDS = ("recompressed", "resized", "cropped", "flipped", "recolored")
_SIDE = 96


@dataclass
class Drawn:
    """Photos and their copies: of each photo the number of the original that it shows, and how it was altered."""

    source: list[int] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    prints: list[Fingerprint] = field(default_factory=list)
    vectors: list[Vectors] = field(default_factory=list)
    hashes: list[int] = field(default_factory=list)


def altered(photo: Pixels, kind: str, rng: np.random.Generator) -> Pixels:
    """Return a copy, drawn anew each time; saved as JPEG like all of them."""
    height, width = photo.shape[:2]
    copy, quality = photo, int(rng.integers(70, 96))
    if kind == "recompressed":
        quality = int(rng.integers(20, 60))
    elif kind == "resized":
        scale = float(rng.uniform(0.4, 0.85))
        size = (max(48, round(width * scale)), max(48, round(height * scale)))
        copy = np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA), np.uint8)
    elif kind == "cropped":
        wide, high = (round(length * rng.uniform(0.75, 0.95)) for length in (width, height))
        left, top = int(rng.integers(0, width - wide + 1)), int(rng.integers(0, height - high + 1))
        copy = photo[top : top + high, left : left + wide]
    elif kind == "flipped":
        copy = photo[:, ::-1]
    elif kind == "recolored":
        copy = _recolored(photo, rng)
    data = cv2.imencode(".jpg", np.ascontiguousarray(copy)[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1])


def _recolored(photo: Pixels, rng: np.random.Generator) -> Pixels:
    """Turn all hues, as picture editors do, or weaken and strengthen channels."""
    if rng.random() < 0.5:
        gains = rng.uniform(0.5, 1.3, 3)
        gains[int(rng.integers(3))] = 0.5
        return np.clip(photo * gains, 0, 255).astype(np.uint8)
    tones = cv2.cvtColor(photo, cv2.COLOR_RGB2HSV)
    tones[:, :, 0] = (tones[:, :, 0].astype(np.int16) + int(rng.integers(20, 161))) % 180
    tones[:, :, 1] = np.clip(tones[:, :, 1] * rng.uniform(0.7, 1.3), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(tones, cv2.COLOR_HSV2RGB), np.uint8)


def originals(data: Path, wanted: int) -> list[Path]:
    """Return files, the folders in turn, without those that show nearly the same picture as another."""
    found: list[Path] = []
    for folder in FOLDERS:
        found += sorted((data / folder).rglob("*.jpg"))
    order = np.random.default_rng(7).permutation(len(found))[: round(1.25 * wanted)]
    paths = [found[int(place)] for place in order]
    small = np.stack([cv2.resize(decode_file(path).pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA) for path in paths])
    groups = near_duplicate_groups(small)
    first = np.sort(np.unique(groups, return_index=True)[1])
    return [paths[place] for place in first[:wanted].tolist()]


def draw(paths: Sequence[Path], copied: int, embed: Callable[[list[Pixels]], Vectors]) -> Drawn:
    drawn = Drawn()
    batch: list[Pixels] = []

    def add(photo: Pixels, source: int, kind: str) -> None:
        drawn.source.append(source)
        drawn.kind.append(kind)
        drawn.prints.append(Fingerprint.of(photo))
        batch.append(photo)
        if len(batch) == 64:
            drawn.vectors.append(embed(batch))
            batch.clear()

    for source, path in enumerate(paths):
        photo = decode_file(path).pixels
        add(photo, source, "original")
        if source < copied:
            for number, kind in enumerate(KINDS):
                add(altered(photo, kind, np.random.default_rng([source, number])), source, kind)
    if batch:
        drawn.vectors.append(embed(batch))
    return drawn


def base_embedder() -> SubjectEmbedder:
    weight = Settings().color_weight
    network = OnnxEmbedder(load_bundle(BASE), part=0, threads=1)
    return SubjectEmbedder(BlendedEmbedder([(network, 1.0 - weight), (plugins.load("embedder", "color")(), weight)]))
