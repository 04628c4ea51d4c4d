"""A trained model as a folder that is verified at load: network, recipe, labels, calibration, card; no code."""

from __future__ import annotations

import hashlib
import io
import math
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput, BundleError
from shoplens.models.bundle_files import GET_AGAIN, MANIFEST, parse_json, read_file, verified_digests, write_json
from shoplens.models.weights_file import load_weights, save_weights
from shoplens.photos.recipe import Recipe

FORMAT = 1
"""Version of the folder's layout; another one is refused."""

_OUTPUTS = frozenset({"attention", "categories", "embedding", "features", "logits", "probabilities"})

RESERVED = ("base", "none")
"""Names that a shop's own bundles cannot have: the one that ships, and searching by colours alone."""

BASE = Path(__file__).parent / "bundles" / "base"
"""The bundle that ships with ShopLens."""


@dataclass(frozen=True, slots=True)
class Category:
    """A category that a bundle predicts: a stable id and its path in English and Chinese."""

    id: str
    en: str
    zh: str = ""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What makes the probabilities honest.

    Attributes:
        temperature: the logits were divided by it; it is already part of the network's probabilities.
        threshold: the probability below which the classifier should abstain.
    """

    temperature: float = 1.0
    threshold: float = 0.0


@dataclass(frozen=True, eq=False)
class Bundle:
    """A verified bundle. Made by `load_bundle`.

    Attributes:
        path: its folder.
        name: as the card gives it, such as "base".
        id: the name and 12 hexadecimal characters of the manifest's hash: it changes with any byte of any file.
        categories: in the order of the probabilities.
        recipe: what turns a photo into the network's input.
        calibration: temperature and threshold.
        card: version, data and licences, seed, figures, library versions, date, parent.
        digests: SHA-256 by file name.
        heads: what else the network names, such as "color" and "pattern": labels in the order of the probabilities
            float32 `[n, labels]`, which are the network's output of the head's name.
        head_calibrations: temperature and threshold of each head.
    """

    path: Path
    name: str
    id: str
    categories: tuple[Category, ...]
    recipe: Recipe
    calibration: Calibration
    card: Mapping[str, Any]
    digests: Mapping[str, str]
    heads: Mapping[str, tuple[Category, ...]] = field(default_factory=dict)
    head_calibrations: Mapping[str, Calibration] = field(default_factory=dict)

    @property
    def labels(self) -> tuple[str, ...]:
        """The categories' English paths, in the order of the probabilities."""
        return tuple(category.en for category in self.categories)

    def label_names(self, language: Literal["en", "zh"] = "en") -> tuple[str, ...]:
        """Return the categories' paths in a language, the English one where there is no other."""
        return self.labels if language == "en" else tuple(c.zh or c.en for c in self.categories)

    @property
    def threshold(self) -> float:
        """The probability below which the classifier should abstain."""
        return self.calibration.threshold

    @cached_property
    def input_size(self) -> int:
        """Side of the network's square input in pixels, as the recipe makes it."""
        return int(self.recipe.apply(np.zeros((8, 8, 3), np.uint8)).shape[0])

    def read_model(self) -> bytes:
        """Return the ONNX file's bytes, verified once more.

        Raises:
            BundleError: the file has changed since the bundle was loaded.
        """
        return read_file(self.path / "model.onnx", self.digests["model.onnx"])

    @property
    def has_text(self) -> bool:
        """Whether a network for words comes with it, whose vectors lie where those of photos do; see `TextTower`."""
        return "text.onnx" in self.digests

    def read_text_file(self, name: str) -> bytes:
        """Return "text.onnx", "text.json" or "tokenizer.json", verified once more.

        Raises:
            BundleError: the bundle has none, or the file has changed since the bundle was loaded.
        """
        if not self.has_text:
            raise BundleError("The bundle has no text tower.", received=self.id)
        return read_file(self.path / name, self.digests[name])

    def weights(self) -> dict[str, npt.NDArray[np.float32]] | None:
        """Return the weights by the path of their Keras variable, to train on from; None where none were shipped.

        Raises:
            BundleError: the file has changed since the bundle was loaded, or cannot be read.
        """
        if "weights.npz" not in self.digests:
            return None
        return load_weights(io.BytesIO(read_file(self.path / "weights.npz", self.digests["weights.npz"])))


def save_bundle(
    path: Path,
    *,
    name: str,
    model: Path,
    recipe: Recipe,
    categories: Sequence[Category],
    calibration: Calibration,
    card: Mapping[str, Any],
    weights: Mapping[str, npt.NDArray[Any]] | None = None,
    heads: Mapping[str, Sequence[Category]] | None = None,
    head_calibrations: Mapping[str, Calibration] | None = None,
) -> Bundle:
    """Write a bundle whole or not at all, in place of an older one at `path`, and return it loaded.

    Args:
        path: the folder to make.
        name: lower-case letters, digits, "-", "_" and ".".
        model: the ONNX file to copy; outputs "embedding" and "probabilities", and one of each head's name.
        recipe: what turns a photo into the network's input.
        categories: in the order of the probabilities.
        calibration: temperature and threshold.
        card: JSON-able; "name" and "categories" are filled in.
        weights: the Keras weights by variable path, to train on from.
        heads: labels of what else the network names, by the head's name, in the order of its probabilities.
        head_calibrations: of the heads; one that is left out has temperature 1 and threshold 0.

    Raises:
        BadInput: a name that is no plain file name or no name of a head, or two labels of one id.
    """
    check_name(name)
    _check_labels({"categories": categories, **(heads or {})})
    parts: dict[str, object] = {
        "recipe": recipe.to_dict(),
        "labels": [asdict(category) for category in categories],
        "calibration": asdict(calibration),
        "card": {**card, "name": name, "categories": len(categories)},
    }
    if heads:
        fitted = head_calibrations or {}
        parts["heads"] = {
            head: {"labels": [asdict(label) for label in labels], **asdict(fitted.get(head, Calibration()))}
            for head, labels in heads.items()
        }
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as scratch:
        folder = Path(scratch, "new")
        _write(folder, name, model, parts, weights)
        load_bundle(folder)  # what cannot be loaded must not replace what can
        _replace(path, folder, Path(scratch, "old"))
    return load_bundle(path)


def load_bundle(path: Path) -> Bundle:
    """Read a bundle after verifying every file.

    Raises:
        BundleError: a file is missing, unknown, altered, or a link, or the format is another one.
    """
    path = Path(path)
    raw = read_file(path / MANIFEST, None)
    manifest = parse_json(raw, MANIFEST)
    if manifest.get("format") != FORMAT:
        raise BundleError(
            f"The bundle's format is not {FORMAT}.",
            received=manifest.get("format"),
            remedy="Use the ShopLens version that wrote it, or train it again.",
        )
    digests = verified_digests(path, manifest)
    described = sorted(file for file in digests if file.endswith(".json") and file != "tokenizer.json")
    parts = {file: parse_json(read_file(path / file, digests[file]), file) for file in described}
    heads = parts.get("heads.json", {})
    try:
        categories = _labels(parts["labels.json"])
        calibration = _calibration(parts["calibration.json"])
        labels = {_head_name(head): _labels(told["labels"]) for head, told in heads.items()}
        fitted = {head: _calibration({k: v for k, v in told.items() if k != "labels"}) for head, told in heads.items()}
        recipe = Recipe.from_dict(parts["recipe.json"])
        name = str(manifest["name"])
    except (KeyError, TypeError, ValueError, AttributeError, BadInput) as error:
        raise BundleError("A file of the bundle has another shape.", received=error, remedy=GET_AGAIN) from error
    identity = f"{name}-{hashlib.sha256(raw).hexdigest()[:12]}"
    return Bundle(path, name, identity, categories, recipe, calibration, parts["card.json"], digests, labels, fitted)


def check_name(name: str) -> None:
    """Refuse what is no name for a bundle.

    Raises:
        BadInput: it has other characters than lower-case letters, digits, "-", "_" and ".".
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name):
        raise BadInput("A bundle's name has lower-case letters, digits, '-', '_' and '.'.", received=name)


def _labels(told: Sequence[Mapping[str, Any]]) -> tuple[Category, ...]:
    return tuple(Category(str(label["id"]), str(label["en"]), str(label.get("zh", ""))) for label in told)


def _calibration(told: Mapping[str, Any]) -> Calibration:
    read = Calibration(**{key: float(value) for key, value in told.items()})
    if not (0 < read.temperature < math.inf and read.threshold >= 0):
        raise ValueError(f"a calibration of {told}")
    return read


def _head_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name) or name in _OUTPUTS:
        raise BadInput(
            "A head's name has lower-case letters, digits and '_', and is none of the network's other outputs.",
            received=name,
            remedy=f"Choose another one than {', '.join(sorted(_OUTPUTS))}.",
        )
    return name


def _check_labels(labels: Mapping[str, Sequence[Category]]) -> None:
    for head, said in labels.items():
        if head != "categories":
            _head_name(head)
        if len({label.id for label in said}) != len(said):
            raise BadInput(f"Two of the {head} have one id.", received=[label.id for label in said])


def _write(
    folder: Path,
    name: str,
    model: Path,
    parts: Mapping[str, object],
    weights: Mapping[str, npt.NDArray[Any]] | None,
) -> None:
    folder.mkdir()
    shutil.copyfile(model, folder / "model.onnx")
    for part, value in parts.items():
        write_json(folder / f"{part}.json", value)
    if weights is not None:
        save_weights(folder / "weights.npz", weights)
    files = {
        file.name: {"sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "bytes": file.stat().st_size}
        for file in sorted(folder.iterdir())
    }
    write_json(folder / MANIFEST, {"format": FORMAT, "name": name, "files": files})


def _replace(path: Path, new: Path, old: Path) -> None:
    if path.exists():
        path.rename(old)
    new.rename(path)
