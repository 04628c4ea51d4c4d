"""What the locator is asked for, and how wrong it is."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from network import STRIDE

SPREAD = 0.54
"""A product's heat covers this share of its box, as in Liu et al., "Training-Time-Friendly Network for Real-Time Object
Detection", 2020, whose targets these are."""

WEIGHTS = {"heat": 1.0, "edges": 4.0, "mask": 0.4}


def targets(boxes: np.ndarray, ignored: np.ndarray, side: int) -> dict[str, np.ndarray]:
    """Return what the network should say of a scene, for c x c cells of 8 pixels.

    Returns:
        "heat" `[c, c, 1]`: 1 at the cell of a product's centre, falling as a Gaussian of its size.
        "box" `[c, c, 4]`: left, top, right, bottom of the product that a cell belongs to.
        "weight" `[c, c, 1]`: how much a cell's box counts; each product counts alike, whatever its size, but larger
        ones by the logarithm of their area.
        "mask" `[c, c, 1]`: 1 inside a box.  "care" `[c, c, 1]`: 0 where a small product lies.
    """
    cells = side // STRIDE
    heat, weight, mask = (np.zeros((cells, cells, 1), np.float32) for _ in range(3))
    care = np.ones((cells, cells, 1), np.float32)
    box_of = np.zeros((cells, cells, 4), np.float32)
    places = np.arange(cells, dtype=np.float32) + 0.5
    for a, b, c, d in ignored * cells:
        care[int(b) : int(np.ceil(d)), int(a) : int(np.ceil(c))] = 0
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    for index in np.argsort(-areas):
        a, b, c, d = boxes[index] * cells
        # The centre falls into a cell: that cell is asked.
        x, y = np.floor((a + c) / 2) + 0.5, np.floor((b + d) / 2) + 0.5
        across = np.exp(-((places - x) ** 2) / (2 * (max(SPREAD * (c - a) / 6, 0.4)) ** 2))
        along = np.exp(-((places - y) ** 2) / (2 * (max(SPREAD * (d - b) / 6, 0.4)) ** 2))
        bell = (along[:, None] * across[None, :])[..., None].astype(np.float32)
        near = bell > 0.1
        box_of = np.where(near, boxes[index], box_of)
        weight = np.where(near, bell / bell[near].sum() * np.log1p(areas[index] * cells**2), weight)
        heat = np.maximum(heat, bell)
        mask[int(b) : int(np.ceil(d)), int(a) : int(np.ceil(c))] = 1
        care[int(y), int(x)] = 1
    return {"heat": heat, "box": box_of, "weight": weight.astype(np.float32), "mask": mask, "care": care}


def losses(said: dict[str, tf.Tensor], batch: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """Focal loss of the heat (Law and Deng, CornerNet, 2018), generalised IoU of boxes, cross-entropy of the mask."""
    raw, heat = said["heat_raw"], batch["heat"]
    probability = tf.sigmoid(raw)
    peak = tf.cast(heat >= 0.9999, tf.float32)
    missed = -tf.math.log_sigmoid(raw) * (1 - probability) ** 2 * peak
    invented = -tf.math.log_sigmoid(-raw) * probability**2 * (1 - heat) ** 4 * (1 - peak) * batch["care"]
    count = tf.maximum(tf.reduce_sum(peak), 1.0)
    overlap = generalised_iou(boxes_of(said["edges"]), batch["box"])[..., None]
    weight = batch["weight"]
    mask = tf.nn.sigmoid_cross_entropy_with_logits(batch["mask"], said["mask_raw"]) * batch["care"]
    return {
        "heat": tf.reduce_sum(missed + invented) / count,
        "edges": tf.reduce_sum((1 - overlap) * weight) / tf.maximum(tf.reduce_sum(weight), 1.0),
        "mask": tf.reduce_mean(mask),
    }


def boxes_of(edges: tf.Tensor) -> tf.Tensor:
    """Return left, top, right, bottom `[n, c, c, 4]` from the distances to each cell's centre."""
    cells = tf.shape(edges)[1]
    places = (tf.range(cells, dtype=tf.float32) + 0.5) / tf.cast(cells, tf.float32)
    across, along = places[None, None, :], places[None, :, None]
    left, top, right, bottom = tf.unstack(edges, axis=-1)
    return tf.stack([across - left, along - top, across + right, along + bottom], axis=-1)


def generalised_iou(one: tf.Tensor, two: tf.Tensor) -> tf.Tensor:
    """Return the overlap of boxes `[..., 4]`, -1 to 1 (Rezatofighi et al. 2019)."""
    low, high = tf.maximum(one[..., :2], two[..., :2]), tf.minimum(one[..., 2:], two[..., 2:])
    common = tf.reduce_prod(tf.maximum(high - low, 0.0), axis=-1)
    area = [tf.reduce_prod(tf.maximum(box[..., 2:] - box[..., :2], 0.0), axis=-1) for box in (one, two)]
    union = area[0] + area[1] - common
    around = tf.reduce_prod(tf.maximum(one[..., 2:], two[..., 2:]) - tf.minimum(one[..., :2], two[..., :2]), axis=-1)
    return common / (union + 1e-6) - (around - union) / (around + 1e-6)
