"""A small head that judges by a photo's gist: which way up it stands, or whether it shows a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
import numpy.typing as npt

from shoplens.errors import BundleError
from shoplens.quality.gist_reader import Gist, gist_reader

Matrix = npt.NDArray[np.float32]

_FOLDER = "heads"


@dataclass(frozen=True, eq=False)
class GistHead:
    """A perceptron with one hidden layer; `recipes/upright` trains it.

    Attributes:
        first: weights of the hidden layer, float32 `[gist, hidden]`; the gist's mean and spread are worked into them.
        first_bias: `[hidden]`.
        second: weights of the answers, `[hidden, answers]`.
        second_bias: `[answers]`.
    """

    first: Matrix
    first_bias: Matrix
    second: Matrix
    second_bias: Matrix

    def log_probabilities(self, gists: Gist) -> Matrix:
        """Return the logarithm of each answer's probability, `[n, answers]`.

        Args:
            gists: `[n, gist]`; the square root is taken, since few channels are large and most are near zero.
        """
        hidden = np.maximum(np.sqrt(np.maximum(gists, 0.0)) @ self.first + self.first_bias, 0.0)
        logits = hidden @ self.second + self.second_bias
        logits = logits - logits.max(axis=1, keepdims=True)
        return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), np.float32)


@cache
def gist_head(name: str) -> GistHead:
    """Return a head that ships, "turn" or "person".

    Raises:
        BundleError: it was trained on another base model than the one that is installed.
    """
    trained_on, installed = head_card()["base"], gist_reader().bundle_id
    if trained_on != installed:
        raise BundleError(
            "The inspector's heads were trained on another base model.",
            received=f"{trained_on}, and {installed} is installed",
            remedy="Train them again: recipes/upright/README.md.",
        )
    raw = (files("shoplens.quality") / _FOLDER / f"{name}.npz").read_bytes()
    with np.load(BytesIO(raw), allow_pickle=False) as arrays:
        names = ("first", "first_bias", "second", "second_bias")
        return GistHead(*(np.asarray(arrays[key], np.float32) for key in names))


@cache
def head_card() -> Mapping[str, object]:
    """Return the card of the heads."""
    card: Mapping[str, object] = json.loads((files("shoplens.quality") / _FOLDER / "card.json").read_text("utf-8"))
    return card


def head_threshold(name: str) -> float:
    """Return the probability from which a head is sure; the card says how it was chosen."""
    thresholds = head_card()["thresholds"]
    assert isinstance(thresholds, dict)
    return float(thresholds[name])
