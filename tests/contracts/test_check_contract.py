"""What every inspector's check promises; a new one is one more entry point."""

from __future__ import annotations

import re

import numpy as np
import pytest

from shoplens.plugins import load, names
from shoplens.quality.catalog_view import CatalogView, Item
from shoplens.quality.messages import messages
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Pixels
from tests.quality.drawn import as_photo, product

CHECKS = {name: load("check", name)() for name in names("check")}
PHOTO = {name: check for name, check in CHECKS.items() if check.scope == "photo"}
CATALOG = {name: check for name, check in CHECKS.items() if check.scope == "catalog"}
STRANGE = {
    "one pixel": np.zeros((1, 1, 3), np.uint8),
    "a row": np.full((1, 700, 3), 90, np.uint8),
    "a column": np.full((700, 2, 3), 90, np.uint8),
    "tiny": np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8),
    "noise": np.random.default_rng(1).integers(0, 256, (130, 90, 3), np.uint8),
    "black": np.zeros((60, 60, 3), np.uint8),
    "white": np.full((60, 60, 3), 255, np.uint8),
    "large": np.full((900, 1300, 3), (10, 200, 10), np.uint8),
}


def rule(check: str) -> Rule:
    return Rule(check, "warning", CHECKS[check].limits, source="https://example.com/rule", pack="Contract")


@pytest.mark.parametrize("name", CHECKS)
def test_it_is_named_and_described(name: str) -> None:
    check = CHECKS[name]
    assert check.code == name
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name)
    assert all(isinstance(limit, float) for limit in check.limits.values())
    assert name in messages()


def test_both_kinds_are_registered() -> None:
    assert {check.scope for check in CHECKS.values()} == {"photo", "catalog"}


@pytest.mark.parametrize("name", PHOTO)
@pytest.mark.parametrize("size", [120, 400, 800])
def test_a_clean_photo_passes_and_stays_as_it_is(name: str, size: int) -> None:
    photo = as_photo(product(size))
    before = photo.pixels.copy()
    assert not list(PHOTO[name].inspect(photo, PhotoContext(photo), rule(name)))
    assert np.array_equal(photo.pixels, before)


@pytest.mark.parametrize("name", PHOTO)
@pytest.mark.parametrize("kind", STRANGE)
def test_any_picture_is_judged_with_evidence(name: str, kind: str) -> None:
    pixels: Pixels = STRANGE[kind]
    photo = as_photo(pixels, notes=("gps", "wrong_extension"))
    for finding in PHOTO[name].inspect(photo, PhotoContext(photo), rule(name)):
        assert (finding.code, finding.severity) == (name, "warning")
        assert finding.documentation == "https://example.com/rule"
        assert finding.description.endswith(".")
        if finding.detail is not None:
            assert np.isfinite([finding.detail.measured, finding.detail.threshold]).all()


@pytest.mark.parametrize("name", PHOTO)
def test_two_looks_agree(name: str) -> None:
    photo = as_photo(STRANGE["noise"])
    first, second = (list(PHOTO[name].inspect(photo, PhotoContext(photo), rule(name))) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", CATALOG)
def test_an_empty_catalogue_and_one_without_vectors_pass(name: str) -> None:
    assert not list(CATALOG[name].inspect(CatalogView([], {}), rule(name)))
    view = CatalogView([Item("a", "a", "a", "Shirts", ("sha",))], {})
    assert not list(CATALOG[name].inspect(view, rule(name)))
