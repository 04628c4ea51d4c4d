"""The pointing game (Zhang et al., 2016): the hottest place must lie on the thing that makes the class."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from shoplens.errors import UnknownName
from shoplens.models.bundle import Bundle, load_bundle
from shoplens.models.explain import Explainer, explain
from shoplens.models.heat_picture import heat_picture
from shoplens.models.settings import Settings
from shoplens.models.train import train
from tests.models.photo_shop import COLORS, write
from tests.models.tiny_bundle import plain, tiny_bundle

Rectangle = tuple[int, int, int, int]


def scene(color: tuple[int, int, int] | None, generator: np.random.Generator) -> tuple[np.ndarray, Rectangle]:
    """Return a photo with a coloured square, if any, among grey discs, and where it is: x0, y0, x1, y1."""
    photo = np.full((72, 96, 3), generator.integers(150, 240), np.float32)
    for _ in range(3):
        center = (int(generator.integers(0, 96)), int(generator.integers(0, 72)))
        cv2.circle(photo, center, int(generator.integers(6, 14)), (float(generator.integers(30, 120)),) * 3, -1)
    side = int(generator.integers(18, 28))
    x, y = int(generator.integers(0, 96 - side)), int(generator.integers(0, 72 - side))
    if color is not None:
        photo[y : y + side, x : x + side] = color
    return np.clip(photo + generator.normal(0, 6, photo.shape), 0, 255).astype(np.uint8), (x, y, x + side, y + side)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder, generator = tmp_path_factory.mktemp("scenes"), np.random.default_rng(0)
    # without "nothing", one of the colours would be what is left when the others are missing, and have no evidence
    for name, color in {**COLORS, "nothing": None}.items():
        for i in range(80):
            write(folder / "in" / name / f"{i:03}.png", scene(color, generator)[0])
    settings = Settings.for_preset("good", "simple_cnn", size=32, epochs=30, patience=15, batch=16, learning_rate=3e-3)
    done = train(folder / "in", settings, name="colours", home=folder / "shop")
    assert done.evaluation.accuracy >= 0.9
    return done.bundle


def test_the_heat_lies_on_the_planted_thing(trained: Bundle) -> None:
    generator, explainer = np.random.default_rng(1), Explainer(trained)
    hits, shares, areas = [], [], []
    for i in range(30):
        name = list(COLORS)[i % 3]
        photo, (x0, y0, x1, y1) = scene(COLORS[name], generator)
        why = explainer.explain(photo, trained.labels.index(name))
        assert why.heat.shape == photo.shape[:2]
        assert why.heat.dtype == np.float32
        y, x = np.unravel_index(why.heat.argmax(), why.heat.shape)
        hits.append(x0 <= x < x1 and y0 <= y < y1)
        shares.append(why.heat[y0:y1, x0:x1].sum() / why.heat.sum())
        areas.append((x1 - x0) * (y1 - y0) / why.heat.size)
    assert np.mean(hits) >= 0.9
    # the thing holds several times the heat that an even map would give it
    assert np.mean(shares) > 3 * np.mean(areas)


def test_each_of_two_things_is_found_by_its_own_label(tmp_path: Path) -> None:
    photo = plain(120, 120, 120, 40, 80)
    photo[8:32, 4:28] = 250, 0, 0
    photo[8:32, 52:76] = 0, 0, 250
    for label, left in (("red", 4), ("Blue", 52)):
        heat = explain(tiny_bundle(tmp_path / label), photo, label).heat
        x = int(np.unravel_index(heat.argmax(), heat.shape)[1])
        assert left <= x < left + 24


def test_a_photo_without_any_evidence_is_cold(tmp_path: Path) -> None:
    why = explain(tiny_bundle(tmp_path), plain(200, 30, 30))
    assert why.label == "Red"
    assert why.probability > 0.9
    np.testing.assert_allclose(why.heat, 0, atol=1e-6)


def test_an_unknown_label_is_refused_with_the_choices(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="Green"):
        explain(tiny_bundle(tmp_path), plain(1, 2, 3), "purple")


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 90), (300, 4), (33, 57)])
def test_any_size_of_photo_is_explained_in_its_own_size(tmp_path: Path, height: int, width: int) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    heat = explain(tiny_bundle(tmp_path), photo).heat
    assert heat.shape == (height, width)
    assert np.isfinite(heat).all()
    assert heat.min() >= 0
    assert heat.max() <= 1


def test_the_picture_glows_where_it_is_hot_and_is_grey_where_it_is_cold() -> None:
    photo = plain(40, 90, 140, 20, 20)
    heat = np.zeros((20, 20), np.float32)
    heat[:, 10:] = 1
    picture = heat_picture(photo, heat).astype(int)
    assert picture.shape == photo.shape
    assert np.ptp(picture[5, 2]) < np.ptp(photo[5, 2].astype(int)) / 2
    assert picture[5, 15].sum() > picture[5, 2].sum() + 100


def test_the_shipped_bundle_is_explained() -> None:
    from shoplens.models.bundle import BASE

    photo = plain(255, 255, 255, 90, 70)
    cv2.circle(photo, (35, 45), 20, (220, 120, 20), -1)
    why = explain(load_bundle(BASE), photo)
    assert why.label in load_bundle(BASE).labels
    assert why.heat.shape == (90, 70)
