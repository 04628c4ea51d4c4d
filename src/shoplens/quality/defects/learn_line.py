"""Learning what is normal of a product line, from good samples, and from labelled defects where there are some."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput
from shoplens.quality.defects.defect_line import DefectLine, KnownDefects, smoothed
from shoplens.quality.defects.false_alarm_limit import FEWEST, false_alarm_limit
from shoplens.quality.defects.patch_memory import PatchMemory
from shoplens.quality.defects.patch_reader import Described, Patches, PatchReader
from shoplens.quality.defects.registration import ALIKE, Registration, reference_of
from shoplens.records import Pixels, Vectors

MOST = 200
"""Good samples learned from at most: more cost memory and tell little."""

RATE = 0.05
"""Share of good photos that may be called defect, where nothing else is wished."""

_USUAL = 0.99
_WIDEST = np.pi / 4
_SPREADS = 6.0
_KNOWN = 48
_FEWEST_DEFECTS = 3
_WEIGHTS = (0.0, 0.5, 1.0, 2.0)
_GAIN = 0.005

Progress = Callable[[int, int], None]
Layers = tuple[Patches, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Unseen:
    """What memories say of photos that they have not seen.

    Attributes:
        good: of each good sample the scaled patches and their distances.
        bad: of each labelled defect likewise.
    """

    good: list[tuple[Patches, Patches]]
    bad: list[tuple[Patches, Patches]]

    def scores(self, part: list[tuple[Patches, Patches]]) -> list[float]:
        return [float(smoothed(distances).max()) for _, distances in part]


def learn_line(
    name: str,
    reader: PatchReader,
    bundle_id: str,
    good: Sequence[Pixels],
    defects: Sequence[Pixels] = (),
    *,
    rate: float = RATE,
    progress: Progress | None = None,
) -> DefectLine:
    """Learn a line.

    The threshold comes from scores that each good sample gets from a memory without it: a memory knows
    its own samples by heart, and their scores would be too small.

    Args:
        name: of the line.
        reader: describes patches.
        bundle_id: the reader's model.
        good: 5 to 200 different photos `[h, w, 3]`; 20 or more are better.
        defects: labelled defects, none needed; from three on what looks like them counts more, if that helps.
        rate: share of good photos that may be called defect.
        progress: told how many photos are described.

    Raises:
        BadInput: too few or too many samples, or no possible rate.
    """
    if not FEWEST <= len(good) <= MOST:
        raise BadInput(f"A line is learned from {FEWEST} to {MOST} good photos.", received=len(good))
    false_alarm_limit([1.0] * FEWEST, rate)  # before the work, not after it
    frames = [reader.frame(photo).pixels for photo in good]
    reference = _reference(reader, frames)
    laid = None if reference is None else Registration(reference)
    total = len(good) + len(defects)
    described: list[Described] = []
    for frame in (*frames, *(reader.frame(photo).pixels for photo in defects)):
        described.append(reader.describe(laid.align(frame).frame if laid else frame))
        if progress:
            progress(len(described), total)
    samples = [one.layers for one in described[: len(good)]]
    bad = [one.layers for one in described[len(good) :]]
    embeddings = np.stack([one.embedding for one in described[: len(good)]])
    memory, without_each = PatchMemory.and_without_each(samples, placed=reference is not None)
    unseen = _judged(samples, bad, without_each)
    unseen = replace(unseen, good=list(compress(unseen.good, judgeable(embeddings))))
    line = DefectLine(
        name=name,
        bundle_id=bundle_id,
        samples=len(good),
        defects=len(defects),
        rate=rate,
        threshold=false_alarm_limit(unseen.scores(unseen.good), rate),
        usual=_usual(unseen),
        found=None,
        least_similarity=_least_similarity(_cosines(embeddings)),
        memory=memory,
        embeddings=embeddings,
        reference=reference,
    )
    return _with_defects(line, unseen, bad) if bad else line


def _reference(reader: PatchReader, frames: Sequence[Pixels]) -> npt.NDArray[np.uint8] | None:
    """Return the most typical sample where most others, turned and shifted, lie on it."""
    thumbs = np.stack([reference_of(frame).ravel() for frame in frames]).astype(np.float32)
    middle = np.median(thumbs, axis=0)
    chosen = frames[int(np.abs(thumbs - middle).mean(axis=1).argmin())]
    registration = Registration(reference_of(chosen))
    found = [registration.align(frame).detail for frame in frames if frame is not chosen]
    return registration.reference if float(np.median(found)) >= ALIKE else None


def _judged(samples: Sequence[Layers], bad: Sequence[Layers], without_each: Iterator[PatchMemory]) -> _Unseen:
    """Judge each good sample by the memory without it; the defects, which no memory holds, by one of them each.

    All but one sample are as good as all: a memory of fewer finds everything a little stranger than the line's own
    does, and a limit from its scores would be too high.
    """
    nothing = np.zeros(0, np.float32)
    good: list[tuple[Patches, Patches]] = []
    told: list[tuple[Patches, Patches]] = [(nothing, nothing)] * len(bad)
    for number, memory in enumerate(without_each):
        good.append((memory.scaled(samples[number]), memory.distances(samples[number])))
        for place in range(number, len(bad), len(samples)):
            told[place] = (memory.scaled(bad[place]), memory.distances(bad[place]))
    return _Unseen(good, told)


def judgeable(embeddings: Vectors) -> npt.NDArray[np.bool_]:
    """Tell which good samples a line of the others would judge, instead of taking them for another product; bool `[n]`.

    Of those others nothing would be said, so none is a false alarm, and their scores do not count. Where fewer than
    `FEWEST` are left, all count.
    """
    cosines = _cosines(embeddings)
    places = range(len(cosines))
    least = [_least_similarity(np.delete(np.delete(cosines, place, axis=0), place, axis=1)) for place in places]
    told = np.asarray(cosines.max(axis=1) >= least, np.bool_)
    return told if np.count_nonzero(told) >= FEWEST else np.ones_like(told)


def _usual(unseen: _Unseen) -> float:
    return float(np.quantile(np.concatenate([smoothed(found).ravel() for _, found in unseen.good]), _USUAL))


def _cosines(embeddings: Vectors) -> Vectors:
    """Return the cosine of each sample with each other one, and -1 with itself, `[n, n]`."""
    cosines = np.clip(embeddings @ embeddings.T, -1.0, 1.0)
    np.fill_diagonal(cosines, -1.0)
    return np.asarray(cosines, np.float32)


def _least_similarity(cosines: Vectors) -> float:
    """Return the cosine below which a photo shows something else.

    An angle of six robust spreads above the usual one between a sample and its nearest, and 45 degrees at least: of
    samples that all but equal each other any defect would else be something else. Views of one drawn product lie
    within 30 degrees, products of other categories beyond 50.
    """
    angles = np.arccos(cosines.max(axis=1))
    middle = float(np.median(angles))
    spread = 1.4826 * float(np.median(np.abs(angles - middle)))
    return float(np.cos(min(np.pi / 2, max(_WIDEST, middle + _SPREADS * spread))))


def _with_defects(line: DefectLine, unseen: _Unseen, bad: Sequence[Layers]) -> DefectLine:
    """Let what looks like known defects count more where that tells defects from good ones better, out of fold."""
    best, weight, raised = _ranks(unseen), 0.0, unseen
    strange = [_strangest(line.memory.scaled(layers), line.memory.distances(layers), line.usual) for layers in bad]
    patches = np.concatenate(strange)
    if len(bad) >= _FEWEST_DEFECTS and len(patches):
        for candidate in _WEIGHTS[1:]:
            other = _raised(unseen, line.usual, candidate)
            if _ranks(other) > best + _GAIN:
                best, weight, raised = _ranks(other), candidate, other
    limit = false_alarm_limit(raised.scores(raised.good), line.rate)
    found = float(np.mean(np.array(raised.scores(raised.bad)) > limit))
    if not weight:
        return replace(line, found=found)
    known = KnownDefects(patches, line.usual, weight)
    return replace(line, threshold=limit, usual=_usual(raised), found=found, known=known)


def _raised(unseen: _Unseen, usual: float, weight: float) -> _Unseen:
    """Raise each photo's distances by the defects, a defect's own ones by the other defects only."""
    strange = [_strangest(scaled, distances, usual) for scaled, distances in unseen.bad]
    every = KnownDefects(np.concatenate(strange), usual, weight)
    bad = []
    for place, (scaled, distances) in enumerate(unseen.bad):
        others = np.concatenate([part for number, part in enumerate(strange) if number != place])
        bad.append((scaled, KnownDefects(others, usual, weight).raised(scaled, distances)))
    return _Unseen([(scaled, every.raised(scaled, distances)) for scaled, distances in unseen.good], bad)


def _strangest(scaled: Patches, distances: Patches, usual: float) -> Patches:
    order = np.argsort(-distances)[:_KNOWN]
    return scaled[order[distances[order] > usual]]


def _ranks(unseen: _Unseen) -> float:
    """Return how often a defect has a greater score than a good sample (the area under the curve)."""
    good, bad = np.array(unseen.scores(unseen.good)), np.array(unseen.scores(unseen.bad))
    return float((bad[:, None] > good[None]).mean() + 0.5 * (bad[:, None] == good[None]).mean())
