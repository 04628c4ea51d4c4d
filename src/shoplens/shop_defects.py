"""Product lines of one shop: learned from good samples, and asked whether a photo shows a defect."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from shoplens.errors import BundleError, PhotoError
from shoplens.photos.decode import Limits, decode, decode_file
from shoplens.records import Photo, Pixels
from shoplens.shop_search import PhotoLike

if TYPE_CHECKING:
    from shoplens.models.bundle import Bundle
    from shoplens.quality.defects.defect_line import DefectLine
    from shoplens.quality.defects.defect_verdict import DefectVerdict
    from shoplens.quality.defects.line_shelf import LineShelf
    from shoplens.quality.defects.patch_reader import PatchReader

_SIDE = 448
"""Short side in pixels that photos are decoded to at least: twice what is looked at."""

_REMEMBERED = 8


@dataclass(frozen=True, slots=True, eq=False)
class LearnedLine:
    """A line that was learned, and the photos that were not: names and why."""

    line: DefectLine
    refused: tuple[tuple[str, str], ...] = ()


class ShopDefects:
    """What can be done with product lines; one object serves many threads.

    Args:
        folder: the shop's.
        bundle: returns the base model.
    """

    def __init__(self, folder: Path, bundle: Callable[[], Bundle]) -> None:
        self._folder = folder / "lines"
        self._bundle = bundle
        self._read: dict[str, tuple[int, DefectLine]] = {}
        self._lock = threading.Lock()

    def learn(
        self,
        line: str,
        photos: Sequence[PhotoLike],
        *,
        defects: Sequence[PhotoLike] = (),
        rate: float = 0.05,
        progress: Callable[[int, int], None] | None = None,
    ) -> LearnedLine:
        """Learn what is normal of a product line, in place of what was learned under this name.

        Args:
            line: letters, digits, "-", "_" and "." in any language; it names a folder and an address.
            photos: good samples, 5 at least and 20 or more better; of equal pictures one counts.
            defects: labelled defects, where there are some.
            rate: share of good photos that may be called defect, above 0 and below 0.5.
            progress: told how many photos are described.

        Raises:
            BadInput: too few samples can be read, or the name or the rate cannot be.
        """
        from shoplens.quality.defects.learn_line import learn_line
        from shoplens.quality.defects.line_shelf import check_line_name

        check_line_name(line)
        refused: list[tuple[str, str]] = []
        good, bad = (_readable(given, refused) for given in (photos, defects))
        reader, bundle_id = self._reader
        learned = learn_line(line, reader, bundle_id, good, bad, rate=rate, progress=progress)
        self._shelf.put(learned)
        return LearnedLine(learned, tuple(refused))

    def inspect(self, line: str, photo: PhotoLike) -> DefectVerdict:
        """Tell whether a photo of the line shows a defect, and where; or that it shows something else.

        Raises:
            NotFound: no line of that name was learned.
            BundleError: the line was learned with another base model, or its files were altered.
            PhotoError: the picture cannot be decoded.
        """
        reader, bundle_id = self._reader
        learned = self._load(line)
        if learned.bundle_id != bundle_id:
            raise BundleError(
                "The line was learned with another base model.",
                received=f"{learned.bundle_id}, now {bundle_id}",
                remedy=f"Learn it again: shoplens inspect learn {line} PHOTOS.",
            )
        return learned.look(reader, _decoded(photo))

    def lines(self) -> list[DefectLine]:
        """Return the lines, by name.

        Raises:
            BundleError: a line's files were altered.
        """
        return [self._load(name) for name in self._shelf.names()]

    def forget(self, line: str) -> None:
        """Remove what was learned of a line.

        Raises:
            NotFound: no line of that name was learned.
        """
        self._shelf.forget(line)

    def _load(self, name: str) -> DefectLine:
        """Return the line as it is on the disk now; a few stay in memory, since verifying takes longer than looking."""
        changed = self._shelf.changed(name)
        with self._lock:
            known = self._read.get(name)
        if known is not None and known[0] == changed:
            return known[1]
        loaded = self._shelf.load(name)
        with self._lock:
            while len(self._read) >= _REMEMBERED:
                self._read.pop(next(iter(self._read)))
            self._read[name] = (changed, loaded)
        return loaded

    @cached_property
    def _shelf(self) -> LineShelf:
        from shoplens.quality.defects.line_shelf import LineShelf

        return LineShelf(self._folder)

    @cached_property
    def _reader(self) -> tuple[PatchReader, str]:
        from shoplens.models.feature_taps import FeatureTaps
        from shoplens.quality.defects.patch_reader import PatchReader

        bundle = self._bundle()
        return PatchReader(FeatureTaps(bundle)), bundle.id


def _decoded(photo: PhotoLike) -> Pixels:
    if isinstance(photo, Photo):
        return photo.pixels
    if isinstance(photo, bytes):
        return decode(photo, min_side=_SIDE, limits=Limits.upload()).pixels
    return decode_file(photo, min_side=_SIDE).pixels


def _readable(photos: Sequence[PhotoLike], refused: list[tuple[str, str]]) -> list[Pixels]:
    """Return each picture once; what cannot be read is noted and stops nothing else."""
    found: dict[bytes, Pixels] = {}
    for number, photo in enumerate(photos):
        try:
            pixels = _decoded(photo)
        except PhotoError as error:
            refused.append((str(photo) if isinstance(photo, Path) else f"photo {number + 1}", error.what))
            continue
        found.setdefault(pixels.tobytes(), pixels)
    return list(found.values())
