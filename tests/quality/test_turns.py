"""Which way up a photo stands: what the looks say together is arithmetic, what is told of drawn photos is known."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from shoplens.demo.assortment import plan_assortment
from shoplens.demo.photographer import Photographer
from shoplens.errors import BundleError
from shoplens.photos.decode import encode
from shoplens.quality import gist_head as heads
from shoplens.quality.checks.rotated import Rotated
from shoplens.quality.gist_head import GistHead, gist_head, head_threshold
from shoplens.quality.gist_reader import gist_reader
from shoplens.quality.inspector import Inspector
from shoplens.quality.mender import Mender
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.quality.rule_pack import RulePack
from shoplens.quality.turn import Turn, agreed, upright_at_once
from shoplens.records import Pixels
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.quality.drawn import as_photo, found, product
from tests.quality.spoiled import cases_to_ask_for

NEVER_SEEN = 909
ONLY = RulePack("turned", "Turned", "1", RulePack.load("shop").rules_for("photo_rotated"))


def shop_photos(count: int = 24) -> list[Pixels]:
    """Products of a drawn shop of a seed that no head was trained on, with their front on white."""
    return [Photographer(one, 240, NEVER_SEEN).take("front") for one in plan_assortment(NEVER_SEEN, count)[:count]]


def sure_of(truth: int, by: float = 0.9) -> np.ndarray:
    """What an ideal look says of a photo that lies turned so: log-probabilities `[1, 4]`."""
    rest = (1 - by) / 3
    return np.log(np.where(np.arange(4) == truth, by, rest))[None].astype(np.float32)


@pytest.mark.parametrize("truth", range(4))
def test_looks_that_agree_are_as_sure_as_each(truth: int) -> None:
    looks = [sure_of((truth + more) % 4) for more in range(4)]
    assert agreed(looks)[0].argmax() == truth
    assert agreed(looks)[0, truth] == pytest.approx(0.9, abs=1e-6)


def test_looks_that_always_say_the_same_cancel_out() -> None:
    """What looks alike from all sides says "turned by a quarter" however it is turned: nothing is known."""
    assert agreed([sure_of(1)] * 4)[0] == pytest.approx([0.25] * 4, abs=1e-6)


def test_a_half_turn_of_what_looks_alike_upside_down_is_open() -> None:
    looks = [sure_of(more % 2) for more in range(4)]
    assert agreed(looks)[0, 0] == pytest.approx(agreed(looks)[0, 2], abs=1e-6)


def test_one_look_is_enough_where_it_does_not_speak_against_upright() -> None:
    looks = np.concatenate([sure_of(0), sure_of(1, by=0.5), sure_of(1), sure_of(2)])
    assert upright_at_once(looks).tolist() == [True, True, False, False]


@pytest.mark.parametrize("quarters", range(4))
def test_turning_back_gives_the_very_pixels(quarters: int) -> None:
    pixels = product(130, 90)
    turned = np.rot90(pixels, quarters)
    assert np.array_equal(Turn(quarters, 1.0).upright(turned), pixels)


def test_a_symmetric_picture_is_not_sure() -> None:
    grid = np.indices((200, 200)).sum(axis=0) // 25 % 2
    board = np.where(grid[..., None] > 0, np.uint8([200, 30, 30]), np.uint8([240, 240, 240])).astype(np.uint8)
    rings = np.hypot(*(np.indices((200, 200)) - 99.5)) // 12 % 2
    target = np.repeat((60 + 150 * rings).astype(np.uint8)[..., None], 3, axis=2)
    for pixels in (board, target, np.full((90, 90, 3), 128, np.uint8)):
        for quarters in range(4):
            assert not found("photo_rotated", np.ascontiguousarray(np.rot90(pixels, quarters)))


def test_upright_photos_pass_and_what_is_told_of_turned_ones_is_true() -> None:
    photos, told = shop_photos(), 0
    assert sum(bool(found("photo_rotated", pixels)) for pixels in photos) <= 1
    for pixels in photos:
        for quarters in (1, 2, 3):
            turned = np.ascontiguousarray(np.rot90(pixels, quarters))
            if not found("photo_rotated", turned):
                continue
            told += 1
            assert Turn.of(PhotoContext(as_photo(turned))).quarters == quarters
    assert told >= 0.25 * 3 * len(photos)


def test_the_finding_says_how_and_both_sides_of_its_limit_hold() -> None:
    turned = turned_photo()
    (finding,) = found("photo_rotated", turned)
    assert "quarter to the left" in finding.description
    assert finding.detail is not None
    assert finding.detail.measured > finding.detail.threshold == head_threshold("turn")
    for limit, findings in ((finding.detail.measured - 0.001, 1), (finding.detail.measured + 0.001, 0)):
        rule = Rule("photo_rotated", "warning", {"max_sure": limit})
        assert len(list(Rotated().inspect(as_photo(turned), PhotoContext(as_photo(turned)), rule))) == findings


def turned_photo() -> Pixels:
    """The first of the drawn photos that is told to be turned by a quarter to the left."""
    for pixels in shop_photos():
        turned = np.ascontiguousarray(np.rot90(pixels))
        if found("photo_rotated", turned):
            return turned
    raise AssertionError("no turned photo is told")


def test_the_fix_is_made_where_it_is_asked_for_and_only_there() -> None:
    data = encode(turned_photo(), "png")
    mender = Mender(Inspector([ONLY]).plan)
    unasked = mender.mend(data, "a.png")
    assert (unasked.draft.data, unasked.steps) == (data, ())
    asked = mender.mend(data, "a.png", codes=["photo_rotated"])
    assert asked.steps == (("turn_back", "photo_rotated"),)
    assert np.array_equal(asked.draft.photo.pixels, np.rot90(turned_photo(), -1))


def test_heads_are_small_and_fit_the_base_model() -> None:
    folder = files("shoplens.quality") / "heads"
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert sum(len((folder / f"{name}.npz").read_bytes()) for name in ("turn", "person")) < 300_000
    assert card["base"] == gist_reader().bundle_id, "train them again: recipes/upright/README.md"
    assert "magento2-luma" in card["never_trained_on"]
    assert card["figures"]["turn"]["all"]["false_alarms"] <= card["false_alarms_wished"]


def test_heads_of_another_base_model_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "head_card", lambda: {"base": "base-of-yesterday"})
    gist_head.cache_clear()
    with pytest.raises(BundleError, match="another base model"):
        gist_head("turn")
    gist_head.cache_clear()


def test_a_head_is_a_perceptron() -> None:
    """Two channels, of which the roots are 2 and 3: hidden 2 and 0, logits 2 and 4."""
    head = GistHead(
        np.array([[1.0, -1.0], [0.0, 0.0]], np.float32),
        np.zeros(2, np.float32),
        np.array([[1.0, 2.0], [7.0, 7.0]], np.float32),
        np.zeros(2, np.float32),
    )
    answers = np.exp(head.log_probabilities(np.array([[4.0, 9.0]], np.float32)))[0]
    assert answers == pytest.approx([1 / (1 + np.e**2), np.e**2 / (1 + np.e**2)], abs=1e-6)


def test_a_shop_turns_a_photo_where_its_code_is_named(tmp_path: Path) -> None:
    (tmp_path / "lying.jpg").write_bytes(cases_to_ask_for(300)["lying"][1])
    (tmp_path / "feed.csv").write_text("id,title,image_link\nA,Jacket,lying.jpg\n")
    (tmp_path / "shop").mkdir()
    write_setting(tmp_path / "shop" / SETTINGS_FILE, "model", "none")
    with Shop.open(tmp_path / "shop", create=True) as shop:
        shop.import_catalog(tmp_path / "feed.csv")
        assert [finding.code for finding in shop.inspection.run().findings] == ["photo_rotated"]
        assert not shop.inspection.fix().photos
        (photo,) = shop.inspection.fix(code="photo_rotated").photos
        assert photo.steps == (("turn_back", "photo_rotated"),)
        assert not shop.inspection.run().findings
