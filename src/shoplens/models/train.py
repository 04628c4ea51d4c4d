"""From labelled photos to a bundle that classifies and searches, with its report."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from shoplens.errors import BadInput, BundleError, MissingExtra
from shoplens.models.bundle import BASE, RESERVED, Bundle, check_name, load_bundle
from shoplens.models.dataset import Dataset
from shoplens.models.evaluate import Evaluation
from shoplens.models.groups import Groups, joined_groups
from shoplens.models.near_duplicates import near_duplicate_groups
from shoplens.models.outcome import Outcome
from shoplens.models.photo_list import PhotoList
from shoplens.models.progress import Listener, PhotosRead, StageBegun, unheard
from shoplens.models.settings import SUFFIXES, Settings
from shoplens.models.shipment import Shipment, report_of, ship
from shoplens.models.split import Split, split
from shoplens.models.weights_download import fetch_weights
from shoplens.photos.recipe import Recipe, Step

MARGIN = 1.125
"""The copies on disk are so much larger than the network's input, so that crops need not enlarge."""


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """What a training left on disk.

    Attributes:
        bundle: ready for use.
        evaluation: of the bundle as shipped, on the test side.
        report: path of the HTML report; the JSON lies beside it.
        stopped: "epochs", "budget", "patience" or "interrupted"; "" for the preset "fast".
    """

    bundle: Bundle
    evaluation: Evaluation
    report: Path
    stopped: str


def train(
    source: Path | PhotoList,
    settings: Settings,
    *,
    name: str,
    home: Path,
    validation: Path | None = None,
    test: Path | None = None,
    listener: Listener = unheard,
) -> Training:
    """Train on labelled photos; write the bundle and its report.

    A training that was killed goes on after its last whole pass when it is called again with the same photos and
    settings. Under `home` it writes `bundles/<name>`, `reports/train-<name>.html` and `.json`, and in `training/` what
    may be deleted: decoded copies and, while it runs, the checkpoint.

    Args:
        source: class folders, a manifest (a table of paths and labels), or photos listed in another way, such as
            `Shop.training_photos` does.
        settings: the method; see `Settings.for_preset`.
        name: of the bundle; an older one of that name is replaced once the new one is whole.
        home: the shop's folder.
        validation: class folders or a manifest to choose the weights by, instead of a part of `source`.
        test: class folders or a manifest to judge the bundle by, instead of a part of `source`.
        listener: told of the progress.

    Raises:
        BadInput: there is too little to train, to choose or to judge, or the name is none for a bundle, or is the
            teacher's.
        BundleError: the bundle or file to start from is missing, altered or carries no weights that fit, or the
            teacher is missing, altered or does not know a class.
        DownloadError: the weights of an address cannot be fetched, or are not those of the hash.
        MissingExtra: the libraries of the extra "train" are not installed.
    """
    check_name(name)
    if name in RESERVED:
        raise BadInput("A trained bundle cannot have that name.", received=name, remedy="Give another one with --name.")
    _check_installed(settings)
    parent = parent_of(settings, home / "training" / "downloads", listener)
    if parent is None:
        settings = replace(settings, transfer="none")
    teacher = _teacher_of(settings, home / "bundles" / name)
    recipe, stored, side = _recipes(settings, parent)
    dataset = Dataset.open(
        source,
        stored,
        side,
        home / "training" / "photos",
        validation=validation,
        test=test,
        progress=lambda done, total: listener(PhotosRead(done, total)),
    )
    groups, parts = _split(dataset, settings)
    outcome = _fit(dataset, parts, settings, parent, teacher, home / "training", listener)
    work = Shipment(name, dataset, parts, groups, outcome, parent, recipe, teacher)
    with tempfile.TemporaryDirectory(prefix="draft-", dir=home / "training") as scratch:
        bundle, evaluation = ship(work, home / "bundles" / name, Path(scratch), listener)
    for checkpoint in outcome.checkpoints:
        checkpoint.unlink(missing_ok=True)
    listener(StageBegun("report"))
    path = home / "reports" / f"train-{name}.html"
    report_of(work, bundle, evaluation).write(path)
    return Training(bundle, evaluation, path, outcome.stopped)


def parent_of(settings: Settings, downloads: Path | None = None, listener: Listener = unheard) -> Bundle | Path | None:
    """Return the bundle or the file of weights that a training starts from; None for random weights.

    The base model is left out where this installation has none, except for the preset "fast", which cannot do without.

    Args:
        settings: whose `transfer` is looked at.
        downloads: where the weights of an address are kept; without it an address is refused.
        listener: told of a download.

    Raises:
        BundleError: the bundle or file is missing or altered.
        DownloadError: an address cannot be fetched.
    """
    wish = settings.transfer
    if wish == "none" or (wish == "base" and not BASE.is_dir()):
        if settings.preset == "fast":
            raise BundleError(
                "The preset 'fast' needs a bundle whose embeddings it can use.",
                received=wish,
                remedy="Name one with --from, or use --preset good.",
            )
        return None
    if wish.startswith(("http://", "https://")) and downloads is not None:
        listener(StageBegun("download"))
        return fetch_weights(wish, downloads)
    if wish.lower().endswith(SUFFIXES):
        if settings.preset == "fast" or not Path(wish).is_file():
            raise BundleError(
                "That file of weights cannot be started from.",
                received=wish,
                remedy="Give a file that is there, and the preset good or best.",
            )
        return Path(wish)
    return load_bundle(BASE if wish == "base" else Path(wish))


def _teacher_of(settings: Settings, path: Path) -> Bundle | None:
    """Return the bundle to learn from, which the new one at `path` must not replace: nothing would bring it back."""
    if not settings.teacher:
        return None
    teacher = load_bundle(BASE if settings.teacher == "base" else Path(settings.teacher))
    if teacher.path.resolve() == path.resolve():
        raise BadInput(
            "The network that learns would take its teacher's place.",
            received=path.name,
            remedy="Give it another name with --name.",
        )
    return teacher


def _check_installed(settings: Settings) -> None:
    needed = ("sklearn", "onnx") if settings.preset == "fast" else ("sklearn", "onnx", "keras", "tensorflow", "tf2onnx")
    if any(find_spec(library) is None for library in needed):
        raise MissingExtra("Training", "train")


def _recipes(settings: Settings, parent: Bundle | Path | None) -> tuple[Recipe, Recipe, int]:
    """Return the recipe of the bundle, that of the copies on disk, and their side."""
    if settings.preset == "fast" and isinstance(parent, Bundle):
        return parent.recipe, parent.recipe, parent.input_size
    size = settings.size
    if settings.fit == "stretch":
        recipe = Recipe((Step("resize", {"width": size, "height": size}),), f"stretch-{size}")
        return recipe, recipe, size
    stored = size if settings.augmentation in ("none", "shift") else round(size * MARGIN)
    return Recipe.encoder(size), Recipe.encoder(stored), stored


def _split(dataset: Dataset, settings: Settings) -> tuple[Groups, Split]:
    """Return what stays together and the sides, each of which has photos."""
    alike = near_duplicate_groups(dataset.pixels) if settings.near_duplicates else np.arange(len(dataset.paths))
    groups = joined_groups(alike, dataset.groups)
    shares = (1 - settings.validation_share - settings.test_share, settings.validation_share, settings.test_share)
    parts = split(dataset.labels, groups, shares=shares, seed=settings.seed, sides=dataset.sides)
    _check_sides(dataset, parts)
    return groups, parts


def _check_sides(dataset: Dataset, parts: Split) -> None:
    learned = np.unique(dataset.labels[parts.train])
    if len(learned) < len(dataset.classes) or not len(parts.validation) or not len(parts.test):
        sizes = f"{len(parts.train)} to train, {len(parts.validation)} to choose, {len(parts.test)} to judge"
        raise BadInput(
            "There are too few different photos to train, to choose the weights and to judge them.",
            received=f"{sizes}; {len(learned)} of {len(dataset.classes)} classes to learn",
            remedy="Give at least five photos of each class that are no copies of one another.",
        )


def _fit(
    dataset: Dataset,
    parts: Split,
    settings: Settings,
    parent: Bundle | Path | None,
    teacher: Bundle | None,
    work: Path,
    listener: Listener,
) -> Outcome:
    if settings.preset == "fast" and isinstance(parent, Bundle):
        from shoplens.models.train_head import train_head

        return train_head(dataset, parts, settings, parent, listener)
    from shoplens.models.train_network import train_network

    return train_network(dataset, parts, settings, parent, teacher, work / "checkpoints", listener)
