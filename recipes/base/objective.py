"""The losses that the base model is trained with, all at once."""

from __future__ import annotations

import keras
import tensorflow as tf

TEMPERATURE = 0.1
SCALE = 16.0
SOURCES = ("clothing", "grocery", "products", "outfits", "fashion")


class Proxies(keras.layers.Layer):
    """One unit vector per class and label set; a photo should lie nearest to its own class's (cosine softmax)."""

    def __init__(self, classes: dict[str, int], dim: int = 256) -> None:
        super().__init__(dtype="float32", name="proxies")
        self.tables = {
            name: self.add_weight(name=name, shape=(dim, count), initializer="random_normal")
            for name, count in classes.items()
        }
        self.built = True

    def logits(self, embedding: tf.Tensor, name: str) -> tf.Tensor:
        return SCALE * tf.matmul(embedding, tf.math.l2_normalize(self.tables[name], axis=0))


def masked_cross_entropy(logits: tf.Tensor, labels: tf.Tensor, smoothing: float) -> tf.Tensor:
    """Mean over the labelled photos (label >= 0), scaled by their share of the batch."""
    known = tf.cast(labels >= 0, tf.float32)
    classes = logits.shape[-1]
    target = tf.one_hot(labels, classes) * (1 - smoothing) + smoothing / classes
    loss = tf.nn.softmax_cross_entropy_with_logits(target, logits)
    return tf.reduce_sum(loss * known) / tf.cast(tf.shape(labels)[0], tf.float32)


def contrastive(embedding: tf.Tensor, item: tf.Tensor, fine: tf.Tensor) -> tf.Tensor:
    """NT-Xent (Chen et al. 2020) over all views of the batch; photos of one known product are positives too
    (supervised contrastive, Khosla et al. 2020)."""
    count = tf.shape(embedding)[0]
    logits = tf.matmul(embedding, embedding, transpose_b=True) / TEMPERATURE
    own = tf.eye(count)
    logits -= own * 1e9
    same = tf.cast(tf.equal(item[:, None], item[None]), tf.float32)
    product = tf.cast(tf.logical_and(tf.equal(fine[:, None], fine[None]), fine[:, None] >= 0), tf.float32)
    positive = tf.maximum(same, product) * (1 - own)
    log_share = logits - tf.reduce_logsumexp(logits, axis=1, keepdims=True)
    mean = tf.reduce_sum(tf.where(positive > 0, log_share, 0.0) * positive, axis=1) / tf.reduce_sum(positive, axis=1)
    return -tf.reduce_mean(mean)
