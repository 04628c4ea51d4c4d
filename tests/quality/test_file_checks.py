"""What a file is, apart from what it shows: each fact written into real bytes, and read back by the inspector."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import replace

import pytest
from PIL import Image, ImageCms

from shoplens.photos.decode import decode
from shoplens.quality.inspector import Inspector
from tests.quality.drawn import as_photo, found, product

PICTURE = Image.fromarray(product(300))
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
OTHER = SRGB.replace(b"sRGB", b"XYZ1").replace("sRGB".encode("utf-16-be"), "XYZ1".encode("utf-16-be"))


def saved(format: str = "jpeg", picture: Image.Image = PICTURE, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def codes(data: bytes, rules: str = "shop") -> set[str]:
    return {finding.code for finding in Inspector([rules]).inspect_photo(data)}


@pytest.mark.parametrize("tag", [0x013B, 0x013C, 0x9C9D])
def test_a_name_in_the_metadata(tag: int) -> None:
    exif = Image.Exif()
    exif[tag] = "Jane Doe"
    assert "metadata_personal" in codes(saved(exif=exif))


@pytest.mark.parametrize("tag", [0xA430, 0xA431, 0xA435])
def test_a_serial_number_in_the_camera_part(tag: int) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[tag] = "12345"
    assert "metadata_personal" in codes(saved(exif=exif))


def test_harmless_metadata_passes_and_damaged_camera_data_keep_the_rotation() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    assert set(codes(saved(exif=exif))) == {"photo_exif_rotated"}
    exif[0x0112] = 3
    (upside_down,) = Inspector().inspect_photo(saved(exif=exif))
    assert upside_down.description.endswith("turned or mirrored.")
    entries = (
        struct.pack("<H", 2) + struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0) + struct.pack("<HHII", 0x8769, 4, 1, 2**31)
    )
    damaged = b"Exif\0\0" + b"II*\0" + struct.pack("<I", 8) + entries + struct.pack("<I", 0)
    assert decode(saved(exif=damaged)).facts.notes == ("exif_rotated",)


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_colour_profiles(format: str) -> None:
    assert "photo_color_space" not in codes(saved(format))
    assert "photo_color_space" not in codes(saved(format, icc_profile=SRGB))
    assert "photo_color_space" in codes(saved(format, icc_profile=OTHER))


def test_cmyk_is_for_print() -> None:
    assert "photo_color_space" in codes(saved("jpeg", PICTURE.convert("CMYK")))


@pytest.mark.parametrize("format", ["gif", "png", "webp"])
def test_an_animation(format: str) -> None:
    second = Image.fromarray(product(300, seed=5))
    assert "photo_animated" in codes(saved(format, save_all=True, append_images=[second]))
    assert "photo_animated" not in codes(saved(format))


def test_formats_by_channel() -> None:
    assert "file_format" not in codes(saved("webp"))
    (finding,) = (f for f in Inspector(["amazon"]).inspect_photo(saved("webp")) if f.code == "file_format")
    assert "takes jpeg, png, gif" in finding.description
    assert "file_format" not in codes(saved("jpeg"), "amazon")


def test_bytes_and_pixels() -> None:
    photo = as_photo(product(64))
    most = 16 * 1024 * 1024
    assert not found("file_too_large", replace(photo, facts=replace(photo.facts, size_bytes=most)))
    assert found("file_too_large", replace(photo, facts=replace(photo.facts, size_bytes=most + 1)))
    assert not found("too_many_pixels", as_photo(product(64), width=10_000, height=5_000), "amazon")
    assert found("too_many_pixels", as_photo(product(64), width=10_001, height=500), "amazon")
    assert not found("too_many_pixels", as_photo(product(64), width=8_000, height=8_000))
    assert found("too_many_pixels", as_photo(product(64), width=8_001, height=8_000))


@pytest.mark.parametrize(("size", "width"), [(16 * 1024 * 1024 + 1, 8_001), (16_790_000, 8_050), (20_000_000, 9_000)])
def test_what_is_too_large_reads_larger_than_the_limit_beside_it(size: int, width: int) -> None:
    photo = as_photo(product(64), width=width, height=8_000)
    large = replace(photo, facts=replace(photo.facts, size_bytes=size))
    for code in ("file_too_large", "too_many_pixels"):
        (finding,) = found(code, large)
        shown, limit = (float(number) for number in re.findall(r"\d+(?:\.\d+)?", finding.description))
        assert shown > limit
