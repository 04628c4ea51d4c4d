"""A report as one HTML page that needs no other file and no server."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from shoplens.models.charts import line_chart, reliability_chart
from shoplens.models.evaluate import Mistake
from shoplens.photos.decode import decode_file
from shoplens.photos.recipe import Recipe

if TYPE_CHECKING:
    from shoplens.models.report import Report

LANGUAGES = ("en", "zh")

_MOST_MISTAKES = 24
_MOST_FILES = 50
_MOST_MATRIX = 30
_MOST_PAIRS = 15
_PICTURE = 180


def _resource(name: str) -> str:
    return (files("shoplens.models") / name).read_text(encoding="utf-8")


class ReportPage:
    """The report as HTML; every text stands there in both languages, and the page shows one."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._messages: Mapping[str, Sequence[str]] = json.loads(_resource("report_messages.json"))

    def html(self, language: str) -> str:
        """Return the page, opened in "en" or "zh"."""
        report, figures = self._report, self._report.evaluation
        sections = (
            self._curves,
            self._judgement,
            self._confusion,
            self._classes,
            self._mistakes,
            self._data,
            self._facts,
        )
        lead = self._say(
            f"lead_{report.kind}",
            classes=len(figures.classes),
            train=sum(sum(side.photos) for side in report.sides if side.name == "train"),
            photos=figures.photos,
        )
        return Template(_resource("report_template.html")).substitute(
            language=language,
            title=escape(report.title),
            kind=self._say(f"kind_{report.kind}"),
            lead=lead,
            other_language=self._say("other_language"),
            figures=self._figures(),
            sections="\n".join(section() for section in sections),
        )

    def _say(self, key: str, tag: str = "span", **values: object) -> str:
        texts = zip(LANGUAGES, self._messages[key], strict=True)
        safe = {name: escape(str(value)) for name, value in values.items()}
        return "".join(f'<{tag} lang="{language}">{text.format(**safe)}</{tag}>' for language, text in texts)

    def _section(self, title: str, body: str, note: str = "") -> str:
        lead = f"<p>{note}</p>" if note else ""
        return f"<section><h2>{self._say(title)}</h2>{lead}{body}</section>"

    def _table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: int = 0) -> str:
        """Return a table; the last `numbers` columns are numbers."""
        first = len(heads) - numbers
        kinds = ["" if i < first else ' class="n"' for i in range(len(heads))]
        head = "".join(f"<th{kind}>{text}</th>" for kind, text in zip(kinds, heads, strict=True))
        body = ("".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, row, strict=True)) for row in rows)
        lines = "".join(f"<tr>{row}</tr>" for row in body)
        return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'

    def _figures(self) -> str:
        e = self._report.evaluation
        interval = self._say("accuracy_note", low=_percent(e.interval[0]), high=_percent(e.interval[1]))
        answers = self._say("coverage_note", threshold=f"{e.threshold:.2f}", precision=_percent(e.precision))
        cards = [
            ("accuracy", _percent(e.accuracy), interval),
            ("macro_f1", f"{e.macro_f1:.3f}", self._say("macro_f1_note")),
            ("coverage", _percent(e.coverage), answers),
            ("calibration", f"{e.calibration_error:.3f}", self._say("calibration_note")),
        ]
        if len(e.classes) > 5:
            cards.insert(1, ("top5", _percent(e.top5), self._say("top5_note")))
        return "".join(
            f'<div class="figure">{self._say(key)}<b>{value}</b><small>{note}</small></div>'
            for key, value, note in cards
        )

    def _curves(self) -> str:
        history = self._report.history
        if not history:
            return ""
        best = max(i for i, record in enumerate(history) if record.best)
        losses = [
            (self._say("loss_train", "tspan"), [record.loss for record in history]),
            (self._say("loss_validation", "tspan"), [record.validation_loss for record in history]),
        ]
        accuracy = [(self._say("accuracy_validation", "tspan"), [record.validation_accuracy for record in history])]
        passes = self._say("epoch", "tspan")
        charts = line_chart(losses, label=passes) + line_chart(accuracy, label=passes, mark=best, share=True)
        stopped = self._messages[f"stopped_{self._report.stopped}"]
        note = "".join(
            f'<span lang="{language}">'
            + self._messages["curves_note"][i].format(
                epochs=len(history), minutes=f"{history[-1].seconds / 60:.1f}", best=best + 1, stopped=stopped[i]
            )
            + "</span>"
            for i, language in enumerate(LANGUAGES)
        )
        return self._section("curves", f'<div class="pair">{charts}</div>', note)

    def _judgement(self) -> str:
        chart = reliability_chart(
            self._report.evaluation.bins,
            x_label=self._say("confidence", "tspan"),
            y_label=self._say("share_right", "tspan"),
        )
        return self._section(
            "reliability", f'<div style="max-width:640px;margin:auto">{chart}</div>', self._say("reliability_note")
        )

    def _confusion(self) -> str:
        figures = self._report.evaluation
        names = [escape(row.name) for row in figures.classes]
        if len(names) > _MOST_MATRIX:
            return self._section("confused_pairs", self._pairs(names))
        head = "".join(f"<th>{name}</th>" for name in names)
        rows = []
        for i, (name, counts) in enumerate(zip(names, figures.confusion, strict=True)):
            cells = "".join(_cell(count, sum(counts), right=i == j) for j, count in enumerate(counts))
            rows.append(f"<tr><th>{name}</th>{cells}</tr>")
        table = (
            f'<table class="confusion"><thead><tr><th></th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
        )
        return self._section("confusion", f'<div class="wide">{table}</div>', self._say("confusion_note"))

    def _pairs(self, names: Sequence[str]) -> str:
        matrix = np.array(self._report.evaluation.confusion)
        np.fill_diagonal(matrix, 0)
        order = np.argsort(-matrix, axis=None, kind="stable")[:_MOST_PAIRS]
        places = [(int(i), int(j)) for i, j in zip(*np.unravel_index(order, matrix.shape), strict=True)]
        rows = [(names[i], names[j], str(matrix[i, j])) for i, j in places if matrix[i, j]]
        return self._table([self._say("truth"), self._say("said"), self._say("count")], rows, 1)

    def _classes(self) -> str:
        rows = [
            (escape(r.name), _bar(r.f1) + f"{r.f1:.3f}", f"{r.precision:.3f}", f"{r.recall:.3f}", str(r.photos))
            for r in self._report.evaluation.classes
        ]
        heads = [self._say("class"), "F1", *(self._say(key) for key in ("precision", "recall", "count"))]
        return self._section("per_class", self._table(heads, rows, 4))

    def _mistakes(self) -> str:
        mistakes = self._report.evaluation.mistakes
        if not mistakes:
            return self._section("mistakes", "", self._say("mistakes_none"))
        shown = "".join(self._mistake(mistake) for mistake in mistakes[:_MOST_MISTAKES])
        return self._section(
            "mistakes", f'<div class="mistakes">{shown}</div>', self._say("mistakes_note", count=len(mistakes))
        )

    def _mistake(self, mistake: Mistake) -> str:
        name = escape(Path(mistake.path).name)
        return (
            f'<figure><img src="{_picture(Path(mistake.path))}" alt="{name}" title="{escape(mistake.path)}">'
            f'<figcaption><span class="said">{escape(mistake.said)}</span> {_percent(mistake.confidence)}<br>'
            f'{self._say("truth")}: {escape(mistake.truth)}<br><span class="soft">{name}</span></figcaption></figure>'
        )

    def _data(self) -> str:
        report = self._report
        body = f"<p>{self._say('folder')}: {escape(report.folder)}</p>"
        if report.sides:
            names = [row.name for row in report.evaluation.classes]
            rows = [
                (
                    escape(name),
                    *(str(side.photos[i]) for side in report.sides),
                    str(sum(s.photos[i] for s in report.sides)),
                )
                for i, name in enumerate(names)
            ]
            sums = [sum(side.photos) for side in report.sides]
            rows.append((self._say("total"), *(f"<b>{total}</b>" for total in sums), f"<b>{sum(sums)}</b>"))
            heads = [self._say("class"), *(self._say(f"side_{side.name}") for side in report.sides), self._say("total")]
            body += self._table(heads, rows, len(heads) - 1)
            body += f"<p></p><p>{self._say('kept_together')}: {report.kept_together}<br>"
            body += f"{self._say('left_out')}: {report.left_out}</p>"
        return self._section("data", body + f"<h3>{self._say('quarantined')}</h3>" + self._quarantined())

    def _quarantined(self) -> str:
        bad = self._report.quarantined
        if not bad:
            return f"<p>{self._say('quarantined_none')}</p>"
        rows = [(escape(file.path), escape(file.reason)) for file in bad[:_MOST_FILES]]
        more = len(bad) - len(rows)
        rest = f"<p>{self._say('quarantined_more', count=more)}</p>" if more else ""
        return self._table([f"{self._say('folder')} ({len(bad)})", self._say("reason")], rows) + rest

    def _facts(self) -> str:
        parts: list[tuple[str, Mapping[str, Any]]] = [
            ("settings", self._report.settings),
            ("model", self._report.model),
            ("machine", self._report.machine),
        ]
        say: Callable[[object], str] = lambda value: escape("-" if value in (None, {}, "") else str(value))  # noqa: E731
        return "".join(
            self._section(title, self._table(["", ""], [(escape(key), say(value)) for key, value in facts.items()]))
            for title, facts in parts
            if facts
        )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _bar(share: float) -> str:
    return f'<span class="bar" style="--v:{share:.3f}"></span>'


def _cell(count: int, total: int, *, right: bool) -> str:
    share = count / total if total else 0.0
    kinds = " ".join(name for name, on in (("right", right), ("dark", share > 0.45)) if on)
    return f'<td class="{kinds}" style="--v:{share:.3f}">{count or ""}</td>'


def _picture(path: Path) -> str:
    """Return the photo as a small JPEG that the page carries with it."""
    pixels = Recipe.parse(f"resize:long={_PICTURE}").apply(decode_file(path, min_side=_PICTURE).pixels)
    data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])[1]
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()
