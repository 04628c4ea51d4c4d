"""Which encoding a feed is in, and what to do with bytes that do not fit it."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_\-]{2,30})["']""")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_UNDECODED = re.compile(r"[\udc80-\udcff]+")
_TEXT_CODECS = re.compile(
    r"(?:utf-?8|utf-?(?:16|32)|gb|big5|windows-|cp12|iso-8859-|koi8-|euc-|shift_jis|us-ascii)[\w\-]*\Z"
)
_ODD_BUT_UTF8 = 0.02
# ASCII letters in UTF-16 are every second byte NUL.
_NUL_SHARE_OF_UTF16 = 0.3


def sniff_encoding(start: bytes) -> str:
    """Return the codec's name for a file that begins with `start`.

    A byte order mark decides; then an XML declaration; then valid UTF-8. Otherwise GB 18030, whose Chinese characters
    are pairs of high bytes; Windows-1251, whose Cyrillic words are runs of any length; else Windows-1252, whose
    accents mostly stand alone.
    """
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    declared = _DECLARED.match(start)
    if declared and (name := _codec(declared.group(1).decode("ascii"))):
        return name
    if start[:200].count(0) > _NUL_SHARE_OF_UTF16 * len(start[:200]):
        return "utf-16-le" if start[1:2] == b"\x00" else "utf-16-be"
    runs = [len(run) for run in _HIGH_RUN.findall(start)]
    if not runs or _is_utf8(start, sum(runs)):
        return "utf-8"
    if sum(length % 2 for length in runs) / len(runs) < 0.1:
        return "gb18030"
    return "cp1251" if sum(runs) / len(runs) > 3 else "cp1252"


def mended(text: str) -> tuple[str, bool]:
    """Replace what `surrogateescape` kept of undecodable bytes by U+FFFD; say whether there was any."""
    if text.isascii() or not _UNDECODED.search(text):
        return text, False
    return _UNDECODED.sub("\ufffd", text), True


def _is_utf8(start: bytes, high: int) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    bad = sum(len(found) for found in _UNDECODED.findall(decoder.decode(start)))
    return bad <= _ODD_BUT_UTF8 * high


def _codec(name: str) -> str:
    # GBK and GB 2312 are parts of GB 18030, and what shops call Latin-1 is Windows-1252.
    name = name.lower()
    if not _TEXT_CODECS.match(name):
        return ""
    name = {"iso-8859-1": "cp1252", "us-ascii": "utf-8"}.get(name, "gb18030" if name.startswith("gb") else name)
    try:
        return codecs.lookup(name).name
    except LookupError:
        return ""
