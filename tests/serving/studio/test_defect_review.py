"""Defects that a product line finds wait for a person, whose answer the line learns."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest

from shoplens.errors import BadInput, NotFound
from shoplens.photos.decode import decode
from shoplens.photos.encode import encode
from shoplens.shop import Shop
from tests.quality.defects.drawn_line import good, other_product, scratched
from tests.serving.looking import flaws, keep, sticks_out

if TYPE_CHECKING:
    from tests.serving.looking import OpenPage

AT = "/v1/studio"


@pytest.fixture
def discs(own_shop: Shop) -> Shop:
    """A line learned from eight whole discs."""
    if "discs" in [line.name for line in own_shop.defects.lines()]:
        own_shop.defects.forget("discs")
    own_shop.defects.learn("discs", [encode(good(seed), "png") for seed in range(8)])
    return own_shop


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class TestPython:
    def test_a_photo_that_is_good_becomes_normal(self, discs: Shop) -> None:
        alarm = scratched(91)
        before = discs.defects.inspect("discs", encode(alarm, "png"), review=True, name="alarm.png")
        assert before.outcome == "defect"
        discs.defects.inspect("discs", encode(alarm, "png"), review=True)  # the same once more asks nothing twice
        discs.defects.inspect("discs", encode(good(90), "png"), review=True)
        discs.defects.inspect("discs", encode(other_product(0), "png"), review=True)
        (question,) = discs.studio.questions("defect")
        assert question.defect is not None
        assert (question.defect.name, question.product_id) == ("alarm.png", "discs")
        assert question.defect.box is not None
        assert question.defect.box.x0 < 0.5 < question.defect.box.x1
        discs.studio.answer("defect", "discs", "good", other_id=question.other_id)
        assert discs.studio.questions("defect") == []
        assert discs.defects.unlearned("discs") == 1
        learned = discs.defects.relearn("discs")
        assert (learned.samples, learned.defects, discs.defects.unlearned("discs")) == (9, 0, 0)
        after = discs.defects.inspect("discs", encode(alarm, "png"))
        assert after.score / after.threshold < before.score / before.threshold
        assert after.outcome == "good"
        # Taken back, it is normal no more.
        discs.studio.take_back("defect", "discs", other_id=question.other_id)
        assert discs.defects.unlearned("discs") == 1
        again = discs.defects.relearn("discs")
        assert again.samples == 8
        assert discs.defects.inspect("discs", encode(alarm, "png")).outcome == "defect"

    def test_real_defects_become_labelled_ones_and_outlive_another_learning(self, discs: Shop) -> None:
        for seed in (91, 92, 93):
            discs.defects.inspect("discs", encode(scratched(seed), "png"), review=True)
        for question in discs.studio.questions("defect"):
            discs.studio.answer("defect", "discs", "defect", other_id=question.other_id)
        assert discs.defects.relearn("discs").defects == 3
        again = discs.defects.learn("discs", [encode(good(seed), "png") for seed in range(20, 28)])
        assert (again.line.samples, again.line.defects) == (8, 3)
        assert discs.studio.answered()["defect"]["defect"] == 3

    def test_a_wrong_answer_and_an_unknown_photo_are_refused(self, discs: Shop) -> None:
        discs.defects.inspect("discs", encode(scratched(91), "png"), review=True)
        (question,) = discs.studio.questions("defect")
        with pytest.raises(BadInput, match="no answer"):
            discs.studio.answer("defect", "discs", "same", other_id=question.other_id)
        with pytest.raises(NotFound):
            discs.studio.answer("defect", "discs", "good", other_id="0" * 64)
        discs.defects.forget("discs")
        assert discs.studio.questions("defect") == []


def test_over_http_the_answer_is_learned_in_the_background(discs: Shop, client: httpx.Client) -> None:
    files = {"photo": ("broken.png", encode(scratched(91), "png"), "image/png")}
    assert client.post("/v1/lines/discs/inspect", files=files).json()["outcome"] == "defect"
    assert client.get(f"{AT}/questions", params={"kind": "defect"}).json()["questions"] == []  # nobody asked for it
    assert client.post(f"{AT}/lines/discs/inspect", files=files).json()["outcome"] == "defect"
    seen = client.get(f"{AT}/questions", params={"kind": "defect"}).json()
    (question,) = seen["questions"]
    assert (seen["open"]["defect"], question["product"]) == (1, None)
    defect = question["defect"]
    at = f"{AT}/lines/discs/photos/{defect['sha256']}"
    plain, heat = (decode(client.get(at, params={"heat": hot}).content).pixels for hot in (False, True))
    assert plain.shape == heat.shape
    assert client.get(f"{AT}/lines/discs/photos/0").status_code == 404
    said = {"kind": "defect", "product_id": "discs", "other_id": defect["sha256"], "said": "good"}
    answered = client.post(f"{AT}/answers", json=said)
    assert (answered.status_code, bool(answered.json()["answered_at"])) == (201, True)
    until(lambda: discs.defects.unlearned("discs") == 0)
    until(lambda: client.get(f"{AT}/jobs").json()[0]["state"] == "done")
    assert client.get("/v1/lines").json()[0]["samples"] == 9


def test_a_line_learns_while_another_one_does(
    discs: Shop, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    discs.defects.learn("rings", [encode(good(seed), "png") for seed in range(8)])
    relearn, let_go = discs.defects.relearn, threading.Event()

    def slowly(line: str, *, progress: Callable[[int, int], None]) -> object:
        if line == "rings":
            assert let_go.wait(60)
        return relearn(line, progress=progress)

    monkeypatch.setattr(discs.defects, "relearn", slowly)
    for line in ("rings", "discs"):
        discs.defects.inspect(line, encode(scratched(91), "png"), review=True)
        [sha256] = [one.other_id for one in discs.studio.questions("defect") if one.product_id == line]
        said = {"kind": "defect", "product_id": line, "other_id": sha256, "said": "good"}
        assert client.post(f"{AT}/answers", json=said).status_code == 201
    until(lambda: discs.defects.unlearned("discs") == 0)
    assert discs.defects.unlearned("rings") == 1
    let_go.set()
    until(lambda: discs.defects.unlearned("rings") == 0)
    until(lambda: all(job["state"] == "done" for job in client.get(f"{AT}/jobs").json()))
    discs.defects.forget("rings")


@pytest.mark.browser
def test_defects_are_answered_by_keys(open_studio: OpenPage, discs: Shop) -> None:
    expect = pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'").expect
    for seed in (91, 92):
        discs.defects.inspect("discs", encode(scratched(seed), "png"), review=True, name=f"{seed}.png")
    page = open_studio("#/review/defect", size="phone", scheme="dark")
    expect(page.get_by_role("heading", name="Does this photo of “discs” show a defect?")).to_be_visible()
    expect(page.locator(".mark")).to_be_visible()
    for picture in page.locator("img").all():
        expect(picture).not_to_have_js_property("naturalWidth", 0)
    assert sticks_out(page) <= 0
    assert flaws(page) == []
    keep(page, "studio-review-defect-phone")
    page.keyboard.press("y")
    expect(page.get_by_text("1 answered")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("0 answered")).to_be_visible()
    page.keyboard.press("y")
    expect(page.get_by_text("1 answered")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_text("Nothing is waiting")).to_be_visible()
    until(lambda: discs.defects.unlearned("discs") == 0)
    (line,) = discs.defects.lines()
    assert (line.samples, line.defects) == (9, 1)
