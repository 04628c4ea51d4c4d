"""A person or a mannequin: which packs ask, what it costs where none does, and what is seen in drawn pictures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from shoplens.demo.assortment import plan_assortment
from shoplens.demo.photographer import Photographer
from shoplens.quality.checks.person_shown import PersonShown
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Pixels
from tests.quality.drawn import as_photo, found


def figure(size: int, seed: int, *, body: bool) -> Pixels:
    """Draw a shirt and trousers on white, worn by a body with head, arms and feet, or by nobody."""
    rng = np.random.default_rng(seed)
    canvas, unit = np.full((800, 600, 3), 255, np.uint8), 90
    skin = np.array([[226, 180, 148], [160, 110, 80], [240, 205, 180]])[seed % 3].tolist()
    shirt, trousers = rng.integers(30, 200, 3).tolist(), rng.integers(20, 120, 3).tolist()
    if body:
        cv2.ellipse(canvas, (300, 100), (34, 46), 0, 0, 360, skin, -1, cv2.LINE_AA)
        cv2.ellipse(canvas, (300, 80), (38, 40), 0, 180, 360, (60, 40, 30), -1, cv2.LINE_AA)
        cv2.rectangle(canvas, (284, 130), (316, 185), skin, -1)
        for side in (-1, 1):
            cv2.line(canvas, (300 + side * 85, 240), (300 + side * 120, 430), skin, 28, cv2.LINE_AA)
            cv2.circle(canvas, (300 + side * 122, 440), 18, skin, -1, cv2.LINE_AA)
            cv2.circle(canvas, (300 + side * 14, 98), 4, (40, 30, 30), -1, cv2.LINE_AA)
            cv2.ellipse(canvas, (300 + side * 42, 755), (30, 14), 0, 0, 360, skin, -1, cv2.LINE_AA)
        cv2.ellipse(canvas, (300, 124), (10, 4), 0, 0, 360, (150, 70, 70), -1, cv2.LINE_AA)
    outline = [(255, 175), (345, 175), (415, 230), (395, 290), (365, 262), (365, 430), (235, 430), (235, 262)]
    cv2.fillPoly(canvas, [np.array([*outline, (205, 290), (185, 230)], np.int32)], shirt, cv2.LINE_AA)
    legs = [(238, 430), (362, 430), (365, 740), (312, 740), (300, 500), (288, 740), (235, 740)]
    cv2.fillPoly(canvas, [np.array(legs, np.int32)], trousers, cv2.LINE_AA)
    noisy = np.clip(canvas + rng.normal(0, 2, canvas.shape), 0, 255).astype(np.uint8)[: 800 - unit // 9]
    return np.asarray(cv2.resize(noisy, (round(size * 0.76), size), interpolation=cv2.INTER_AREA), np.uint8)


def score(pixels: Pixels) -> float:
    rule = Rule("person_shown", "warning", {"max_score": -1.0})
    (finding,) = PersonShown().inspect(as_photo(pixels), PhotoContext(as_photo(pixels)), rule)
    assert finding.detail is not None
    return finding.detail.measured


@pytest.mark.parametrize("size", [240, 400, 800])
@pytest.mark.parametrize("seed", range(3))
def test_a_body_in_the_clothes_is_seen_and_the_clothes_alone_are_not(size: int, seed: int) -> None:
    assert score(figure(size, seed, body=True)) > score(figure(size, seed, body=False))
    assert found("person_shown", figure(size, seed, body=True), "amazon")
    assert not found("person_shown", figure(size, seed, body=False), "amazon")


def test_drawn_products_show_nobody() -> None:
    articles = plan_assortment(911, 24)[:24]
    alarms = [
        article.id
        for article in articles
        if found("person_shown", Photographer(article, 240, 911).take("front"), "amazon")
    ]
    assert len(alarms) <= 1


@pytest.mark.parametrize("pack", ["shop", "google", "google-2027", "allegro", "taobao-jd"])
def test_packs_that_allow_people_do_not_even_look(pack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def looked(context: PhotoContext) -> None:
        raise AssertionError("the photo was looked at")

    monkeypatch.setattr(PhotoContext, "gist", property(looked))
    assert not found("person_shown", figure(300, 0, body=True), pack)


@pytest.mark.parametrize(
    ("main", "category", "severity"),
    [
        (True, "", "info"),
        (True, "Shirts", "info"),
        (True, "Kids > Shirts", "warning"),
        (True, "Apparel & Accessories > Clothing Accessories > Scarves", "warning"),
        (False, "Kids > Shirts", None),
    ],
)
def test_amazon_asks_of_main_photos_and_more_of_some_categories(
    main: bool, category: str, severity: str | None
) -> None:
    findings = found("person_shown", figure(400, 0, body=True), "amazon", main=main, category=category)
    assert [finding.severity for finding in findings] == ([] if severity is None else [severity])
    assert all(finding.documentation for finding in findings)


def test_a_pack_of_ones_own_turns_it_on(tmp_path: Path) -> None:
    rule = '[[rules]]\ncheck = "person_shown"\nseverity = "error"\n'
    for limits, severities in (("", ["error"]), ("limits = { max_score = 1 }\n", [])):
        path = tmp_path / "mine.toml"
        path.write_text(f'name = "mine"\ntitle = "Mine"\nversion = "1"\nextends = "shop"\n\n{rule}{limits}')
        findings = found("person_shown", figure(400, 0, body=True), str(path), main=False)
        assert [finding.severity for finding in findings] == severities
