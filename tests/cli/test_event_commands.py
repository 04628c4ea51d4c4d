"""`shoplens events`: rates, export, erase, prune."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from shoplens.records import Shown
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.cli.conftest import Command
from tests.cli.drawn_shop import DrawnShop


@pytest.fixture
def own(drawn: DrawnShop, tmp_path: Path) -> Path:
    """A copy of the drawn shop, to be written to."""
    return Path(shutil.copytree(drawn.shop, tmp_path / "own"))


def clicked(folder: Path) -> str:
    """Log two answers, and an event that comes back with the token of one."""
    with Shop.open(folder) as shop:
        token = shop.events.token(Shown("similar", ("a", "b", "c", "d"), "base", "new look"))
        shop.events.token(Shown("similar", ("a", "b", "c", "d"), "base", "new look", visitor="ann"))
        view = {"eventType": "detail-page-view", "visitorId": "ann", "eventTime": "2026-11-01T00:00:00Z"}
        shop.events.add([{**view, "attributionToken": token, "productDetails": [{"product": {"id": "b"}}]}])
    return token


def test_rates(shoplens: Command, own: Path) -> None:
    assert "log_answers" in shoplens("events", "rates", "--shop", own).out
    clicked(own)
    header, line = shoplens("events", "rates", "--shop", own).out.splitlines()
    columns = "placement model experiment answers with a click shown clicked carted bought"
    assert header.split() == columns.split()
    expected = "similar base new look 2 1 (50.00%, 9.5% to 90.5%) 8 1 (12.50%) 0 (0.00%) 0 (0.00%)"
    assert line.split() == expected.split()
    (data,) = json.loads(shoplens("events", "rates", "--shop", own, "--json").out)
    assert (data["answers_clicked"], data["answer_click_rate"], data["click_rate"]) == (1, 0.5, 0.125)
    assert json.loads(shoplens("events", "rates", "--since", "2999-01-01", "--shop", own, "--json").out) == []


def test_searches(shoplens: Command, own: Path) -> None:
    assert "log_answers" in shoplens("events", "searches", "--shop", own).out
    with Shop.open(own) as shop:
        shop.events.token(Shown("search-words", (), sought="words", no_match=True))
        shop.events.token(Shown("search-words", ("a",), sought="words"))
        (line,) = shop.events.searches()
    header, row = shoplens("events", "searches", "--shop", own).out.splitlines()
    assert header.split() == "day asked by searches no match logged".split()
    assert row.split() == f"{line.day} words 2 1 (50.0%, 9.5% to 90.5%) 2".split()
    (data,) = json.loads(shoplens("events", "searches", "--shop", own, "--json").out)
    assert (data["day"], data["searches"], data["no_match_rate"]) == (line.day.isoformat(), 2.0, 0.5)
    assert json.loads(shoplens("events", "searches", "--since", "2999-01-01", "--shop", own, "--json").out) == []


def test_a_visitor_is_exported_read_back_and_erased(shoplens: Command, own: Path, tmp_path: Path) -> None:
    token = clicked(own)
    kept = json.loads(shoplens("events", "export", "ann", "--shop", own).out)
    assert [event["attributionToken"] for event in kept["userEvents"]] == [token]
    assert len(kept["answers"]) == 2
    erased = json.loads(shoplens("events", "erase", "ann", "--shop", own, "--json").out)
    assert erased == {"events": 1, "answers": 2}
    assert shoplens("events", "erase", "ann", "--shop", own).out == "0 events and 0 logged answers deleted.\n"
    assert json.loads(shoplens("events", "export", "ann", "--shop", own).out)["userEvents"] == []
    back = tmp_path / "back.json"
    back.write_text(json.dumps(kept["userEvents"]))
    assert json.loads(shoplens("events", "import", back, "--shop", own, "--json").out)["accepted"] == 1


def test_prune_by_setting_and_by_date(shoplens: Command, own: Path) -> None:
    old = {"eventType": "search", "visitorId": "ann", "eventTime": "2020-01-01T00:00:00Z"}
    with Shop.open(own) as shop:
        assert shop.events.add([old, {**old, "eventTime": "2019-01-01T00:00:00Z"}]).accepted == 2
    assert shoplens("events", "prune", "--shop", own).out == "0 events and 0 logged answers deleted.\n"
    by_date = shoplens("events", "prune", "--before", "2019-06-01", "--shop", own, "--json")
    assert json.loads(by_date.out) == {"events": 1, "answers": 0}
    write_setting(own / SETTINGS_FILE, "event_days", 900)
    assert json.loads(shoplens("events", "prune", "--shop", own, "--json").out) == {"events": 1, "answers": 0}
    refused = shoplens("events", "import", _file(own, old), "--shop", own, "--json")
    assert (refused.code, json.loads(refused.out)["rejected"][0]["code"]) == (1, "time_too_old")


def test_old_events_go_when_new_ones_come(own: Path) -> None:
    with Shop.open(own) as shop:
        shop.events.add([{"eventType": "search", "visitorId": "ann", "eventTime": "2020-01-01T00:00:00Z"}])
    write_setting(own / SETTINGS_FILE, "event_days", 900.5)
    with Shop.open(own) as shop:
        shop.events.add([{"eventType": "search", "visitorId": "bob", "eventTime": "2026-11-01T00:00:00Z"}])
    write_setting(own / SETTINGS_FILE, "event_days", 0)
    with Shop.open(own) as shop:
        assert shop.events.export("ann")["userEvents"] == []
        assert len(shop.events.export("bob")["userEvents"]) == 1


def test_a_named_format(shoplens: Command, own: Path, tmp_path: Path) -> None:
    table = tmp_path / "feedback.csv"
    table.write_text("FeedbackType,UserId,ItemId,Value,Timestamp\nread,u,a,1,2026-01-01T00:00:00Z\n")
    answer = shoplens("events", "import", table, "--format", "gorse", "--shop", own, "--json")
    assert json.loads(answer.out)["accepted"] == 1
    wrong = shoplens("events", "import", table, "--format", "segment", "--shop", own)
    assert (wrong.code, "metarank" in wrong.err) == (2, True)


def _file(folder: Path, event: dict[str, str]) -> Path:
    path = folder / "event.json"
    path.write_text(json.dumps([event]))
    return path
