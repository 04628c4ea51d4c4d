"""Trains both heads on the gists that `read_turns.py` and `read_people.py` wrote, sets their thresholds, ships them.

Every photo is judged once by heads that were trained without its group (five folds); from these scores come the
thresholds and the figures of the card. The heads that ship are trained on all of them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier
from training_photos import FOLDS

from shoplens.quality.gist_head import GistHead, Matrix
from shoplens.quality.gist_reader import TURNS
from shoplens.quality.turn import agreed, upright_at_once

HIDDEN = 20
FALSE_ALARMS = 0.005
BODIES = ("person", "mannequin")
DATA = {
    "clothing (train part)": "CC0 1.0, alexeygrigorev/clothing-dataset",
    "outfits-ccp (train part)": "Apache-2.0, bearpaw/clothing-co-parsing",
    "grocery-store (train part, photos taken in shops)": "MIT, marcusklasson/GroceryStoreDataset",
    "caltech101-products": "CC BY 4.0, Fei-Fei, Fergus, Perona 2004",
    "drawn products, drawn bodies": "drawn by ShopLens itself",
}


@dataclass(eq=False)
class Samples:
    """What a head learns from: gists `[n, gist]`, answers `[n]`, folds `[n]`."""

    gists: np.ndarray
    answers: np.ndarray
    folds: np.ndarray


def fitted(gists: np.ndarray, answers: np.ndarray, *, epochs: int, decay: float) -> GistHead:
    """Fit a head; the gist's mean and spread are worked into its first layer."""
    roots = np.sqrt(np.maximum(gists, 0.0), dtype=np.float32)
    mean, spread = roots.mean(axis=0), roots.std(axis=0) + 0.05
    roots = (roots - mean) / spread
    network = MLPClassifier(
        (HIDDEN,), alpha=decay, batch_size=256, learning_rate_init=5e-4, max_iter=epochs, n_iter_no_change=epochs,
        random_state=3,
    )  # fmt: skip
    network.fit(roots, answers)
    first, second = network.coefs_
    first_bias, second_bias = network.intercepts_
    if second.shape[1] == 1:  # scikit-learn has one output for two answers
        second, second_bias = np.hstack([0 * second, second]), np.hstack([0 * second_bias, second_bias])
    first = first / spread[:, None]
    parts = (first, first_bias - mean @ first, second, second_bias)
    return GistHead(*(np.asarray(part, np.float16).astype(np.float32) for part in parts))


def turns(work: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, str]:
    with np.load(work / "turns.npz") as cache:
        return cache["gists"].astype(np.float32), cache["sources"], cache["folds"], str(cache["bundle"])


def turn_samples(gists: np.ndarray, folds: np.ndarray) -> Samples:
    answers = np.tile(np.arange(TURNS), len(gists))
    return Samples(gists.reshape(len(answers), -1), answers, np.repeat(folds, TURNS))


def judged_turns(head: GistHead, gists: np.ndarray) -> Matrix:
    """Return what is said of upright photos turned by each, float32 `[n, turned, told]`, from gists `[n, 4, gist]`."""
    looks = [head.log_probabilities(gists[:, turn]) for turn in range(TURNS)]
    return np.asarray(np.stack([_asked(looks, turn) for turn in range(TURNS)], axis=1), np.float32)


def _asked(looks: list[Matrix], turn: int) -> Matrix:
    """Return what is said of photos that lie turned by `turn`.

    `Turn.of` says the same, save that it stops after two looks that leave everything open; see there how seldom that
    changes what is told.
    """
    told = agreed([looks[(turn + more) % TURNS] for more in range(TURNS)])
    told[upright_at_once(looks[turn])] = np.array([1.0, 0, 0, 0])
    return told


def cross_validated(samples: Samples, judge: Callable[[GistHead, int], None], settings: dict[str, Any]) -> None:
    """Train once for each fold, without it, and hand the head and the fold to `judge`."""
    for fold in range(FOLDS):
        kept = samples.folds != fold
        judge(fitted(samples.gists[kept], samples.answers[kept], **settings), fold)


def train_turn(work: Path, card: dict[str, Any]) -> GistHead:
    gists, sources, folds, card["base"] = turns(work)
    samples, settings = turn_samples(gists, folds), {"epochs": 20, "decay": 3.0}
    told = np.zeros((len(gists), TURNS, TURNS), np.float32)

    def judge(head: GistHead, fold: int) -> None:
        told[folds == fold] = judged_turns(head, gists[folds == fold])

    cross_validated(samples, judge, settings)
    wrong = told[:, 0, 1:].max(axis=1) * (told[:, 0].argmax(axis=1) != 0)
    threshold = max(0.5, float(np.quantile(wrong, 1 - FALSE_ALARMS, method="higher")))
    card["thresholds"]["turn"] = round(threshold + 1e-4, 4)
    parts = {str(name): told[sources == name] for name in np.unique(sources)} | {"all": told}
    card["figures"]["turn"] = {name: turn_figures(part, threshold) for name, part in parts.items()}
    return fitted(samples.gists, samples.answers, **settings)


def turn_figures(told: np.ndarray, threshold: float) -> dict[str, float]:
    """Return the share of upright photos with an alarm, and of turned ones that are found and told rightly."""
    sure = told.max(axis=2) > threshold
    answer = told.argmax(axis=2)
    right = {
        f"found_{90 * turn}": round(float((sure[:, turn] & (answer[:, turn] == turn)).mean()), 4)
        for turn in range(1, TURNS)
    }
    return {"photos": len(told), "false_alarms": round(float((sure[:, 0] & (answer[:, 0] != 0)).mean()), 4), **right}


def train_person(work: Path, card: dict[str, Any]) -> GistHead:
    gists, sources, folds, _ = turns(work)
    products = sources != "people"
    gists, sources, folds = gists[products], sources[products], folds[products]
    with np.load(work / "people.npz") as cache:
        samples = Samples(
            np.concatenate([gists[:, 0], cache["gists"].astype(np.float32)]),
            np.concatenate([np.zeros(len(gists), int), np.isin(cache["kinds"], BODIES).astype(int)]),
            np.concatenate([folds, cache["folds"]]),
        )
        kinds = np.concatenate([sources, cache["kinds"]])
    settings = {"epochs": 20, "decay": 3.0}
    scores = np.zeros(len(kinds), np.float32)

    def judge(head: GistHead, fold: int) -> None:
        held = samples.folds == fold
        scores[held] = np.exp(head.log_probabilities(samples.gists[held])[:, 1])

    cross_validated(samples, judge, settings)
    threshold = max(0.5, float(np.quantile(scores[samples.answers == 0], 1 - FALSE_ALARMS, method="higher")))
    card["thresholds"]["person"] = round(threshold + 1e-4, 4)
    alarms = {str(kind): scores[kinds == kind] > threshold for kind in np.unique(kinds)}
    card["figures"]["person"] = {
        kind: {"photos": len(told), "alarms": round(float(told.mean()), 4)} for kind, told in alarms.items()
    }
    return fitted(samples.gists, samples.answers, **settings)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    card: dict[str, Any] = {
        "name": "inspector's heads",
        "date": datetime.now(UTC).date().isoformat(),
        "licence": "Apache-2.0",
        "base": "",
        "false_alarms_wished": FALSE_ALARMS,
        "thresholds": {},
        "data": DATA,
        "never_trained_on": "validation and test parts, magento2-luma, microsoft-traders, grocery's catalogue pictures",
        "figures": {},
    }
    for name, train in (("turn", train_turn), ("person", train_person)):
        head = train(arguments.work, card)
        parts = ("first", "first_bias", "second", "second_bias")
        np.savez_compressed(
            arguments.out / f"{name}.npz", **{part: getattr(head, part).astype(np.float16) for part in parts}
        )
    (arguments.out / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
