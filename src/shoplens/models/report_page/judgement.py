"""Whether the probabilities mean what they say, and when it is better to say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoplens.models.intervals import wilson_interval
from shoplens.models.report_page.charts import Charts
from shoplens.models.report_page.markup import chart, section, table
from shoplens.models.report_page.words import Html, Words, percent, span

if TYPE_CHECKING:
    from shoplens.models.evaluate import Evaluation
    from shoplens.models.recalibration import Recalibration
    from shoplens.models.report import Report


def calibration(report: Report, words: Words, charts: Charts) -> Html:
    """Return the reliability diagram, and what a temperature fitted anew would change."""
    e = report.evaluation
    drawing = chart(charts.reliability(e.bins), words.say("reliability"), words.say("reliability_note"))
    again = e.recalibration
    facts = ""
    if again is not None:
        rows = [
            (words.say("as_shipped"), f"{e.calibration_error:.3f}", f"{e.log_loss:.3f}"),
            (words.say("fitted_anew"), f"{again.calibration_error:.3f}", f"{again.log_loss:.3f}"),
            (words.say("by_chance", high=f"{again.chance_high:.3f}"), f"{again.chance_error:.3f}", ""),
        ]
        heads = ["", words.say("calibration"), words.say("log_loss")]
        advice = _advice(e, again, words)
        note = words.say("fitted_anew_note", halvings=again.halvings)
        facts = f'<div>{table(heads, rows, 2)}<p class="note">{note}</p><p>{advice}</p></div>'
    return section(words, "calibration_section", f'<div class="pair-of">{drawing}{facts}</div>')


def _advice(e: Evaluation, again: Recalibration, words: Words) -> Html:
    if e.calibration_error <= max(again.chance_high, again.calibration_error):
        return words.say("temperature_fine", temperature=f"{again.temperature:.2f}")
    if again.tendency:
        key = "temperature_sure" if again.tendency > 0 else "temperature_modest"
        return words.say(key, temperature=f"{again.temperature:.2f}")
    low, high = (f"{100 * end:+.1f}" for end in again.gap_interval)
    gap = f"{100 * abs(again.gap):.1f}"
    return words.say("temperature_few", photos=e.photos, gap=gap, low=low, high=high, enough=f"{again.enough:,}")


def abstention(report: Report, words: Words, charts: Charts) -> Html:
    """Return the curve of risk and coverage, and the thresholds for several wished precisions."""
    e = report.evaluation
    now = (e.coverage, 1 - e.precision if e.coverage else 0.0)
    drawing = chart(charts.risk_coverage(e.risk_coverage, now), words.say("risk"), words.say("risk_note"))
    rows: list[tuple[str, ...]] = []
    for found in e.abstentions:
        wish = percent(found.precision, 0)
        if found.precision == report.wished:
            wish = f"<b>{wish}</b>"
        if not found.coverage:
            rows.append((wish, words.say("not_reached"), "", "", ""))
            continue
        answered = round(found.coverage * e.photos)
        low, high = span(wilson_interval(round(found.reached * answered), answered))
        rows.append(
            (wish, f"{found.threshold:.3f}", percent(found.coverage), percent(found.reached), f"{low} – {high}")
        )
    heads = [words.say(key) for key in ("wished", "threshold", "coverage", "reached", "reached_interval")]
    note = words.say("abstention_note", threshold=f"{e.threshold:.2f}", area=f"{e.risk_coverage.area:.3f}")
    facts = f'<div>{table(heads, rows, 5)}<p class="note">{note}</p></div>'
    return section(words, "abstention", f'<div class="pair-of">{drawing}{facts}</div>')
