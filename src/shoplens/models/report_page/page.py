"""A report as one HTML page."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Literal

from shoplens.models.report_page import confusion, gallery, judgement, provenance, summary
from shoplens.models.report_page.charts import Charts
from shoplens.models.report_page.pictures import Pictures
from shoplens.models.report_page.words import Html, Words

if TYPE_CHECKING:
    from shoplens.models.report import Report


def page(report: Report, language: Literal["en", "zh"] = "en") -> str:
    """Return the page, opened in English or Chinese; it holds both and needs no script to switch."""
    bundle = report.bundle
    words = Words({category.en: category.zh for category in bundle.categories} if bundle is not None else {})
    pictures, charts = Pictures(words, bundle), Charts(words)
    sections = {
        "comparison": gallery.comparison(report, words, pictures),
        "mistakes": gallery.mistakes(report, words, pictures),
        "confusion": confusion.matrix(report, words),
        "confused_pairs": confusion.pairs(report, words, pictures),
        "per_class": confusion.classes(report, words),
        "calibration_section": judgement.calibration(report, words, charts),
        "abstention": judgement.abstention(report, words, charts),
        "label_errors": gallery.label_errors(report, words, pictures),
        "curves": provenance.curves(report, words, charts),
        "data": provenance.data(report, words),
        "facts": provenance.facts(report, words),
    }
    shown = {key: section for key, section in sections.items() if section}
    links = "".join(f'<a href="#{key}">{words.say(key)}</a>' for key in shown)
    return Template((files("shoplens.models.report_page") / "template.html").read_text(encoding="utf-8")).substitute(
        language=language,
        english="checked" if language == "en" else "",
        chinese="checked" if language == "zh" else "",
        title=escape(report.title),
        kind=words.say(f"kind_{report.kind}"),
        lead=_lead(report, words),
        links=links,
        figures=summary.cards(report, words),
        short=summary.sentences(report, words),
        sections="\n".join(shown.values()),
        made=words.say("made", date=str(report.machine.get("date", ""))[:10]),
    )


def _lead(report: Report, words: Words) -> Html:
    e = report.evaluation
    trained = sum(sum(side.photos) for side in report.sides if side.name == "train")
    seen = sum(row.photos > 0 for row in e.classes)
    return words.say(f"lead_{report.kind}", classes=len(e.classes), seen=seen, train=trained, photos=e.photos)
