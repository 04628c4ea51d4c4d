"""Files made to hurt, by accident or on purpose, are refused for the right reason, quickly and in little memory."""

from __future__ import annotations

import random
import runpy
import subprocess
import sys
import time
import tracemalloc
import warnings
import zlib
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from shoplens.errors import PhotoError
from shoplens.photos.decode import Limits, decode
from tests.photos.drawing import off_by, quarters, saved

FUZZ = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "decode_fuzz.py"))
JPEG, PNG = saved(quarters(), "JPEG"), saved(quarters(), "PNG")
WEBP, GIF = saved(quarters(), "WEBP"), saved(Image.fromarray(quarters()).quantize(8), "GIF")
BUSY = saved(Image.effect_noise((256, 256), 90).convert("RGB"), "JPEG", quality=90)


def code_of(data: bytes, name: str = "a.jpg", limits: Limits = Limits()) -> str:  # noqa: B008 - frozen
    with pytest.raises(PhotoError) as caught:
        decode(data, name=name, limits=limits)
    assert caught.value.what
    assert caught.value.remedy
    return caught.value.code


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def png(width: int, height: int, *extra: bytes, rows: bytes | None = None) -> bytes:
    header = chunk(b"IHDR", width.to_bytes(4) + height.to_bytes(4) + bytes([8, 0, 0, 0, 0]))
    body = chunk(b"IDAT", zlib.compress(bytes((width + 1) * height) if rows is None else rows))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + body + chunk(b"IEND", b"")


def test_empty() -> None:
    assert code_of(b"") == "photo_empty"


@pytest.mark.parametrize("data", [b"hello, this is text", b"a", b"\0" * 100, b"BM is how this text begins", b"GIF8"])
def test_text_named_jpg(data: bytes) -> None:
    assert code_of(data) == "photo_not_an_image"


def test_a_web_page_named_jpg_is_called_one() -> None:
    with pytest.raises(PhotoError, match="web page") as caught:
        decode(b"\n<!DOCTYPE html><html><title>404</title>", name="a.jpg")
    assert caught.value.code == "photo_not_an_image"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (saved(quarters(), "BMP"), "BMP"),
        (saved(quarters(), "TIFF"), "TIFF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"8BPS\0\1", "Photoshop"),
        (b"\xff\x0a\0\0", "JPEG XL"),
    ],
)
def test_other_formats_are_named_with_what_to_do(data: bytes, word: str) -> None:
    with pytest.raises(PhotoError, match=word) as caught:
        decode(data, name="a.jpg")
    assert caught.value.code == "photo_format"
    assert "Convert" in caught.value.remedy


@pytest.mark.parametrize("data", [JPEG, PNG, WEBP, GIF], ids=["jpeg", "png", "webp", "gif"])
def test_every_cut_is_an_error(data: bytes) -> None:
    # A GIF without its trailer is whole; so is a file that lost nothing.
    last = len(data) - (2 if data is GIF else 1)
    for cut in sorted(random.Random(1).sample(range(1, last), min(last - 1, 150))):
        assert code_of(data[:cut]) in {"photo_truncated", "photo_unreadable", "photo_not_an_image"}


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("tail", [b"", bytes(5000)])
def test_a_truncated_jpeg_is_no_grey_picture(share: float, tail: bytes) -> None:
    # Pre-allocated downloads end in zeros.
    assert code_of(BUSY[: int(len(BUSY) * share)] + tail) == "photo_truncated"


def test_a_thumbnail_does_not_pass_for_the_end_of_a_truncated_jpeg() -> None:
    exif = b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0" + JPEG
    with_thumbnail = saved(quarters(300, 200), "JPEG", exif=exif)
    assert decode(with_thumbnail).facts.width == 300
    assert code_of(with_thumbnail[:-40]) == "photo_truncated"


def test_bytes_behind_the_end_do_no_harm() -> None:
    for data in (JPEG, PNG, WEBP, GIF):
        assert off_by(decode(data + b"trailer" * 30).pixels, decode(data).pixels) == 0


def test_limits_are_refused_by_the_header() -> None:
    assert code_of(JPEG, limits=Limits(max_bytes=len(JPEG) - 1)) == "photo_too_large"
    assert code_of(JPEG, limits=Limits(max_pixels=64 * 48 - 1)) == "photo_too_many_pixels"
    assert decode(JPEG, limits=Limits(max_bytes=len(JPEG), max_pixels=64 * 48)).facts.width == 64
    assert Limits.upload().max_bytes < Limits().max_bytes
    assert Limits.upload().max_pixels < Limits().max_pixels


def widened_webp() -> bytes:
    data = bytearray(saved(Image.new("RGBA", (8, 8)), "WEBP", lossless=True, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"))
    assert data[12:16] == b"VP8X"
    data[24:30] = b"\xff\xff\x00\xff\xff\x00"
    return bytes(data)


def tall_jpeg() -> bytes:
    frame = JPEG.index(b"\xff\xc0")
    return JPEG[: frame + 5] + b"\xff\xff\xff\xff" + JPEG[frame + 9 :]


@pytest.mark.parametrize(
    "data",
    [
        png(30_000, 30_000, rows=b"\0"),
        tall_jpeg(),
        widened_webp(),
        b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\0;",
    ],
    ids=["png", "jpeg", "webp", "gif"],
)
def test_bombs_are_refused_by_their_header(data: bytes) -> None:
    tracemalloc.start()
    start = time.process_time()
    assert code_of(data) == "photo_too_many_pixels"
    assert time.process_time() - start < 0.2
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()


def many_scans() -> bytes:
    image = saved(Image.new("L", (2000, 2000), 128), "JPEG", progressive=True)
    first = image.index(b"\xff\xda")
    scan = image[image.rindex(b"\xff\xda") : -2]
    return image[:first] + scan * 2000 + image[first:]


HEAVY = {
    "jpeg of a million fill bytes": b"\xff\xd8" + b"\xff" * 8_000_000,
    "jpeg of junk": b"\xff\xd8\xff" + bytes(8_000_000),
    "jpeg of restart markers": b"\xff\xd8" + b"\xff\xd0" * 4_000_000,
    "jpeg of empty comments": b"\xff\xd8" + b"\xff\xfe\0\x02" * 2_000_000,
    "jpeg of thousands of scans": many_scans(),
    "png of empty chunks": png(8, 8, chunk(b"teXt", b"") * 600_000),
    "png without an end": b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", bytes([0, 0, 0, 9] * 2 + [8, 0, 0, 0, 0]))
    + bytes(9**7),
    "gif of comments": GIF[:13] + b"!\xfe" + (b"\xff" + b"c" * 255) * 30_000 + b"\0",
    "gif of extensions": b"GIF89a\x08\0\x08\0\0\0\0" + b"!\xf9\0" * 2_000_000,
    "webp of empty chunks": b"RIFF" + (8_000_012).to_bytes(4, "little") + b"WEBPVP8X" + bytes(8_000_008),
}


@pytest.mark.parametrize("data", HEAVY.values(), ids=HEAVY.keys())
def test_structures_made_to_waste_time(data: bytes) -> None:
    start = time.process_time()
    assert code_of(data) in {"photo_unreadable", "photo_truncated"}
    assert time.process_time() - start < 1.5


def test_compressed_text_and_colour_profiles_are_never_inflated() -> None:
    bomb = zlib.compress(bytes(60_000_000), 9)
    extras = [chunk(b"iCCP", b"p\0\0" + bomb), *[chunk(b"zTXt", b"k\0\0" + bomb)] * 20]
    data = png(16, 8, *extras, chunk(b"iTXt", b"k\0\1\0\0\0" + bomb))
    start = time.process_time()
    assert (decode(data).pixels == 0).all()
    assert time.process_time() - start < 0.2


def test_a_gif_with_megabytes_of_comment_is_decoded_without_it() -> None:
    comment = b"!\xfe" + (b"\xff" + b"c" * 255) * 20_000 + b"\0"
    table_end = 13 + 3 * 4
    start = time.process_time()
    photo = decode(GIF[:table_end] + comment + GIF[table_end:])
    assert time.process_time() - start < 0.5
    assert off_by(photo.pixels, decode(GIF).pixels) == 0


def test_a_png_that_inflates_to_more_than_its_size_gives_its_size() -> None:
    assert decode(png(16, 8, rows=bytes(50_000_000))).pixels.shape == (8, 16, 3)


def test_two_headers_that_disagree() -> None:
    twice = JPEG[:2] + JPEG[JPEG.index(b"\xff\xc0") : JPEG.index(b"\xff\xc4")] + JPEG[2:]
    assert code_of(twice) == "photo_unreadable"


def test_opencv_has_its_own_cap() -> None:
    # In a process of its own, as OpenCV reads the cap when it is first loaded.
    code = (
        "import sys, shoplens.photos.decode, cv2, numpy\n"
        "data = numpy.frombuffer(sys.stdin.buffer.read(), numpy.uint8)\n"
        "try: cv2.imdecode(data, 1)\n"
        "except cv2.error: print('refused')\n"
    )
    bomb = png(20_000, 20_000, rows=b"\0")
    done = subprocess.run([sys.executable, "-c", code], input=bomb, capture_output=True, check=True)
    assert done.stdout == b"refused\n"


def test_zero_sides() -> None:
    assert code_of(png(0, 8)) == "photo_unreadable"


def test_nothing_is_warned_about() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for data in FUZZ["mutants"](300, seed=3):
            FUZZ["check"](data)
    assert caught == []


def test_thousands_of_damaged_pictures_are_decoded_or_refused() -> None:
    outcomes = Counter(FUZZ["check"](data) for data in FUZZ["mutants"](6_000, seed=11))
    assert outcomes["decoded"] > 600
    assert outcomes["photo_truncated"] > 600
    assert outcomes["photo_unreadable"] > 600
