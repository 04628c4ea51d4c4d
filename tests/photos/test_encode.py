"""What is written can be read again, and holds nothing but pixels."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from shoplens.errors import BadInput
from shoplens.photos.decode import decode
from shoplens.photos.encode import encode
from tests.photos.drawing import off_by, quarters, saved


@pytest.mark.parametrize(("format", "most"), [("jpeg", 4.0), ("png", 0.0), ("webp", 4.0)])
def test_round_trip(format: str, most: float) -> None:
    photo = decode(encode(quarters(), format))
    assert photo.facts.format == format
    assert off_by(photo.pixels, quarters()) <= most


@pytest.mark.parametrize("format", ["jpeg", "png", "webp"])
def test_no_metadata_is_written(format: str) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "Secret camera", {1: "N", 2: (1.0, 2.0, 3.0)}
    source = decode(saved(quarters(), "JPEG", exif=exif, comment=b"Secret comment"))
    assert "gps" in source.facts.notes
    data = encode(source.pixels, format)
    assert b"Secret" not in data
    assert decode(data).facts.notes == ()
    with Image.open(io.BytesIO(data)) as image:
        assert not image.getexif()
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(image.info)


def test_quality_matters() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    assert len(encode(pixels, "jpeg", 30)) < len(encode(pixels, "jpeg", 95))


@pytest.mark.parametrize(("format", "quality"), [("bmp", 90), ("jpeg", 0), ("webp", 101)])
def test_refusals(format: str, quality: int) -> None:
    with pytest.raises(BadInput) as caught:
        encode(quarters(), format, quality)
    assert caught.value.remedy


def test_too_long_for_the_format() -> None:
    strip = np.zeros((1, 70_000, 3), np.uint8)
    for format in ("jpeg", "webp"):
        with pytest.raises(BadInput, match="70000 x 1"):
            encode(strip, format)
    assert decode(encode(strip, "png")).facts.width == 70_000
