"""Turn a run's moving-average weights into the locator that ships: export, compress, choose the least score, write.

    python recipes/locator/ship.py --work work-locator --out src/shoplens/models/weights

Any checkpoint will do, also while the training goes on.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import pickle
import tempfile
from collections.abc import Iterable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import onnx
from judge import figures
from network import SIDE, locator_network, shipped
from scenes import SceneMaker

from shoplens.models.export import export_onnx, quantize
from shoplens.models.locator import Locator

KEEP_FLOAT = ("rescale", "out_", "softplus", "sigmoid", "Softplus", "Sigmoid")
DATA = {
    "clothing (train and other parts)": "CC0 1.0, alexeygrigorev/clothing-dataset",
    "grocery-store (train part, photos taken in shops)": "MIT, marcusklasson/GroceryStoreDataset",
    "caltech101-products": "CC BY 4.0, Fei-Fei, Fergus, Perona 2004",
    "outfits-ccp (train part)": "Apache-2.0, bearpaw/clothing-co-parsing",
    "drawn products and rooms (seed 101)": "drawn by ShopLens itself",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work-locator"))
    parser.add_argument("--run", default="main")
    parser.add_argument("--out", type=Path, default=Path("src/shoplens/models/weights"))
    parser.add_argument("--scenes", type=int, default=400, help="watched scenes to judge by")
    options = parser.parse_args()
    checkpoint = np.load(options.work / options.run / "checkpoint.npz", allow_pickle=False)
    net = locator_network(SIDE)
    for variable in net.weights:
        variable.assign(checkpoint[f"ema/{variable.path}"])
    train, watched = (pickle.loads((options.work / f"{name}.pkl").read_bytes()) for name in ("train", "watched"))
    maker = SceneMaker(train, SIDE, 77)
    squares = np.stack([maker.make().pixels for _ in range(256)])
    maker = SceneMaker(watched, SIDE, 78)
    scenes = [maker.make() for _ in range(options.scenes)]
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "locator.onnx"
        export_onnx(shipped(net), full, input_size=SIDE)
        judged = {"float": best(full.read_bytes(), scenes)}
        quantize(full, options.out / "locator.onnx", [squares[i : i + 32] for i in range(0, 256, 32)], keep=KEEP_FLOAT)
    model = with_short_names((options.out / "locator.onnx").read_bytes())
    (options.out / "locator.onnx").write_bytes(model)
    judged["int8"] = best(model, scenes)
    card = {
        "sha256": hashlib.sha256(model).hexdigest(),
        "least_score": judged["int8"]["least_score"],
        "version": "1",
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "licence": "Apache-2.0",
        "input_size": SIDE,
        "bytes": len(model),
        "data": DATA,
        "never_trained_on": "validation and test parts, magento2-luma, microsoft-traders, grocery catalogue pictures",
        "training": {"steps": int(checkpoint["state"][0]), "minutes": round(float(checkpoint["state"][1]) / 60, 1)},
        "watched_scenes": judged,
    }
    (options.out / "locator.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(card, indent=1))


def with_short_names(model: bytes) -> bytes:
    """Return the network with a number for each inner name; names would take a tenth of the file."""
    graph = onnx.load_from_string(model)
    kept = {value.name for value in [*graph.graph.input, *graph.graph.output]}
    short: dict[str, str] = {"": ""}

    def renamed(names: Iterable[str]) -> list[str]:
        return [name if name in kept else short.setdefault(name, f"t{len(short)}") for name in names]

    for tensor in graph.graph.initializer:
        tensor.name = renamed([tensor.name])[0]
    for number, node in enumerate(graph.graph.node):
        node.name = f"n{number}"
        node.input[:], node.output[:] = renamed(node.input), renamed(node.output)
    del graph.graph.value_info[:]
    onnx.checker.check_model(graph)
    return graph.SerializeToString()


def best(model: bytes, scenes: list) -> dict[str, float]:
    """Figures on watched scenes, at the least score with the best F2.

    A product that is missed cannot be chosen, a box too many can be left alone: what is found counts more than what is
    right.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "locator.onnx").write_bytes(model)
        card = {"sha256": hashlib.sha256(model).hexdigest(), "least_score": 0.05}
        (folder / "locator.json").write_text(json.dumps(card))
        locator = Locator(folder)
    found = [locator.find(scene.pixels, limit=20) for scene in scenes]
    rows = []
    for least in np.arange(0.1, 0.61, 0.025):
        kept = [[one for one in row if one.score >= least] for row in found]
        rows.append({"least_score": round(float(least), 3)} | figures(scenes, kept))
    return max(rows, key=lambda row: row["f2"])


if __name__ == "__main__":
    main()
