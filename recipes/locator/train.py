"""Train the locator; may be stopped and started again at any time.

    python recipes/locator/train.py --work work-locator --minutes 25

The learning rate follows the share of the minutes that is spent. Writes <work>/<run>/checkpoint.npz every few minutes
and log.jsonl.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pickle
import queue
import threading
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import keras
import numpy as np
import tensorflow as tf
from network import SIDE, begin_from, locator_network
from objective import WEIGHTS, losses, targets
from scenes import SceneMaker

SIZES = ((0.65, 96), (1.01, SIDE))
"""Until which share of the time pictures have which side: small ones teach much the same for half the work."""

EMA = 0.997
SAVE_EVERY = 100


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work-locator"))
    parser.add_argument("--run", default="main")
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--start", type=Path, default=Path("src/shoplens/models/bundles/base"), help="bundle")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


class Stream:
    """Batches of scenes with their targets, made in a thread of their own."""

    def __init__(self, maker: SceneMaker, batch: int) -> None:
        self._maker, self._batch, self.side = maker, batch, maker.side
        self._queue: queue.Queue = queue.Queue(4)
        threading.Thread(target=self._work, daemon=True).start()

    def take(self) -> dict[str, tf.Tensor]:
        return {name: tf.constant(value) for name, value in self._queue.get().items()}

    def _work(self) -> None:
        while True:
            self._maker.side = self.side  # only between two batches
            scenes = [self._maker.make() for _ in range(self._batch)]
            wanted = [targets(scene.boxes, scene.ignored, scene.pixels.shape[0]) for scene in scenes]
            rows = {name: np.stack([row[name] for row in wanted]) for name in wanted[0]}
            rows["pixels"] = np.stack([scene.pixels for scene in scenes]).astype(np.float32)
            self._queue.put(rows)


class Trainer:
    """Network, optimiser and moving average, with their state on disk."""

    def __init__(self, options: argparse.Namespace) -> None:
        keras.utils.set_random_seed(options.seed)
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
        self.options = options
        self.net = locator_network()
        print(begin_from(self.net, options.start), "arrays from", options.start, "of", self.net.count_params())
        self.optimizer = keras.optimizers.AdamW(options.rate, weight_decay=0.01, beta_2=0.99, global_clipnorm=5.0)
        self.optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
        self.optimizer.build(self.net.trainable_variables)
        self.average = [tf.Variable(weight, dtype=tf.float32) for weight in self.net.weights]
        self.step, self.elapsed = 0, 0.0
        self.folder = options.work / options.run
        self.folder.mkdir(parents=True, exist_ok=True)
        self.train_step = tf.function(self._step, reduce_retracing=True)

    def _step(self, batch: dict[str, tf.Tensor], keep: tf.Tensor) -> dict[str, tf.Tensor]:
        with tf.GradientTape() as tape:
            found = losses(self.net(batch["pixels"], training=True), batch)
            total = tf.add_n([WEIGHTS[name] * value for name, value in found.items()])
        variables = self.net.trainable_variables
        self.optimizer.apply(tape.gradient(total, variables), variables)
        for mean, weight in zip(self.average, self.net.weights, strict=True):
            mean.assign(mean * keep + tf.cast(weight.value, tf.float32) * (1 - keep))
        return found

    def run(self, stream: Stream) -> None:
        options = self.options
        sums: dict[str, float] = {}
        while self.elapsed < 60 * options.minutes:
            begin = time.time()
            progress = min(1.0, self.elapsed / (60 * options.minutes))
            stream.side = next(side for until, side in SIZES if progress < until)
            warm = min(1.0, (self.step + 1) / 100)
            self.optimizer.learning_rate.assign(
                options.rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))
            )
            keep = min(EMA, (1 + self.step) / (10 + self.step))
            found = self.train_step(stream.take(), tf.constant(keep, tf.float32))
            for name, value in found.items():
                sums[name] = sums.get(name, 0.0) + float(value)
            self.step += 1
            self.elapsed += time.time() - begin
            if self.step % SAVE_EVERY == 0 or self.elapsed >= 60 * options.minutes or self.step == 20:
                self.save()
                count = SAVE_EVERY if self.step > 20 else 20
                row = {"step": self.step, "elapsed": round(self.elapsed)}
                row |= {name: round(value / count, 4) for name, value in sums.items()}
                sums = {}
                with (self.folder / "log.jsonl").open("a") as log:
                    log.write(json.dumps(row) + "\n")
                print(row, flush=True)

    def state(self) -> dict[str, tf.Variable]:
        """Everything that the next step depends on, by name; "ema/<path>" is what ships."""
        found = {f"net/{w.path}": w for w in self.net.weights}
        found |= {f"ema/{w.path}": mean for w, mean in zip(self.net.weights, self.average, strict=True)}
        return found | {f"optimizer/{index}": w for index, w in enumerate(self.optimizer.variables)}

    def save(self) -> None:
        arrays = {name: variable.numpy() for name, variable in self.state().items()}
        arrays["state"] = np.array([self.step, self.elapsed])
        temporary = self.folder / "checkpoint.tmp.npz"
        np.savez(temporary, **arrays)
        temporary.replace(self.folder / "checkpoint.npz")

    def load(self) -> None:
        path = self.folder / "checkpoint.npz"
        if path.exists():
            arrays = np.load(path, allow_pickle=False)
            for name, variable in self.state().items():
                variable.assign(arrays[name])
            self.step, self.elapsed = int(arrays["state"][0]), float(arrays["state"][1])
            print("went on from step", self.step, flush=True)


def main() -> None:
    options = parse()
    cv2.setNumThreads(1)
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    with (options.work / "train.pkl").open("rb") as file:
        material = pickle.load(file)
    trainer = Trainer(options)
    trainer.load()
    trainer.run(Stream(SceneMaker(material, SIDE, options.seed * 1000 + trainer.step), options.batch))


if __name__ == "__main__":
    main()
