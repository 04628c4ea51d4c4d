"""Product lines of one shop: learned from good samples, and asked whether a photo shows a defect."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from shoplens.catalog.line_photos import FoundDefect, LinePhotos
from shoplens.errors import BadInput, BundleError, PhotoError
from shoplens.photos.decode import Limits, decode, decode_file
from shoplens.photos.encode import encode
from shoplens.photos.transform import resize
from shoplens.records import Photo, Pixels
from shoplens.shop_search import PhotoLike

if TYPE_CHECKING:
    from shoplens.models.bundle import Bundle
    from shoplens.quality.defects.defect_line import DefectLine
    from shoplens.quality.defects.defect_verdict import DefectVerdict
    from shoplens.quality.defects.line_shelf import LineShelf
    from shoplens.quality.defects.patch_reader import PatchReader

LOOKED_AT = 448
"""Short side in pixels that photos are decoded to at least: twice what is looked at. Another one gives other scores."""

_REMEMBERED = 8

_COPY_QUALITY = 95
"""Of WebP, for the copies that a line is learned from again."""


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
        photos: keeps the samples, and defects that a person is to judge.
    """

    def __init__(self, folder: Path, bundle: Callable[[], Bundle], photos: LinePhotos) -> None:
        self._photos = photos
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

        What people said of photos of this line counts too. Small copies of the samples are kept, so that the line can
        be learned again from later answers.

        Args:
            line: letters, digits, "-", "_" and "." in any language; it names a folder and an address.
            photos: good samples, 5 to 200 and 20 or more better; of equal pictures one counts.
            defects: labelled defects, where there are some; 200 at most.
            rate: share of good photos that may be called defect, above 0 and below 0.5.
            progress: told how many photos are described.

        Raises:
            BadInput: too few samples can be read, too many are given, or the name or the rate cannot be.
        """
        from shoplens.quality.defects.line_shelf import check_line_name

        check_line_name(line)
        refused: list[tuple[str, str]] = []
        good, bad = (_readable(given, refused) for given in (photos, defects))
        answered = self._photos.samples(line)[1]
        learned = self._learn(line, good, bad, answered, rate, progress)
        self._photos.put_samples(line, [_copy(pixels) for pixels in good], [_copy(pixels) for pixels in bad])
        self._photos.mark_learned(line, answered)
        return LearnedLine(learned, tuple(refused))

    def relearn(self, line: str, *, progress: Callable[[int, int], None] | None = None) -> DefectLine:
        """Learn a line again from the copies of its samples and from what people answered since.

        A photo that is good becomes normal; a defect is one of the labelled ones.

        Raises:
            NotFound: no line of that name was learned.
            BadInput: its samples were not kept, as it was learned by an older ShopLens.
        """
        rate = self._load(line).rate
        given, answered = self._photos.samples(line)
        if not given:
            raise BadInput(
                "The samples of this line were not kept.",
                received=line,
                remedy=f"Learn it again: shoplens inspect learn {line} PHOTOS.",
            )
        good, bad = (self._pictures(line, [one for one in given if one[1] == said]) for said in ("good", "defect"))
        learned = self._learn(line, good, bad, answered, rate, progress)
        self._photos.mark_learned(line, answered)
        return learned

    def unlearned(self, line: str) -> int:
        """Return how many answers the line was not learned from yet."""
        return self._photos.unlearned(line)

    def _learn(
        self,
        line: str,
        good: list[Pixels],
        bad: list[Pixels],
        answered: Sequence[tuple[str, str]],
        rate: float,
        progress: Callable[[int, int], None] | None,
    ) -> DefectLine:
        from shoplens.quality.defects.learn_line import MOST, learn_line

        said_good, said_bad = (
            self._pictures(line, [one for one in answered if one[1] == said][-MOST // 2 :])
            for said in ("good", "defect")
        )
        # Of more than a line is learned from, what people said goes before what was given.
        kept = good if not said_good else good[: MOST - len(said_good)]
        reader, bundle_id = self._reader
        samples = [*kept, *said_good]
        learned = learn_line(line, reader, bundle_id, samples, [*bad, *said_bad], rate=rate, progress=progress)
        self._shelf.put(learned)
        return learned

    def _pictures(self, line: str, photos: Sequence[tuple[str, str]]) -> list[Pixels]:
        return [decode(self._photos.picture(line, sha256), limits=Limits.upload()).pixels for sha256, _ in photos]

    def inspect(self, line: str, photo: PhotoLike, *, review: bool = False, name: str = "") -> DefectVerdict:
        """Tell whether a photo of the line shows a defect, and where; or that it shows something else.

        Args:
            line: its name.
            photo: the bytes of a picture file, its path, or a decoded photo.
            review: where it is called defect, keep a small copy and ask a person; see `ShopStudio.questions`.
            name: of the photo, for that person.

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
        pixels = _decoded(photo)
        verdict = learned.look(reader, pixels)
        if review and verdict.outcome == "defect":
            self._photos.add(_found(verdict, pixels, name or (photo.name if isinstance(photo, Path) else "")))
        return verdict

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
        self._photos.forget(line)

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
        return decode(photo, min_side=LOOKED_AT, limits=Limits.upload()).pixels
    return decode_file(photo, min_side=LOOKED_AT).pixels


def _readable(photos: Sequence[PhotoLike], refused: list[tuple[str, str]]) -> list[Pixels]:
    """Return each picture once; what cannot be read is noted and stops nothing else.

    Raises:
        BadInput: they are more than a line is learned from; no more are decoded then.
    """
    from shoplens.quality.defects.learn_line import MOST

    found: dict[bytes, Pixels] = {}
    for number, photo in enumerate(photos):
        try:
            pixels = _decoded(photo)
        except PhotoError as error:
            refused.append((str(photo) if isinstance(photo, Path) else f"photo {number + 1}", error.what))
            continue
        found.setdefault(hashlib.sha256(pixels.tobytes()).digest(), pixels)
        if len(found) > MOST:
            raise BadInput(
                f"A line is learned from at most {MOST} different good photos, and as many labelled defects.",
                received=len(photos),
                remedy="Give fewer: more cost memory and tell little.",
            )
    return list(found.values())


def _copy(pixels: Pixels) -> bytes:
    """Return a picture file, its short side as large as is looked at."""
    short = min(pixels.shape[:2])
    return encode(resize(pixels, short=LOOKED_AT) if short > LOOKED_AT else pixels, "webp", _COPY_QUALITY)


def _found(verdict: DefectVerdict, pixels: Pixels, name: str) -> FoundDefect:
    import cv2
    import numpy as np

    from shoplens.models.heat_picture import heat_picture

    picture = _copy(pixels)
    small = decode(picture).pixels
    heat = np.asarray(cv2.resize(verdict.heat, (small.shape[1], small.shape[0])), np.float32)
    shown = encode(heat_picture(small, heat), "webp", 80)
    return FoundDefect(verdict.line, picture, shown, verdict.score, verdict.threshold, verdict.box, name)
