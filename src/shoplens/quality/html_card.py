"""The cards of the HTML report: one for each photo or product with its problems, one for each mended photo."""

from __future__ import annotations

import base64
import html
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from shoplens.catalog.findings import GRAVITY
from shoplens.catalog.fixes import FixedPhoto
from shoplens.errors import PhotoError
from shoplens.photos.decode import decode_file, encode
from shoplens.photos.transform import resize
from shoplens.quality.inspection_report import InspectionReport
from shoplens.quality.measure_text import measure_text
from shoplens.quality.messages import fix_message, message
from shoplens.records import Finding, Severity

SEVERITY_ZH: dict[Severity, str] = {"error": "错误", "warning": "警告", "info": "提示"}
_THUMBNAIL = 220
_PRODUCTS = 4


def problem_card(key: str, findings: Sequence[Finding], report: InspectionReport) -> str:
    """Return the card of one photo, or of a product without one."""
    photo = findings[0].photo
    products = list(dict.fromkeys(finding.product_id for finding in findings if finding.product_id))
    name = ", ".join(products[:_PRODUCTS]) or report.name(findings[0]) or photo
    more = f" +{len(products) - _PRODUCTS}" if len(products) > _PRODUCTS else ""
    entries = _entries(findings, report)
    shown = [same[0] for same in entries]
    categories = html.escape("\n".join(dict.fromkeys(report.categories.get(product, "") for product in products)))
    problems = "".join(_problem(same, report, shared=len(products) > 1) for same in entries)
    worst = min((finding.severity for finding in shown), key=GRAVITY.__getitem__)
    return (
        f'<article class="card {worst}" data-categories="{categories}">{_picture(photo, shown, report)}'
        f'<div class="about"><h3 title="{html.escape(key)}">{html.escape(name)}{more}</h3>'
        f"<ul>{problems}</ul></div></article>"
    )


def mended_card(fix: FixedPhoto, report: InspectionReport) -> str:
    """Return the card of a mended photo: before, after, and what was done."""
    steps = "".join(
        f"<li><strong>{both(fix_message(name).title_en, fix_message(name).title_zh)}</strong>"
        f'<p class="soft">{both(message(code).title_en, message(code).title_zh)}</p></li>'
        for name, code in fix.steps
    )
    pictures = "".join(
        f"<figure>{_thumbnail(report.paths.get(photo))}<figcaption>{both(*caption)}</figcaption></figure>"
        for photo, caption in ((fix.original, ("before", "修复前")), (fix.fixed, ("after", "修复后")))
    )
    title = html.escape(", ".join(fix.products[:_PRODUCTS]))
    return (
        f'<article class="card mended"><div class="pair">{pictures}</div>'
        f'<div class="about"><h3 title="{html.escape(fix.original)}">{title}</h3><ul>{steps}</ul></div></article>'
    )


def both(english: str, chinese: str) -> str:
    """Return a text in both languages, of which the page shows one."""
    return f'<span lang="en">{html.escape(english)}</span><span lang="zh">{html.escape(chinese)}</span>'


def _entries(findings: Sequence[Finding], report: InspectionReport) -> list[list[Finding]]:
    """Return the findings of one photo, each problem once for all products; where it is waived for some, twice."""
    found: dict[tuple[str, float | None, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        limit = finding.detail.threshold if finding.detail else None
        found[finding.code, limit, _state(finding, report)].append(finding)
    return list(found.values())


def _state(finding: Finding, report: InspectionReport) -> str:
    issue = report.issues.get(finding.id)
    return issue.state if issue else "open"


def _problem(same: Sequence[Finding], report: InspectionReport, *, shared: bool) -> str:
    finding = same[0]
    texts = message(finding.code)
    measured = ""
    if finding.detail:
        measured = f'<span class="measure">{html.escape(measure_text(finding.detail))}</span>'
    source = html.escape(finding.documentation)
    if urlsplit(finding.documentation).scheme == "https":
        source = f' <a href="{source}" rel="noreferrer">{both("rule", "规则")}</a>'
    elif source:
        source = f' <span class="soft">({source})</span>'
    advice = f"<p>{both(texts.help_en, texts.help_zh)}</p>" if texts.help_en else ""
    issue = report.issues.get(finding.id)
    state = _state(finding, report)
    history = ""
    if issue is not None:
        since = both(f"since {issue.first_seen[:10]}", f"首次发现 {issue.first_seen[:10]}")
        history = f'<p class="soft">{since} · <code>{html.escape(finding.id)}</code></p>'
    if state == "waived":
        history += _waivers(same, report, shared=shared)
    channels = html.escape(" ".join(dict.fromkeys(name for one in same for name, _ in one.channels)))
    return (
        f'<li class="{finding.severity} {state}" data-code="{html.escape(finding.code)}" '
        f'data-severity="{finding.severity}" data-channels="{channels}" data-state="{state}">'
        f"<i>{both(finding.severity, SEVERITY_ZH[finding.severity])}</i>"
        f"<strong>{both(texts.title_en, texts.title_zh)}</strong>{measured}"
        f"<p>{html.escape(finding.description)}{source}</p>{advice}{history}</li>"
    )


def _waivers(same: Sequence[Finding], report: InspectionReport, *, shared: bool) -> str:
    """Return who accepted it and why; on the card of several products also for which of them."""
    products: dict[tuple[str, str], list[str]] = defaultdict(list)
    for finding in same:
        issue = report.issues[finding.id]
        products[issue.waived_by, issue.waived_why].append(finding.product_id)
    lines = []
    for (by, why), names in products.items():
        named = ", ".join(names[:_PRODUCTS]) + (f" +{len(names) - _PRODUCTS}" if len(names) > _PRODUCTS else "")
        english, chinese = (f" for {named}", f"（{named}）") if shared else ("", "")
        who = both(f"Waived by {by}{english}: ", f"由 {by} 豁免{chinese}：")
        lines.append(f'<p class="waiver">{who}{html.escape(why)}</p>')
    return "".join(lines)


def _picture(photo: str, findings: Sequence[Finding], report: InspectionReport) -> str:
    boxes = "".join(_box(finding) for finding in findings)
    return f'<div class="picture">{_thumbnail(report.paths.get(photo), boxes)}</div>'


def _thumbnail(path: Path | None, boxes: str = "") -> str:
    """Return a small copy of the photo with boxes over it, or a word in its place."""
    try:
        pixels = decode_file(path, min_side=_THUMBNAIL).pixels if path else None
    except PhotoError:
        pixels = None  # its finding is on the card
    if pixels is None:
        return f'<span class="none">{both("no picture", "无图片")}</span>'
    height, width = pixels.shape[:2]
    scale = min(1.0, _THUMBNAIL / max(height, width))
    small = resize(pixels, max(1, round(width * scale)), max(1, round(height * scale)))
    data = base64.b64encode(encode(small, "webp", 75)).decode("ascii")
    return (
        f'<div class="frame"><img alt="" loading="lazy" width="{small.shape[1]}" height="{small.shape[0]}" '
        f'src="data:image/webp;base64,{data}">{boxes}</div>'
    )


def _box(finding: Finding) -> str:
    if finding.box is None:
        return ""
    box = finding.box
    place = f"left:{box.x0:.2%};top:{box.y0:.2%};width:{box.x1 - box.x0:.2%};height:{box.y1 - box.y0:.2%}"
    title, code = html.escape(message(finding.code).title_en), html.escape(finding.code)
    return f'<span class="box {finding.severity}" style="{place}" title="{title}" data-code="{code}"></span>'
