"""What does a network lose in each format, and what does it gain?

Every format that `shoplens export` writes, of one bundle, from the same float network: size, median time of a photo on
one thread alone and in batches of 32, and the figures. The accuracy is that on class folders named like the bundle's
categories, where there are such; "nearest is of its class" takes any class folders. The rest is the embedding alone:
Luma, the same product and colour by another photo; grocery, a photo from a shop finds the catalogue picture.
Calibrated with photos of clothing/train, grocery-store/train and caltech101, on which no figure is measured.

Asserted: the 8-bit ONNX file loses at most half a point in each.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from machine import shared_data, write_result
from photo_search import Task, grocery, luma

from shoplens.models.bundle import BASE, Bundle, load_bundle
from shoplens.models.export_bundle import SAMPLE, SUFFIXES, export_bundle
from shoplens.models.export_loss import accuracy, neighbours
from shoplens.models.exported_network import ExportedNetwork, milliseconds, open_network, run_all
from shoplens.models.photo_sample import PhotoSample
from shoplens.photos.decode import decode_file

ALLOWED = 0.005
CALIBRATION = ("clothing/train", "grocery-store/train", "caltech101-products")


def embed(bundle: Bundle, network: ExportedNetwork, paths: Sequence[Path]) -> np.ndarray:
    photos = [bundle.recipe.apply(decode_file(path, min_side=bundle.input_size).pixels) for path in paths]
    return run_all(network, np.stack(photos))["embedding"]


def retrieval(bundle: Bundle, network: ExportedNetwork, task: Task, ks: Sequence[int]) -> list[float]:
    names = list(task.gallery)
    gallery = embed(bundle, network, [task.root / name for name in names])
    queries = embed(bundle, network, [path for path, _ in task.queries])
    order = np.argsort(-(queries @ gallery.T), axis=1, kind="stable")
    return task.score(lambda number: [names[place] for place in order[number]], ks)


def figures(
    bundle: Bundle, network: ExportedNetwork, judged: PhotoSample, tasks: dict[str, tuple[Task, tuple[int, int]]]
) -> dict[str, float]:
    answers = run_all(network, judged.pixels)
    found = {"accuracy": accuracy(answers, judged), "nearest is of its class": neighbours(answers, judged)}
    for name, (task, ks) in tasks.items():
        scores = retrieval(bundle, network, task, ks)
        found |= {f"{name} @{k}": score for k, score in zip(ks, scores, strict=True)}
    return {name: value for name, value in found.items() if value is not None}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", nargs="?", type=Path, default=BASE, help="a bundle's folder; the base model")
    parser.add_argument("--judged", type=Path, help="class folders; clothing/validation")
    parser.add_argument("--formats", default=",".join(SUFFIXES), help="which ones, parted by commas")
    parser.add_argument("--limit", type=int, default=100_000, help="photos of each set, for a trial")
    parser.add_argument("--name", default="export_formats", help="of the page under results; - for none")
    options = parser.parse_args()
    data, bundle = shared_data(), load_bundle(options.bundle)
    files = [path for folder in CALIBRATION for path in sorted((data / folder).rglob("*.jpg"))]
    shown = PhotoSample.of_files(files, bundle, limit=min(SAMPLE, options.limit))
    judged = PhotoSample.of_folder(options.judged or data / "clothing" / "validation", bundle, limit=options.limit)
    tasks = {"Luma": (luma(data), (1, 10)), "grocery": (grocery(data), (1, 5))}
    for task, _ in tasks.values():
        task.queries = task.queries[: options.limit]
    rows: dict[str, tuple[int, float, float, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for to in options.formats.split(","):
            done = export_bundle(bundle, to, Path(scratch, to), shown, judged=judged, force=True)
            network = open_network(done.path)
            alone, batched = (milliseconds([network], judged.pixels, batch=size)[0] for size in (1, 32))
            rows[to] = (done.exported.bytes, alone, batched, figures(bundle, network, judged, tasks))
            print(to, rows[to], flush=True)
    lines, lost = page(bundle, judged, rows), {}
    if "onnx" in rows and "onnx-int8" in rows:
        want, found = rows["onnx"][3], rows["onnx-int8"][3]
        lost = {name: want[name] - found[name] for name in want}
        more = [f"{name} by {share:.4f}" for name, share in lost.items() if share > ALLOWED]
        lines += ["", f"8 bits lose more than allowed: {', '.join(more) or 'nothing'}."]
    print("\n".join(lines))
    if options.name != "-":
        write_result(options.name, "Formats of a network", [__doc__.partition("\n\n")[2].strip(), "", *lines])
    assert max(lost.values(), default=0.0) <= ALLOWED, f"8 bits lose too much: {lost}"


def page(bundle: Bundle, judged: PhotoSample, rows: dict[str, tuple[int, float, float, dict[str, float]]]) -> list[str]:
    names = list(next(iter(rows.values()))[3])
    head = ["format", "MB", "ms alone", "ms in 32", *names]
    lines = [f"Bundle {bundle.id}, {len(judged)} photos in class folders.", ""]
    lines += [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for to, (size, alone, batched, found) in rows.items():
        cells = [to, f"{size / 1e6:.2f}", f"{alone:.2f}", f"{batched:.2f}", *(f"{found[name]:.4f}" for name in names)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    main()
