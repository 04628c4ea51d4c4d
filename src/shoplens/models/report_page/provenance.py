"""Where the figures come from: the training, the data, the settings and the machine."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplens.models.report_page.charts import Charts
from shoplens.models.report_page.markup import chart, more, section, table
from shoplens.models.report_page.pictures import short
from shoplens.models.report_page.words import Html, Words

if TYPE_CHECKING:
    from shoplens.models.report import Report

_MOST_FILES = 50


def curves(report: Report, words: Words, charts: Charts) -> Html:
    """Return the learning curves; empty where no passes are known."""
    history = report.history
    if not history:
        return Html("")
    best = max((i for i, record in enumerate(history) if record.best), default=len(history) - 1)
    minutes = f"{history[-1].seconds / 60:.1f}"
    note = words.say("curves_note", epochs=len(history), minutes=minutes, best=history[best].epoch)
    if report.stopped:
        note = Html(f"{note} {words.say(f'stopped_{report.stopped}')}")
    drawings = chart(charts.losses(history), words.say("loss")) + chart(
        charts.accuracies(history, best), words.say("accuracy_validation")
    )
    return section(words, "curves", f'<div class="pair-of">{drawings}</div>', note)


def data(report: Report, words: Words) -> Html:
    """Return what the photos are, and what could not be used."""
    body = f"<p>{words.say('folder')}: <b>{escape(Path(report.folder).name or report.folder)}</b></p>"
    if report.kind == "train":
        body += _sides(report, words)
        body += f"<p>{words.say('kept_together')}: {report.kept_together}<br>"
        body += f"{words.say('left_out')}: {report.left_out}</p>"
    if report.ignored_columns:
        body += f"<p>{words.say('ignored_columns')}: {escape(', '.join(report.ignored_columns))}</p>"
    if report.unmatched:
        rows = [
            (escape(label.label), str(label.photos), ", ".join(words.name(name) for name in label.nearest) or "–")
            for label in report.unmatched[:_MOST_FILES]
        ]
        heads = [words.say("label"), words.say("count"), words.say("nearest")]
        body += f"<h3>{words.say('unmatched')}</h3><p class=note>{words.say('unmatched_note')}</p>{table(heads, rows)}"
    return section(words, "data", body + f"<h3>{words.say('quarantined')}</h3>" + _quarantined(report, words))


def facts(report: Report, words: Words) -> Html:
    """Return settings, model and machine, each where it is known."""
    parts: list[tuple[str, Mapping[str, Any]]] = [
        ("model", report.model),
        ("settings", report.settings),
        ("machine", report.machine),
    ]
    shown = "".join(
        more(words.say(title), table(["", ""], [(escape(key), _value(value)) for key, value in known.items()]))
        for title, known in parts
        if known
    )
    return section(words, "facts", shown) if shown else Html("")


def _sides(report: Report, words: Words) -> str:
    rows = [
        (
            words.name(row.name),
            *(str(side.photos[i]) for side in report.sides),
            str(sum(side.photos[i] for side in report.sides)),
        )
        for i, row in enumerate(report.evaluation.classes)
        if any(side.photos[i] for side in report.sides)
    ]
    sums = [sum(side.photos) for side in report.sides]
    rows.append((f"<b>{words.say('total')}</b>", *(f"<b>{total}</b>" for total in sums), f"<b>{sum(sums)}</b>"))
    heads = [words.say("class"), *(words.say(f"side_{side.name}") for side in report.sides), words.say("total")]
    return table(heads, rows, len(heads) - 1)


def _quarantined(report: Report, words: Words) -> str:
    bad = report.quarantined
    if not bad:
        return f"<p>{words.say('quarantined_none')}</p>"
    rows = [(escape(short(file.path)), escape(file.reason)) for file in bad[:_MOST_FILES]]
    rest = f"<p>{words.say('quarantined_more', count=len(bad) - len(rows))}</p>" if len(bad) > len(rows) else ""
    return table([Html(f"{words.say('file')} ({len(bad)})"), words.say("reason")], rows) + rest


def _value(value: object) -> str:
    return escape("–" if value in (None, {}, "") else f"{value:.4g}" if isinstance(value, float) else str(value))
