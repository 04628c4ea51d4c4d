"""What merchants write, as plain text: entities resolved, tags gone, Unicode composed."""

from __future__ import annotations

import html
import re
import unicodedata
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
_HIDDEN = frozenset({"script", "style", "head", "template"})
_TAG = re.compile(r"</?[a-zA-Z][^>]*>|<!--")
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]")
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u2000-\u200a\u202f\u3000]+")


class _TextOf(HTMLParser):
    """Collects the text of a fragment; blocks become line breaks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def unescaped(text: str) -> str:
    """Resolve character entities, also those that were escaped twice or thrice (`&amp;amp;`)."""
    for _ in range(3):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    return text


def one_line(text: str) -> str:
    """Return `text` as one line of composed (NFC) Unicode without tags, entities, or control characters."""
    return " ".join(plain_text(text).split())


def plain_text(text: str) -> str:
    """Return HTML or text as plain text, one line per block, in composed (NFC) Unicode.

    Text that holds no tag is left alone but for entities and spaces. A lone `<` stays.
    """
    if not text:
        return ""
    text = unescaped(text)
    if _TAG.search(text):
        parser = _TextOf()
        parser.feed(text)
        parser.close()
        text = "".join(parser.parts)
    text = _CONTROL.sub("", unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n"))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
