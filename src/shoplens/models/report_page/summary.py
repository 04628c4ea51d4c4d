"""What matters first: the figures, and what they say in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoplens.models.comparison import Comparison
from shoplens.models.report_page.confusion import confused_pairs
from shoplens.models.report_page.words import Html, Words, percent, span

if TYPE_CHECKING:
    from shoplens.models.report import Report

_LUCK = 0.05
"""A difference whose p is this or more may be luck."""


def cards(report: Report, words: Words) -> Html:
    """Return the large figures with what each means."""
    e = report.evaluation
    low, high = span(e.interval)
    shown = [("accuracy", percent(e.accuracy), words.say("interval_note", low=low, high=high))]
    if len(e.classes) > 5:
        low, high = span(e.top5_interval)
        shown.append(("top5", percent(e.top5), words.say("top5_note", low=low, high=high)))
    low, high = (f"{end:.3f}" for end in e.macro_f1_interval)
    shown.append(("macro_f1", f"{e.macro_f1:.3f}", words.say("macro_f1_note", low=low, high=high)))
    answers = words.say("coverage_note", threshold=f"{e.threshold:.2f}", precision=percent(e.precision))
    shown.append(("coverage", percent(e.coverage), answers))
    shown.append(("calibration", f"{e.calibration_error:.3f}", words.say("calibration_note")))
    shown.append(("log_loss", f"{e.log_loss:.3f}", words.say("log_loss_note")))
    return Html(
        "".join(
            f'<div class="figure">{words.say(key)}<b>{value}</b><small>{note}</small></div>'
            for key, value, note in shown
        )
    )


def sentences(report: Report, words: Words) -> Html:
    """Return the findings that a reader would look for, one sentence each."""
    e = report.evaluation
    right = sum(row[i] for i, row in enumerate(e.confusion))
    said = [words.say("short_right", right=right, photos=e.photos)]
    if report.comparison is not None:
        said.append(_verdict(report.comparison, words))
    if pairs := confused_pairs(report):
        truth, taken, count = pairs[0]
        said.append(words.say("short_pair", truth=words.name(truth), said=words.name(taken), count=count))
    weak = min((row for row in e.classes if row.photos), key=lambda row: (row.f1, row.name))
    if weak.f1 < 1 and sum(row.photos > 0 for row in e.classes) > 2:
        said.append(words.say("short_weak", name=words.name(weak.name), f1=f"{weak.f1:.2f}", photos=weak.photos))
    wished = next(found for found in e.abstentions if found.precision == report.wished)
    key = "short_wished" if wished.coverage else "short_wished_never"
    values = {"wish": percent(wished.precision, 0), "coverage": percent(wished.coverage, 0)}
    said.append(words.say(key, threshold=f"{min(wished.threshold, 1):.2f}", **values))
    if e.label_errors:
        said.append(words.say("short_label_errors", count=len(e.label_errors)))
    if report.quarantined or report.unmatched:
        unknown = sum(label.photos for label in report.unmatched)
        said.append(words.say("short_unused", bad=len(report.quarantined), unknown=unknown))
    lines = "".join(f"<li>{line}</li>" for line in said)
    return Html(f'<h2>{words.say("short")}</h2><ul class="short">{lines}</ul>')


def _verdict(c: Comparison, words: Words) -> Html:
    key = "short_even" if c.p_value >= _LUCK else "short_better" if c.difference > 0 else "short_worse"
    points, low, high = (f"{100 * value:+.1f}" for value in (c.difference, *c.interval))
    p = f"{c.p_value:.3f}" if c.p_value >= 0.001 else "< 0.001"
    return words.say(key, other=c.name, points=points, low=low, high=high, p=p)
