"""Products in scenes whose boxes the drawing knows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from shoplens.demo.assortment import plan_assortment
from shoplens.demo.backdrop import surface
from shoplens.demo.photographer import Photographer, Snapshot
from shoplens.errors import BundleError
from shoplens.models.locator import SIDE, WEIGHTS, Locator, find_objects, shipped_locator
from shoplens.photos.geometry import resize
from shoplens.records import WHOLE, Box, FoundObject, Pixels

NOTHING = [FoundObject(WHOLE, 0.0)]
UNSEEN_SEED = 909


@pytest.fixture(scope="module")
def snapshots() -> list[Snapshot]:
    """Photos as shoppers take them, in drawn rooms and on drawn floors among other things."""
    return [Photographer(article, 200, UNSEEN_SEED).snap(1) for article in plan_assortment(UNSEEN_SEED, 16)]


def on_planks(*things: tuple[Pixels, int, int]) -> tuple[Pixels, list[Box]]:
    """Lay pictures of things on white upon drawn boards at (left, top), and return where they are."""
    scene = surface("planks", 1, 480).copy()
    boxes = []
    for thing, left, top in things:
        inside = thing.min(axis=2) < 240
        height, width = inside.shape
        scene[top : top + height, left : left + width][inside] = thing[inside]
        ys, xs = np.nonzero(inside)
        edges = left + xs.min(), top + ys.min(), left + xs.max() + 1, top + ys.max() + 1
        boxes.append(Box(*(float(edge) / 480 for edge in edges)))
    return scene, boxes


def thing(category: str, side: int) -> Pixels:
    article = next(a for a in plan_assortment(UNSEEN_SEED, 60) if a.category.key == category)
    return Photographer(article, side, UNSEEN_SEED).take("front")


def test_a_shopper_s_product_is_found_in_a_drawn_room(snapshots: list[Snapshot]) -> None:
    overlaps = [find_objects(shot.pixels)[0].box.overlap(shot.box) for shot in snapshots]
    assert np.mean([overlap > 0.5 for overlap in overlaps]) >= 0.85, overlaps
    assert np.mean(overlaps) >= 0.7


def test_each_of_two_products_has_its_box_and_the_larger_comes_first() -> None:
    scene, (large, small) = on_planks((thing("sweaters", 260), 20, 30), (thing("boots", 150), 310, 300))
    found = find_objects(scene)
    assert len(found) == 2
    assert found[0].box.overlap(large) > 0.6
    assert found[1].box.overlap(small) > 0.6


def test_on_a_plain_ground_the_box_is_exact() -> None:
    photo: Pixels = np.full((300, 400, 3), 255, np.uint8)
    photo[60:240, 120:280] = np.random.default_rng(0).integers(20, 90, (180, 160, 3), np.uint8)
    found = find_objects(photo)
    assert len(found) == 1
    assert found[0].box.overlap(Box(0.3, 0.2, 0.7, 0.8)) > 0.95


@pytest.mark.parametrize("level", [0, 90, 255])
def test_a_photo_of_nothing_is_taken_whole(level: int) -> None:
    assert find_objects(np.full((120, 200, 3), level, np.uint8)) == NOTHING


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (33, 900), (128, 128), (7, 5)])
def test_any_picture_gets_boxes_within_it(shape: tuple[int, int]) -> None:
    photo = np.random.default_rng(3).integers(0, 256, (*shape, 3), np.uint8)
    found = find_objects(photo)
    assert 1 <= len(found) <= 8
    assert all(0 <= one.score <= 1 for one in found)


def test_the_same_photo_gets_the_same_answer(snapshots: list[Snapshot]) -> None:
    other = Locator()
    for shot in snapshots[:4]:
        assert other.find(shot.pixels) == shipped_locator().find(shot.pixels) == shipped_locator().find(shot.pixels)


def test_the_size_of_a_photo_hardly_matters(snapshots: list[Snapshot]) -> None:
    for shot in snapshots[:6]:
        one, two = find_objects(shot.pixels)[0], find_objects(resize(shot.pixels, long=800))[0]
        assert one.box.overlap(two.box) > 0.75


def test_the_limit_keeps_the_first() -> None:
    scene, _ = on_planks((thing("sweaters", 260), 20, 30), (thing("boots", 150), 310, 300))
    assert find_objects(scene, limit=1) == find_objects(scene)[:1]


def test_it_ships_small_and_says_where_it_comes_from() -> None:
    card = json.loads((WEIGHTS / "locator.json").read_text(encoding="utf-8"))
    assert (WEIGHTS / "locator.onnx").stat().st_size <= 600_000
    assert card["input_size"] == SIDE
    assert card["data"]
    assert card["licence"] == "Apache-2.0"


class TestDamage:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return Path(shutil.copytree(WEIGHTS, tmp_path / "weights"))

    def test_an_altered_network_is_refused(self, folder: Path) -> None:
        data = bytearray((folder / "locator.onnx").read_bytes())
        data[len(data) // 2] ^= 1
        (folder / "locator.onnx").write_bytes(data)
        with pytest.raises(BundleError, match="altered"):
            Locator(folder)

    def test_a_missing_network_is_said(self, folder: Path) -> None:
        (folder / "locator.onnx").unlink()
        with pytest.raises(BundleError, match="missing"):
            Locator(folder)

    @pytest.mark.parametrize("card", ["{}", "[]", "no json", '{"sha256": 1, "least_score": 0.3}'])
    def test_a_card_without_facts_is_refused(self, folder: Path, card: str) -> None:
        (folder / "locator.json").write_text(card, encoding="utf-8")
        with pytest.raises(BundleError):
            Locator(folder)

    def test_another_network_is_refused(self, folder: Path) -> None:
        import hashlib

        from shoplens.models.bundle import BASE

        model = (BASE / "model.onnx").read_bytes()
        (folder / "locator.onnx").write_bytes(model)
        card = {"sha256": hashlib.sha256(model).hexdigest(), "least_score": 0.3}
        (folder / "locator.json").write_text(json.dumps(card), encoding="utf-8")
        with pytest.raises(BundleError, match="locator"):
            Locator(folder)
