"""A photo on its way to being mended: the bytes of a file, and the pixels that they were made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal, cast

from shoplens.photos.decode import decode, encode, read_facts
from shoplens.quality.photo_context import PhotoContext
from shoplens.records import Photo, Pixels

_QUALITY = 95
"""Of JPEG and WebP: the change stays below what is seen, also where a photo was a JPEG before."""

_SUFFIXES: dict[str, tuple[str, ...]] = {
    "jpeg": (".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg"),
    "png": (".png",),
    "webp": (".webp",),
    "gif": (".gif",),
}
WrittenFormat = Literal["jpeg", "png", "webp"]


@dataclass(frozen=True, eq=False)
class Draft:
    """One state of a photo.

    Attributes:
        data: a whole picture file.
        name: of the file, as the shop's feed gives it; its ending is what the format is compared with.
        photo: decoded in full. After a fix these are the pixels before they were compressed, so that a second fix
            does not lose what the first one's file lost.
    """

    data: bytes
    name: str
    photo: Photo

    @staticmethod
    def of(data: bytes, name: str) -> Draft:
        """Decode a file.

        Raises:
            PhotoError: it cannot be decoded.
        """
        return Draft(data, name, decode(data, name=name))

    @cached_property
    def context(self) -> PhotoContext:
        """What checks measure, of this state."""
        return PhotoContext(self.photo, name=self.name)

    @property
    def suffix(self) -> str:
        """The name's ending, in lower case."""
        return PurePosixPath(self.name).suffix.lower()

    def with_pixels(self, pixels: Pixels, format: WrittenFormat | None = None) -> Draft:
        """Return the draft with other pixels, without metadata, in its own format or another one.

        What is written in another format gets the ending that fits. A GIF becomes a PNG.
        """
        own = self.photo.facts.format
        kind: WrittenFormat = format or cast(WrittenFormat, "png" if own == "gif" else own)
        data = encode(pixels, kind, _QUALITY)
        name = self.name
        if kind != own and self.suffix and self.suffix not in _SUFFIXES[kind]:
            name = str(PurePosixPath(self.name).with_suffix(_SUFFIXES[kind][0]))
        return Draft(data, name, Photo(read_facts(data, name=name), pixels))

    def with_data(self, data: bytes) -> Draft:
        """Return the draft with another file that holds the same pixels."""
        return Draft(data, self.name, Photo(read_facts(data, name=self.name), self.photo.pixels))


def format_of_suffix(suffix: str) -> str:
    """Return the format that an ending promises, "" for an unknown one."""
    return next((kind for kind, suffixes in _SUFFIXES.items() if suffix in suffixes), "")
