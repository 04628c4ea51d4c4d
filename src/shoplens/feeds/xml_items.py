"""XML feeds, item by item, whatever is wrong around and inside the items."""

from __future__ import annotations

import html.entities
import re
from collections.abc import Iterator
from typing import TextIO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from shoplens.errors import FeedError
from shoplens.feeds.feed import RowProblem
from shoplens.feeds.record import Record
from shoplens.feeds.text_encoding import mended

XmlItem = tuple[int, "Element | None", tuple[RowProblem, ...]]
"""An item number, the element (None if it cannot be read), and what is wrong with it."""

_START = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<((?:[\w.\-]+:)?(?:item|entry|product|offer))(?=[\s>])", re.S | re.I
)
_RAW_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_RAW_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_ILLEGAL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:x0*(?:[0-8bcBC]|1?[eEfF]|1[0-9a-dA-D])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));"
)
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.S)
_CHUNK = 1 << 16
# as much of a file as may pass before its first item
_LONGEST_PROLOGUE = 1 << 20


def read_xml_items(file: TextIO, max_chars: int) -> Iterator[XmlItem]:
    """Yield every `item`, `entry`, `product` or `offer` (the first of them that the file holds), in memory of one.

    Each item is cut out of the text and parsed alone, without namespaces: an undeclared prefix or a missing root
    does no harm, and an item that is broken does not stop the rest. An item that is not well-formed (a raw `&` in an
    address) is mended and read again, which is noted.

    Raises:
        FeedError: the file declares entities, which no feed needs and attackers use.
    """
    scan = _Scan(file, max_chars)
    tag = scan.first_tag()
    number = 0
    while tag and (fragment := scan.next_item(tag)) is not None:
        number += 1
        yield (number, *_element(fragment, max_chars))


def xml_record(item: XmlItem) -> Record:
    """Return an item as a record: names without prefix, values of `g:` first, nested names as `shipping.price`."""
    number, element, problems = item
    if element is None:
        return Record(number, {}, problems, broken=True)
    values: dict[str, tuple[str, ...]] = {}
    for google in (True, False):
        for name, text in _leaves(element, google):
            if text.strip():
                values[name] = (*values.get(name, ()), text)
    return Record(number, values, problems)


def local_name(tag: str) -> str:
    """Return a tag without its prefix, lower-case."""
    return tag.rpartition(":")[2].lower()


def _leaves(element: Element, google: bool) -> Iterator[tuple[str, str]]:
    for child in element:
        if child.tag.lower().startswith("g:") is not google:
            continue
        name = local_name(child.tag)
        # markup inside a description belongs to its text
        text = "".join(child.itertext()) if name in ("description", "title") else child.text
        yield name, text or child.get("href") or ""
        for inner in child:
            yield f"{name}.{local_name(inner.tag)}", inner.text or ""


class _Scan:
    """Finds the items in a stream of text."""

    def __init__(self, file: TextIO, max_chars: int) -> None:
        self._file = file
        self._max = max_chars
        self._text = ""

    def first_tag(self) -> str:
        """Return the qualified name of the items, "" if there are none."""
        while True:
            found = self._find_start()
            if "<!ENTITY" in self._text[: found.start() if found else None]:
                raise FeedError(
                    "The XML declares entities; it may be an attack.", remedy="Export the feed again without a DOCTYPE."
                )
            if found:
                return found.group(1)
            if len(self._text) > _LONGEST_PROLOGUE or not self._more():
                return ""

    def next_item(self, tag: str) -> str | None:
        """Return the text of the next item, cut after the longest allowed row; None at the end."""
        start = re.compile(rf"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<({re.escape(tag)})(?=[\s>])", re.S)
        end = re.compile(rf"<!\[CDATA\[.*?\]\]>|(</{re.escape(tag)}\s*>|<{re.escape(tag)}(?=[\s>]))", re.S)
        return self._cut(start, end)

    def _cut(self, start: re.Pattern[str], end: re.Pattern[str]) -> str | None:
        while (found := next((m for m in start.finditer(self._text) if m.group(1)), None)) is None:
            self._text = self._text[-_CHUNK:]
            if not self._more():
                return None
        self._text = self._text[found.start() :]
        looked = 1
        while True:
            closing = next((m for m in end.finditer(self._text, looked) if m.group(1)), None)
            if closing:
                # an item that begins before the last one was closed ends that one
                cut = closing.start() if not closing.group(1).startswith("</") else closing.end()
                item, self._text = self._text[:cut], self._text[cut:]
                return item
            if len(self._text) > self._max:
                item, self._text = self._text[: self._max + 1], self._text[self._max + 1 :]
                return item
            looked = max(1, len(self._text) - 100) if "<![CDATA[" not in self._text else 1
            if not self._more():
                item, self._text = self._text, ""
                return item

    def _find_start(self) -> re.Match[str] | None:
        return next((m for m in _START.finditer(self._text) if m.group(1)), None)

    def _more(self) -> bool:
        more = self._file.read(_CHUNK)
        self._text += more
        return bool(more)


class _Tree(ContentHandler):
    """Builds an element with the names as written."""

    def __init__(self) -> None:
        super().__init__()
        self._builder = TreeBuilder()

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        self._builder.start(name, dict(attrs.items()))

    def endElement(self, name: str) -> None:
        self._builder.end(name)

    def characters(self, content: str) -> None:
        self._builder.data(content)

    def close(self) -> Element:
        return self._builder.close()


def _element(fragment: str, max_chars: int) -> tuple[Element | None, tuple[RowProblem, ...]]:
    text, bad = mended(fragment)
    received = f"Received: {' '.join(text.split())[:80]!r}"
    if len(text) > max_chars:
        return None, (RowProblem("row_too_large", "", f"The item is longer than {max_chars} characters. {received}"),)
    notes = []
    if bad:
        notes.append(RowProblem("bytes_undecodable", "", f"Bytes that the file's encoding does not have. {received}"))
    try:
        return _parse(text), tuple(notes)
    except SAXException:
        pass
    try:
        element = _parse(_repaired(text))
    except (SAXException, DefusedXmlException) as error:
        return None, (*notes, RowProblem("xml_malformed", "", f"The item is no XML: {error}. {received}"))
    notes.append(
        RowProblem("xml_repaired", "", f"The item was not well-formed (a raw & or <) and was mended. {received}")
    )
    return element, tuple(notes)


def _parse(text: str) -> Element:
    tree = _Tree()
    parseString(text.encode("utf-8", "replace"), tree)
    return tree.close()


def _repaired(text: str) -> str:
    parts = _CDATA.split(_ILLEGAL.sub("", text))
    return "".join(part if part.startswith("<![CDATA[") else _escape(part) for part in parts)


def _escape(text: str) -> str:
    def named(found: re.Match[str]) -> str:
        name = found.group(1)
        known = html.entities.html5.get(f"{name};")
        return found.group() if name in ("amp", "lt", "gt", "quot", "apos") or known is None else known

    return _RAW_LESS.sub("&lt;", _RAW_AMPERSAND.sub("&amp;", _NAMED.sub(named, text)))
