"""The pieces that the sections of the page are made of."""

from __future__ import annotations

from collections.abc import Sequence

from shoplens.models.report_page.words import Html, Words


def section(words: Words, key: str, body: str, note: str = "") -> Html:
    """Return a section with the heading `key`, which is also its address on the page."""
    lead = f'<p class="note">{note}</p>' if note else ""
    return Html(
        f'<section id="{key}" aria-labelledby="{key}-h"><h2 id="{key}-h">{words.say(key)}</h2>{lead}{body}</section>'
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: int = 0) -> Html:
    """Return a table of HTML cells; the last `numbers` columns are numbers."""
    first = len(heads) - numbers
    kinds = ["" if i < first else ' class="n"' for i in range(len(heads))]
    head = "".join(f'<th scope="col"{kind}>{text}</th>' for kind, text in zip(kinds, heads, strict=True))
    lines = "".join(
        f"<tr>{''.join(f'<td{kind}>{cell}</td>' for kind, cell in zip(kinds, row, strict=True))}</tr>" for row in rows
    )
    return Html(f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>')


def more(summary: str, body: str) -> Html:
    """Return what opens on demand, and lies open in print."""
    return Html(f"<details><summary>{summary}</summary>{body}</details>")


def chart(drawing: str, title: str, note: str = "") -> Html:
    """Return a drawing with its title and what it says."""
    said = f"<p>{note}</p>" if note else ""
    return Html(f'<figure class="chart"><figcaption><b>{title}</b>{said}</figcaption>{drawing}</figure>')
