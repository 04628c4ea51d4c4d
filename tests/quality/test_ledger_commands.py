"""`shoplens inspect status`, `ledger`, `waive`, `fix`, `undo`: the commands as a merchant calls them."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shoplens.cli.main import app
from shoplens.errors import BadInput, NotFound, UnknownName
from shoplens.shop import Shop
from tests.quality.faulty_shop import open_faulty
from tests.quality.spoiled import cases


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("merchant")
    shop, _ = open_faulty(made)
    shop.close()
    return made / "shop"


@pytest.fixture
def folder(imported: Path, tmp_path: Path) -> Path:
    """A shop that the test may change."""
    return Path(shutil.copytree(imported, tmp_path / "shop"))


@pytest.fixture
def call(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    monkeypatch.setenv("SHOPLENS_SHOP", str(folder))

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, ["inspect", *words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout

    return run


def test_a_merchants_day(call: Callable[..., tuple[int, str]], tmp_path: Path, folder: Path) -> None:
    assert "not inspected yet" in call("status")[1]
    # no source and no command: the shop; an option alone changes nothing of that
    code, text = call("--fail-on", "never")
    assert code == 0
    assert "Ready for google: 12 of 13 products (92.3%)" in text
    assert "13 photos in" in text
    assert "13 of them as before" in call("--fail-on", "never")[1]
    assert call("--rules", "google,amazon")[0] == 1

    listed: dict[str, Any] = json.loads(call("ledger", "FRAME", "--code", "photo_border", "--json")[1])
    (finding,) = listed["findings"]
    assert (listed["total"], finding["state"]) == (1, "open")
    assert set(finding["channels"]) == {"amazon", "google", "shop"}
    assert "frame.jpg" in call("ledger", "FRAME", "--code", "photo_border")[1]
    text = call("waive", finding["id"][:7], "--by", "Ada", "--why", "The frame is the product.")[1]
    assert "Ada: The frame is the product." in text
    assert "no such finding" in call("ledger", "FRAME", "--code", "photo_border")[1]
    assert "Ada: The frame is the product." in call("ledger", "FRAME", "--state", "waived")[1]
    assert json.loads(call("unwaive", finding["id"], "--json")[1])[0]["state"] == "open"
    with pytest.raises(NotFound, match="no such finding"):
        call("waive", "ffffffffffff", "--by", "Ada", "--why", "Why.")

    assert "1 of 1 photos could be mended." in call("fix", "FRAME", "--dry-run")[1]
    assert not (folder / "fixed").exists()
    page = tmp_path / "mended.html"
    text = call("fix", "FRAME", "GPS", "--report", str(page))[1]
    assert "2 of 2 photos were mended.\n" in text
    assert "trim_border" in text
    assert "Mended photos" in page.read_text(encoding="utf-8")
    status = json.loads(call("status", "--json")[1])
    assert (status["mended"], status["ready"]["google"]["share"]) == (2, 1.0)
    assert status["issues"]["fixed"] >= 2
    assert "fixed 20" in call("ledger", "FRAME", "--state", "fixed")[1]
    assert "1 photo is the merchant's own again." in call("undo", "GPS")[1]
    assert "1 photo is the merchant's own again." in call("undo")[1]
    assert "nothing to undo" in call("undo")[1]
    with pytest.raises(NotFound, match=r"Received: NOPE\. List them with"):
        call("undo", "NOPE")
    assert "still" not in call("ledger", "FRAME", "--code", "photo_border", "--state", "fixed")[1]
    assert json.loads(call("ledger", "FRAME", "--code", "photo_border", "--json")[1])["total"] == 1


def test_a_pack_of_ones_own_that_a_fix_cannot_ask_is_named(
    call: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    rule = '[[rules]]\ncheck = "photo_too_small"\nseverity = "error"\nlimits = { min_short_side = 9000 }\n'
    own.write_text(f'name = "own"\ntitle = "Own"\nversion = "1"\n{rule}', encoding="utf-8")
    call("--rules", str(own))
    line = "Not judged by own: name the file, as in shoplens inspect --rules own.toml\n"
    assert line in call("fix", "GPS")[1]
    assert line in call("undo")[1]
    assert json.loads(call("fix", "GPS", "--dry-run", "--json")[1])["not_judged"] == ["own"]
    assert "Not judged" not in call("fix", "GPS", "--dry-run", "--rules", str(own))[1]
    status = json.loads(call("status", "--json")[1])
    by_own = next(one for one in status["inspections"] if "own" in one["channels"] and one["whole"])
    assert status["judged_at"]["own"] == by_own["finished_at"]
    assert status["changed"] == {**dict.fromkeys(status["changed"], 0), "own": 1}
    assert "changed since" in call("status")[1]


def test_fixing_again_tells_what_this_run_did(call: Callable[..., tuple[int, str]]) -> None:
    # it is lit, and its wall stays too dark to be whitened
    asked = ("fix", "DARK", "--rules", "amazon")
    assert "1 of 1 photos could be mended.\n" in call(*asked, "--dry-run")[1]
    text = call(*asked)[1]
    assert "1 of 1 photos were mended.\n" in text
    assert "lighten" in text
    refused = next(line for line in text.splitlines() if "background_not_white" in line)
    assert refused.startswith("1 ")
    for words in (asked, (*asked, "--dry-run")):
        text = call(*words)[1]
        assert re.search(r"^0 of 1 photos (were|could be) mended\. Mended before: 1\.$", text, re.MULTILINE)
        assert "lighten" not in text
    (photo,) = json.loads(call(*asked, "--json")[1])["photos"]
    assert (photo["steps"][0], photo["changed"]) == (["lighten", "photo_too_dark"], False)


def test_a_photo_saved_anew_is_named_with_the_remedy(call: Callable[..., tuple[int, str]], folder: Path) -> None:
    with Shop.open(folder) as shop:
        (photo,) = shop.catalog.photos("FRAME")
        (own, _, _), (_, data, _) = cases(300)["frame"], cases(300, seed=70)["frame"]
        merchants = photo.path.read_bytes()
        photo.path.write_bytes(data)
    try:
        code, text = call("fix", "--rules", "google")
        assert code == 0
        assert re.search(r"^1[01] of 1[12] photos were mended\.$", text, re.MULTILINE)
        assert re.search(rf"^1 +{own} +FRAME: The photo's file changed .* Import it again", text, re.MULTILINE)
    finally:
        photo.path.write_bytes(merchants)


def test_a_report_for_a_spreadsheet_has_the_ledger(call: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    table = tmp_path / "report.csv"
    call("--report", str(table), "--fail-on", "never")
    head, *rows = table.read_text(encoding="utf-8-sig").splitlines()
    assert head.startswith("id,state,code,severity,channels,")
    assert any(",open,photo_border," in row for row in rows)


def test_mistakes(call: Callable[..., tuple[int, str]]) -> None:
    with pytest.raises(NotFound, match="no such product"):
        call("fix", "NOBODY")
    with pytest.raises(BadInput, match="html"):
        call("fix", "--report", "report.pdf")
    assert call("waive", "abcd")[0] == 2
    for words in (("ledger", "--code", "nonsense"), ("ledger", "--channel", "nonsense"), ("fix", "--code", "nonsense")):
        with pytest.raises(UnknownName, match="nonsense"):
            call(*words)
    with pytest.raises(NotFound, match="no such product"):
        call("ledger", "NOBODY")


def test_a_dry_run_writes_no_report_and_says_so(call: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"dry run.*dry\.html.*Leave out --dry-run"):
        call("fix", "--dry-run", "--report", str(tmp_path / "dry.html"))


def test_fix_tells_every_photo_mended_before_and_its_pixels(call: Callable[..., tuple[int, str]]) -> None:
    text = call("fix", "FRAME", "GPS")[1]
    assert re.search(r"^FRAME +[0-9a-f]{12} +328 x 328 to \d+ x \d+ ", text, re.MULTILINE)
    assert re.search(r"^GPS +[0-9a-f]{12} +300 x 300 +strip_metadata", text, re.MULTILINE)
    # nothing is left of either, and both are counted
    assert "Mended before: 2.\n" in call("fix", "ARTIST")[1] + call("fix", "FRAME", "GPS")[1]
    assert "Mended before: 3.\n" in call("fix", "--dry-run")[1]


def test_reasons_that_are_not_shown_are_counted(
    call: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shoplens.cli.inspect_fix._REASONS", 1)
    text = call("fix", "--dry-run", "--rules", "google,amazon")[1]
    assert re.search(r"^And \d+ more reasons; all are in --json\.$", text, re.MULTILINE)
