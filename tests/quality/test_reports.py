"""Reports: complete, bilingual, and harmless whatever the shop's names hold."""

from __future__ import annotations

import csv
import inspect
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from shoplens.catalog.fixes import FixedPhoto
from shoplens.catalog.issue import Issue
from shoplens.errors import UnknownName
from shoplens.feeds import http_fetch, locate
from shoplens.photos.decode import encode
from shoplens.quality.html_report import MAX_CARDS, html_report
from shoplens.quality.inspection_report import InspectionReport, Rejection
from shoplens.quality.messages import message, messages
from shoplens.records import Box, Finding, Measure
from tests.quality.drawn import product

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def finding(code: str = "photo_border", **changes: object) -> Finding:
    fields: dict[str, object] = {
        "code": code,
        "severity": "warning",
        "attribute": "photo",
        "description": "A frame of 5 %.",
        "detail": Measure(0.05, 0.004, "share"),
        "product_id": "p1",
        "photo": "sha1",
        "box": Box(0.1, 0.1, 0.9, 0.9),
    }
    return Finding(**(fields | changes))  # type: ignore[arg-type]


def report(*findings: Finding, path: Path | None = None) -> InspectionReport:
    paths = {"sha1": path} if path else {}
    return InspectionReport("shop", ("Rules",), 3, 2, findings, {("p1", "sha1"): HOSTILE}, paths, 1.5)


def test_html_shows_the_picture_the_box_and_both_languages(tmp_path: Path) -> None:
    photo = tmp_path / "a.png"
    photo.write_bytes(encode(product(300), "png"))
    page = html_report(report(finding(), path=photo))
    assert "data:image/webp;base64," in page
    assert "left:10.00%;top:10.00%;width:80.00%;height:80.00%" in page
    assert message("photo_border").title_en in page
    assert message("photo_border").title_zh in page
    assert "5 % &gt; 0.4 %" in page
    assert not re.search(r"""(src|href)=["']?(http:|//)""", page)


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        (Measure(0.8368, 0.8366, "probability"), "83.68 % &gt; 83.66 %"),
        (Measure(0.349, 0.35, "share"), "34.9 % &lt; 35 %"),
        (Measure(64_008_000, 64e6, "pixels"), "64008000 &gt; 64000000"),
        (Measure(16_777_217, 16 * 1024 * 1024, "bytes"), "16777217 &gt; 16777216"),
        (Measure(1.50004, 1.5, "px"), "1.50004 &gt; 1.5 px"),
        (Measure(2, 2, "uses"), "2 = 2"),
    ],
)
def test_html_tells_what_was_measured_from_its_limit(detail: Measure, told: str) -> None:
    assert f'<span class="measure">{told}</span>' in html_report(report(finding(detail=detail)))


def test_html_escapes_everything_of_the_shop() -> None:
    findings = [
        finding(product_id=HOSTILE, description=HOSTILE, documentation=f"javascript:{HOSTILE}"),
        finding(code=HOSTILE, product_id=""),
    ]
    page = html_report(report(*findings))
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert '"javascript:' not in page
    assert page.count("<script>") == 1


def test_html_of_a_clean_shop_and_of_a_very_bad_one() -> None:
    assert "No problem was found." in html_report(report())
    many = [finding(photo=f"sha{number}") for number in range(MAX_CARDS + 7)]
    page = html_report(report(*many))
    assert page.count('<article class="card') == MAX_CARDS
    assert "7 more" in page


def test_html_shows_a_shared_photos_problem_both_where_it_is_waived_and_where_it_is_open() -> None:
    open_, accepted = (finding(product_id=product_id, id=product_id) for product_id in ("A2", "A1"))
    history = {"first_seen": "2026-11-01", "fixed_at": ""}
    issues = {
        "A2": Issue(open_, "open", **history, waived_at="", waived_by="", waived_why=""),
        "A1": Issue(accepted, "waived", **history, waived_at="2026-11-02", waived_by="Ada", waived_why="Its frame."),
    }
    page = html_report(replace(report(open_), issues=issues))
    assert page.count('data-state="open"') == page.count('data-state="waived"') == 1
    assert '<b>1</b><span lang="en">waived' in page
    assert "Waived by Ada for A1: " in page
    assert "Its frame." in page


def test_a_shared_photos_problem_is_of_the_channels_of_all_its_products() -> None:
    one = finding(channels=(("google", "warning"),))
    two = finding(product_id="p2", channels=(("amazon", "error"), ("google", "warning")))
    assert 'data-channels="google amazon"' in html_report(report(one, two))


def test_html_says_what_it_leaves_out() -> None:
    gone = Issue(finding(), "fixed", "2026-11-01", "2026-11-02", waived_at="", waived_by="", waived_why="")
    page = html_report(replace(report(), fixed=(gone,) * 120))
    told = (
        "20 more are in the JSON and CSV reports; shoplens inspect ledger --state fixed lists as many as --limit says."
    )
    assert told in page
    assert "`" not in html_report(report(finding("photo_rotated"))) + page
    fix = FixedPhoto("a", "b", (("upright", "photo_exif_rotated"),), "2026-11-02", ("p1",))
    page = html_report(replace(report(), mended=(fix,) * 203))
    assert "3 more are in the JSON report." in page


def test_html_counts_problems_alike_everywhere() -> None:
    shared = [finding(severity="error", product_id=product_id) for product_id in ("p1", "p2", "p3")]
    page = html_report(report(*shared, finding(detail=Measure(0.05, 0.01, "share"))))
    assert re.findall(r'<b>(\d+)</b><span lang="en">(problems|errors)<', page) == [("1", "problems"), ("1", "errors")]


def test_html_tells_the_facts_in_both_languages() -> None:
    page = html_report(report(finding("photo_near_duplicate", description="Nearly the same picture stands for B7.")))
    assert "<p>Nearly the same picture stands for B7.</p>" in page
    for lang, text in (
        ("en", message("photo_near_duplicate").help_en),
        ("zh", message("photo_near_duplicate").help_zh),
    ):
        assert f'<span lang="{lang}">{text}</span>' in page


def test_html_says_where_a_rule_comes_from() -> None:
    page = html_report(
        report(
            finding(documentation="from memory: <check>"), finding("photo_rotated", documentation="https://a.test/b")
        )
    )
    assert "(from memory: &lt;check&gt;)" in page
    assert '<a href="https://a.test/b"' in page


def test_rejected_rows_of_a_feed_are_in_every_form() -> None:
    row = Rejection(4, "", "id", "id_missing", f"The row has no id. {HOSTILE}")
    told = replace(report(), rejected=1, rejections=(row,))
    assert told.to_dict()["rejected"] == 1
    assert told.to_dict()["rejections"][0] == {
        "row": 4, "product_id": "", "field": "id", "code": "id_missing", "message": row.message
    }  # fmt: skip
    (line,) = csv.DictReader(io.StringIO(told.to_csv(), newline=""))
    assert (line["state"], line["severity"], line["name"]) == ("rejected", "error", "row 4")
    assert line["description"] == row.message
    page = html_report(told)
    assert "The row has no id." in page
    assert "No problem was found." not in page
    assert "<script>alert" not in page


def test_json_holds_every_finding() -> None:
    data = json.loads(json.dumps(report(finding(), finding(product_id="p2")).to_dict()))
    assert data["counts"] == {"photo_border": 1}
    assert [row["product_id"] for row in data["findings"]] == ["p1", "p2"]
    assert data["findings"][0]["detail"] == {"measured": 0.05, "threshold": 0.004, "unit": "share"}
    assert data["findings"][0]["name"] == HOSTILE


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0x", " =1", "\n=1"])
def test_csv_runs_no_formula(text: str) -> None:
    table = report(finding(product_id=text, description=text)).to_csv()
    (row,) = csv.DictReader(io.StringIO(table, newline=""))
    assert row["product_id"] == "'" + text
    assert row["description"] == "'" + text
    assert (row["measured"], row["x0"], row["unit"]) == ("0.05", "0.1", "share")


def test_csv_keeps_harmless_text_and_empty_cells() -> None:
    (row,) = csv.DictReader(
        io.StringIO(report(finding(product_id="红色-1", detail=None, box=None)).to_csv(), newline="")
    )
    assert row["product_id"] == "红色-1"
    assert row["measured"] == row["x0"] == ""


def test_severities() -> None:
    outcome = report(finding(severity="error"), finding(severity="info", code="x"), finding(code="y"))
    assert [len(outcome.at_least(severity)) for severity in ("error", "warning", "info")] == [1, 2, 3]
    with pytest.raises(UnknownName, match="grave"):
        outcome.at_least("grave")  # type: ignore[arg-type]


def test_why_an_import_has_no_photo_has_texts() -> None:
    source = inspect.getsource(locate) + inspect.getsource(http_fetch)
    codes = {*re.findall(r'"((?:photo|url)_[a-z_]+)"', source), "url_not_fetched"}
    assert {"photo_not_found", "url_unresolvable"} < codes
    assert codes <= set(messages())
    assert message("url_status_404") == messages()["url_status"]


def test_messages_are_complete() -> None:
    for code, texts in messages().items():
        assert all((texts.title_en, texts.title_zh, texts.help_en, texts.help_zh)), code
        assert re.search(r"[\u4e00-\u9fff]", texts.title_zh), code
    assert message("photo_glare").title_en == "Photo glare"
