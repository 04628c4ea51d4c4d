"""Every category in every shape that it has: recognisably there, inside the frame, and unlike the others."""

from __future__ import annotations

import numpy as np
import pytest

from shoplens.demo.assortment import CATEGORIES, Article, plan_assortment
from shoplens.demo.category import Category
from shoplens.demo.drawing.canvas import Canvas
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.paint import Paint
from shoplens.demo.photographer import Photographer
from shoplens.demo.shade import SHADES
from shoplens.photos.color_names import COLOR_NAMES, name_color

_GREEN = Paint((70, 132, 84))


def _drawn(category: Category, cut: dict[str, str], *, back: bool = False, seed: int = 3) -> Canvas:
    canvas = Canvas(128)
    category.draw(canvas, Look(_GREEN, Paint((60, 50, 44)), Paint((206, 208, 213)), cut, seed), back=back)
    return canvas


def _cuts(category: Category) -> list[dict[str, str]]:
    """Every choice of every cut at least once."""
    longest = max(len(choices) for choices in category.cuts.values())
    return [{name: choices[k % len(choices)] for name, choices in category.cuts.items()} for k in range(longest)]


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.key)
def test_every_shape_is_drawn_within_the_frame(category: Category) -> None:
    for cut in _cuts(category):
        for back in {False, category.back}:
            alpha = _drawn(category, cut, back=back).alpha
            share = np.count_nonzero(alpha > 127) / alpha.size
            assert 0.02 < share < 0.75, f"{category.key} {cut} covers {share:.0%}"
            rim = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
            assert rim.max() == 0, f"{category.key} {cut} touches the frame"


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.key)
def test_another_seed_is_another_shape_and_the_same_seed_the_same(category: Category) -> None:
    cut = _cuts(category)[0]
    one, same, other = (_drawn(category, cut, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(one.color, same.color)
    assert not np.array_equal(one.alpha, other.alpha)


def test_the_main_part_has_the_product_s_colour() -> None:
    plain = [a for a in plan_assortment(7, 46) if a.look.main.pattern == "plain" and a.category.key == "cushions"]
    for article in plain:
        canvas = Canvas(128)
        article.category.draw(canvas, article.look)
        inside = canvas.color[canvas.alpha > 200].astype(int)
        assert np.abs(np.median(inside, axis=0) - article.look.main.color).max() < 45


def test_every_tone_is_named_as_it_is_sold() -> None:
    assert set(SHADES) <= set(COLOR_NAMES)
    wrong = [(name, rgb, name_color(rgb)) for name, tones in SHADES.items() for rgb in tones if name_color(rgb) != name]
    assert wrong == []


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return plan_assortment(7, len(CATEGORIES))


def test_main_photos_stand_on_white_and_fill_the_frame(articles: list[Article]) -> None:
    for article in articles:
        picture = Photographer(article, 128, 7).take("front")
        rim = np.concatenate([picture[:2].reshape(-1, 3), picture[-2:].reshape(-1, 3), picture[:, :2].reshape(-1, 3)])
        assert np.percentile(rim, 5) >= 250, article.id
        rows, columns = np.nonzero((picture < 225).any(axis=2))
        longest = max(np.ptp(rows), np.ptp(columns)) / 128
        assert 0.7 < longest <= 0.97, f"{article.id} fills {longest:.0%}"


def test_views_of_one_product_differ_and_repeat_exactly(articles: list[Article]) -> None:
    for article in articles[::4]:
        views = {view: Photographer(article, 96, 7).take(view) for view in ("front", "angle", "detail", "scene")}
        for view, picture in views.items():
            assert picture.shape == (96, 96, 3)
            assert np.array_equal(picture, Photographer(article, 96, 7).take(view))
        front = views["front"].astype(int)
        for view in ("angle", "detail", "scene"):
            assert np.abs(views[view] - front).mean() > 3, f"{article.id} {view}"


def test_a_shopper_s_photo_says_where_the_product_is(articles: list[Article]) -> None:
    for article in articles[::4]:
        snapshot = Photographer(article, 96, 7).snap(0)
        box = snapshot.box
        assert 0.15 < max(box.x1 - box.x0, box.y1 - box.y0) <= 1
        assert not np.array_equal(snapshot.pixels, Photographer(article, 96, 7).snap(1).pixels)
