"""Learn which colours and prints are worn together, from the items of real outfits.

    python recipes/compatibility/train.py --data DATA --out src/shoplens/recommend/defaults/compatibility.npz

`DATA/outfits-ccp` holds items cut out of street photos. Only its train part is read. The network is one linear map of
the colour vector (`ColorEmbedder`) to unit vectors whose inner product says how well two items go together. It is asked
which of eight items of one kind belongs to the rest of an outfit. All items of one photo share its light, which would
give the answer away: each is shown in a light of its own at every step.

--folds N also judges the method on train outfits that it has not learned from, and prints the figures.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from outfit_questions import Items, fill_in_the_blank, questions, read_items
from relight import relight

from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.photos.decode import decode_file
from shoplens.photos.transform import resize

LIGHTS = 8
"""In so many lights each item is shown."""

SIDE = 128
"""Pixels; the colour vector looks at 64."""

CONTEXT = 4
"""Items of an outfit that are shown of it at most."""


@dataclass(frozen=True)
class Method:
    """`steadiness` weighs that an item stays where it is in another light."""

    dim: int = 64
    steps: int = 1500
    batch: int = 192
    others: int = 7
    rate: float = 2e-3
    decay: float = 3e-3
    dropout: float = 0.2
    temperature: float = 0.15
    steadiness: float = 0.2
    seed: int = 0


def described(items: Items) -> np.ndarray:
    """Return the colour vectors `[lights, items, dim]`, the first light being that of the photo."""
    photos = [resize(decode_file(path).pixels, long=SIDE) for path in items.paths]
    embedder = ColorEmbedder()
    shown = [embedder.embed(photos)]
    for light in range(1, LIGHTS):
        rng = np.random.default_rng(light)
        shown.append(embedder.embed([relight(photo, rng) for photo in photos]))
    return np.stack(shown)


class Sampler:
    """Draws questions: some items of an outfit, the one that is left out, and others of its kind."""

    def __init__(self, items: Items, looks: np.ndarray, rows: np.ndarray, method: Method) -> None:
        self._items, self._looks, self._method = items, looks, method
        self._rng = np.random.default_rng(method.seed)
        outfits: dict[int, list[int]] = {}
        kinds: dict[str, list[int]] = {}
        for row in rows.tolist():
            outfits.setdefault(int(items.outfit[row]), []).append(row)
            kinds.setdefault(str(items.label[row]), []).append(row)
        self._outfits = [members for members in outfits.values() if len(members) > 1]
        self._kinds = {kind: np.array(members) for kind, members in kinds.items()}

    def draw(self) -> tuple[np.ndarray, ...]:
        """Return context `[b, c, d]`, which of it is there `[b, c]`, choices `[b, 1 + others, d]`, which of the others
        are of the outfit too, and the first choices in another light `[b, d]`."""
        method, rng = self._method, self._rng
        context = np.zeros((method.batch, CONTEXT), np.int64)
        there = np.zeros((method.batch, CONTEXT), np.float32)
        choices = np.zeros((method.batch, 1 + method.others), np.int64)
        for row in range(method.batch):
            members = self._outfits[rng.integers(len(self._outfits))]
            left_out = members[rng.integers(len(members))]
            others = rng.permutation([member for member in members if member != left_out])[:CONTEXT]
            context[row, : len(others)], there[row, : len(others)] = others, 1.0
            choices[row, 0] = left_out
            choices[row, 1:] = rng.choice(self._kinds[str(self._items.label[left_out])], method.others)
        outfit = self._items.outfit[choices]
        own = np.concatenate([np.zeros((method.batch, 1), bool), outfit[:, 1:] == outfit[:, :1]], axis=1)
        again = self._lit(choices[:, 0])
        return self._lit(context), there, self._lit(choices), own.astype(np.float32), again

    def _lit(self, rows: np.ndarray) -> np.ndarray:
        return self._looks[self._rng.integers(0, len(self._looks), rows.shape), rows]


def fit(items: Items, looks: np.ndarray, rows: np.ndarray, method: Method = Method()) -> tuple[np.ndarray, np.ndarray]:
    """Return the map's kernel `[d, dim]` and bias `[dim]`."""
    tf.random.set_seed(method.seed)
    mean, scale = looks[0][rows].mean(axis=0), looks[0][rows].std() * np.sqrt(looks.shape[-1])
    sampler = Sampler(items, ((looks - mean) / scale).astype(np.float32), rows, method)
    kernel = tf.Variable(tf.random.normal((looks.shape[-1], method.dim), stddev=0.5))
    bias = tf.Variable(tf.zeros(method.dim))
    optimizer = tf.keras.optimizers.AdamW(method.rate, weight_decay=method.decay)

    def looked_at(x: tf.Tensor) -> tf.Tensor:
        dropped = tf.nn.dropout(x, method.dropout)
        return tf.math.l2_normalize(tf.tensordot(dropped, kernel, 1) + bias, axis=-1)

    @tf.function
    def step(context: tf.Tensor, there: tf.Tensor, choices: tf.Tensor, own: tf.Tensor, again: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            seen = looked_at(choices)
            fits = tf.einsum("bkd,bcd,bk->bc", looked_at(context), seen, there)
            fits = fits / tf.reduce_sum(there, axis=1, keepdims=True) / method.temperature - 1e9 * own
            loss = tf.reduce_mean(-tf.nn.log_softmax(fits)[:, 0])
            moved = 1.0 - tf.reduce_sum(seen[:, 0] * looked_at(again), axis=-1)
            loss += method.steadiness * tf.reduce_mean(moved)
        optimizer.apply_gradients(zip(tape.gradient(loss, [kernel, bias]), [kernel, bias], strict=True))
        return loss

    for number in range(method.steps):
        optimizer.learning_rate.assign(method.rate * 0.5 * (1 + np.cos(np.pi * number / method.steps)))
        step(*map(tf.constant, sampler.draw()))
    learned = kernel.numpy() / scale
    return learned, bias.numpy() - mean @ learned


def mapped(looks: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    vectors = looks @ kernel + bias
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def judge(items: Items, looks: np.ndarray, folds: int) -> None:
    """Print how often the item that was left out is found, for outfits that were not learned from."""
    fold = np.random.default_rng(5).integers(0, folds, int(items.outfit.max()) + 1)[items.outfit]
    for number in range(folds):
        asked = questions(items, np.flatnonzero(fold == number), seed=number)
        kernel, bias = fit(items, looks, np.flatnonzero(fold != number))
        rows = {
            "learned": mapped(looks[0], kernel, bias),
            "learned, each in its own light": mapped(looks[1], kernel, bias),
            "colours alike": looks[0],
            "colours alike, each in its own light": looks[1],
        }
        found = {name: round(fill_in_the_blank(vectors, asked), 4) for name, vectors in rows.items()}
        print(json.dumps({"fold": number, "questions": len(asked), **found}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("src/shoplens/recommend/defaults/compatibility.npz"))
    parser.add_argument("--folds", type=int, default=0, help="judge the method by cross-validation first")
    options = parser.parse_args()
    items = read_items(options.data / "outfits-ccp", "train")
    looks = described(items)
    if options.folds:
        judge(items, looks, options.folds)
    kernel, bias = fit(items, looks, np.arange(len(items.paths)))
    np.savez(options.out, kernel=kernel.astype(np.float16), bias=bias.astype(np.float32))
    print(f"{options.out}: {options.out.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
