"""The report for people: one HTML file with pictures, boxes and filters, that opens anywhere without a network."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template

from shoplens.catalog.findings import GRAVITY
from shoplens.catalog.issue import Issue
from shoplens.quality.html_card import SEVERITY_ZH, both, mended_card, problem_card
from shoplens.quality.inspection_report import InspectionReport
from shoplens.quality.messages import message
from shoplens.records import Finding

MAX_CARDS = 500
"""Pictures in one report: about 4 KB each, so the file stays below 3 MB. JSON and CSV hold every finding."""

_MAX_MENDED = 200
_MAX_FIXED = 100
_MAX_REJECTIONS = 200
_NOTHING = f'<p class="nothing">{both("No problem was found.", "没有发现问题。")}</p>'


def html_report(report: InspectionReport) -> str:
    """Return the page. Every text from the shop is escaped; the pictures are small re-encoded copies."""
    waived = [issue.finding for issue in report.waived]
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in (*report.findings, *waived):
        groups[finding.photo or f"product {finding.product_id}"].append(finding)
    ordered = sorted(groups.items(), key=lambda group: (min(GRAVITY[f.severity] for f in group[1]), -len(group[1])))
    codes = report.counts()
    severities = {finding.code: finding.severity for finding in reversed(report.findings)}
    template = Template((files("shoplens.quality") / "report.html").read_text(encoding="utf-8"))
    return template.substitute(
        source=html.escape(Path(report.source).name or report.source),
        rules=html.escape(", ".join(report.rules)),
        photos=f"{report.photos:,}",
        products=_figure(report.products, "products", "商品") if report.products else "",
        faulty=f"{len({f.photo or f.product_id for f in report.findings}):,}",
        total=f"{sum(codes.values()):,}",
        errors=f"{_problems(report.at_least('error')):,}",
        waived=_figure(_problems(waived), "waived", "已豁免") if waived else "",
        rejected_count=_figure(report.rejected, "rows rejected", "被拒绝的行") if report.rejected else "",
        mended_count=_figure(len(report.mended), "photos mended", "已修复图片") if report.mended else "",
        ready="".join(_ready(name, report) for name in report.channels),
        filters="\n".join(_filter(code, count, severities[code]) for code, count in codes.items()),
        severities="".join(_option(name, name, SEVERITY_ZH[name]) for name in GRAVITY),
        channels="".join(_option(name, title, title) for name, title in report.channels.items()),
        categories="".join(_option(name, name, name) for name in _categories(report)),
        cards="\n".join(problem_card(key, findings, report) for key, findings in ordered[:MAX_CARDS]),
        rejected=_rejected(report),
        mended=_mended(report),
        fixed=_fixed(report.fixed),
        left_out=_left_out(len(ordered) - MAX_CARDS),
        nothing="" if groups or report.rejected else _NOTHING,
    )


def _problems(findings: Iterable[Finding]) -> int:
    """Return how many problems they are: as many as `InspectionReport.counts` and the page's script count."""
    return len({(finding.code, finding.photo or finding.product_id) for finding in findings})


def _figure(number: int, english: str, chinese: str) -> str:
    return f"<li><b>{number:,}</b>{both(english, chinese)}</li>"


def _ready(name: str, report: InspectionReport) -> str:
    ready = report.ready()[name]
    what = ("products", "件商品") if report.products else ("photos", "张图片")
    words = both(
        f"{ready.ready:,} of {ready.total:,} {what[0]} ready", f"{ready.total:,} {what[1]}中 {ready.ready:,} 可上架"
    )
    return (
        f'<li><span class="channel">{html.escape(ready.title)}</span>'
        f'<span class="bar"><span style="width:{ready.share:.1%}"></span></span>'
        f"<b>{ready.share:.1%}</b><span>{words}</span></li>"
    )


def _filter(code: str, count: int, severity: str) -> str:
    texts = message(code)
    return (
        f'<button class="filter {severity}" data-code="{html.escape(code)}" aria-pressed="false">'
        f"{both(texts.title_en, texts.title_zh)}<b>{count:,}</b></button>"
    )


def _option(value: str, english: str, chinese: str) -> str:
    shown = html.escape(english)
    return f'<option value="{html.escape(value)}" data-en="{shown}" data-zh="{html.escape(chinese)}">{shown}</option>'


def _categories(report: InspectionReport) -> list[str]:
    found = {report.categories.get(finding.product_id, "") for finding in report.findings}
    return sorted(found - {""})


def _rejected(report: InspectionReport) -> str:
    if not report.rejections:
        return ""
    shown = report.rejections[:_MAX_REJECTIONS]
    rows = "".join(f"<tr><td>{one.row}</td><td>{html.escape(one.message)}</td></tr>" for one in shown)
    head = "".join(f"<th>{both(*texts)}</th>" for texts in (("row", "行"), ("problem", "问题")))
    table = f'<div class="table"><table><tr>{head}</tr>{rows}</table></div>'
    left = _left_out(len(report.rejections) - _MAX_REJECTIONS)
    return f"<h2>{both('Rejected rows of the feed', '数据源中被拒绝的行')}</h2>{table}{left}"


def _mended(report: InspectionReport) -> str:
    if not report.mended:
        return ""
    cards = "\n".join(mended_card(fix, report) for fix in report.mended[:_MAX_MENDED])
    left = _left_out(len(report.mended) - _MAX_MENDED, "the JSON report", "JSON 报告")
    return f'<h2>{both("Mended photos", "已修复的图片")}</h2><div class="cards">{cards}</div>{left}'


def _fixed(issues: Sequence[Issue]) -> str:
    rows = [
        f"<tr><td>{html.escape(issue.fixed_at[:10])}</td><td>{html.escape(issue.finding.product_id)}</td>"
        f"<td>{both(message(issue.finding.code).title_en, message(issue.finding.code).title_zh)}</td>"
        f"<td>{html.escape(issue.first_seen[:10])}</td></tr>"
        for issue in issues[:_MAX_FIXED]
    ]
    if not rows:
        return ""
    heads = (("fixed", "修复日期"), ("product", "商品"), ("problem", "问题"), ("first seen", "首次发现"))
    head = "".join(f"<th>{both(*texts)}</th>" for texts in heads)
    title = both("Fixed", "已解决")
    places = (
        "the JSON and CSV reports; shoplens inspect ledger --state fixed lists as many as --limit says",
        "JSON 与 CSV 报告；也可用 shoplens inspect ledger --state fixed 列出，数量由 --limit 指定",
    )
    left = _left_out(len(issues) - _MAX_FIXED, *places)
    return f'<h2>{title}</h2><div class="table"><table><tr>{head}</tr>{"".join(rows)}</table></div>{left}'


def _left_out(count: int, where: str = "the JSON and CSV reports", where_zh: str = "JSON 与 CSV 报告") -> str:
    if count <= 0:
        return ""
    texts = both(f"{count:,} more are in {where}.", f"另有 {count:,} 项见 {where_zh}。")
    return f'<p class="nothing">{texts}</p>'
