"""Each photo check on photos drawn for it, on both sides of its threshold, at several sizes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shoplens.records import Pixels
from tests.quality.drawn import as_photo, found, product

SIZES = pytest.mark.parametrize("size", [(200, 200), (400, 300), (900, 1200)])


def exposed(pixels: Pixels, gain: float, offset: float = 0.0) -> Pixels:
    return np.asarray(np.clip(pixels * gain + offset, 0, 255), np.uint8)


@pytest.mark.parametrize(
    ("pack", "category", "width", "height", "wanted"),
    [
        ("google", "", 100, 100, None),
        ("google", "", 99, 400, 100.0),
        ("google", "Apparel & Accessories > Clothing", 249, 400, 250.0),
        ("google", "apparel & accessories", 250, 250, None),
        ("google", "Hardware", 249, 400, None),
        ("google-2027", "", 500, 500, None),
        ("google-2027", "", 500, 499, 500.0),
        ("amazon", "", 499, 2000, 500.0),
        ("amazon", "", 500, 999, 1000.0),
        ("amazon", "", 500, 1000, None),
        ("allegro", "", 399, 200, 400.0),
        ("allegro", "", 400, 200, None),
        ("taobao-jd", "", 799, 800, 800.0),
        ("taobao-jd", "", 800, 800, None),
    ],
)
def test_too_small_by_each_pack(pack: str, category: str, width: int, height: int, wanted: float | None) -> None:
    photo = as_photo(product(64), width=width, height=height)
    findings = found("photo_too_small", photo, pack, category=category)
    assert [f.detail.threshold for f in findings if f.detail] == ([] if wanted is None else [wanted])


def test_too_small_reports_the_graver_of_two_rules_of_one_pack() -> None:
    (finding,) = found("photo_too_small", as_photo(product(64), width=300, height=300), "amazon")
    assert finding.severity == "error"
    assert finding.detail is not None
    assert finding.detail.measured == 300
    assert "300 x 300 px" in finding.description


@pytest.mark.parametrize(
    ("width", "height", "bad"), [(300, 100, False), (301, 100, True), (100, 301, True), (99, 99, False)]
)
def test_extreme_aspect(width: int, height: int, bad: bool) -> None:
    assert bool(found("photo_extreme_aspect", as_photo(product(64), width=width, height=height))) is bad


@SIZES
def test_too_dark(size: tuple[int, int]) -> None:
    photo = product(*size)
    assert found("photo_too_dark", exposed(photo, 0.2))
    assert not found("photo_too_dark", exposed(photo, 0.6))
    assert not found("photo_too_dark", product(*size, backdrop=(8, 8, 8), seed=4))


def test_a_black_product_on_white_is_not_dark() -> None:
    photo = np.full((300, 300, 3), 255, np.uint8)
    photo[20:280, 20:280] = 12
    assert not found("photo_too_dark", photo)


@SIZES
def test_too_bright(size: tuple[int, int]) -> None:
    photo = product(*size)
    assert found("photo_too_bright", exposed(photo, 0.15, 217))
    assert not found("photo_too_bright", photo)


def test_a_white_product_with_shadows_on_white_is_not_over_exposed() -> None:
    photo = np.full((300, 300, 3), 255, np.uint8)
    photo[60:240, 60:240] = 246
    photo[235:240, 60:240] = 190
    assert not found("photo_too_bright", photo)


@SIZES
def test_low_contrast(size: tuple[int, int]) -> None:
    photo = product(*size)
    assert found("photo_low_contrast", exposed(photo, 0.1, 120))
    assert not found("photo_low_contrast", exposed(photo, 0.5, 60))


def test_colour_alone_is_contrast() -> None:
    photo = np.full((200, 200, 3), (200, 60, 60), np.uint8)
    photo[:, :100] = (40, 120, 60)
    assert not found("photo_low_contrast", photo)


@SIZES
@pytest.mark.parametrize("color", [(255, 255, 255), (128, 128, 128), (20, 60, 120)])
def test_blank(size: tuple[int, int], color: tuple[int, int, int]) -> None:
    width, height = size
    photo = np.full((height, width, 3), color, np.uint8)
    assert found("photo_blank", photo)
    noisy = np.clip(photo + np.random.default_rng(0).normal(0, 2, photo.shape), 0, 255).astype(np.uint8)
    assert found("photo_blank", noisy)
    side = round(0.08 * min(size))
    photo[:side, :side] = (200, 30, 30)
    assert not found("photo_blank", photo)


@pytest.mark.parametrize("place", [0.02, 0.5, 0.92])
def test_a_small_thing_anywhere_is_no_blank_photo(place: float) -> None:
    photo = np.full((400, 400, 3), 255, np.uint8)
    start = round(place * 400)
    photo[start : start + 24, 180:204] = 40
    assert not found("photo_blank", photo)
    photo[start : start + 24, 186:204] = 255
    assert found("photo_blank", photo), "a sixth of a percent is a speck"


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (7, 40), (300, 2)])
def test_photos_of_a_few_lines_are_judged_too(size: tuple[int, int]) -> None:
    assert found("photo_blank", np.full((*size, 3), 90, np.uint8))


@SIZES
def test_background_not_white(size: tuple[int, int]) -> None:
    assert not found("background_not_white", product(*size), "amazon")
    (finding,) = found("background_not_white", product(*size, backdrop=(235, 240, 240)), "amazon")
    assert finding.severity == "error"
    assert finding.detail is not None
    assert finding.detail.measured == 1.0
    assert not found("background_not_white", product(*size, backdrop=(235, 240, 240)), "shop")
    assert not found("background_not_white", product(*size, backdrop=(90, 90, 90)), "amazon", main=False)


def test_a_product_may_touch_an_edge_of_a_white_photo() -> None:
    photo = np.full((400, 400, 3), 255, np.uint8)
    photo[200:, 100:300] = 40
    assert not found("background_not_white", photo, "amazon")
    photo[:, 280:] = 40
    (finding,) = found("background_not_white", photo, "amazon")
    assert finding.box is not None
    assert finding.box.x0 > 0.9


def test_facts_of_the_file() -> None:
    assert found("metadata_gps", as_photo(product(64), notes=("gps",)))
    assert found("wrong_extension", as_photo(product(64), notes=("wrong_extension",)))
    assert not found("metadata_gps", as_photo(product(64), notes=("exif_rotated",)))
    assert not found("wrong_extension", as_photo(product(64)))


@SIZES
@pytest.mark.parametrize("seed", range(4))
def test_blurred(size: tuple[int, int], seed: int) -> None:
    photo = product(*size, seed=seed)
    assert not found("photo_blurred", photo)
    # The check looks at the picture reduced to 512 pixels, so a larger one bears more blur.
    sigma = 3.0 * max(1.0, max(size) / 512)
    (finding,) = found("photo_blurred", cv2.GaussianBlur(photo, (0, 0), sigma))
    assert finding.detail is not None
    assert finding.detail.measured == pytest.approx(3.0, abs=0.7)


def test_blur_is_measured_in_pixels() -> None:
    photo = np.full((300, 300, 3), 230, np.uint8)
    photo[:, :150] = 40
    photo[:150] //= 2
    (finding,) = found("photo_blurred", cv2.GaussianBlur(photo, (0, 0), 2.5))
    assert finding.detail is not None
    assert finding.detail.measured == pytest.approx(2.5, abs=0.15)


def test_noise_hides_no_blur_and_makes_none() -> None:
    rng = np.random.default_rng(5)
    sharp = product(400, seed=1)
    noise = rng.normal(0, 8, sharp.shape)
    assert not found("photo_blurred", np.clip(sharp + noise, 0, 255).astype(np.uint8))
    assert found("photo_blurred", np.clip(cv2.GaussianBlur(sharp, (0, 0), 3) + noise, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("upright", [False, True])
def test_a_moved_camera_is_blur(upright: bool) -> None:
    streak = np.full((1, 13), 1 / 13, np.float32)
    moved = cv2.filter2D(product(400, seed=2), -1, streak.T if upright else streak)
    assert found("photo_blurred", moved)


def test_a_soft_backdrop_behind_a_sharp_product_is_no_blur() -> None:
    scene = cv2.GaussianBlur(product(400, seed=3, fill=1.3), (0, 0), 8)
    sharp = product(400, seed=1)
    inside = (sharp < 250).any(axis=2)
    scene[inside] = sharp[inside]
    assert not found("photo_blurred", scene)


def test_a_photo_without_edges_is_not_called_blurred() -> None:
    ramp = np.linspace(80, 180, 300).astype(np.uint8)
    assert not found("photo_blurred", np.repeat(np.repeat(ramp[None, :, None], 300, 0), 3, 2))


@SIZES
@pytest.mark.parametrize("color", [(220, 20, 20), (0, 0, 0), (30, 90, 200)])
@pytest.mark.parametrize("share", [0.01, 0.05, 0.15])
def test_border(size: tuple[int, int], color: tuple[int, int, int], share: float) -> None:
    thick = max(2, round(share * min(size)))
    framed = cv2.copyMakeBorder(product(*size), thick, thick, thick, thick, cv2.BORDER_CONSTANT, value=color)
    jpeg = cv2.imdecode(cv2.imencode(".jpg", framed, [cv2.IMWRITE_JPEG_QUALITY, 80])[1], cv2.IMREAD_COLOR)
    # JPEG stores colour at half the resolution, which dissolves a coloured line of two pixels.
    for photo in (framed, np.asarray(jpeg, np.uint8))[: 2 if thick >= 4 else 1]:
        (finding,) = found("photo_border", photo)
        assert finding.box is not None
        assert finding.box.x0 == pytest.approx(thick / framed.shape[1], abs=0.012)
        assert finding.box.y1 == pytest.approx(1 - thick / framed.shape[0], abs=0.012)


def test_a_frame_around_a_full_scene_is_found() -> None:
    scene = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8), (0, 0), 3)
    assert not found("photo_border", scene)
    assert found("photo_border", cv2.copyMakeBorder(scene, 12, 12, 12, 12, cv2.BORDER_CONSTANT, value=(240, 220, 0)))


@pytest.mark.parametrize("backdrop", [(255, 255, 255), (250, 250, 248), (120, 130, 140), (0, 0, 0)])
def test_a_plain_backdrop_is_no_border(backdrop: tuple[int, int, int]) -> None:
    assert not found("photo_border", product(400, backdrop=backdrop))


def test_a_white_canvas_and_bars_on_two_sides_are_no_border() -> None:
    scene = product(300, 200, backdrop=(90, 140, 90))
    canvas = cv2.copyMakeBorder(scene, 30, 30, 30, 30, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    bars = cv2.copyMakeBorder(scene, 40, 40, 0, 0, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    assert not found("photo_border", canvas)
    assert not found("photo_border", bars)
