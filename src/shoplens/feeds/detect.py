"""Which software wrote a catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shoplens import plugins
from shoplens.errors import FeedError
from shoplens.feeds.feed import Feed, Head
from shoplens.feeds.source import Source

# Below it a guess is worth less than a question.
_LEAST_CONFIDENCE = 0.2
_NAMED_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Detection:
    """What a source was taken for.

    Attributes:
        origin: name of the plug-in.
        confidence: 0 to 1; 1 where the user named the origin.
        reason: one sentence for people.
        head: what was looked at.
        candidates: every plug-in with its confidence, the surest first.
    """

    origin: str
    confidence: float
    reason: str
    head: Head
    candidates: tuple[tuple[str, float], ...]


def read_head(path: Path) -> Head:
    """Return the beginning of a file or folder.

    Raises:
        FeedError: it does not exist, is empty, or is no text.
    """
    return Head(path, (), "") if path.is_dir() else Source.open(path).head


def open_feed(path: Path, origin: str | None = None) -> tuple[Feed, Detection]:
    """Return the reader for `path` and why it was chosen; every plug-in of the kind "feed" is asked.

    Args:
        path: a file or a folder.
        origin: the name of a plug-in, which then is used without asking.

    Raises:
        FeedError: the source cannot be read, or nobody knows it; the message lists its columns.
        UnknownName: there is no plug-in `origin`.
    """
    chosen = _load(origin) if origin else None
    head = read_head(path)
    feeds = {name: _load(name) for name in plugins.names("feed")}
    marks = {name: feed.confidence(head) for name, feed in feeds.items()}
    candidates = tuple(sorted(marks.items(), key=lambda pair: (-pair[1], pair[0])))
    if chosen is not None and origin:
        return chosen, Detection(origin, 1.0, "The origin was named.", head, candidates)
    best, confidence = candidates[0]
    if confidence < _LEAST_CONFIDENCE:
        raise FeedError(
            "The catalogue is of no origin that is known here.",
            received=f"{path.name} with the columns {', '.join(head.columns) or '(none)'}",
            remedy=f"Name the origin ({', '.join(feeds)}), or map the columns: "
            "--origin table --map id=COLUMN --map photos=COLUMN.",
            code="feed_unknown",
        )
    return feeds[best], Detection(best, confidence, _reason(best, feeds[best], head), head, candidates)


def _load(name: str) -> Feed:
    feed: Feed = plugins.load("feed", name)()
    return feed


def _reason(name: str, feed: Feed, head: Head) -> str:
    if head.path.is_dir():
        return "It is a folder: every photo in it is a product."
    columns = list(dict.fromkeys(feed.mapping(head).values()))
    named = ", ".join(columns[:_NAMED_COLUMNS]) + (", ..." if len(columns) > _NAMED_COLUMNS else "")
    return f"{len(columns)} of its {len(head.columns)} columns are those of {name}: {named}."
