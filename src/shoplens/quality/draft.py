"""A photo on its way to being mended: the bytes of a file, and the pixels that they were made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal, cast

from shoplens.errors import PhotoError
from shoplens.photos.decode import decode, encode, read_facts
from shoplens.photos.strip import ai_mark, without_metadata
from shoplens.photos.suffixes import SUFFIXES
from shoplens.quality.fix import CannotFix
from shoplens.quality.photo_context import PhotoContext
from shoplens.records import Photo, Pixels

_QUALITY = 95
"""Of JPEG and WebP: the change stays below what is seen, also where a photo was a JPEG before."""

WrittenFormat = Literal["jpeg", "png", "webp"]

_NOT_SRGB = frozenset({"not_srgb", "cmyk_converted"})
"""Notes of a file whose bare numbers mean other colours than they would without its profile."""


@dataclass(frozen=True, eq=False)
class Draft:
    """One state of a photo.

    Attributes:
        data: a whole picture file.
        name: of the file, as the shop's feed gives it; its ending is what the format is compared with.
        photo: decoded in full, its colours converted to sRGB, as what is written has no profile. After a fix these are
            the pixels before they were compressed, so that a second fix does not lose what the first one's file lost.
        broken_profile: whether the colours could not be converted; then the pixels are the bare numbers, and are not
            written anew.
    """

    data: bytes
    name: str
    photo: Photo
    broken_profile: bool = False

    @staticmethod
    def of(data: bytes, name: str) -> Draft:
        """Decode a file.

        Raises:
            PhotoError: it cannot be decoded.
        """
        if _NOT_SRGB.isdisjoint(read_facts(data, name=name).notes):
            return Draft(data, name, decode(data, name=name))
        try:
            return Draft(data, name, decode(data, name=name, managed=True))
        except PhotoError:
            return Draft(data, name, decode(data, name=name), broken_profile=True)

    @cached_property
    def context(self) -> PhotoContext:
        """What checks measure, of this state."""
        return PhotoContext(self.photo, name=self.name)

    @property
    def suffix(self) -> str:
        """The name's ending, in lower case."""
        return PurePosixPath(self.name).suffix.lower()

    def with_pixels(self, pixels: Pixels, format: WrittenFormat | None = None) -> Draft:
        """Return the draft with other pixels, in its own format or another one.

        Of its metadata only the mark of a picture that AI made is kept. Where a format is given, or it is another one,
        the name gets an ending that fits. A GIF becomes a PNG.

        Raises:
            CannotFix: its colour profile is broken.
            BadInput: the picture is too large for the format or for a shop.
        """
        if self.broken_profile:
            raise CannotFix("Its colour profile is broken, so it is not known which colours it means.")
        own = self.photo.facts.format
        kind: WrittenFormat = format or cast(WrittenFormat, "png" if own == "gif" else own)
        data = encode(pixels, kind, _QUALITY)
        if mark := ai_mark(self.data):
            data = without_metadata(data, mark)
        name = self.name
        if (format or kind != own) and self.suffix and self.suffix not in SUFFIXES[kind]:
            name = str(PurePosixPath(self.name).with_suffix(SUFFIXES[kind][0]))
        return Draft(data, name, Photo(read_facts(data, name=name), pixels))

    def with_data(self, data: bytes) -> Draft:
        """Return the draft with another file that holds the same pixels."""
        return replace(self, data=data, photo=Photo(read_facts(data, name=self.name), self.photo.pixels))


def format_of_suffix(suffix: str) -> str:
    """Return the format that an ending promises, "" for an unknown one."""
    return next((kind for kind, suffixes in SUFFIXES.items() if suffix in suffixes), "")
