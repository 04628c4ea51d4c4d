"""How fast do photos become vectors, from the bytes of a file on?

JPEGs whose longer side is 400 pixels: photos of `clothing/train` brought to that size and, beside them, drawn products.
Two threads work on slices of 16 photos, as an import does, from bytes to vectors in memory. Beside it, in the same run
and with the same two threads, stand the bare limits: decoding the same bytes by OpenCV alone at the same reduction, and
the network alone on ready input. Done one after the other they make the combined limit; its share that is reached is
the rest of the path's price. Every figure is the best of `--rounds`. Two embedders are measured: the network alone and
what a shop uses (subject, network, colours).

    SHOPLENS_DATA=... python benchmarks/embed_speed.py [--photos 600] [--rounds 5] [--bundle FOLDER]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from machine import shared_data, write_result

from shoplens.demo.shop import draw_shop
from shoplens.embedding.blended_embedder import BlendedEmbedder
from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.embedding.embedder import Embedder
from shoplens.embedding.onnx_embedder import OnnxEmbedder
from shoplens.embedding.subject_embedder import SubjectEmbedder
from shoplens.errors import PhotoError
from shoplens.models.bundle import BASE, Bundle, load_bundle
from shoplens.models.runtime import OnnxModel
from shoplens.photos.decode import decode, decode_file
from shoplens.photos.encode import encode
from shoplens.photos.transform import resize
from shoplens.settings import Settings

SIDE = 400
SLICE = 16
THREADS = 2
FLOOR, SINGLE_MS = 700, 8.0


@dataclass
class Row:
    name: str
    bulk: float
    single_ms: float
    decode: float
    network: float

    @property
    def limit(self) -> float:
        return 1.0 / (1.0 / self.decode + 1.0 / self.network)

    def line(self) -> str:
        return (
            f"| {self.name} | **{self.bulk:.0f}** | {self.single_ms:.1f} ms | {self.decode:.0f} | {self.network:.0f} "
            f"| {self.limit:.0f} | {100 * self.bulk / self.limit:.0f} % |"
        )


def files(data: Path, count: int) -> dict[str, list[bytes]]:
    phone = sorted((data / "clothing" / "train").glob("*/*.jpg"))
    phone = phone[:: max(1, len(phone) // count)][:count]
    photos = (decode_file(path).pixels for path in phone)
    with tempfile.TemporaryDirectory() as scratch:
        draw_shop(Path(scratch), products=max(20, count // 4), size=SIDE, seed=0)
        drawn = [path.read_bytes() for path in sorted(Path(scratch).rglob("*.jpg")) if is_picture(path)]
    return {
        "phone photos of clothes": [encode(resize(pixels, long=SIDE), "jpeg", 88) for pixels in photos],
        "drawn products": drawn[:count],
    }


def is_picture(path: Path) -> bool:
    """Say whether the file is one of the drawn shop's sound photos of the wished size; some have planted faults."""
    try:
        return max(decode_file(path).pixels.shape) == SIDE
    except PhotoError:
        return False


def rate(work: Callable[[Sequence[bytes]], object], data: Sequence[bytes], rounds: int) -> float:
    """Return items a second of two threads that take slices of 16."""
    slices = [data[start : start + SLICE] for start in range(0, len(data), SLICE)]
    best = float("inf")
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(rounds):
            started = time.perf_counter()
            for _ in pool.map(work, slices):
                pass
            best = min(best, time.perf_counter() - started)
    return len(data) / best


def one(embedder: Embedder, data: Sequence[bytes]) -> float:
    """Return the median milliseconds of one photo by itself."""
    seconds = []
    for item in data[:100]:
        started = time.perf_counter()
        embedder.embed([decode(item, min_side=embedder.min_side).pixels])
        seconds.append(time.perf_counter() - started)
    return 1000 * float(np.median(seconds))


def bare_decode(data: Sequence[bytes], min_side: int) -> None:
    for item in data:
        raw = np.frombuffer(item, np.uint8)
        # A JPEG of 400 pixels may be halved where the network asks for little.
        flags = cv2.IMREAD_REDUCED_GRAYSCALE_2 | cv2.IMREAD_COLOR_RGB if min_side <= 128 else cv2.IMREAD_COLOR_RGB
        cv2.imdecode(raw, flags | cv2.IMREAD_IGNORE_ORIENTATION)


def measure(name: str, embedder: Embedder, bundle: Bundle, runs: int, data: Sequence[bytes], rounds: int) -> Row:
    network = OnnxModel(bundle)
    batch = np.zeros((SLICE, bundle.input_size, bundle.input_size, 3), np.uint8)

    def embed(some: Sequence[bytes]) -> None:
        embedder.embed([decode(item, min_side=embedder.min_side).pixels for item in some])

    def bare_network(some: Sequence[bytes]) -> None:
        for _ in range(runs):
            network.run(batch[: len(some)], ["embedding"])

    embed(data[:SLICE])
    return Row(
        name,
        rate(embed, data, rounds),
        one(embedder, data),
        rate(lambda some: bare_decode(some, embedder.min_side), data, rounds),
        rate(bare_network, data, rounds),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bundle", type=Path, default=BASE)
    options = parser.parse_args()
    bundle, weight = load_bundle(options.bundle), Settings().color_weight
    plain = OnnxEmbedder(bundle)
    blend = BlendedEmbedder.with_colors(OnnxEmbedder(bundle), ColorEmbedder(), weight)
    kinds: list[tuple[str, Embedder, int]] = [("network", plain, 1), ("as a shop does", SubjectEmbedder(blend), 2)]
    rows = [
        measure(f"{kind}, {name}", embedder, bundle, runs, data, options.rounds)
        for name, data in files(shared_data(), options.photos).items()
        for kind, embedder, runs in kinds
    ]
    lines = [
        f"JPEGs of {SIDE} pixels, {THREADS} threads on {os.cpu_count()} cores, `{bundle.id}` at {bundle.input_size} "
        f"pixels; photos a second, best of {options.rounds} rounds.",
        "",
        "| what | from bytes to vectors | one by itself | decoding alone | network alone | both | share reached |",
        "|---|---|---|---|---|---|---|",
        *(row.line() for row in rows),
    ]
    write_result("embed_speed", "From the bytes of a photo to its vector", lines)
    slowest = min(row.bulk for row in rows if row.name.startswith("network"))
    longest = max(row.single_ms for row in rows)
    if slowest < FLOOR or longest > SINGLE_MS:
        sys.exit(f"{slowest:.0f} photos/s, {longest:.1f} ms: the floor is {FLOOR} photos/s and {SINGLE_MS} ms for one.")


if __name__ == "__main__":
    main()
