"""The one decoder for all bytes from outside: format allow-list by content, limits before decoding, upright RGB out."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

import cv2
import numpy as np
from PIL import Image
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from shoplens.errors import PhotoError
from shoplens.photos.color_profile import to_srgb
from shoplens.photos.encode import encode
from shoplens.photos.exif import Exif, read_exif
from shoplens.photos.formats import gif, jpeg, named, png, webp
from shoplens.photos.header import ADVICE, Header, damaged
from shoplens.photos.suffixes import PICTURE_SUFFIXES, SUFFIXES
from shoplens.records import Photo, PhotoFacts, Pixels

__all__ = ["Limits", "decode", "decode_file", "encode", "read_facts"]

_PILLOW: Final[dict[str, type[ImageFile]]] = {
    "jpeg": JpegImageFile,
    "png": PngImageFile,
    "webp": WebPImageFile,
    "gif": GifImageFile,
}
_REDUCED: Final = {
    1: cv2.IMREAD_COLOR_RGB,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2 | cv2.IMREAD_COLOR_RGB,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4 | cv2.IMREAD_COLOR_RGB,
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8 | cv2.IMREAD_COLOR_RGB,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused by its header, before anything is decoded. Of an animation only the first frame is decoded.

    The defaults are Google Merchant Center's: 16 MB and 64 megapixels.
    """

    max_bytes: int = 16 * 1024 * 1024
    max_pixels: int = 64_000_000

    @staticmethod
    def upload() -> Limits:
        """Return the tighter limits for a shopper's upload: 10 MB and 25 megapixels."""
        return Limits(max_bytes=10_000_000, max_pixels=25_000_000)


def decode(
    data: bytes, *, name: str = "", min_side: int | None = None, limits: Limits = Limits(), managed: bool = False
) -> Photo:
    """Decode a picture file to upright uint8 RGB.

    JPEG, PNG, WebP and GIF are told by their content. EXIF rotation is applied, CMYK converted, transparency laid on
    white, 16 bits reduced to 8, and of an animation the first frame taken; `facts.notes` says so. Safe to call from
    many threads; the interpreter lock is released while a library decodes.

    Args:
        data: the whole file.
        name: file name or URL, for messages and the check of its extension.
        min_side: a JPEG may be decoded at 1/2, 1/4 or 1/8 of its sides as long as the shorter one stays at or above
            this; None decodes in full.
        limits: what to refuse.
        managed: convert colours by the file's own profile to sRGB, as a browser shows them; checks and models see
            the bare numbers instead.

    Raises:
        PhotoError: with the code photo_empty, photo_too_large, photo_too_many_pixels, photo_not_an_image,
            photo_format, photo_truncated or photo_unreadable.
    """
    header, exif, facts = _inspect(data, name, limits)
    factor = 1
    if min_side is not None:
        factor = max(f for f in _REDUCED if f == 1 or min(header.width, header.height) // f >= max(min_side, 1))
    try:
        if header.plain and not managed:
            pixels = _decode_plain_jpeg(data, header, factor)
        else:
            pixels, notes = _decode_with_pillow(data, header, managed=managed)
            facts = _with_notes(facts, notes)
    except PhotoError:
        raise
    except Exception as error:
        # The libraries raise OSError, SyntaxError, ValueError, RuntimeError, struct.error, cv2.error ... on bad bytes.
        raise _translate(error, name) from error
    return Photo(facts, _upright(pixels, exif.orientation))


def decode_file(path: Path, *, min_side: int | None = None, limits: Limits = Limits()) -> Photo:
    """Decode a file on disk, as `decode` does.

    Raises:
        PhotoError: as `decode`; and photo_missing if there is no such file.
    """
    return decode(_read_file(path, limits), name=path.name, min_side=min_side, limits=limits)


def read_facts(data: bytes, *, name: str = "", limits: Limits = Limits()) -> PhotoFacts:
    """Return what the header says, without decoding a pixel; "alpha_flattened" is only known to `decode`.

    Raises:
        PhotoError: as `decode`, but broken picture data go unseen.
    """
    return _inspect(data, name, limits)[2]


def _read_file(path: Path, limits: Limits) -> bytes:
    try:
        if not path.is_file():
            raise PhotoError(
                "There is no such picture file.", received=path, remedy="Check the path.", code="photo_missing"
            )
        with path.open("rb") as file:
            return file.read(limits.max_bytes + 1)
    except OSError as error:
        raise PhotoError(
            f"The file cannot be read: {error.strerror}.", received=path, remedy="Check its rights."
        ) from error


def _inspect(data: bytes, name: str, limits: Limits) -> tuple[Header, Exif, PhotoFacts]:
    if not data:
        raise PhotoError(
            "The picture file is empty.", received=name or None, remedy="Copy or download it again.", code="photo_empty"
        )
    if len(data) > limits.max_bytes:
        raise PhotoError(
            f"The picture file is larger than {limits.max_bytes:,} bytes.",
            received=name or len(data),
            remedy="Save it smaller, for example as JPEG of quality 90.",
            code="photo_too_large",
        )
    header = _read_header(data, name)
    if header.width < 1 or header.height < 1:
        raise damaged("its size is zero", name or None)
    if header.width * header.height > limits.max_pixels:
        raise PhotoError(
            f"The picture has more than {limits.max_pixels:,} pixels.",
            received=f"{header.width} x {header.height}",
            remedy="Resize it before.",
            code="photo_too_many_pixels",
        )
    exif = read_exif(header.exif)
    facts = _facts(data, name, header, exif)
    return header, exif, facts


def _read_header(data: bytes, name: str) -> Header:
    if data.startswith(jpeg.MAGIC):
        return jpeg.read(data)
    if data.startswith(png.MAGIC):
        return png.read(data)
    if data.startswith(gif.MAGICS):
        return gif.read(data)
    if webp.matches(data):
        return webp.read(data)
    raise named.refusal(data, name)


def _facts(data: bytes, name: str, header: Header, exif: Exif) -> PhotoFacts:
    notes = list(header.notes)
    suffix = PurePosixPath(urlsplit(name).path if "://" in name else name).suffix.lower()
    if exif.orientation != 1:
        notes.append("exif_rotated")
    if exif.gps:
        notes.append("gps")
    if exif.personal:
        notes.append("personal")
    if not exif.readable:
        notes.append("exif_unreadable")
    if suffix in PICTURE_SUFFIXES and suffix not in SUFFIXES[header.format]:
        notes.append("wrong_extension")
    width, height = (header.height, header.width) if exif.orientation >= 5 else (header.width, header.height)
    return PhotoFacts(hashlib.sha256(data).hexdigest(), header.format, width, height, len(data), tuple(notes))


def _with_notes(facts: PhotoFacts, notes: tuple[str, ...]) -> PhotoFacts:
    return PhotoFacts(facts.sha256, facts.format, facts.width, facts.height, facts.size_bytes, facts.notes + notes)


def _decode_plain_jpeg(data: bytes, header: Header, factor: int) -> Pixels:
    flags = _REDUCED[factor] | cv2.IMREAD_IGNORE_ORIENTATION
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if pixels is None or pixels.shape != (-(-header.height // factor), -(-header.width // factor), 3):
        raise damaged("the JPEG data cannot be decoded")
    return np.asarray(pixels, np.uint8)


def _decode_with_pillow(data: bytes, header: Header, *, managed: bool) -> tuple[Pixels, tuple[str, ...]]:
    """Return RGB pixels, and the note "alpha_flattened" if any pixel was transparent."""
    whole = managed or header.essence == (slice(None),)
    essence = data if whole else b"".join(data[part] for part in header.essence)
    with _PILLOW[header.format](io.BytesIO(essence)) as image:
        if image.size != (header.width, header.height):
            raise damaged("two headers give different sizes", image.size)
        image.load()
        if image.mode.startswith("I"):
            grey = (np.asarray(image).astype(np.uint32) >> 8).clip(0, 255).astype(np.uint8)
            return np.repeat(grey[..., None], 3, axis=2), ()
        return _flattened(to_srgb(image) if managed else image)


def _flattened(image: Image.Image) -> tuple[Pixels, tuple[str, ...]]:
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        alpha = rgba.getchannel("A")
        if alpha.getextrema()[0] != 255:
            paper = Image.new("RGB", image.size, "white")
            paper.paste(rgba, mask=alpha)
            return np.array(paper), ("alpha_flattened",)
    return np.array(image.convert("RGB")), ()


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Undo an EXIF orientation (CIPA DC-008, tag 0x0112)."""
    if orientation >= 5:
        pixels = np.transpose(pixels, (1, 0, 2))
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _translate(error: Exception, name: str) -> PhotoError:
    text = str(error) or type(error).__name__
    if "truncated" in text or "Truncated" in text:
        return PhotoError(
            "The picture file is cut off.",
            received=name or None,
            remedy="Copy or download it again.",
            code="photo_truncated",
        )
    return PhotoError(f"The picture cannot be decoded: {text:.120}.", received=name or None, remedy=ADVICE)
