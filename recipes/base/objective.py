"""The losses that the base model is trained with, all at once."""

from __future__ import annotations

import keras
import tensorflow as tf

TEMPERATURE = 0.1
SCALE = 16.0
SOURCES = ("clothing", "grocery", "products", "outfits", "fashion", "drawn")
LABELLED = SOURCES[:5]
WEIGHTS = {
    "looks": 1.0,  # views of one product, by shape and colour together
    "shape": 0.5,  # the same by the trunk's part alone, where other colours of a product are welcome
    "fine": 1.0,  # the known products, by both
    "category": 0.7,
    "sets": 0.5,
    "attention": 0.5,
    "color": 0.2,
    "pattern": 0.3,
}


class Aids(keras.layers.Layer):
    """What only training needs: a unit vector for each known product, and a linear layer for each set's own labels."""

    def __init__(self, products: int, classes: dict[str, int], features: int, dim: int = 256) -> None:
        super().__init__(dtype="float32", name="aids")
        self.products = self.add_weight(name="products", shape=(dim, products), initializer="random_normal")
        self.tables = {
            name: self.add_weight(name=name, shape=(features, count), initializer="glorot_uniform")
            for name, count in classes.items()
        }
        self.built = True

    def product_logits(self, embedding: tf.Tensor) -> tf.Tensor:
        return SCALE * tf.matmul(embedding, tf.math.l2_normalize(self.products, axis=0))


def losses(out: dict[str, tf.Tensor], aids: Aids, batch: dict[str, tf.Tensor], shape_dim: int) -> dict[str, tf.Tensor]:
    """Return every loss by name, unweighted."""
    embedding = out["embedding"]
    shape = tf.math.l2_normalize(embedding[:, :shape_dim], axis=1)
    found = {
        "looks": contrastive(embedding, batch["item"], batch["fine"]),
        "shape": contrastive(shape, batch["shape"], batch["fine"]),
        "fine": masked_cross_entropy(aids.product_logits(embedding), batch["fine"], 0.05),
        "category": masked_cross_entropy(out["logits"], batch["category"], 0.1),
        "color": masked_cross_entropy(out["color_logits"], batch["color"], 0.05),
        "pattern": masked_cross_entropy(out["pattern_logits"], batch["pattern"], 0.05),
    }
    found["sets"] = tf.add_n([
        masked_cross_entropy(
            tf.matmul(out["pooled"], aids.tables[name]), tf.where(batch["source"] == index, batch["label"], -1), 0.1
        )
        for index, name in enumerate(LABELLED)
    ])  # fmt: skip
    entropy = keras.losses.binary_crossentropy(batch["places"], out["attention"])
    found["attention"] = tf.reduce_mean(tf.reduce_mean(entropy, axis=(1, 2)) * batch["known"])
    return found


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
