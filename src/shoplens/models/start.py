"""Where a training starts: random weights, another bundle's, or those of a file."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from shoplens.errors import BundleError
from shoplens.models import network as networks
from shoplens.models.bundle import Bundle
from shoplens.models.settings import Settings
from shoplens.models.weight_names import named_weights
from shoplens.models.weights_file import load_weights

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Weights to begin with.

    Attributes:
        weights: by name; those of the layer of the logits are left out.
        looks: whether they make an embedding that is worth to be kept.
    """

    weights: networks.Weights
    looks: bool


def start_from_bundle(settings: Settings, parent: Bundle) -> tuple[Settings, Start]:
    """Return the settings with the parent's architecture, and its weights.

    Raises:
        BundleError: the parent carries no weights, or does not name its architecture.
    """
    weights, architecture = parent.weights(), dict(parent.card.get("architecture", {}))
    if weights is None or "name" not in architecture:
        raise BundleError(
            "The bundle cannot be trained on from: it has no weights, or does not name its architecture.",
            received=parent.id,
            remedy="Start from another one, or use --from none.",
        )
    name = architecture.pop("name")
    for regulariser in ("dropout", "stochastic_depth"):  # they are of a training, not of the network
        architecture.pop(regulariser, None)
    # the parent's own classes are others, and so are the members after the first
    own = {path: value for path, value in weights.items() if not path.startswith(("category/", "member"))}
    settings = replace(settings, architecture=name, architecture_settings=architecture)
    return settings, Start(own, _make_looks(own, named_weights(_network(settings))))


def start_from_file(settings: Settings, path: Path) -> Start:
    """Return the weights of a file for the architecture of the settings.

    Raises:
        BundleError: the file cannot be read, refers to other files, or holds the weights of another network.
    """
    if path.suffix == ".npz":
        found: Mapping[str, Any] = load_weights(path)
    else:
        check_hdf5(path)
        found = _from_keras(settings, path)
    named = named_weights(_network(settings))
    fitting = {n: v for n, v in found.items() if n in named and v.shape == tuple(named[n].shape)}
    kernels = [name for name, variable in named.items() if len(variable.shape) > 1]
    if sum(name in fitting for name in kernels) < len(kernels) / 2:
        raise BundleError(
            f"The file holds the weights of another network than '{settings.architecture}'.",
            received=f"{path}: {sum(name in fitting for name in kernels)} of {len(kernels)} kernels fit",
            remedy="Name the network with --architecture and its settings with --set.",
        )
    own = {name: value for name, value in fitting.items() if not name.startswith("category/")}
    return Start(own, _make_looks(own, named))


def check_hdf5(path: Path) -> None:
    """Refuse an HDF5 file that refers to other files, which reading it would then read too (CVE-2026-1669).

    Raises:
        BundleError: it does, or it is no HDF5 file.
    """
    import h5py

    def visit(group: Any) -> None:  # noqa: ANN401 - h5py is untyped
        for name in group:
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise BundleError("The file of weights refers to another place.", received=f"{path}: {name}")
            item = group[name]
            if isinstance(item, h5py.Group):
                visit(item)
            elif item.external or item.is_virtual:
                raise BundleError("The file of weights refers to another file.", received=f"{path}: {name}")

    try:
        with h5py.File(path, "r") as file:
            visit(file)
    except OSError as error:
        raise BundleError("The file of weights cannot be read.", received=f"{path}: {error}") from error


def _make_looks(own: networks.Weights, named: Mapping[str, Any]) -> bool:
    """Return whether the weights hold all of the layers between the last feature map and the embedding."""
    needed = [name for name in named if name.startswith(("embedding_", "dense/"))]
    return all(name in own and own[name].shape == tuple(named[name].shape) for name in needed)


def _network(settings: Settings) -> keras.Model:
    return networks.build(settings.architecture, settings.architecture_settings, settings.size, 2)


def _from_keras(settings: Settings, path: Path) -> dict[str, Any]:
    design = networks.plan(settings.architecture, settings.architecture_settings)
    try:
        if hasattr(design, "pretrained"):
            found: dict[str, Any] = design.pretrained(path, settings.size)
            return found
        network = _network(settings)
        before = {name: np.asarray(variable) for name, variable in named_weights(network).items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its last layer is of other classes, which is told
            network.load_weights(path, skip_mismatch=True)
    except (ValueError, KeyError, OSError) as error:
        raise BundleError(
            f"The weights do not fit the network '{settings.architecture}'.",
            received=f"{path}: {error}",
            remedy="Name the network that they were trained with: --architecture MobileNetV2; files without top fit.",
        ) from error
    after = {name: np.asarray(variable) for name, variable in named_weights(network).items()}
    # a kernel that still is the random one was not in the file
    random = {
        n for n, value in after.items() if value.ndim > 1 and value.std() > 0 and np.array_equal(value, before[n])
    }
    return {name: value for name, value in after.items() if name not in random}
