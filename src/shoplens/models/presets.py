"""What the presets choose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "fast": {},
    "good": {},
    "best": {"size": 144, "epochs": 60, "patience": 25, "average": 0.998, "cutmix": 0.5, "members": 3},
}

FAST = frozenset({"transfer", "balance", "near_duplicates", "validation_share", "test_share", "seed"})
"""All that a head on another bundle's embeddings can be told; the rest is that bundle's."""

_MIRRORING = ("light", "strong", "randaugment", "shift")

NEEDED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "momentum": ("optimizer", ("sgd",)),
    "nesterov": ("optimizer", ("sgd",)),
    "weight_decay": ("optimizer", ("adamw", "sgd")),
    "rand_operations": ("augmentation", ("randaugment",)),
    "rand_magnitude": ("augmentation", ("randaugment",)),
    "shift": ("augmentation", ("shift",)),
    "mirror": ("augmentation", _MIRRORING),
    "average": ("averaging", ("ema",)),
    "swa_from": ("averaging", ("swa",)),
}
"""Choices that count only where another one has one of these values."""

RATE, RATE_ON = 1e-3, 5e-4
"""The highest learning rate of a training from random weights, and of one that goes on from trained ones. The second
was chosen from the base model on clothing/train, 10 passes, judged by 174 of its photos whose senders the base model
has not seen: right .816, .833 and .833 at 2e-4, 5e-4 and 1e-3, log loss .566, .530 and .534; a head alone .799."""

ARTICLE: Mapping[str, Any] = {
    "size": 64,
    "fit": "stretch",
    "epochs": 30,
    "patience": 8,
    "optimizer": "adam",
    "schedule": "constant",
    "warmup": 0.0,
    "weight_decay": 0.0,
    "dropout": 0.0,
    "label_smoothing": 0.0,
    "mixup": 0.0,
    "cutmix": 0.0,
    "augmentation": "none",
    "balance": 0.0,
    "average": 0.0,
    "looks": 0.0,
    "members": 1,
    "transfer": "none",
}
"""The founding article's method; only the early stopping and the 16-bit arithmetic are ours: it trained for a fixed
number of passes in float32."""

_MINUTES = 15.0
"""What a member of "best" needs at least: three weak networks are worse than a strong one."""


def members_within(minutes: float) -> int:
    """Return how many members the preset "best" trains in so many minutes: one for each quarter of an hour, up to 3."""
    return int(min(3, max(1, minutes // _MINUTES)))
