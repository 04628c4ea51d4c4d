"""What is taken for what, and each class by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shoplens.models.report_page.markup import more, section, table
from shoplens.models.report_page.pictures import Pictures
from shoplens.models.report_page.words import Html, Words

if TYPE_CHECKING:
    from shoplens.models.report import Report

_MOST_MATRIX = 30
_MOST_PAIRS = 15
_PAIRS_WITH_PICTURES = 6
_PICTURES = 4


def confused_pairs(report: Report) -> list[tuple[str, str, int]]:
    """Return the most frequent confusions: truth, answer, number of photos."""
    classes = report.evaluation.classes
    matrix = np.array(report.evaluation.confusion)
    np.fill_diagonal(matrix, 0)
    order = np.argsort(-matrix, axis=None, kind="stable")[:_MOST_PAIRS]
    places = zip(*np.unravel_index(order, matrix.shape), strict=True)
    return [(classes[i].name, classes[j].name, int(matrix[i, j])) for i, j in places if matrix[i, j]]


def matrix(report: Report, words: Words) -> Html:
    """Return the confusion matrix of the classes that occur; empty where there are too many to be read."""
    counts = np.array(report.evaluation.confusion)
    shown = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    if len(shown) > _MOST_MATRIX:
        return Html("")
    names = dict(zip(shown, words.brief([report.evaluation.classes[i].name for i in shown]), strict=True))
    head = "".join(f'<th scope="col"><div>{names[j]}</div></th>' for j in shown)
    rows = []
    for i in (i for i in shown if counts[i].any()):
        total = int(counts[i].sum())
        cells = "".join(_cell(int(counts[i, j]), total, right=bool(i == j)) for j in shown)
        rows.append(f'<tr><th scope="row">{names[i]}</th>{cells}</tr>')
    body = f'<table class="confusion"><thead><tr><td></td>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    return section(words, "confusion", f'<div class="wide">{body}</div>', words.say("confusion_note"))


def pairs(report: Report, words: Words, pictures: Pictures) -> Html:
    """Return the most confused pairs of classes, the first ones with sample photos."""
    found = confused_pairs(report)
    if not found:
        return Html("")
    shown = []
    for truth, said, count in found[:_PAIRS_WITH_PICTURES]:
        paths = [m.path for m in report.evaluation.mistakes if (m.truth, m.said) == (truth, said)][:_PICTURES]
        samples = "".join(pictures.photo(path) for path in paths)
        title = words.say("pair", truth=words.name(truth), said=words.name(said))
        many = words.say("times", count=count)
        shown.append(
            f'<div class="pair"><h3>{title} <small>{many}</small></h3><div class="strip">{samples}</div></div>'
        )
    rest = [(words.name(t), words.name(s), str(n)) for t, s, n in found[_PAIRS_WITH_PICTURES:]]
    heads = [words.say("truth"), words.say("said"), words.say("count")]
    others = more(words.say("more_pairs", count=len(rest)), table(heads, rest, 1)) if rest else ""
    return section(words, "confused_pairs", f'<div class="pairs">{"".join(shown)}</div>{others}')


def classes(report: Report, words: Words) -> Html:
    """Return the classification report: the classes that occur, the weakest first."""
    said = np.array(report.evaluation.confusion).sum(axis=0)
    rows = [
        (
            words.name(row.name),
            f'<span class="bar" style="--v:{row.f1:.3f}"></span>{row.f1:.3f}',
            f"{row.precision:.3f}",
            f"{row.recall:.3f}",
            f'<span class="soft">{row.recall_interval[0]:.2f} – {row.recall_interval[1]:.2f}</span>',
            str(row.photos),
        )
        for row in sorted(report.evaluation.classes, key=lambda row: row.f1)
        if row.photos
    ]
    heads = [words.say("class"), "F1", *(words.say(k) for k in ("precision", "recall", "recall_interval", "count"))]
    stray = [
        f"{words.name(row.name)} ({often})"
        for row, often in zip(report.evaluation.classes, said, strict=True)
        if often and not row.photos
    ]
    more_said = f'<p class="note">{words.say("only_said")} {"; ".join(stray)}</p>' if stray else ""
    return section(words, "per_class", table(heads, rows, 5) + more_said, words.say("per_class_note"))


def _cell(count: int, total: int, *, right: bool) -> str:
    share = count / total if total else 0.0
    kinds = " ".join(name for name, on in (("right", right), ("dark", share > 0.45)) if on)
    return f'<td class="{kinds}" style="--v:{share:.3f}">{count or ""}</td>'
