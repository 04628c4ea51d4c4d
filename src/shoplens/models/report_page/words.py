"""The page's texts: each stands there in English and in Chinese, and the page shows one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files

LANGUAGES = ("en", "zh")
_PART = " > "


class Html(str):
    """Text that is HTML already and is not escaped again."""


class Words:
    """Speaks the messages of `messages.json`.

    Args:
        chinese: a class's English path to its Chinese one, where it has one.
    """

    def __init__(self, chinese: Mapping[str, str]) -> None:
        text = (files("shoplens.models.report_page") / "messages.json").read_text(encoding="utf-8")
        self._messages: Mapping[str, Sequence[str]] = json.loads(text)
        self._chinese = chinese

    def say(self, key: str, tag: str = "span", **values: object) -> Html:
        """Return a message in both languages.

        Args:
            key: in `messages.json`.
            tag: of the elements that hold the languages; "tspan" inside a drawing.
            values: for the places in braces; text is escaped, `Html` is not.
        """
        texts = zip(LANGUAGES, self._messages[key], strict=True)
        safe = {name: value if isinstance(value, Html) else escape(str(value)) for name, value in values.items()}
        return Html("".join(f'<{tag} lang="{language}">{text.format(**safe)}</{tag}>' for language, text in texts))

    def name(self, label: str) -> Html:
        """Return a class's name, escaped, in both languages where it has two."""
        return _both(label, self._chinese.get(label, ""))

    def brief(self, labels: Sequence[str]) -> list[Html]:
        """Return the last part of each path; the whole paths where two of them end alike."""
        last = [label.split(_PART)[-1] for label in labels]
        if len(set(last)) < len(last):
            return [self.name(label) for label in labels]
        chinese = [self._chinese.get(label, "").split(_PART)[-1] for label in labels]
        return [_both(*names) for names in zip(last, chinese, strict=True)]


def _both(english: str, chinese: str) -> Html:
    if not chinese or chinese == english:
        return Html(escape(english))
    return Html(f'<span lang="en">{escape(english)}</span><span lang="zh">{escape(chinese)}</span>')


def percent(share: float, digits: int = 1) -> str:
    """Return "86.2 %", with a blank that no line breaks at."""
    return f"{100 * share:.{digits}f}\u00a0%"


def span(interval: tuple[float, float]) -> tuple[str, str]:
    """Return both ends of an interval in percent."""
    return percent(interval[0]), percent(interval[1])
