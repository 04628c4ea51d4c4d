"""What fixes may not do: change the product's pixels or colours, enlarge it, or keep what fails."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from shoplens.photos.decode import decode, encode
from shoplens.photos.encode import EncodeFormat
from shoplens.photos.strip import ai_mark, without_metadata
from shoplens.photos.tone import expose
from shoplens.quality.draft import Draft
from shoplens.quality.fix import CannotFix
from shoplens.quality.fixes.reformat import Reformat
from shoplens.quality.fixes.strip_metadata import StripMetadata
from shoplens.quality.fixes.whiten import whitened
from shoplens.quality.inspector import Inspector
from shoplens.quality.mender import Mended, Mender
from shoplens.quality.window import drawn_out
from shoplens.records import Finding, Pixels
from tests.quality.drawn import product
from tests.quality.spoiled import dimmed, framed, moved, wide_gamut, with_exif

RULES = ["google", "shop"]
RED = (200, 60, 50)
WRONG = Finding("wrong_extension", "warning", "photo", "The name is wrong.")
WALLS = [(228, 226, 222), (240, 240, 240), (215, 220, 224), (236, 232, 226)]


def mended(data: bytes, name: str = "a.png", rules: list[str] | None = None) -> Mended:
    return Mender(Inspector(rules or RULES).plan).mend(data, name)


def codes(result: Mended) -> list[str]:
    return [code for _, code in result.steps]


def shape_of(size: int, seed: int) -> npt.NDArray[np.bool_]:
    """Return where the drawn product is, its soft edge left out."""
    drawn = product(size, seed=seed, backdrop=(255, 0, 255))
    mask = (np.abs(drawn.astype(int) - (255, 0, 255)).sum(axis=2) > 200).astype(np.uint8)
    return cv2.erode(mask, np.ones((3, 3), np.uint8)) > 0


@pytest.mark.parametrize("wall", WALLS)
@pytest.mark.parametrize("seed", range(4))
def test_whitening_leaves_the_product_as_it_is(wall: tuple[int, int, int], seed: int) -> None:
    grain = np.random.default_rng(seed).normal(0, 2, (400, 400, 1))
    slope = np.linspace(-8, 8, 400)[:, None, None]
    photo = np.clip(product(400, seed=seed, backdrop=wall) + grain + slope, 0, 255).astype(np.uint8)
    draft = Draft.of(encode(photo, "png"), "a.png")
    white = whitened(photo, draft.context.subject)
    inside = shape_of(400, seed)
    assert np.array_equal(white[inside], photo[inside])
    away = cv2.dilate(inside.astype(np.uint8), np.ones((13, 13), np.uint8)) == 0
    assert white[away].min() >= 250
    assert "background_not_white" in codes(mended(encode(photo, "png"), rules=["amazon"]))


@pytest.mark.parametrize("paler", [6, 12, 20])
@pytest.mark.parametrize("grain", [0.0, 1.5])
def test_a_white_product_before_a_nearly_white_wall_is_not_eaten(paler: int, grain: float) -> None:
    photo = np.full((400, 400, 3), 226, np.uint8)
    cv2.rectangle(photo, (90, 90), (310, 310), (226 + paler,) * 3, -1)
    cv2.rectangle(photo, (150, 150), (250, 250), (60, 60, 160), -1)
    photo = np.clip(photo + np.random.default_rng(0).normal(0, grain, photo.shape), 0, 255).astype(np.uint8)
    result = mended(encode(photo, "png"), rules=["amazon"])
    if "background_not_white" in codes(result):
        # what was whitened is the wall: the pale product keeps its pixels
        assert np.array_equal(result.draft.photo.pixels[100:300, 100:300], photo[100:300, 100:300])


def test_a_white_hem_of_the_product_stays_as_it_is() -> None:
    photo = np.full((400, 400, 3), 226, np.uint8)
    cv2.circle(photo, (200, 200), 126, (244, 244, 244), -1)
    cv2.circle(photo, (200, 200), 120, (60, 60, 160), -1)
    hem = np.zeros((400, 400), np.uint8)
    cv2.circle(hem, (200, 200), 125, 1, -1)
    result = mended(encode(photo, "png"), rules=["shop"])
    assert "background_not_white" in codes(result)
    white = whitened(photo, Draft.of(encode(photo, "png"), "a.png").context.subject)
    assert np.array_equal(white[hem > 0], photo[hem > 0])
    assert white[20:50].min() >= 250


def test_a_coloured_wall_stays() -> None:
    result = mended(encode(product(400, backdrop=(200, 225, 200)), "png"), rules=["amazon"])
    assert "background_not_white" not in codes(result)
    assert any("not nearly white" in refusal.reason for refusal in result.refused)


@pytest.mark.parametrize("seed", range(3))
def test_a_brighter_exposure_keeps_the_ratio_of_the_channels(seed: int) -> None:
    night = dimmed(product(300, seed=seed, backdrop=(150, 150, 150)), 1.2)
    brighter = expose(night, 1.0)
    lit = night.min(axis=2) > 50
    before, after = (np.power(pixels[lit] / 255.0, 2.2) for pixels in (night, brighter))
    before, after = (part / part.sum(axis=1, keepdims=True) for part in (before, after))
    assert float(np.abs(before - after).max()) < 0.02
    assert float(np.median(brighter[lit].astype(float) / night[lit])) == pytest.approx(2 ** (1 / 2.2), rel=0.05)
    assert np.array_equal(expose(night, 0.0), night)


def test_a_photo_without_light_is_refused() -> None:
    result = mended(encode(dimmed(product(300, backdrop=(150, 150, 150)), 6), "png"))
    assert "photo_too_dark" not in codes(result)
    assert any("stops of light" in refusal.reason for refusal in result.refused)


@pytest.mark.parametrize("seed", range(4))
def test_reframing_moves_the_pixels_and_never_enlarges_them(seed: int) -> None:
    photo = moved(product(480, seed=seed, fill=0.5), 90, -60)
    result = mended(encode(photo, "png"))
    assert "product_off_center" in codes(result)
    after = result.draft.photo.pixels
    # the product is found again pixel by pixel
    rows, columns = np.nonzero((photo != 255).any(axis=2))
    part = photo[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    rows, columns = np.nonzero((after != 255).any(axis=2))
    assert np.array_equal(after[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1], part)
    for middle, side in ((rows.min() + rows.max(), after.shape[0]), (columns.min() + columns.max(), after.shape[1])):
        assert abs((middle + 1) / 2 / side - 0.5) < 0.02


def test_a_product_that_leaves_the_picture_is_not_reframed() -> None:
    photo = product(480, fill=0.9)[:, 140:]
    result = mended(encode(photo, "png"))
    assert not {"product_off_center", "product_too_large"} & set(codes(result))


def test_a_frame_is_cut_and_what_is_in_it_stays() -> None:
    photo = product(400, fill=0.85)
    result = mended(encode(framed(photo, 14), "png"))
    assert "photo_border" in codes(result)
    inner = result.draft.photo.pixels
    cut = (400 - inner.shape[0]) // 2
    assert 0 <= cut <= 8
    assert any(
        np.array_equal(inner, photo[top : top + inner.shape[0], left : left + inner.shape[1]])
        for top in range(2 * cut + 1)
        for left in range(2 * cut + 1)
    )


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_colours_look_as_they_did_before_they_were_converted(format: str) -> None:
    photo = product(300, fill=0.85)
    data = wide_gamut(photo, format)
    bare = decode(data).pixels
    result = mended(data, f"a.{format.lower()}")
    assert "photo_color_space" in codes(result)
    inside = shape_of(300, 0) if format == "PNG" else np.ones((300, 300), np.bool_)
    told = np.abs(decode(result.draft.data).pixels.astype(int) - photo)[inside]
    assert float(told.mean()) < 1.5
    if format == "PNG":
        assert float(np.abs(bare.astype(int) - photo)[inside].mean()) > 3 * float(told.mean())


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
@pytest.mark.parametrize("code", ["photo_exif_rotated", "photo_border"])
def test_every_fix_keeps_the_colours_that_the_profile_means(code: str, format: str) -> None:
    photo = product(300, fill=0.85)
    photo[110:190, 110:190] = RED
    data = wide_gamut(framed(photo) if code == "photo_border" else photo, format)
    if code == "photo_exif_rotated":
        exif, file = Image.Exif(), io.BytesIO()
        exif[0x0112] = 3
        with Image.open(io.BytesIO(data)) as opened:
            profile = opened.info["icc_profile"]
            opened.rotate(180).save(file, format, exif=exif.tobytes(), icc_profile=profile, quality=97, subsampling=0)
        data = file.getvalue()
    result = Mender(Inspector(RULES).plan).mend(data, f"a.{format.lower()}", codes=[code])
    assert codes(result) == [code, "photo_color_space"]
    after = decode(result.draft.data)
    assert "not_srgb" not in after.facts.notes
    told, lost = (
        np.median(_middle(found).astype(int) - RED, axis=(0, 1)) for found in (after.pixels, decode(data).pixels)
    )
    assert np.abs(told).max() <= 2
    assert np.abs(lost).max() >= 10


def _middle(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    return pixels[height // 2 - 10 : height // 2 + 10, width // 2 - 10 : width // 2 + 10]


def test_a_broken_colour_profile_keeps_the_pixels_as_they_are_and_holds_up_no_other_fix() -> None:
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112], exif[0x013B] = 3, "Ada Secret"
    broken = bytes(16) + b"RGB " + bytes(200)
    Image.fromarray(product(300, fill=0.85)).save(file, "JPEG", exif=exif, icc_profile=broken, quality=95)
    result = mended(file.getvalue(), "a.jpg")
    assert result.steps == (("strip_metadata", "metadata_personal"),)
    assert b"Ada Secret" not in result.draft.data
    refused = {refusal.code: refusal.reason for refusal in result.refused}
    assert {"photo_exif_rotated", "photo_color_space"} <= set(refused)
    assert refused["photo_exif_rotated"].startswith("Its colour profile is broken")


def test_a_backdrop_is_drawn_out_only_where_every_rim_that_needs_it_is_flat() -> None:
    photo = np.full((40, 120, 3), 255, np.uint8)
    photo[:4] = np.random.default_rng(0).integers(0, 90, (4, 120, 3))
    assert drawn_out(photo, 0, 40, 0, 0).shape == (80, 120, 3)
    for sides in ((40, 40, 0, 0), (40, 41, 0, 0), (40, 0, 40, 40)):
        with pytest.raises(CannotFix, match="not of one colour"):
            drawn_out(photo, *sides)


AI = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def made_by_ai(format: str, *, deflated: bool = False) -> bytes:
    """Write a file whose XMP data tell that AI made it and who wrote that, and whose EXIF data name somebody."""
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'e:DigitalSourceType="{AI}" e:AISystemUsed="Bob Secret"/></rdf:RDF></x:xmpmeta>'
    )
    exif, file, texts = Image.Exif(), io.BytesIO(), PngInfo()
    exif[0x0112], exif[0x013B] = 6, "Ada Secret"
    texts.add_itxt("XML:com.adobe.xmp", packet, zip=deflated)
    own = {"pnginfo": texts} if format == "PNG" else {"xmp": packet.encode()}
    Image.fromarray(product(240, 300, fill=0.85)).save(file, format, exif=exif, quality=95, **own)
    return file.getvalue()


def xmp_of(data: bytes) -> str:
    with Image.open(io.BytesIO(data)) as opened:
        packet = opened.info.get("xmp") or opened.info.get("XML:com.adobe.xmp") or ""
        return packet.decode() if isinstance(packet, bytes) else packet


@pytest.mark.parametrize(
    ("format", "deflated"), [("JPEG", False), ("PNG", False), ("PNG", True), ("WEBP", False)], ids=str
)
def test_that_ai_made_a_picture_is_still_told_and_nothing_else(format: str, deflated: bool) -> None:
    data = made_by_ai(format, deflated=deflated)
    before, name = decode(data), f"a.{format.lower()}"
    bare = without_metadata(data)
    assert np.array_equal(decode(bare).pixels, before.pixels)
    assert decode(bare).facts.notes == ("exif_rotated",)
    again = Draft.of(data, name).with_pixels(before.pixels).data
    assert decode(again, name=name).facts.notes == ()
    for kept in (bare, again, without_metadata(bare), mended(data, name).draft.data):
        assert AI in xmp_of(kept)
        assert ET.fromstring(xmp_of(kept)).tag == "{adobe:ns:meta/}xmpmeta"
        assert b"Secret" not in kept
        assert ai_mark(kept) == ai_mark(data)
    # in another format, too
    for other in ("jpeg", "png", "webp"):
        assert AI in xmp_of(Draft.of(data, name).with_pixels(before.pixels, other).data)


def test_what_content_credentials_tell_of_ai_is_kept() -> None:
    plain = encode(product(200), "jpeg")
    manifest = b"JP\0\1\0\0\0\1" + b"jumb claim by Ada Secret, digitalSourceType\x78\x46" + AI.encode()
    data = plain[:2] + b"\xff\xeb" + (len(manifest) + 2).to_bytes(2) + manifest + plain[2:]
    bare = without_metadata(data)
    assert AI in xmp_of(bare)
    assert b"Secret" not in bare
    assert without_metadata(bare, b"") == plain


def test_what_no_ai_made_has_no_mark() -> None:
    data = made_by_ai("JPEG").replace(b"trainedAlgorithmicMedia", b"digitalCapture         ")
    assert ai_mark(data) == b""
    assert xmp_of(without_metadata(data)) == ""


@pytest.mark.parametrize(("format", "suffix"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
@pytest.mark.parametrize("orientation", [1, 6, 3])
def test_metadata_go_and_every_pixel_stays(format: str, suffix: str, orientation: int) -> None:
    photo = product(240, 300)
    data = with_exif(photo, orientation=orientation, gps=True, artist="Ada Secret", format=format)
    before = decode(data, name=f"a.{suffix}")
    assert {"gps", "personal"} <= set(before.facts.notes)
    bare = without_metadata(data)
    after = decode(bare, name=f"a.{suffix}")
    assert np.array_equal(after.pixels, before.pixels)
    assert after.facts.notes == (("exif_rotated",) if orientation != 1 else ())
    assert b"Ada Secret" not in bare
    assert len(bare) < len(data)
    # other readers agree
    with Image.open(io.BytesIO(bare)) as opened:
        exif = opened.getexif()
        assert set(exif) <= {0x0112}
        assert exif.get(0x0112, 1) == orientation
        opened.load()


def test_what_stands_behind_the_end_of_a_jpeg_goes_too() -> None:
    data = encode(product(200), "jpeg") + with_exif(product(64), gps=True)
    bare = without_metadata(data)
    assert bare == encode(product(200), "jpeg")


def test_a_misnamed_file_becomes_what_its_name_says() -> None:
    photo = product(300, fill=0.85)
    result = mended(encode(photo, "png"), "a.jpg")
    assert result.steps == (("reformat", "wrong_extension"),)
    assert (result.draft.photo.facts.format, result.draft.name) == ("jpeg", "a.jpg")
    lossless = mended(encode(photo, "jpeg", 92), "a.png")
    assert lossless.draft.photo.facts.format == "png"
    assert np.array_equal(decode(lossless.draft.data).pixels, decode(encode(photo, "jpeg", 92)).pixels)


@pytest.mark.parametrize("suffix", ["heic", "gif"])
@pytest.mark.parametrize(("format", "named"), [("jpeg", "a.jpg"), ("png", "a.png"), ("webp", "a.webp")])
def test_a_file_whose_name_promises_what_cannot_be_written_keeps_its_format(
    suffix: str, format: EncodeFormat, named: str
) -> None:
    result = mended(encode(product(300, fill=0.85), format, 92), f"a.{suffix}")
    assert result.steps == (("reformat", "wrong_extension"),)
    assert (result.draft.photo.facts.format, result.draft.name) == (format, named)


def test_a_photo_too_large_for_its_format_is_written_in_another_one() -> None:
    long = np.full((16_400, 40, 3), 255, np.uint8)
    attempt = next(Reformat().attempts(Draft.of(encode(long, "jpeg"), "a.webp"), WRONG))
    assert (attempt.photo.facts.format, attempt.name) == ("jpeg", "a.jpg")


def test_a_photo_too_large_to_write_is_refused_for_that_fix_alone() -> None:
    class Grow:
        name, codes, order, sees_product, automatic = "grow", ("photo_exif_rotated",), 20, False, True

        def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
            yield draft.with_pixels(np.full((16_400, 40, 3), 255, np.uint8), "webp")

    class Swell(Grow):
        def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
            yield draft.with_data(draft.data + bytes(17_000_000))

    data = with_exif(product(300, fill=0.85), orientation=6, gps=True)
    for large, told in ((Grow(), "at most 16,383 pixels"), (Swell(), "larger than 16,777,216 bytes")):
        result = Mender(Inspector(RULES).plan, [StripMetadata(), large]).mend(data, "a.jpg")
        assert result.steps == (("strip_metadata", "metadata_gps"),)
        (refusal,) = result.refused
        assert refusal.reason.startswith("The mended file cannot be written: ")
        assert told in refusal.reason


def test_a_channel_that_takes_no_webp_gets_a_jpeg() -> None:
    result = mended(encode(product(1100, fill=0.85), "webp", 95), "a.webp", ["amazon"])
    assert ("reformat", "file_format") in result.steps
    assert (result.draft.photo.facts.format, result.draft.name) == ("jpeg", "a.jpg")


def test_an_animation_becomes_its_first_frame() -> None:
    frames = [Image.fromarray(product(300, seed=seed, fill=0.85)) for seed in (0, 1)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    result = mended(file.getvalue(), "a.gif")
    assert ("reformat", "photo_animated") in result.steps
    first: Pixels = decode(file.getvalue()).pixels
    assert float(np.abs(decode(result.draft.data).pixels.astype(int) - first).mean()) < 4


def test_what_stands_in_a_frame_is_not_taken_for_the_product() -> None:
    # the frame cannot be cut: what is left would be too small for the channel
    photo = product(500, fill=0.85)
    result = mended(encode(framed(photo[6:-6, 6:-6], 6), "png"), rules=["google-2027"])
    assert result.steps == ()
    assert {refusal.code for refusal in result.refused} >= {"photo_border"}


class Spoiler:
    """A fix that mends the frame and blurs everything."""

    name = "spoiler"
    codes = ("photo_border",)
    order = 1
    sees_product = False
    automatic = True

    def attempts(self, draft: Draft, finding: object):  # type: ignore[no-untyped-def]  # noqa: ANN201
        yield draft.with_pixels(np.asarray(cv2.GaussianBlur(product(400), (0, 0), 4), np.uint8))


def test_a_fix_that_spoils_something_else_is_refused_with_the_reason() -> None:
    data = encode(framed(product(400)), "png")
    result = Mender(Inspector(RULES).plan, [Spoiler()]).mend(data, "a.png")
    assert (result.draft.data, result.steps) == (data, ())
    (refusal,) = result.refused
    assert (refusal.fix, refusal.code) == ("spoiler", "photo_border")
    assert "would fail another check: The photo is blurred" in refusal.reason


@pytest.mark.parametrize(
    ("width", "height", "fill"), [(1400, 900, 0.4), (1400, 900, 0.5), (700, 450, 0.4), (480, 480, 0.6)]
)
def test_no_backdrop_is_cut_unasked_until_the_photo_is_too_small(width: int, height: int, fill: float) -> None:
    data = encode(product(width, height, fill=fill), "png")
    mender = Mender(Inspector(RULES).plan)
    result = mender.mend(data, "a.png")
    assert min(result.draft.photo.pixels.shape[:2]) >= min(500, height)
    asked = mender.mend(data, "a.png", asked=["product_too_small"])
    assert ("reframe", "product_too_small") in asked.steps
    # what keeps enough is taken before what does not, also where it was asked for
    assert (result.steps == asked.steps) == (min(asked.draft.photo.pixels.shape[:2]) >= min(500, height))
    if result.steps != asked.steps:
        (refusal,) = (refusal for refusal in result.refused if refusal.code == "product_too_small")
        assert "ask for product_too_small by its name" in refusal.reason


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("wide", "color"), [(25, (255, 0, 0)), (21, (0, 0, 255)), (9, (10, 120, 40))])
def test_no_line_of_a_frame_is_left(seed: int, wide: int, color: tuple[int, int, int]) -> None:
    data = encode(framed(product(900, 1118, seed=seed, fill=0.85), wide, color), "jpeg", 92)
    inner = Mender(Inspector(RULES).plan).mend(data, "a.jpg", codes=["photo_border"]).draft.photo.pixels
    assert inner.shape[0] <= 1118
    for line in (inner[0], inner[-1], inner[:, 0], inner[:, -1]):
        assert np.abs(line.astype(int) - 255).mean() < 25
    # and of the photo next to nothing is lost
    assert min(inner.shape[0] - 1118, inner.shape[1] - 900) >= -8


def still(kind: str, *, frames: int = 1) -> bytes:
    pictures = [Image.fromarray(moved(product(600, seed=seed, fill=0.5), 110, -70)) for seed in range(frames)]
    file = io.BytesIO()
    if kind == "CMYK":
        pictures[0].convert("CMYK").save(file, "JPEG", quality=95)
    else:
        pictures[0].save(file, kind, save_all=frames > 1, append_images=pictures[1:])
    return file.getvalue()


def test_an_animation_is_lost_only_where_it_is_to_be_mended() -> None:
    data, mender = still("GIF", frames=2), Mender(Inspector(RULES).plan)
    left = mender.mend(data, "a.gif", codes=["product_off_center"])
    assert (left.draft.data, left.steps) == (data, ())
    (refusal,) = left.refused
    assert "stay as it is (photo_animated)" in refusal.reason
    both = mender.mend(data, "a.gif", codes=["product_off_center", "photo_animated"])
    assert both.steps[:2] == (("reframe", "product_off_center"), ("reformat", "photo_animated"))


@pytest.mark.parametrize(("kind", "name", "told"), [
    ("GIF", "a.gif", ("reformat", "file_format")),
    ("CMYK", "a.jpg", ("to_srgb", "photo_color_space")),
])  # fmt: skip
def test_what_a_new_file_changes_besides_is_told(kind: str, name: str, told: tuple[str, str]) -> None:
    result = Mender(Inspector(RULES).plan).mend(still(kind), name, codes=["product_off_center"])
    assert result.steps == (("reframe", "product_off_center"), told)
