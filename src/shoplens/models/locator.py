"""Finding the products in a photo, whatever they are, with a small network of our own."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from shoplens.errors import BundleError
from shoplens.models.bundle_files import parse_json, read_file
from shoplens.photos.geometry import check_pixels, resize
from shoplens.photos.subject import find_subject
from shoplens.records import WHOLE, Box, FoundObject, Pixels

WEIGHTS: Final = Path(__file__).parent / "weights"
"""The folder of the network that ships, `locator.onnx`, and of its card, `locator.json`."""

SIDE: Final = 128
"""The network's input: a photo is stretched to a square of this many pixels."""

MIN_SIDE: Final = 2 * SIDE
"""Photos are decoded with a shorter side of at least this many pixels, since a product is a part of the photo."""

_SAME = 0.5
"""Of two boxes that overlap more than this the surer one stays."""

PLAIN: Final = 0.5
"""`find_subject` is this sure on plain grounds alone: on a patterned one it never says more than 0.4."""

_LEAST_SIDE = 0.02
_FAR = 1.5
"""A product at the middle of an edge counts half as much as one in the middle of the photo."""

_REMEDY = "Install ShopLens again, or make the locator again with recipes/locator."


class Locator:
    """Finds products by their looks as things, not by their kind. Any number of threads may call `find` at once.

    Args:
        folder: where `locator.onnx` and `locator.json` are.
        threads: threads inside one call.

    Raises:
        BundleError: a file is missing, altered, or no such network.
    """

    def __init__(self, folder: Path = WEIGHTS, *, threads: int = 1) -> None:
        import onnxruntime

        card = parse_json(read_file(folder / "locator.json", None), "locator.json")
        digest, least = card.get("sha256"), card.get("least_score")
        if not isinstance(digest, str) or not isinstance(least, float) or not 0 < least < 1:
            raise BundleError("The locator's card has no hash or no least score.", received=folder, remedy=_REMEDY)
        model = read_file(folder / "locator.onnx", digest)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            self.run(np.zeros((1, SIDE, SIDE, 3), np.uint8))
        except Exception as error:  # onnxruntime raises its own classes, straight below Exception
            raise BundleError("The locator cannot be loaded.", received=str(error), remedy=_REMEDY) from error
        self.id = f"locator-{digest[:12]}"
        self.least_score = least

    def find(self, pixels: Pixels, *, limit: int = 8) -> list[FoundObject]:
        """Return the products, the biggest, most central and surest first.

        Where none is sure enough, the whole photo is the only answer, with a score of 0.

        Args:
            pixels: uint8 RGB `[h, w, 3]`.
            limit: how many at most.
        """
        check_pixels(pixels)
        square = pixels if pixels.shape[:2] == (SIDE, SIDE) else resize(pixels, width=SIDE, height=SIDE)
        heat, edges = self.run(square[None])
        found = _peaks(heat[0, ..., 0], edges[0], self.least_score)
        return sorted(found, key=_standing, reverse=True)[:limit] or [FoundObject(WHOLE, 0.0)]

    def run(self, squares: Pixels) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return the network's own answers: heat `[n, c, c, 1]`, 0 to 1, and distances to the edges `[n, c, c, 4]`.

        Args:
            squares: uint8 RGB `[n, 128, 128, 3]`.
        """
        heat, edges = self._session.run(["heat", "edges"], {"photos": squares})
        return heat, edges


@lru_cache(maxsize=1)
def shipped_locator() -> Locator:
    """Return the locator that ships, loaded once.

    Raises:
        BundleError: its files are missing or altered.
    """
    return Locator()


def find_objects(pixels: Pixels, *, limit: int = 8) -> list[FoundObject]:
    """Return the products in a photo, as `Locator.find` of the locator that ships does.

    The box of a single product on a plain ground is drawn by what differs from the ground, which is exact to the pixel.
    """
    found = shipped_locator().find(pixels)
    if len(found) > 1:
        return found[:limit]
    subject, one = find_subject(pixels), found[0]
    same = one.score == 0 or subject.box.overlap(one.box) > _SAME
    return [FoundObject(subject.box, max(subject.score, one.score))] if same and subject.score >= PLAIN else found


def _peaks(heat: npt.NDArray[np.float32], edges: npt.NDArray[np.float32], least: float) -> list[FoundObject]:
    """Return a box for each cell `[c, c]` that is hotter than its neighbours, without repeats, the surest first."""
    cells = heat.shape[0]
    framed = np.pad(heat, 1, constant_values=-1.0)
    around = np.max([framed[y : y + cells, x : x + cells] for y in range(3) for x in range(3)], axis=0)
    rows, columns = np.nonzero((heat >= around) & (heat >= least))
    found: list[FoundObject] = []
    for index in np.argsort(-heat[rows, columns], kind="stable"):
        row, column = int(rows[index]), int(columns[index])
        box = _box((column + 0.5) / cells, (row + 0.5) / cells, edges[row, column])
        if all(box.overlap(other.box) <= _SAME for other in found):
            found.append(FoundObject(box, float(heat[row, column])))
    return found


def _box(x: float, y: float, edges: npt.NDArray[np.float32]) -> Box:
    """Return the box whose edges have these distances to a point, within the photo and never without width."""
    left, top, right, bottom = (max(float(edge), _LEAST_SIDE / 2) for edge in edges)
    return Box(max(0.0, x - left), max(0.0, y - top), min(1.0, x + right), min(1.0, y + bottom))


def _standing(found: FoundObject) -> float:
    """Return how likely a shopper means it: its side, its nearness to the middle and its score, multiplied."""
    box = found.box
    across, along = box.x0 + box.x1 - 1.0, box.y0 + box.y1 - 1.0
    return found.score * math.sqrt(box.area) * math.exp(-(across**2 + along**2) / _FAR)
