"""Photos to look at: the worst mistakes with heat maps, suspected label errors, and where two models differ."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from shoplens.models.comparison import Change, Comparison
from shoplens.models.evaluate import Mistake
from shoplens.models.label_errors import LabelError
from shoplens.models.report_page.markup import more, section, table
from shoplens.models.report_page.pictures import Pictures, short
from shoplens.models.report_page.words import Html, Words, percent, span

if TYPE_CHECKING:
    from shoplens.models.report import Report

_WITH_HEAT = 12
_MOST = 36
_MOST_CHANGES = 12


def mistakes(report: Report, words: Words, pictures: Pictures) -> Html:
    """Return the surest wrong answers, the first ones with a map of what speaks for the answer."""
    found = report.evaluation.mistakes
    if not found:
        return section(words, "mistakes", "", words.say("mistakes_none"))

    def one(mistake: Mistake, picture: Html) -> str:
        return (
            f'<figure class="photo">{picture}<figcaption><span class="said">{words.name(mistake.said)}</span> '
            f"{percent(mistake.confidence, 0)}<br>{words.say('is', name=words.name(mistake.truth))}"
            f'<br><span class="soft">{escape(short(mistake.path))}</span></figcaption></figure>'
        )

    first = "".join(one(m, pictures.with_heat(m.path, m.said)) for m in found[:_WITH_HEAT])
    rest = [one(m, pictures.photo(m.path)) for m in found[_WITH_HEAT:_MOST]]
    note = words.say("mistakes_note", count=len(found))
    if report.bundle is not None:
        note = Html(f"{note} {words.say('heat_note')}")
    wide = " wide-photos" if report.bundle is not None else ""
    body = f'<div class="photos{wide}">{first}</div>' + _rest(words, rest)
    return section(words, "mistakes", body, note)


def label_errors(report: Report, words: Words, pictures: Pictures) -> Html:
    """Return the queue of suspected label errors."""
    found = report.evaluation.label_errors
    note = words.say("label_errors_own" if report.kind == "out_of_fold" else "label_errors_note", count=len(found))
    if not found:
        return section(words, "label_errors", "", words.say("label_errors_none"))

    def one(suspect: LabelError) -> str:
        return (
            f'<figure class="photo">{pictures.photo(suspect.path)}<figcaption>'
            f"{words.say('filed', name=words.name(suspect.given), share=percent(suspect.quality, 0))}<br>"
            f'<span class="good">{words.name(suspect.suggested)}</span> {percent(suspect.confidence, 0)}'
            f'<br><span class="soft">{escape(short(suspect.path))}</span></figcaption></figure>'
        )

    shown = [one(suspect) for suspect in found[:_MOST]]
    body = f'<div class="photos">{"".join(shown[:_WITH_HEAT])}</div>' + _rest(words, shown[_WITH_HEAT:])
    return section(words, "label_errors", body, note)


def comparison(report: Report, words: Words, pictures: Pictures) -> Html:
    """Return the paired comparison with another bundle; empty where there is none."""
    c = report.comparison
    if c is None:
        return Html("")
    heads = ["", words.say("other_right", other=c.name), words.say("other_wrong", other=c.name)]
    rows = [
        (words.say("this_right", name=report.title), str(c.both_right), f"<b>{c.only_first}</b>"),
        (words.say("this_wrong", name=report.title), f"<b>{c.only_other}</b>", str(c.both_wrong)),
    ]
    low, high = span(c.interval)
    p = f"{c.p_value:.4f}" if c.p_value >= 0.0001 else "< 0.0001"
    facts = [
        (words.say("accuracy_of", name=report.title), percent(c.accuracy)),
        (words.say("accuracy_of", name=c.name), percent(c.other_accuracy)),
        (words.say("difference"), f"{percent(c.difference)} ({low} – {high})"),
        (words.say("mcnemar"), p),
    ]
    body: str = f'<div class="pair-of">{table(heads, rows, 2)}{table(["", ""], facts, 1)}</div>'
    for key, gained in (("gained", True), ("lost", False)):
        changed = [change for change in c.changes if change.gained is gained]
        body += _changes(changed, f"{words.say(key, name=report.title, count=len(changed))}", c, words, pictures)
    return section(words, "comparison", body, words.say("comparison_note", photos=c.photos, id=c.id))


def _changes(changed: Sequence[Change], title: str, c: Comparison, words: Words, pictures: Pictures) -> str:
    if not changed:
        return ""

    def one(change: Change) -> str:
        kinds = ("good", "said") if change.gained else ("said", "good")
        return (
            f'<figure class="photo">{pictures.photo(change.path)}<figcaption>'
            f'<span class="{kinds[0]}">{words.name(change.said)}</span> {percent(change.confidence, 0)}<br>'
            f'{escape(c.name)}: <span class="{kinds[1]}">{words.name(change.other_said)}</span> '
            f"{percent(change.other_confidence, 0)}<br>{words.say('is', name=words.name(change.truth))}"
            "</figcaption></figure>"
        )

    return f'<h3>{title}</h3><div class="photos">{"".join(one(change) for change in changed[:_MOST_CHANGES])}</div>'


def _rest(words: Words, figures: Sequence[str]) -> str:
    if not figures:
        return ""
    return more(words.say("more_photos", count=len(figures)), f'<div class="photos">{"".join(figures)}</div>')
