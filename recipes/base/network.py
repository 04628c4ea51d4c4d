"""The base model's network, built alike for training, judging and shipping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventions import PATTERNS
from taxonomy import CATEGORIES

from shoplens.models.architectures.embedding_net import embedding_net
from shoplens.models.architectures.residual import Residual
from shoplens.photos.color_names import COLOR_NAMES

if TYPE_CHECKING:
    import keras

ARCHITECTURE = Residual("medium", dropout=0.2, stochastic_depth=0.05, late_stride=False)
HEADS = {"color": COLOR_NAMES, "pattern": PATTERNS}
"""Key to Chinese name, by head."""

SHAPE_DIM, COLOR_DIM = 160, 96


def base_network(size: int | None = None) -> keras.Model:
    return embedding_net(ARCHITECTURE, size, len(CATEGORIES), heads={head: len(names) for head, names in HEADS.items()})
