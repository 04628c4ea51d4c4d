"""Noise, blocks, enlargement, burnt parts and casts: provable answers on both sides of each limit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shoplens.photos.decode import decode, encode
from shoplens.quality.checks.noisy import noise_level
from shoplens.quality.photo_context import PhotoContext
from shoplens.records import Pixels
from tests.quality.drawn import as_photo, found, product

SIZES = pytest.mark.parametrize("size", [(200, 200), (400, 300), (900, 1200)])
GREY = (150, 150, 150)


def noisy(pixels: Pixels, sigma: float) -> Pixels:
    grain = np.random.default_rng(0).normal(0, sigma, pixels.shape[:2])[..., None]
    return np.asarray(np.clip(np.rint(pixels + grain), 0, 255), np.uint8)


def squeezed(pixels: Pixels, quality: int) -> Pixels:
    return decode(encode(pixels, "jpeg", quality)).pixels


def enlarged(pixels: Pixels, factor: float) -> Pixels:
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)


def textured(width: int, height: int) -> Pixels:
    """Detail of every size down to the pixel: the power falls with the square of the frequency, as in photos."""
    rng = np.random.default_rng(3)
    y, x = np.meshgrid(np.fft.fftfreq(height), np.fft.fftfreq(width), indexing="ij")
    spectrum = np.fft.fft2(rng.normal(size=(height, width))) / np.maximum(np.hypot(x, y), 1 / max(width, height))
    plane = np.real(np.fft.ifft2(spectrum))
    plane = 128 + 40 * plane / plane.std()
    return np.repeat(np.clip(plane, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


@SIZES
def test_noisy(size: tuple[int, int]) -> None:
    photo = product(*size, backdrop=GREY)
    assert not found("photo_noisy", photo)
    assert not found("photo_noisy", noisy(photo, 3))
    (finding,) = found("photo_noisy", noisy(photo, 12))
    assert finding.detail is not None
    assert finding.detail.measured == pytest.approx(12, rel=0.15)


@pytest.mark.parametrize("sigma", [4.0, 8.0, 16.0])
def test_noise_is_measured_in_levels(sigma: float) -> None:
    photo = as_photo(noisy(np.full((320, 320, 3), 128, np.uint8), sigma))
    assert noise_level(PhotoContext(photo)) == pytest.approx(sigma, rel=0.12)


def test_fine_stripes_are_no_noise_and_a_white_photo_is_not_judged() -> None:
    stripes = np.full((300, 300, 3), 90, np.uint8)
    stripes[::4] = 180
    assert not found("photo_noisy", stripes)
    assert noise_level(PhotoContext(as_photo(np.full((300, 300, 3), 255, np.uint8)))) is None


@SIZES
def test_blocky(size: tuple[int, int]) -> None:
    photo = np.asarray(cv2.GaussianBlur(textured(*size), (0, 0), 2), np.uint8)
    assert not found("photo_blocky", photo)
    assert not found("photo_blocky", squeezed(photo, 90))
    assert found("photo_blocky", squeezed(photo, 10))
    assert found("photo_blocky", squeezed(photo, 10)[3:, 5:])


def test_a_pattern_that_repeats_every_five_pixels_is_no_block() -> None:
    pattern = np.full((400, 400, 3), 90, np.uint8)
    pattern[:, ::5] = 120
    pattern[::5] = 120
    assert not found("photo_blocky", pattern)


@SIZES
@pytest.mark.parametrize("factor", [2.0, 3.0])
def test_upscaled(size: tuple[int, int], factor: float) -> None:
    photo = textured(*size)
    assert not found("photo_upscaled", photo)
    small = np.asarray(cv2.resize(photo, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA), np.uint8)
    assert found("photo_upscaled", enlarged(small, factor))


def test_a_sharp_product_is_not_upscaled_and_a_blank_photo_not_judged() -> None:
    assert not found("photo_upscaled", product(400))
    assert not found("photo_upscaled", np.full((400, 400, 3), 255, np.uint8))


@SIZES
def test_over_exposed(size: tuple[int, int]) -> None:
    photo = product(*size, backdrop=GREY, seed=1)
    assert not found("photo_over_exposed", photo)
    burnt = np.asarray(np.clip(photo.astype(np.float32) * 4, 0, 255), np.uint8)
    burnt[photo[..., 0] == GREY[0]] = GREY
    assert found("photo_over_exposed", burnt)


@SIZES
def test_over_exposed_before_white(size: tuple[int, int]) -> None:
    photo = product(*size, seed=1)
    assert not found("photo_over_exposed", photo)
    assert found("photo_over_exposed", np.asarray(np.clip(photo * 3.0, 0, 255), np.uint8))


@SIZES
@pytest.mark.parametrize("seed", range(4))
def test_rims_that_jpeg_colours_are_not_over_exposed(size: tuple[int, int], seed: int) -> None:
    assert not found("photo_over_exposed", squeezed(product(*size, seed=seed), 90))


def test_light_things_with_shades_are_not_over_exposed() -> None:
    ramp = np.repeat(np.linspace(200, 255, 300, dtype=np.uint8)[None], 300, axis=0)
    assert not found("photo_over_exposed", np.dstack([ramp, ramp, ramp]))
    assert not found("photo_over_exposed", np.dstack([ramp, ramp // 2, ramp // 3]))
    cut = np.asarray(np.clip(ramp * 1.2, 0, 255), np.uint8)
    assert found("photo_over_exposed", np.dstack([cut, cut // 2, cut // 3]))


@SIZES
def test_color_cast(size: tuple[int, int]) -> None:
    photo = product(*size)
    assert not found("photo_color_cast", photo)
    warm = np.asarray(photo * np.array([1.0, 0.75, 0.35]), np.uint8)
    assert found("photo_color_cast", warm)
    assert not found("photo_color_cast", np.asarray(photo * np.array([1.0, 0.97, 0.92]), np.uint8))


def test_a_coloured_thing_with_something_grey_has_no_cast_until_the_grey_is_coloured_too() -> None:
    photo = np.full((300, 300, 3), (230, 140, 40), np.uint8)
    photo[100:200, 100:200] = (120, 120, 120)
    assert not found("photo_color_cast", photo)
    veiled = np.asarray(photo * np.array([1.0, 0.8, 0.6]), np.uint8)
    (finding,) = found("photo_color_cast", veiled)
    assert finding.detail is not None
    assert finding.detail.measured > finding.detail.threshold


def test_what_is_nearly_black_has_no_colour() -> None:
    assert not found("photo_color_cast", np.full((200, 200, 3), (40, 12, 4), np.uint8))
