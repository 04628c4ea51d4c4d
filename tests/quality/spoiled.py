"""Photos spoiled in one way that a safe fix mends, as files; what each shows is known."""

from __future__ import annotations

import io
import struct
from functools import cache

import cv2
import numpy as np
from PIL import Image

from shoplens.demo.assortment import plan_assortment
from shoplens.demo.photographer import Photographer
from shoplens.photos.encode import encode
from shoplens.records import Pixels
from tests.quality.drawn import product

LIGHT_GREY = (228, 226, 222)


def framed(pixels: Pixels, width: int = 14, color: tuple[int, int, int] = (200, 30, 60)) -> Pixels:
    """Draw a frame around a picture."""
    return np.asarray(cv2.copyMakeBorder(pixels, *(width,) * 4, cv2.BORDER_CONSTANT, value=color), np.uint8)


def moved(pixels: Pixels, right: int, down: int, color: tuple[int, int, int] = (255, 255, 255)) -> Pixels:
    """Move what a picture shows, on a backdrop of this colour."""
    height, width = pixels.shape[:2]
    matrix = np.array([[1.0, 0.0, right], [0.0, 1.0, down]])
    return np.asarray(cv2.warpAffine(pixels, matrix, (width, height), borderValue=color), np.uint8)


def strip(pixels: Pixels, times: int = 5) -> Pixels:
    """Put a picture into the middle of a long white strip."""
    height, width = pixels.shape[:2]
    canvas = np.full((height, times * width, 3), 255, np.uint8)
    canvas[:, (times - 1) * width // 2 : (times + 1) * width // 2] = pixels
    return canvas


def dimmed(pixels: Pixels, stops: float) -> Pixels:
    """Expose a picture by fewer stops, in linear light."""
    linear = np.power(pixels / 255.0, 2.2) * 2.0**-stops
    return np.asarray(np.rint(np.power(linear, 1 / 2.2) * 255), np.uint8)


def with_exif(
    pixels: Pixels, *, orientation: int = 1, gps: bool = False, artist: str = "", format: str = "JPEG"
) -> bytes:
    """Write a file whose EXIF data tell how it is turned, where it was taken and by whom.

    The stored pixels are turned so that a reader of EXIF sees `pixels`.
    """
    stored = {1: pixels, 6: np.rot90(pixels, 1), 8: np.rot90(pixels, -1), 3: pixels[::-1, ::-1]}[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    if artist:
        exif[0x013B] = artist
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(stored)).save(file, format, exif=exif.tobytes(), quality=95)
    return file.getvalue()


def wide_gamut(pixels: Pixels, format: str = "JPEG") -> bytes:
    """Write sRGB colours by the numbers of Display P3, with its profile, so that they look as before."""
    linear = np.where(pixels / 255 <= 0.04045, pixels / 255 / 12.92, ((pixels / 255 + 0.055) / 1.055) ** 2.4)
    to_p3 = np.linalg.inv(_P3) @ _SRGB
    other = np.clip(linear @ to_p3.T, 0, 1)
    coded = np.where(other <= 0.0031308, other * 12.92, 1.055 * other ** (1 / 2.4) - 0.055)
    file = io.BytesIO()
    picture = Image.fromarray(np.rint(coded * 255).astype(np.uint8))
    picture.save(file, format, icc_profile=_profile(), quality=97, subsampling=0)
    return file.getvalue()


_SRGB = np.array([[0.4360, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7141]])
_P3 = np.array([[0.5151, 0.2920, 0.1571], [0.2412, 0.6922, 0.0666], [-0.0011, 0.0419, 0.7841]])
"""Linear RGB to XYZ under D50, columns red, green, blue (ICC profiles of both spaces)."""


def _profile() -> bytes:
    """Return an ICC profile, version 2, of a display with the primaries of P3 and the curve of sRGB."""
    level = np.arange(1024) / 1023
    curve = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    table = struct.pack(">4s4xI", b"curv", 1024) + np.rint(curve * 65535).astype(">u2").tobytes()

    def xyz(values: np.ndarray) -> bytes:  # type: ignore[type-arg]
        return struct.pack(">4s4x3i", b"XYZ ", *(round(float(v) * 65536) for v in values))

    name = b"Drawn P3\0"
    text = struct.pack(">4s4xI", b"desc", len(name)) + name + bytes(78)
    tags = [
        (b"desc", text),
        (b"wtpt", xyz(np.array([0.9642, 1.0, 0.8249]))),
        (b"rXYZ", xyz(_P3[:, 0])),
        (b"gXYZ", xyz(_P3[:, 1])),
        (b"bXYZ", xyz(_P3[:, 2])),
        (b"rTRC", table),
        (b"gTRC", table),
        (b"bTRC", table),
        (b"cprt", struct.pack(">4s4x", b"text") + b"none\0"),
    ]
    offset, index, body = 128 + 4 + 12 * len(tags), b"", b""
    for signature, data in tags:
        index += struct.pack(">4sII", signature, offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = offset + len(body)
    head = struct.pack(">I4xI4s4s4s", size, 0x02400000, b"mntr", b"RGB ", b"XYZ ").ljust(36, b"\0") + b"acsp"
    head = head.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + index + body


def jacket(size: int = 480) -> Pixels:
    """A product of a drawn shop of which it is seen which way up it stands."""
    article = plan_assortment(909, 24)[3]
    return Photographer(article, size, 909).take("front")


@cache
def cases(size: int = 480, seed: int = 0) -> dict[str, tuple[str, bytes, str]]:
    """Return what was done to the photo: the code that it fails then, the file, and its name."""
    good = product(size, seed=seed, fill=0.85)
    # what is cut out of it is large enough for every channel
    small = product(max(size, 1400), seed=seed, fill=0.4)
    fitting = product(size, seed=seed, fill=0.5)
    wall, night = product(size, seed=seed, backdrop=LIGHT_GREY), product(size, seed=seed, backdrop=(150,) * 3)
    return {
        "gps": ("metadata_gps", with_exif(good, gps=True), "a.jpg"),
        "artist": ("metadata_personal", with_exif(good, artist="Ada"), "a.jpg"),
        "turned": ("photo_exif_rotated", with_exif(good, orientation=6), "a.jpg"),
        "wide gamut": ("photo_color_space", wide_gamut(good), "a.jpg"),
        "wide gamut PNG": ("photo_color_space", wide_gamut(good, "PNG"), "a.png"),
        "frame": ("photo_border", encode(framed(good), "jpeg", 92), "a.jpg"),
        "dark": ("photo_too_dark", encode(dimmed(night, 2.4), "png"), "a.png"),
        "grey wall": (
            "background_not_white",
            encode(wall, "jpeg", 92),
            "a.jpg",
        ),
        "off centre": ("product_off_center", encode(moved(fitting, size // 5, -size // 8), "jpeg", 92), "a.jpg"),
        "small in its frame": ("product_too_small", encode(small, "jpeg", 92), "a.jpg"),
        "strip": ("photo_extreme_aspect", encode(strip(good), "jpeg", 92), "a.jpg"),
        "misnamed": ("wrong_extension", encode(good, "jpeg", 92), "a.png"),
    }


@cache
def cases_to_ask_for(size: int = 480) -> dict[str, tuple[str, bytes, str]]:
    """Return the same for what is mended only where somebody asks for it."""
    lying = np.ascontiguousarray(np.rot90(jacket(size)))
    return {"lying": ("photo_rotated", encode(lying, "jpeg", 92), "a.jpg")}
