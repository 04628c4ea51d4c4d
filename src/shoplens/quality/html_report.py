"""The report for people: one HTML file with pictures, boxes and filters, that opens anywhere without a network."""

from __future__ import annotations

import base64
import html
from collections import defaultdict
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from shoplens.errors import PhotoError
from shoplens.photos.decode import decode_file, encode
from shoplens.photos.transform import resize
from shoplens.quality.inspection_report import InspectionReport
from shoplens.quality.messages import message
from shoplens.records import Finding, Measure

MAX_CARDS = 500
"""Pictures in one report: about 4 KB each, so the file stays below 3 MB. JSON and CSV hold every finding."""

_THUMBNAIL = 220
_PRODUCTS = 4
_GRAVITY = {"error": 0, "warning": 1, "info": 2}
_SEVERITY_ZH = {"error": "错误", "warning": "警告", "info": "提示"}
_UNITS = {"px", "levels", "L*", "Lab"}
_PERCENT = {"share", "probability"}


def html_report(report: InspectionReport) -> str:
    """Return the page. Every text from the shop is escaped; the pictures are small re-encoded copies."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        groups[finding.photo or f"product {finding.product_id}"].append(finding)
    ordered = sorted(groups.items(), key=lambda group: (min(_GRAVITY[f.severity] for f in group[1]), -len(group[1])))
    shown = ordered[:MAX_CARDS]
    codes = report.counts()
    severities = {finding.code: finding.severity for finding in reversed(report.findings)}
    template = Template((files("shoplens.quality") / "report.html").read_text(encoding="utf-8"))
    return template.substitute(
        source=html.escape(Path(report.source).name or report.source),
        rules=html.escape(", ".join(report.rules)),
        photos=f"{report.photos:,}",
        products=_figure(report.products, "products", "商品") if report.products else "",
        faulty=f"{len(groups):,}",
        total=f"{sum(codes.values()):,}",
        errors=f"{len(report.at_least('error')):,}",
        filters="\n".join(_filter(code, count, severities[code]) for code, count in codes.items()),
        cards="\n".join(_card(key, findings, report) for key, findings in shown),
        left_out=_left_out(len(ordered) - len(shown)),
        nothing="" if groups else f'<p class="nothing">{_both("No problem was found.", "没有发现问题。")}</p>',
    )


def _figure(number: int, english: str, chinese: str) -> str:
    return f"<li><b>{number:,}</b>{_both(english, chinese)}</li>"


def _filter(code: str, count: int, severity: str) -> str:
    texts = message(code)
    return (
        f'<button class="filter {severity}" data-code="{html.escape(code)}" aria-pressed="false">'
        f"{_both(texts.title_en, texts.title_zh)}<b>{count:,}</b></button>"
    )


def _card(key: str, findings: Sequence[Finding], report: InspectionReport) -> str:
    photo = findings[0].photo
    products = list(dict.fromkeys(finding.product_id for finding in findings if finding.product_id))
    name = ", ".join(products[:_PRODUCTS]) or report.names.get(photo, photo)
    more = f" +{len(products) - _PRODUCTS}" if len(products) > _PRODUCTS else ""
    unique = list({(f.code, f.detail.threshold if f.detail else None): f for f in reversed(findings)}.values())[::-1]
    codes = html.escape(" ".join(dict.fromkeys(finding.code for finding in unique)))
    problems = "".join(_problem(finding) for finding in unique)
    worst = min((finding.severity for finding in unique), key=lambda severity: _GRAVITY[severity])
    return (
        f'<article class="card {worst}" data-codes="{codes}">{_picture(photo, unique, report)}'
        f'<div class="about"><h2 title="{html.escape(key)}">{html.escape(name)}{more}</h2>'
        f"<ul>{problems}</ul></div></article>"
    )


def _problem(finding: Finding) -> str:
    texts = message(finding.code)
    measured = f'<span class="measure">{_measure(finding.detail)}</span>' if finding.detail else ""
    link = ""
    if urlsplit(finding.documentation).scheme == "https":
        link = f' <a href="{html.escape(finding.documentation)}" rel="noreferrer">{_both("rule", "规则")}</a>'
    return (
        f'<li class="{finding.severity}"><i>{_both(finding.severity, _SEVERITY_ZH[finding.severity])}</i>'
        f"<strong>{_both(texts.title_en, texts.title_zh)}</strong>{measured}"
        f'<p><span lang="en">{html.escape(finding.description)}</span>'
        f'<span lang="zh">{html.escape(texts.help_zh or finding.description)}</span>{link}</p></li>'
    )


def _measure(detail: Measure) -> str:
    sign = "&lt;" if detail.measured < detail.threshold else "&gt;" if detail.measured > detail.threshold else "="
    if detail.unit in _PERCENT:
        return f"{100 * detail.measured:.3g} % {sign} {100 * detail.threshold:.3g} %"
    unit = f" {html.escape(detail.unit)}" if detail.unit in _UNITS else ""
    return f"{detail.measured:.4g} {sign} {detail.threshold:.4g}{unit}"


def _picture(photo: str, findings: Sequence[Finding], report: InspectionReport) -> str:
    path = report.paths.get(photo)
    try:
        pixels = decode_file(path, min_side=_THUMBNAIL).pixels if path else None
    except PhotoError:
        pixels = None  # its finding is on the card
    if pixels is None:
        return f'<div class="picture none">{_both("no picture", "无图片")}</div>'
    height, width = pixels.shape[:2]
    scale = min(1.0, _THUMBNAIL / max(height, width))
    small = resize(pixels, max(1, round(width * scale)), max(1, round(height * scale)))
    data = base64.b64encode(encode(small, "webp", 75)).decode("ascii")
    boxes = "".join(_box(finding) for finding in findings)
    return (
        f'<div class="picture"><div class="frame"><img alt="" loading="lazy" width="{small.shape[1]}" '
        f'height="{small.shape[0]}" src="data:image/webp;base64,{data}">{boxes}</div></div>'
    )


def _box(finding: Finding) -> str:
    if finding.box is None:
        return ""
    box = finding.box
    place = f"left:{box.x0:.2%};top:{box.y0:.2%};width:{box.x1 - box.x0:.2%};height:{box.y1 - box.y0:.2%}"
    title = html.escape(message(finding.code).title_en)
    return f'<span class="box {finding.severity}" style="{place}" title="{title}"></span>'


def _left_out(count: int) -> str:
    if count <= 0:
        return ""
    texts = _both(f"{count:,} more are in the JSON and CSV reports.", f"另有 {count:,} 项见 JSON 与 CSV 报告。")
    return f'<p class="nothing">{texts}</p>'


def _both(english: str, chinese: str) -> str:
    return f'<span lang="en">{html.escape(english)}</span><span lang="zh">{html.escape(chinese)}</span>'
