"""From the maps to "it is there": two small layers weigh a few numbers of each map, fitted when the rest is trained.

A map's likeliest cells alone are a poor judge: a watermark of 60 % that the network half takes for words reaches
neither threshold, and a word over a quiet photo says more than one on a shelf full of cartons. What is weighed here is
how sure the likeliest 10 to 500 cells are, and all of them, of each kind and of any kind, and what the network's last
two floors see in the whole photo; truth is drawn. Without those floors, or with fewer units, less of what was drawn on
photos kept apart was found at as many alarms, once some 12,000 pictures taught; of 7,000 it was the other way round.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from backgrounds import Backgrounds
from keras import layers
from overlays import KINDS
from scenes import Example, examples

LIKELIEST = (10, 40, 160, 500)
"""So many of the likeliest cells of 4 pixels: from a short word's to a watermark's over the whole picture."""

SURE = 12.0
"""Logits are cut off at this: what is surer says no more."""

LEAST = 8
"""Cells that an overlay must cover to be asked for; of fewer the judge is not taught."""

UNITS, DROPPED, EPOCHS, BATCH = 32, 0.1, 30, 24


class Evidence(layers.Layer):
    """Logits `[n, h/8, w/8, 4 * kinds]` and the collage's `[n, 1]` to what is weighed, `[n, 5 * (kinds + 1) + 1]`."""

    def call(self, maps: tf.Tensor, collage: tf.Tensor) -> tf.Tensor:
        cells = tf.clip_by_value(tf.nn.depth_to_space(maps, 2), -SURE, SURE)
        # Any kind: the logit of 1 - prod(1 - p).
        nothing = tf.reduce_sum(tf.nn.softplus(cells), axis=-1, keepdims=True)
        either = nothing + tf.math.log(tf.maximum(1.0 - tf.exp(-nothing), 1e-6))
        calm = tf.nn.avg_pool2d(tf.concat([cells, either], axis=-1), 3, 1, "SAME")
        flat = tf.transpose(tf.reshape(calm, (tf.shape(calm)[0], -1, len(KINDS) + 1)), (0, 2, 1))
        best = tf.math.top_k(flat, max(LIKELIEST), sorted=True).values
        numbers = [tf.reduce_mean(best[..., :count], axis=-1) for count in LIKELIEST]
        numbers.append(tf.reduce_mean(flat, axis=-1))
        return tf.concat([*numbers, tf.clip_by_value(collage, -SURE, SURE)], axis=-1)


def judged(network: keras.Model, photos: Backgrounds, rng: np.random.Generator, count: int) -> keras.Model:
    """Return the network with an output "kinds" more, logits `[n, kinds]`, fitted on `count` drawn pictures."""
    fine = network.get_layer("maps").input
    evidence = layers.Concatenate(name="judge_weighs")(
        [
            Evidence(name="judge_evidence")(network.output["maps"], network.output["collage"]),
            network.get_layer("pooled").output,
            layers.GlobalAveragePooling2D()(fine),
            layers.GlobalMaxPooling2D()(fine),
        ]
    )
    look = keras.Model(network.input, evidence)
    shown, wanted = [], []
    for _ in range(count // BATCH):
        drawn = examples(photos, rng, BATCH)
        shown.append(look.predict_on_batch(np.stack([one.picture for one in drawn])))
        wanted += [_there(one) for one in drawn]
    numbers = np.concatenate(shown)
    mean, spread = numbers.mean(axis=0), numbers.std(axis=0) + 1e-3
    hidden = layers.Dense(UNITS, activation="relu", name="judge_hidden")
    kinds = layers.Dense(len(KINDS), name="judge_kinds")
    judge = keras.Sequential([keras.Input(numbers.shape[1:]), hidden, layers.Dropout(DROPPED), kinds])
    judge.compile(keras.optimizers.AdamW(3e-3, weight_decay=1e-3), _loss)
    judge.fit((numbers - mean) / spread, np.array(wanted, np.float32), batch_size=128, epochs=EPOCHS, verbose=0)
    # The scaling goes into the weights: the network that ships sees the numbers as they are.
    kernel, bias = hidden.get_weights()
    kernel = kernel / spread[:, None]
    hidden.set_weights([kernel, bias - mean @ kernel])
    return keras.Model(network.input, network.output | {"kinds": kinds(hidden(evidence))})


def _there(drawn: Example) -> list[float]:
    """1 for a kind that is there, 0 for one that is not, -1 where too little of it is seen to ask for it."""
    cells = (drawn.truth > 127).sum(axis=(0, 1))
    faint = bool(drawn.unsure.any())
    found = [1.0 if count >= LEAST else -1.0 if count else 0.0 for count in cells]
    watermark = KINDS.index("watermark")
    if faint and found[watermark] == 0.0:
        found[watermark] = -1.0
    return found


def _loss(wanted: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    asked = tf.cast(wanted >= 0, tf.float32)
    each = tf.nn.sigmoid_cross_entropy_with_logits(tf.maximum(wanted, 0.0), logits)
    return tf.reduce_mean(each * asked)
