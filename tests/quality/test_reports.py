"""Reports: complete, bilingual, and harmless whatever the shop's names hold."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from shoplens.photos.decode import encode
from shoplens.quality.html_report import MAX_CARDS, html_report
from shoplens.quality.inspection_report import InspectionReport
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
    return InspectionReport("shop", ("Rules",), 3, 2, findings, {"sha1": HOSTILE}, paths, 1.5)


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
    assert "javascript:" not in page
    assert page.count("<script>") == 1


def test_html_of_a_clean_shop_and_of_a_very_bad_one() -> None:
    assert "No problem was found." in html_report(report())
    many = [finding(photo=f"sha{number}") for number in range(MAX_CARDS + 7)]
    page = html_report(report(*many))
    assert page.count('<article class="card') == MAX_CARDS
    assert "7 more" in page


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


def test_messages_are_complete() -> None:
    for code, texts in messages().items():
        assert all((texts.title_en, texts.title_zh, texts.help_en, texts.help_zh)), code
        assert re.search(r"[\u4e00-\u9fff]", texts.title_zh), code
    assert message("photo_glare").title_en == "Photo glare"
