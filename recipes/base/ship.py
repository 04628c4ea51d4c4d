"""Make the bundle of a run's moving-average weights: calibrate, export, compress, check, and write it.

    python recipes/base/ship.py --work work-base --run main --out src/shoplens/models/bundles/base

Any checkpoint will do, also while the training goes on.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import tempfile
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from invented_labels import invented
from network import ARCHITECTURE, COLOR_DIM, HEADS, SHAPE_DIM, base_network
from photo_stream import Photos
from probe import keras_run, outputs, probe, shrink
from taxonomy import CATEGORIES, SOURCES

from shoplens.models.bundle import Calibration, Category, save_bundle
from shoplens.models.calibrate import (
    Abstention,
    abstention,
    expected_calibration_error,
    fit_temperature,
    reliability,
    softmax,
)
from shoplens.models.export import compare, export_onnx, quantize
from shoplens.models.weights_file import load_weights, save_weights
from shoplens.photos.recipe import Recipe

DATA = {
    "clothing (train and other parts)": "CC0 1.0, alexeygrigorev/clothing-dataset",
    "grocery-store (train part, photos taken in shops)": "MIT, marcusklasson/GroceryStoreDataset",
    "caltech101-products": "CC BY 4.0, Fei-Fei, Fergus, Perona 2004",
    "outfits-ccp (train part)": "Apache-2.0, bearpaw/clothing-co-parsing",
    "fashion-mnist (8,000 of train)": "MIT, zalandoresearch/fashion-mnist",
    "drawn products (1,200 listings, seed 101) and 3,000 drawn packages": "drawn by ShopLens itself",
}
NEVER = "validation and test parts, magento2-luma, microsoft-traders, the catalogue pictures of grocery-store"
PRECISION = 0.9


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work-base"))
    parser.add_argument("--run", default="main")
    parser.add_argument("--out", type=Path, default=Path("src/shoplens/models/bundles/base"))
    parser.add_argument("--version", default="3")
    parser.add_argument(
        "--without", type=int, nargs="+", default=[], help="the grocery products that training left out"
    )
    parser.add_argument("--parent", default="", help="id of the bundle whose weights the run began with")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[80, 96, 112, 128], help="sides of the input in pixels to choose from"
    )
    return parser.parse_args()


def choose_size(checkpoint: np.lib.npyio.NpzFile, photos: Photos, sizes: list[int]) -> int:
    """The side with the best mean of the held-out figures; a network often wants larger photos than it was shown."""
    if len(sizes) == 1:
        return sizes[0]
    means = {}
    for size in sizes:
        found = probe(keras_run(network(checkpoint, size)), photos, size, 2500)
        means[size] = float(np.mean(list(found.values())))
        print(size, round(means[size], 4), rounded(found), flush=True)
    return max(means, key=lambda size: means[size])


def network(checkpoint: np.lib.npyio.NpzFile, size: int) -> keras.Model:
    """The float32 network with the moving-average weights."""
    net = base_network(size)
    for variable in net.weights:
        if not variable.path.startswith(("color_opponent", "color_near")):  # which are fixed
            variable.assign(checkpoint[f"ema/{variable.path}"])
    return net


def onnx_run(path: Path):  # noqa: ANN201
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = ["embedding", "probabilities"]
    return lambda batch: dict(zip(names, session.run(names, {"photos": batch}), strict=True))


def rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(float(value), 4) for name, value in figures.items()}


def main() -> None:
    options = parse()
    photos = Photos(options.work, options.without)
    checkpoint = np.load(options.work / options.run / "checkpoint.npz", allow_pickle=False)
    options.size = choose_size(checkpoint, photos, options.sizes)
    net = network(checkpoint, options.size)
    real = photos.source != SOURCES.index("fashion")
    held = np.flatnonzero(photos.held_out & real & (photos.category >= 0))
    squares = prepared(photos, held, options.size)
    logits, truth = outputs(keras_run(net), squares)["logits"], photos.category[held]
    temperature = float(fit_temperature(logits, truth))
    probabilities = softmax(logits, temperature)
    answer = abstention(probabilities.max(axis=1), probabilities.argmax(axis=1) == truth, PRECISION)
    heads = {head: judge_head(net, *invented(photos, head, options.size), head) for head in HEADS}
    seen = np.random.default_rng(5).choice(np.flatnonzero(photos.training & real), 512, replace=False)
    weights = {variable.path: np.asarray(variable) for variable in net.weights}
    with tempfile.TemporaryDirectory() as scratch:
        full, small, packed = (Path(scratch) / name for name in ("float.onnx", "int8.onnx", "weights.npz"))
        softened = {head: fitted.temperature for head, (fitted, _) in heads.items()}
        export_onnx(net, full, input_size=options.size, temperature=temperature, head_temperatures=softened)
        quantize(full, small, batches(prepared(photos, seen, options.size)), ranges="percentile")
        save_weights(packed, weights)
        figures = {
            "float": rounded(probe(onnx_run(full), photos, options.size)),
            "int8": rounded(probe(onnx_run(small), photos, options.size)),
            "int8_against_float": rounded(asdict(compare(full, small, batches(squares)))),
            "weights_file_cosine_to_float": round(unpacked_cosine(net, load_weights(packed), squares), 5),
            "calibration_error": round(calibration_error(logits, truth), 4),
            "abstention": rounded(asdict(answer)),
            "heads": {head: rounded(asdict(limit)) for head, (_, limit) in heads.items()},
        }
        card = describe(options, json.loads(str(checkpoint["training"])), len(held)) | {"figures": figures}
        bundle = save_bundle(
            options.out,
            name="base",
            model=small,
            recipe=Recipe.encoder(options.size),
            categories=[Category(key, *names) for key, names in CATEGORIES.items()],
            calibration=Calibration(temperature, min(1.0, answer.threshold)),
            card=card,
            weights=weights,
            heads={head: [Category(key, key, zh) for key, zh in names.items()] for head, names in HEADS.items()},
            head_calibrations={head: fitted for head, (fitted, _) in heads.items()},
        )
    sizes = {file.name: file.stat().st_size for file in options.out.iterdir()}
    print(json.dumps(card, indent=1, ensure_ascii=False))
    print(bundle.id, sizes, f"{sum(sizes.values()) / 1e6:.2f} MB")


def judge_head(net: keras.Model, squares: np.ndarray, truth: np.ndarray, head: str) -> tuple[Calibration, Abstention]:
    """Temperature and threshold of a head, fitted on held-out photos whose truth is known."""
    logits = outputs(keras_run(net, [f"{head}_logits"]), squares)[f"{head}_logits"]
    temperature = float(fit_temperature(logits, truth))
    probabilities = softmax(logits, temperature)
    right = probabilities.argmax(axis=1) == truth
    answer = abstention(probabilities.max(axis=1), right, PRECISION)
    print(head, len(truth), "accuracy", round(float(right.mean()), 4), flush=True)
    return Calibration(temperature, min(1.0, answer.threshold)), answer


def prepared(photos: Photos, chosen: np.ndarray, size: int) -> np.ndarray:
    return np.stack([shrink(photos.pixels[index], size) for index in chosen])


def batches(squares: np.ndarray, size: int = 32) -> list[np.ndarray]:
    return [squares[start : start + size] for start in range(0, len(squares), size)]


def describe(options: argparse.Namespace, training: dict[str, object], held_out: int) -> dict[str, object]:
    libraries = ("keras", "tensorflow-cpu", "onnxruntime", "numpy", "opencv-python-headless")
    return {
        "version": options.version,
        "date": dt.date.today().isoformat(),
        "parent": options.parent,
        "licence": "Apache-2.0",
        "architecture": {"name": ARCHITECTURE.name, **asdict(ARCHITECTURE)},
        "input_size": options.size,
        "embedding_parts": [SHAPE_DIM, COLOR_DIM],
        "data": DATA,
        "never_trained_on": NEVER,
        "grocery_products_left_out": options.without,
        "seed": training["seed"],
        "training": training,
        "held_out_photos": held_out,
        "libraries": {name: version(name) for name in libraries},
        "python": platform.python_version(),
    }


def calibration_error(logits: np.ndarray, truth: np.ndarray) -> float:
    """Expected calibration error on one half of the held-out photos, the temperature fitted on the other half."""
    one, two = slice(0, None, 2), slice(1, None, 2)
    probabilities = softmax(logits[two], fit_temperature(logits[one], truth[one]))
    return float(
        expected_calibration_error(reliability(probabilities.max(axis=1), probabilities.argmax(axis=1) == truth[two]))
    )


def unpacked_cosine(net: keras.Model, weights: dict[str, np.ndarray], squares: np.ndarray) -> float:
    """Mean cosine between the embeddings before and after the weights went through the 8-bit file."""
    before = outputs(keras_run(net), squares)["embedding"]
    for variable in net.weights:
        variable.assign(weights[variable.path])
    return float((before * outputs(keras_run(net), squares)["embedding"]).sum(axis=1).mean())


if __name__ == "__main__":
    main()
