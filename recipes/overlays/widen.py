"""Begin a larger network where a smaller one stands: it says the same of every picture, and learns on from there.

    python recipes/overlays/widen.py --narrow old/checkpoint.npz --work work-overlays

As Chen, Goodfellow and Shlens propose (Net2Net, 2016), but that the channels to come begin at random, while nothing
listens to them yet: copies of the old ones would first have to grow apart.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from architecture import LIKELIEST
from overlays import KINDS
from torch_network import OverlayNetwork, as_keras, variables

NEW_AND_MUTE = "batch_normalization_11/gamma"
"""What the refining convolution is multiplied by before it is added."""

WEIGHED = (len(LIKELIEST) + 1) * (len(KINDS) + 1) + 1

Weights = dict[str, np.ndarray]
"""By path, as Keras keeps them."""


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--narrow", type=Path, required=True, help="checkpoint.npz of the smaller network")
    parser.add_argument("--work", type=Path, default=Path("work-overlays"))
    return parser.parse_args()


def widened(narrow: Weights) -> Weights:
    """Return a network of `architecture.WIDTHS` that says what the smaller one does."""
    torch.manual_seed(1)
    wide = {path: as_keras(tensor) for path, tensor in variables(OverlayNetwork())}
    for path, array in wide.items():
        layer = path.split("/")[0]
        if path == NEW_AND_MUTE:
            array[:] = 0.0
        elif path in narrow and array.ndim == 1:
            array[_heard(layer, narrow, wide) if layer == "judge_norm" else slice(len(narrow[path]))] = narrow[path]
        elif path in narrow:
            told = narrow[path].shape[-1]
            array[..., :told] = 0.0
            array[..., _heard(layer, narrow, wide), :told] = narrow[path]
    return wide


def _heard(layer: str, narrow: Weights, wide: Weights) -> np.ndarray:
    """Which inputs of a layer the smaller network has, too: where it hears several, they lie one after the other."""
    (up, few_up), (deep, few_deep) = (
        [net[f"{conv}/kernel"].shape[-1] for net in (wide, narrow)] for conv in ("conv2d_12", "conv2d_9")
    )
    parts = {
        "collage_hidden": [(deep, few_deep)] * 2,
        "judge_norm": [(WEIGHED, WEIGHED), *[(deep, few_deep)] * 2, *[(up, few_up)] * 2],
    }
    parts["judge_hidden"] = parts["judge_norm"]
    if layer not in parts:
        return np.arange(narrow[f"{layer}/kernel"].shape[-2])
    begins = np.cumsum([0, *(many for many, _ in parts[layer])])
    return np.concatenate([begin + np.arange(few) for begin, (_, few) in zip(begins, parts[layer], strict=False)])


def main() -> None:
    options = parse()
    narrow = np.load(options.narrow, allow_pickle=False)
    out = {}
    for which in ("net", "ema"):
        weights = {path.removeprefix(f"{which}/"): narrow[path] for path in narrow.files if path.startswith(which)}
        out |= {f"{which}/{path}": array for path, array in widened(weights).items()}
    options.work.mkdir(parents=True, exist_ok=True)
    np.savez(options.work / "checkpoint.npz", **out, state=narrow["state"])


if __name__ == "__main__":
    main()
