"""What every safe fix promises; a new one is one more entry point and one more line of CASES."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from shoplens.errors import PhotoError
from shoplens.photos.decode import decode, encode
from shoplens.plugins import load, names
from shoplens.quality.draft import Draft
from shoplens.quality.fix import CannotFix
from shoplens.quality.inspector import Inspector
from shoplens.quality.mender import Mender
from shoplens.quality.messages import fix_message
from shoplens.records import Finding
from tests.quality.drawn import product
from tests.quality.spoiled import cases, cases_to_ask_for

FIXES = {name: load("fix", name)() for name in names("fix")}
CHECKS = set(names("check"))
INSPECTOR = Inspector(["google", "shop"])
CASES = {
    "lighten": ["dark"],
    "reformat": ["misnamed"],
    "reframe": ["off centre", "small in its frame"],
    "square": ["strip"],
    "strip_metadata": ["gps", "artist"],
    "to_srgb": ["wide gamut", "wide gamut PNG"],
    "trim_border": ["frame"],
    "turn_back": ["lying"],
    "upright": ["turned"],
    "whiten": ["grey wall"],
}
PAIRS = [(name, case) for name, listed in CASES.items() for case in listed]
STRANGE = {
    "one pixel": np.zeros((1, 1, 3), np.uint8),
    "a row": np.full((1, 300, 3), 90, np.uint8),
    "noise": np.random.default_rng(1).integers(0, 256, (90, 70, 3), np.uint8),
    "black": np.zeros((60, 60, 3), np.uint8),
    "white": np.full((60, 60, 3), 255, np.uint8),
}


def spoiled(case: str) -> tuple[str, bytes, str]:
    return (cases(360) | cases_to_ask_for(360))[case]


@cache
def findings(data: bytes, name: str) -> dict[str, Finding]:
    return {finding.code: finding for finding in INSPECTOR.inspect_photo(data, name=name)}


def test_every_fix_has_its_cases() -> None:
    assert set(CASES) == set(FIXES)


@pytest.mark.parametrize("name", FIXES)
def test_it_is_named_and_mends_what_a_check_finds(name: str) -> None:
    fix = FIXES[name]
    assert fix.name == name
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name)
    assert set(fix.codes) <= CHECKS
    assert fix.codes
    assert isinstance(fix.order, int)
    assert isinstance(fix.sees_product, bool)
    assert isinstance(fix.automatic, bool)
    assert fix_message(name).title_zh != fix_message(name).title_en


@pytest.mark.parametrize(("name", "case"), PAIRS)
def test_it_mends_its_cases_and_touches_nothing_that_it_was_given(name: str, case: str) -> None:
    code, data, file = spoiled(case)
    draft, finding = Draft.of(data, file), findings(data, file)[code]
    before = draft.photo.pixels.copy()
    first, again = (list(FIXES[name].attempts(draft, finding)) for _ in range(2))
    assert [attempt.data for attempt in first] == [attempt.data for attempt in again]
    assert np.array_equal(draft.photo.pixels, before)
    assert draft.data == data
    assert any(code not in findings(attempt.data, attempt.name) for attempt in first)


@pytest.mark.parametrize(("name", "case"), PAIRS)
def test_what_is_mended_fails_nothing_new_and_has_no_metadata(name: str, case: str) -> None:
    code, data, file = spoiled(case)
    before = set(findings(data, file))
    mender = Mender(INSPECTOR.plan, [FIXES[name]])
    mended = mender.mend(data, file, codes=() if FIXES[name].automatic else [code])
    assert (name, code) in mended.steps
    after = set(findings(mended.draft.data, mended.draft.name))
    assert code not in after
    assert after < before
    # the file holds what the draft says, and nobody's name or place
    facts = decode(mended.draft.data, name=mended.draft.name).facts
    assert (facts.width, facts.height) == (mended.draft.photo.facts.width, mended.draft.photo.facts.height)
    assert not {"gps", "personal"} & set(facts.notes)


@pytest.mark.parametrize("name", FIXES)
@pytest.mark.parametrize("kind", STRANGE)
def test_a_strange_picture_is_mended_or_refused_with_a_reason(name: str, kind: str) -> None:
    draft = Draft.of(encode(STRANGE[kind], "png"), "a.png")
    finding = Finding(FIXES[name].codes[0], "warning", "photo", "It is so.")
    reasons = []
    try:
        for attempt in FIXES[name].attempts(draft, finding):
            assert attempt.photo.pixels.dtype == np.uint8
    except (CannotFix, PhotoError) as refused:
        reasons.append(refused.what)
    assert all(reason.endswith(".") for reason in reasons)


@pytest.mark.parametrize("name", FIXES)
def test_a_good_photo_is_left_alone(name: str) -> None:
    data = encode(product(400, fill=0.85), "jpeg", 92)
    mended = Mender(INSPECTOR.plan, [FIXES[name]]).mend(data, "a.jpg")
    assert (mended.draft.data, mended.steps, mended.refused) == (data, (), ())


@pytest.mark.parametrize(("name", "case"), [pair for pair in PAIRS if not FIXES[pair[0]].automatic])
def test_what_is_not_automatic_is_not_made_unasked(name: str, case: str) -> None:
    _, data, file = spoiled(case)
    mended = Mender(INSPECTOR.plan, [FIXES[name]]).mend(data, file)
    assert (mended.draft.data, mended.steps) == (data, ())
