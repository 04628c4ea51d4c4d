"""What is normal of one product line, and the judging of photos by it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.quality.defects.defect_verdict import DefectVerdict
from shoplens.quality.defects.patch_memory import PatchMemory, nearest
from shoplens.quality.defects.patch_reader import GRID, Frame, Patches, PatchReader
from shoplens.quality.defects.registration import Registration, moved_back
from shoplens.records import Box, Pixels, Vectors

_BLUR = 0.5
"""Standard deviation, in patches, of the blur that keeps one noisy patch from deciding alone."""

Heat = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class KnownDefects:
    """Patches of labelled defects, which make what looks like them count more.

    Attributes:
        patches: as the memory scales them, float32 `[k, channels]`; where there are none, nothing is raised.
        reach: distance at which the likeness to a known defect has fallen to a third.
        weight: how much a patch that equals a known defect is raised, above 0.
    """

    patches: Patches
    reach: float
    weight: float

    def raised(self, scaled: Patches, distances: Patches) -> Patches:
        """Return the distances, the more raised the more a patch looks like a known defect."""
        if not len(self.patches):
            return distances
        likeness = np.exp(-((nearest(scaled, self.patches) / self.reach) ** 2))
        return np.asarray(distances * (1.0 + self.weight * likeness), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class DefectLine:
    """A line as `learn_line` made it.

    Attributes:
        name: of the line.
        bundle_id: the model that described the samples; a photo is judged by the same one only.
        samples: good samples learned from.
        defects: labelled defects that were given.
        rate: share of good photos that was wished to be called defect at most.
        threshold: score above which a photo is called defect.
        usual: distance that one patch in a hundred of unseen good samples exceeds.
        found: share of the labelled defects above the threshold, by memories that had not seen them; None without any.
        least_similarity: cosine with the most similar good sample below which a photo is of another product.
        memory: the patches of good samples.
        embeddings: of the good samples, float32 `[n, dim]`, unit rows.
        reference: what photos are laid on, grey `[96, 96]`; None where the samples do not lie on each other.
        known: patches of labelled defects; None where they do not help.
    """

    name: str
    bundle_id: str
    samples: int
    defects: int
    rate: float
    threshold: float
    usual: float
    found: float | None
    least_similarity: float
    memory: PatchMemory
    embeddings: Vectors
    reference: npt.NDArray[np.uint8] | None = None
    known: KnownDefects | None = None

    def look(self, reader: PatchReader, photo: Pixels) -> DefectVerdict:
        """Judge a photo `[h, w, 3]` with the model that described the samples."""
        frame = reader.frame(photo)
        pixels, matrix = frame.pixels, np.eye(2, 3, dtype=np.float32)
        if self.reference is not None:
            laid = Registration(self.reference).align(frame.pixels)
            pixels, matrix = laid.frame, laid.matrix
        described = reader.describe(pixels)
        similarity = float((self.embeddings @ described.embedding).max())
        verdict = DefectVerdict(
            self.name, "other_product", 0.0, self.threshold, similarity, self.least_similarity, _no_heat(photo)
        )
        if similarity < self.least_similarity:
            return verdict
        cells = self.heat(described.layers)
        score = float(cells.max())
        shown = np.clip((cells - self.usual) / max(1e-6, 2.0 * (self.threshold - self.usual)), 0.0, 1.0)
        whole = moved_back(_grown(shown, reader.side), matrix)
        heat = _on_photo(whole, frame, photo)
        if score <= self.threshold:
            return replace(verdict, outcome="good", score=score, heat=heat)
        mask = moved_back(_grown(_region(cells, (self.usual + self.threshold) / 2), reader.side), matrix)
        return replace(verdict, outcome="defect", score=score, heat=heat, box=_box(_on_photo(mask, frame, photo)))

    def heat(self, layers: tuple[Patches, ...]) -> Heat:
        """Return the distance of each place from what is normal, float32 `[GRID, GRID]`; its greatest is the score."""
        distances = self.memory.distances(layers)
        if self.known is not None:
            distances = self.known.raised(self.memory.scaled(layers), distances)
        return smoothed(distances)


def smoothed(distances: Patches) -> Heat:
    """Return the distances of a photo's patches as a map `[GRID, GRID]`, blurred a little."""
    return np.asarray(cv2.GaussianBlur(distances.reshape(GRID, GRID), (0, 0), _BLUR), np.float32)


def _no_heat(photo: Pixels) -> Heat:
    return np.zeros(photo.shape[:2], np.float32)


def _grown(cells: Heat, side: int) -> Heat:
    return np.asarray(cv2.resize(cells, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)


def _on_photo(heat: Heat, frame: Frame, photo: Pixels) -> Heat:
    part = heat[frame.top : frame.top + frame.height, frame.left : frame.left + frame.width]
    return np.asarray(cv2.resize(part, (photo.shape[1], photo.shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)


def _region(cells: Heat, limit: float) -> Heat:
    """Return 1 where the map is hot around its hottest place, 0 elsewhere."""
    _, places = cv2.connectedComponents((cells > limit).astype(np.uint8))
    return np.asarray(places == places.ravel()[int(cells.argmax())], np.float32)


def _box(mask: Heat) -> Box | None:
    down, across = np.nonzero(mask > 0.5)
    if not len(down):  # it lies in the frame beside the photo
        return None
    height, width = mask.shape
    return Box(
        float(across.min() / width),
        float(down.min() / height),
        float((across.max() + 1) / width),
        float((down.max() + 1) / height),
    )
