"""Train the base model; may be stopped and started again at any time.

    python recipes/base/train.py --work work-base --run main --minutes 105

The learning rate and the photo size follow the share of the minutes that is spent, so that a slower machine sees fewer
epochs but the whole schedule. Writes <work>/<run>/checkpoint.npz after each epoch and log.jsonl.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from network import SHAPE_DIM, base_network
from objective import LABELLED, WEIGHTS, Aids, losses
from photo_stream import Photos, Stream
from probe import keras_run, probe

from shoplens.models.bundle import load_bundle

SIZES = ((0.45, 64), (0.8, 80), (1.01, 96))
"""Until which share of the time photos have which side: small photos teach the same for less than half the work."""
EMA = 0.998


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work-base"))
    parser.add_argument("--run", default="main")
    parser.add_argument("--minutes", type=float, default=105)
    parser.add_argument("--start", type=Path, help="a bundle of an earlier run, to go on from its weights")
    parser.add_argument(
        "--without", type=int, nargs="+", default=[], help="numbers of grocery products to learn nothing of"
    )
    parser.add_argument("--batch", type=int, default=96, help="photos; each appears in two views")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.05)
    parser.add_argument("--recolor", type=float, default=0.2, help="share of a batch that is recoloured copies")
    parser.add_argument("--pattern", type=float, default=0.15, help="share of a batch that is copies in another cloth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--probe-every", type=int, default=5, help="epochs")
    return parser.parse_args()


class Trainer:
    """Network, proxies, optimiser and moving average, with their state on disk."""

    def __init__(self, options: argparse.Namespace, photos: Photos) -> None:
        keras.utils.set_random_seed(options.seed)
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
        self.options = options
        self.net = base_network()
        if options.start is not None:
            fill(self.net, options.start)
        pooled = self.net.get_layer("category_dropout").input
        self.whole = keras.Model(self.net.input, {**self.net.output, "pooled": pooled})
        classes = {name: int(photos.label[photos.source == index].max()) + 1 for index, name in enumerate(LABELLED)}
        self.aids = Aids(int(photos.fine.max()) + 1, classes, pooled.shape[-1])
        self.variables = self.net.trainable_variables + self.aids.trainable_variables
        self.optimizer = keras.optimizers.AdamW(
            options.rate, weight_decay=options.decay, beta_2=0.99, global_clipnorm=5.0
        )
        self.optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
        self.optimizer.build(self.variables)
        self.average = [tf.Variable(weight, dtype=tf.float32) for weight in self.net.weights]
        self.epoch, self.step, self.elapsed = 0, 0, 0.0
        self.folder = options.work / options.run
        self.folder.mkdir(parents=True, exist_ok=True)
        self.train_step = tf.function(self._step)

    def _step(self, batch: dict[str, tf.Tensor], keep: tf.Tensor) -> dict[str, tf.Tensor]:
        with tf.GradientTape() as tape:
            found = losses(self.whole(batch["pixels"], training=True), self.aids, batch, SHAPE_DIM)
            total = tf.add_n([WEIGHTS[name] * value for name, value in found.items()])
        self.optimizer.apply(tape.gradient(total, self.variables), self.variables)
        for mean, weight in zip(self.average, self.net.weights, strict=True):
            mean.assign(mean * keep + tf.cast(weight.value, tf.float32) * (1 - keep))
        return found

    def run_epoch(self, stream: Stream) -> dict[str, float]:
        sums: dict[str, float] = {}
        start = time.time()
        for _ in range(stream.steps):
            begin = time.time()
            progress = min(1.0, self.elapsed / (60 * self.options.minutes))
            stream.size = next(size for until, size in SIZES if progress < until)
            stream.light = 0.3 + 0.5 * progress
            warm = min(1.0, (self.step + 1) / 300)
            self.optimizer.learning_rate.assign(
                self.options.rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))
            )
            batch = {name: tf.constant(value) for name, value in stream.take().items()}
            keep = min(EMA, (1 + self.step) / (10 + self.step))
            found = self.train_step(batch, tf.constant(keep, tf.float32))
            for name, value in found.items():
                sums[name] = sums.get(name, 0.0) + float(value) / stream.steps
            self.step += 1
            self.elapsed += time.time() - begin
            if self.step <= 3 or self.step in (20, 100):
                print(
                    f"step {self.step}: {time.time() - begin:.2f} s",
                    {n: round(float(v), 3) for n, v in found.items()},
                    flush=True,
                )
        self.epoch += 1
        return sums | {"views_per_s": 2 * stream.batch * stream.steps / (time.time() - start), "size": stream.size}

    def save(self) -> None:
        arrays = {name: variable.numpy() for name, variable in self.state().items()}
        arrays["state"] = np.array([self.epoch, self.step, self.elapsed])
        temporary = self.folder / "checkpoint.tmp.npz"
        np.savez(temporary, **arrays)
        temporary.replace(self.folder / "checkpoint.npz")

    def state(self) -> dict[str, tf.Variable]:
        """Everything that the next step depends on, by name; "ema/<path>" is what ships."""
        found = {f"net/{w.path}": w for w in self.net.weights}
        found |= {f"ema/{w.path}": mean for w, mean in zip(self.net.weights, self.average, strict=True)}
        found |= {f"aid/{index}": w for index, w in enumerate(self.aids.weights)}
        return found | {f"optimizer/{index}": w for index, w in enumerate(self.optimizer.variables)}

    def load(self) -> bool:
        path = self.folder / "checkpoint.npz"
        if not path.exists():
            return False
        arrays = np.load(path, allow_pickle=False)
        for name, variable in self.state().items():
            variable.assign(arrays[name])
        self.epoch, self.step, self.elapsed = (
            int(arrays["state"][0]),
            int(arrays["state"][1]),
            float(arrays["state"][2]),
        )
        return True


def fill(net: keras.Model, start: Path) -> None:
    """Take over every weight of an earlier bundle whose name and shape fit."""
    weights = load_bundle(start).weights() or {}
    taken = 0
    for variable in net.weights:
        value = weights.get(variable.path)
        if value is not None and value.shape == tuple(variable.shape):
            variable.assign(value)
            taken += 1
    print(f"{taken} of {len(net.weights)} weights from {start}", flush=True)


def main() -> None:
    options = parse()
    photos = Photos(options.work, options.without)
    trainer = Trainer(options, photos)
    resumed = trainer.load()
    print(f"parameters {trainer.net.count_params()}, resumed {resumed} at epoch {trainer.epoch}", flush=True)
    stream = Stream(photos, options.batch, options.seed * 1000 + trainer.epoch, options.recolor, options.pattern)
    stream.start()
    judge = base_network()
    with (trainer.folder / "log.jsonl").open("a") as log:
        while trainer.elapsed < 60 * options.minutes:
            row = {"epoch": trainer.epoch + 1, **trainer.run_epoch(stream), "elapsed": trainer.elapsed}
            trainer.save()
            if trainer.epoch % options.probe_every == 0 or trainer.elapsed >= 60 * options.minutes:
                judge.set_weights([weight.numpy() for weight in trainer.average])
                row |= probe(keras_run(judge), photos, stream.size + 16, 2500)
            line = json.dumps({k: round(float(v), 4) for k, v in row.items()})
            log.write(line + "\n")
            log.flush()
            print(line, flush=True)
    stream.stop()


if __name__ == "__main__":
    main()
