"""Train the overlay network on endless drawn truth. Killed at any moment, it goes on where it stopped.

python recipes/overlays/train.py --data DATA --work work-overlays --minutes 30
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from backgrounds import Backgrounds, prepare

RATE, WARM, EMA, STEPS = 2e-3, 200, 0.998, 50
MOST = 4.0
"""Covered cells count at most so much more than others."""


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("work-overlays"))
    parser.add_argument("--minutes", type=float, default=30.0, help="wall clock of training steps in all")
    parser.add_argument(
        "--again",
        type=float,
        default=1e-3,
        help="rate at which a finished training goes on when it is given more minutes",
    )
    parser.add_argument("--start", type=Path, help="the work folder of a narrower network, to begin with its weights")
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--drawers", type=int, default=1, help="processes that draw")
    parser.add_argument("--threads", type=int, default=2, help="threads of TensorFlow")
    return parser.parse_args()


def draw(work: Path, batch: int, seed: int, out: Queue) -> None:
    import cv2
    from scenes import examples

    cv2.setNumThreads(1)
    photos, rng = Backgrounds(work, held_out=False), np.random.default_rng(seed)
    while True:
        drawn = examples(photos, rng, batch)
        out.put((
            np.stack([e.picture for e in drawn]), np.stack([e.truth for e in drawn]),
            np.stack([e.unsure for e in drawn]), np.array([e.collage for e in drawn], np.float32),
            np.stack([e.there for e in drawn]),
        ))  # fmt: skip


class Trainer:
    """Network, optimiser and the moving average that ships, in one file."""

    def __init__(self, options: argparse.Namespace) -> None:
        import keras
        import tensorflow as tf
        from network import overlay_network, widened

        keras.utils.set_random_seed(1)
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
        self.tf, self.options = tf, options
        self.net = overlay_network()
        if options.start is not None:
            widened(self.net, np.load(options.start / "checkpoint.npz", allow_pickle=False))
        self.optimizer = keras.optimizers.AdamW(RATE, weight_decay=1e-3, clipnorm=1.0)
        self.optimizer.build(self.net.trainable_variables)
        self.average = [tf.Variable(w.value) for w in self.net.weights]
        self.step, self.elapsed = 0, 0.0
        self.begun, self.until = 0.0, 60 * options.minutes
        self.train_step = tf.function(self._train_step, autograph=False)

    def _train_step(self, pictures, truth, unsure, collage, there, keep):  # noqa: ANN001, ANN202
        tf = self.tf
        with tf.GradientTape() as tape:
            out = self.net(pictures, training=True)
            maps = tf.nn.depth_to_space(out["maps"], 2)
            wanted = tf.cast(truth, tf.float32) / 255.0
            weight = tf.where(unsure[..., None], 0.0, 1.0)
            each = tf.nn.sigmoid_cross_entropy_with_logits(wanted, maps) * weight
            # Covered cells are few, and count more the fewer there are: a line of words is not to drown in tiled marks.
            covered = tf.reduce_mean(wanted, axis=[1, 2], keepdims=True)
            more = tf.minimum(MOST, tf.sqrt(0.2 / tf.maximum(covered, 1e-4)))
            map_loss = tf.reduce_mean(each * (1.0 + more * wanted)) * 8.0
            likely = tf.sigmoid(maps) * weight
            overlap = 2 * tf.reduce_sum(likely * wanted, axis=[0, 1, 2]) + 1.0
            both = tf.reduce_sum(likely + wanted * weight, axis=[0, 1, 2]) + 1.0
            dice = tf.reduce_mean(1.0 - overlap / both)
            smooth = collage[:, None] * 0.96 + 0.02
            panel_loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(smooth, out["collage"]))
            asked = tf.cast(there >= 0, tf.float32)
            kinds = tf.nn.sigmoid_cross_entropy_with_logits(tf.maximum(there, 0.0), out["kinds"])
            kinds_loss = tf.reduce_mean(kinds * asked)
            loss = map_loss + 0.5 * dice + 0.5 * panel_loss + kinds_loss
        self.optimizer.apply_gradients(
            zip(tape.gradient(loss, self.net.trainable_variables), self.net.trainable_variables, strict=True)
        )
        for mean, weight in zip(self.average, self.net.weights, strict=True):
            mean.assign(mean * keep + tf.cast(weight.value, tf.float32) * (1 - keep))
        return {"maps": map_loss, "dice": dice, "collage": panel_loss, "kinds": kinds_loss}

    def run(self, batches: Queue, steps: int) -> dict[str, float]:
        tf, sums, waited, begun = self.tf, {}, 0.0, time.time()
        for _ in range(steps):
            begin = time.time()
            batch = batches.get()
            waited += time.time() - begin
            self.optimizer.learning_rate.assign(self.rate())
            keep = min(EMA, (1 + self.step) / (10 + self.step))
            found = self.train_step(*(tf.constant(part) for part in batch), tf.constant(keep, tf.float32))
            for name, value in found.items():
                sums[name] = sums.get(name, 0.0) + float(value) / steps
            self.step += 1
            self.elapsed += time.time() - begin
        seconds = time.time() - begun
        return sums | {"per_s": steps * self.options.batch / seconds, "waited": waited / seconds}

    def rate(self) -> float:
        """The learning rate: half a cosine from when this stretch of training began to its end."""
        progress = min(1.0, (self.elapsed - self.begun) / (self.until - self.begun))
        most = RATE * min(1.0, (self.step + 1) / WARM) if self.begun == 0 else self.options.again
        return most * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))

    def state(self) -> dict[str, object]:
        found: dict[str, object] = {f"net/{w.path}": w for w in self.net.weights}
        found |= {f"ema/{w.path}": mean for w, mean in zip(self.net.weights, self.average, strict=True)}
        return found | {f"optimizer/{index}": w for index, w in enumerate(self.optimizer.variables)}

    def save(self) -> None:
        arrays = {name: np.asarray(variable) for name, variable in self.state().items()}
        temporary = self.options.work / "checkpoint.tmp.npz"
        np.savez(temporary, **arrays, state=np.array([self.step, self.elapsed, self.begun, self.until]))
        temporary.replace(self.options.work / "checkpoint.npz")

    def load(self) -> None:
        path = self.options.work / "checkpoint.npz"
        if path.exists():
            arrays = np.load(path, allow_pickle=False)
            for name, variable in self.state().items():
                variable.assign(arrays[name])
            step, self.elapsed, self.begun, until = (float(value) for value in arrays["state"])
            self.step = int(step)
            if self.elapsed >= until:
                self.begun = self.elapsed


def main() -> None:
    options = parse()
    prepare(options.data, options.work)
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    trainer = Trainer(options)
    trainer.load()
    print(f"parameters {trainer.net.count_params()}, at step {trainer.step}", flush=True)
    context = get_context("spawn")
    batches = context.Queue(maxsize=6)
    drawers = [
        context.Process(target=draw, args=(options.work, options.batch, trainer.step * 100 + n, batches), daemon=True)
        for n in range(options.drawers)
    ]
    for process in drawers:
        process.start()
    with (options.work / "log.jsonl").open("a") as log:
        while trainer.elapsed < 60 * options.minutes:
            row = trainer.run(batches, STEPS) | {"step": trainer.step, "elapsed": trainer.elapsed}
            trainer.save()
            line = json.dumps({name: round(float(value), 4) for name, value in row.items()})
            log.write(line + "\n")
            log.flush()
            print(line, flush=True)
    for process in drawers:
        process.kill()


if __name__ == "__main__":
    main()
