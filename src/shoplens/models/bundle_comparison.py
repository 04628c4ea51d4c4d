"""Two bundles side by side: what they weigh, what their cards say, and what they say of the same photos."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput, BundleError
from shoplens.models.bundle import Bundle
from shoplens.models.export_loss import Answers, accuracy, neighbours
from shoplens.models.exported_network import milliseconds, open_network, run_all
from shoplens.models.label_names import LabelNames
from shoplens.models.photo_sample import PhotoSample

NEIGHBOURS = 10
"""How many nearest photos are compared."""

WORSE = 0.01
"""By so much a bundle may be worse than another and still take its place."""


@dataclass(frozen=True, slots=True)
class ComparedBundle:
    """One of the two.

    Attributes:
        id: of the bundle.
        bytes: of its network.
        folder_bytes: of all its files.
        dim: length of the embedding, 0 without one; None where no photos were compared.
        categories: how many it names.
        milliseconds: median for one photo alone on one thread; None where no photos were compared.
        accuracy: share of the photos in folders named like its categories that it names right; None without such.
        neighbours: share of the photos whose nearest other photo lies in the same class folder; None without folders.
        figures: what its card states, flattened: "test.accuracy" to 0.93.
    """

    id: str
    bytes: int
    folder_bytes: int
    categories: int
    figures: Mapping[str, float]
    dim: int | None = None
    milliseconds: float | None = None
    accuracy: float | None = None
    neighbours: float | None = None


@dataclass(frozen=True, slots=True)
class BundleComparison:
    """Two bundles.

    Attributes:
        first: the one.
        second: the other.
        photos: how many they were compared on.
        same_label: share of the photos that both name alike; None where no category is common to them.
        overlap: mean share of the ten nearest other photos that both find; None without embeddings.
    """

    first: ComparedBundle
    second: ComparedBundle
    photos: int = 0
    same_label: float | None = None
    overlap: float | None = None

    def losses(self) -> dict[str, float]:
        """Return by how much the second is worse than the first, by figure; below 0 where it is better."""
        pairs = {
            "accuracy": (self.first.accuracy, self.second.accuracy),
            "neighbours": (self.first.neighbours, self.second.neighbours),
        }
        return {name: a - b for name, (a, b) in pairs.items() if a is not None and b is not None}


def compare_bundles(first: Bundle, second: Bundle, folder: Path | None = None, *, limit: int = 512) -> BundleComparison:
    """Compare two bundles, each with its own recipe.

    Args:
        first: the one.
        second: the other.
        folder: photos to compare them on, in class folders or not; without it only sizes and cards are compared.
        limit: how many of them.

    Raises:
        BadInput: the folder holds no readable photo.
    """
    if folder is None:
        return BundleComparison(_described(first), _described(second))
    samples = [PhotoSample.of_folder(folder, bundle, limit=limit) for bundle in (first, second)]
    with tempfile.TemporaryDirectory(prefix="shoplens-compare-") as scratch:
        networks = []
        for number, bundle in enumerate((first, second)):
            path = Path(scratch, f"{number}.onnx")
            path.write_bytes(bundle.read_model())
            networks.append(open_network(path))
    said = [run_all(network, sample.pixels) for network, sample in zip(networks, samples, strict=True)]
    times = [milliseconds([network], sample.pixels)[0] for network, sample in zip(networks, samples, strict=True)]
    one, two = (
        _described(bundle, answers, sample, time)
        for bundle, answers, sample, time in zip((first, second), said, samples, times, strict=True)
    )
    return BundleComparison(one, two, len(samples[0]), _same_label((first, second), said), _overlap(said[0], said[1]))


def check_no_worse(current: Bundle, new: Bundle, folder: Path) -> BundleComparison:
    """Compare two bundles on class folders, and refuse the new one where it is worse by more than a point.

    Raises:
        BundleError: it is worse, in the accuracy of its labels or in what its embedding finds.
        BadInput: the folder holds no readable photo, or says nothing of the bundles.
    """
    found = compare_bundles(current, new, folder)
    losses = found.losses()
    if not losses:
        raise BadInput(
            "These photos cannot tell which bundle is better.",
            received=folder,
            remedy="Give class folders, two or more, with a few photos each.",
        )
    worst = max(losses, key=lambda name: losses[name])
    if losses[worst] > WORSE:
        raise BundleError(
            f"The new bundle is worse than the one in use, judged by {worst} on {found.photos} photos.",
            received=f"{100 * losses[worst]:.1f} points worse",
            remedy="Keep the one in use, or promote with --force.",
        )
    return found


def _described(
    bundle: Bundle, answers: Answers | None = None, photos: PhotoSample | None = None, time: float | None = None
) -> ComparedBundle:
    sizes = {file: (bundle.path / file).stat().st_size for file in bundle.digests}
    figures = bundle.card.get("figures", {})
    common = (bundle.id, sizes["model.onnx"], sum(sizes.values()), len(bundle.categories), dict(_flat(figures)))
    if answers is None or photos is None:
        return ComparedBundle(*common)
    dim = answers["embedding"].shape[1] if "embedding" in answers else 0
    return ComparedBundle(*common, dim, time, accuracy(answers, photos), neighbours(answers, photos))


def _flat(figures: object, above: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(figures, Mapping):
        for name, value in figures.items():
            yield from _flat(value, f"{above}.{name}" if above else str(name))
    elif isinstance(figures, int | float) and not isinstance(figures, bool):
        yield above, float(figures)


def _same_label(bundles: tuple[Bundle, Bundle], said: list[dict[str, npt.NDArray[np.float32]]]) -> float | None:
    """Return how often both name the same: a category of either that `LabelNames` takes for one of the other's."""
    mine, theirs = (LabelNames(bundle.categories) for bundle in bundles)
    alike = {
        (place, found) for place, label in enumerate(bundles[0].labels) if (found := theirs.find(label)) is not None
    }
    alike |= {
        (found, place) for place, label in enumerate(bundles[1].labels) if (found := mine.find(label)) is not None
    }
    if not alike:
        return None
    one, two = (answers["probabilities"].argmax(axis=1).tolist() for answers in said)
    return float(np.mean([pair in alike for pair in zip(one, two, strict=True)]))


def _overlap(first: Answers, second: Answers) -> float | None:
    if "embedding" not in first or "embedding" not in second or len(first["embedding"]) < 2:
        return None
    count = min(NEIGHBOURS, len(first["embedding"]) - 1)
    one, two = (_nearest(answers["embedding"], count) for answers in (first, second))
    return float(np.mean([len(set(a) & set(b)) / count for a, b in zip(one.tolist(), two.tolist(), strict=True)]))


def _nearest(vectors: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.intp]:
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -np.inf)
    return np.argsort(-alike, axis=1, kind="stable")[:, :count]
