"""Every format and kind of file that is let in comes out as the same upright RGB picture."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shoplens.errors import PhotoError
from shoplens.photos.decode import Limits, decode, decode_file, read_facts
from shoplens.records import Pixels
from tests.photos.drawing import off_by, quarters, saved

PICTURE = quarters()


def exif(**tags: object) -> Image.Exif:
    block = Image.Exif()
    if "orientation" in tags:
        block[0x0112] = tags["orientation"]
    if "gps" in tags:
        block[0x8825] = tags["gps"]
    return block


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (saved(PICTURE, "JPEG", quality=95, subsampling=0), "jpeg"),
        (saved(PICTURE, "JPEG", quality=95, subsampling=0, progressive=True), "jpeg"),
        (saved(PICTURE, "PNG"), "png"),
        (saved(PICTURE, "WEBP", lossless=True), "webp"),
        (saved(PICTURE, "WEBP", quality=95), "webp"),
        (saved(Image.fromarray(PICTURE).quantize(8), "GIF"), "gif"),
        (saved(Image.fromarray(PICTURE).quantize(8), "PNG"), "png"),
    ],
)
def test_formats_give_the_drawn_picture(data: bytes, format: str) -> None:
    photo = decode(data)
    assert photo.facts.format == format
    assert (photo.facts.width, photo.facts.height) == (64, 48)
    assert photo.facts.sha256 == hashlib.sha256(data).hexdigest()
    assert photo.facts.size_bytes == len(data)
    assert photo.facts.notes == ()
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.flags.c_contiguous
    assert off_by(photo.pixels, PICTURE) < 3
    assert read_facts(data) == photo.facts


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_undone(format: str, orientation: int) -> None:
    # What a camera stores for each orientation: the inverse of what a viewer has to do.
    stored = {
        1: PICTURE,
        2: PICTURE[:, ::-1],
        3: PICTURE[::-1, ::-1],
        4: PICTURE[::-1],
        5: np.transpose(PICTURE, (1, 0, 2)),
        6: np.rot90(PICTURE, 1),
        7: np.rot90(PICTURE, 2).transpose(1, 0, 2),
        8: np.rot90(PICTURE, 3),
    }[orientation]
    data = saved(np.ascontiguousarray(stored), format, exif=exif(orientation=orientation), quality=95)
    photo = decode(data)
    assert off_by(photo.pixels, PICTURE) < 6
    assert (photo.facts.width, photo.facts.height) == (64, 48)
    assert ("exif_rotated" in photo.facts.notes) == (orientation != 1)


def test_cmyk_becomes_rgb() -> None:
    photo = decode(saved(Image.fromarray(PICTURE).convert("CMYK"), "JPEG", quality=95))
    assert photo.facts.notes == ("cmyk_converted",)
    assert off_by(photo.pixels, PICTURE) < 8


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_transparency_is_laid_on_white(format: str) -> None:
    rgba = Image.fromarray(PICTURE).convert("RGBA")
    rgba.putalpha(Image.fromarray(np.where(np.arange(64) < 32, 0, 255).astype(np.uint8)[None].repeat(48, 0)))
    photo = decode(saved(rgba, format, lossless=True))
    assert photo.facts.notes == ("alpha_flattened",)
    assert (photo.pixels[:, :32] == 255).all()
    assert off_by(photo.pixels[:, 32:], PICTURE[:, 32:]) == 0


def test_half_transparency_mixes_with_white() -> None:
    rgba = Image.new("RGBA", (4, 4), (0, 0, 0, 128))
    assert decode(saved(rgba, "PNG")).pixels == pytest.approx(127, abs=1)


def test_an_opaque_alpha_channel_is_no_note() -> None:
    assert decode(saved(Image.fromarray(PICTURE).convert("RGBA"), "PNG")).facts.notes == ()


@pytest.mark.parametrize("transparency", [0, b"\0"])
def test_palette_with_a_transparent_entry(transparency: object) -> None:
    image = Image.new("P", (6, 4), 0)
    image.putpalette([200, 0, 0, 0, 0, 200])
    image.paste(1, (0, 0, 3, 4))
    photo = decode(saved(image, "PNG", transparency=transparency))
    assert tuple(photo.pixels[0, 0]) == (0, 0, 200)
    assert tuple(photo.pixels[0, 5]) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "LA", "1"])
def test_greys_become_three_equal_channels(mode: str) -> None:
    image = Image.linear_gradient("L").resize((64, 48)).convert(mode)
    pixels = decode(saved(image, "PNG")).pixels
    assert (pixels[..., 0] == pixels[..., 1]).all()
    assert (pixels[..., 0] == pixels[..., 2]).all()
    assert (pixels[..., 0] == np.asarray(image.convert("L"))).all()


def test_grey_jpeg() -> None:
    pixels = decode(saved(Image.new("L", (33, 17), 77), "JPEG")).pixels
    assert pixels.shape == (17, 33, 3)
    assert (pixels == 77).all()


def test_sixteen_bits_keep_their_upper_eight() -> None:
    levels = np.arange(256, dtype=np.uint16).reshape(16, 16)
    photo = decode(saved(Image.fromarray(levels * 256 + 5), "PNG"))
    assert photo.facts.notes == ("reduced_to_8_bit",)
    assert (photo.pixels[..., 0] == levels).all()


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_taken(format: str) -> None:
    frames = [Image.new("RGB", (20, 10), color) for color in ("red", "lime", "blue")]
    if format == "GIF":
        frames = [frame.quantize(4) for frame in frames]
    photo = decode(saved(frames[0], format, save_all=True, append_images=frames[1:], duration=50, lossless=True))
    assert photo.facts.notes == ("first_frame",)
    assert (photo.pixels == (255, 0, 0)).all()


@pytest.mark.parametrize("format", ["JPEG", "WEBP", "PNG"])
def test_a_place_in_the_exif_data_is_noted(format: str) -> None:
    gps = {1: "N", 2: (52.0, 30.0, 0.0), 3: "E", 4: (13.0, 24.0, 0.0)}
    assert "gps" in decode(saved(PICTURE, format, exif=exif(gps=gps))).facts.notes
    assert "gps" not in decode(saved(PICTURE, format, exif=exif(gps={0: b"\2\3\0\0"}))).facts.notes


def test_damaged_exif_data_do_not_cost_the_picture() -> None:
    data = saved(PICTURE, "JPEG", exif=b"Exif\0\0MM\0*\0\0\xff\xf0junk", quality=95)
    photo = decode(data)
    assert photo.facts.notes == ("exif_unreadable",)
    assert off_by(photo.pixels, PICTURE) < 5


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("a.png", True),
        ("a.JPG", False),
        ("a.jpeg", False),
        ("a", False),
        ("https://shop.example/a.webp?size=1.jpg", True),
        ("https://shop.example/image.php?file=a.png", False),
        ("photo#1.tiff", True),
    ],
)
def test_an_extension_that_lies_is_noted(name: str, wrong: bool) -> None:
    assert ("wrong_extension" in read_facts(saved(PICTURE, "JPEG"), name=name).notes) == wrong


@pytest.mark.parametrize(
    ("size", "min_side", "decoded"),
    [
        ((800, 1200), None, (1200, 800)),
        ((800, 1200), 801, (1200, 800)),
        ((800, 1200), 400, (600, 400)),
        ((800, 1200), 399, (600, 400)),
        ((800, 1200), 112, (300, 200)),
        ((803, 1201), 100, (151, 101)),
        ((800, 1200), 1, (150, 100)),
        ((7, 5), 3, (5, 7)),
    ],
)
def test_reduced_decoding_keeps_the_short_side(
    size: tuple[int, int], min_side: int | None, decoded: tuple[int, int]
) -> None:
    picture = quarters(*size)
    photo = decode(saved(picture, "JPEG", quality=95), min_side=min_side)
    assert photo.pixels.shape[:2] == decoded
    assert (photo.facts.width, photo.facts.height) == size
    corners = photo.pixels[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert np.abs(corners.astype(int) - picture[[0, 0, -1, -1], [0, -1, 0, -1]]).max() < 12


def test_decoding_the_same_bytes_in_many_threads() -> None:
    files = [saved(quarters(200 + i, 300), kind, quality=90) for i, kind in enumerate(["JPEG", "PNG", "WEBP"] * 4)]
    expected = [decode(data, min_side=50).pixels for data in files]
    wrong: list[int] = []

    def work() -> None:
        for i, data in enumerate(files):
            if not (decode(data, min_side=50).pixels == expected[i]).all():
                wrong.append(i)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "фото 照片.png"
    path.write_bytes(saved(PICTURE, "PNG"))
    assert off_by(decode_file(path).pixels, PICTURE) == 0
    with pytest.raises(PhotoError) as missing:
        decode_file(tmp_path / "none.png")
    assert missing.value.code == "photo_missing"
    with pytest.raises(PhotoError) as folder:
        decode_file(tmp_path)
    assert folder.value.code == "photo_missing"
    with pytest.raises(PhotoError) as large:
        decode_file(path, limits=Limits(max_bytes=10))
    assert large.value.code == "photo_too_large"


def test_real_phone_photos(shared_data: Path) -> None:
    for path in sorted((shared_data / "clothing" / "validation").rglob("*.jpg"))[:30]:
        photo = decode_file(path)
        with Image.open(path) as image:
            reference: Pixels = np.asarray(image.convert("RGB"))
        assert off_by(photo.pixels, reference) < 1.0
