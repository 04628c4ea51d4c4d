"""Why a product matched, by the base model on drawn photos whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from shoplens.models.bundle import BASE, load_bundle
from shoplens.records import Box, Match, Product, Reason
from shoplens.search.match_reasons import MatchReasoner
from tests.search.conftest import HUES, swatch


@pytest.fixture(scope="module")
def reasoner() -> MatchReasoner:
    return MatchReasoner(load_bundle(BASE))


def match(category: str = "Clothing > Hats", same_kind: float = 0.8) -> Match:
    return Match(Product(id="x", title="X", category=category), 0.5, "p", same_product=0.2, same_kind=same_kind)


def test_category_and_colour_are_told_where_they_agree(reasoner: MatchReasoner) -> None:
    red, blue = swatch(HUES["red"]), swatch(HUES["blue"])
    told = reasoner.why(red, None, swatch(HUES["red"], seed=4), None, match()).match.reasons
    assert Reason("same_category", "Clothing > Hats") in told
    assert Reason("same_color", "red") in told
    other = reasoner.why(red, None, blue, None, match(same_kind=0.3)).match.reasons
    assert not [reason for reason in other if reason.code in ("same_category", "same_color")]


def test_the_region_lies_in_the_box_where_the_product_is(reasoner: MatchReasoner) -> None:
    rng = np.random.default_rng(0)
    thing = np.zeros((120, 120, 3), np.uint8)
    thing[::8] = (220, 40, 40)
    thing[4::8] = (240, 240, 60)
    photo = np.full((240, 400, 3), 255, np.uint8)
    photo[60:180, 40:160] = thing
    photo = np.clip(photo.astype(int) - rng.integers(0, 4, photo.shape), 0, 255).astype(np.uint8)
    why = reasoner.why(photo, None, thing, None, match())
    assert why.heat.shape == photo.shape[:2]
    assert why.heat.min() >= 0
    assert why.heat.max() == pytest.approx(1.0, abs=0.1)
    assert why.heat[60:180, 40:160].mean() > 3 * why.heat[:, 240:].mean()
    boxed = reasoner.why(photo, Box(0, 0, 0.5, 1), thing, None, match())
    assert boxed.heat[:, 200:].max() == 0
    assert boxed.heat[:, :200].max() > 0.8
