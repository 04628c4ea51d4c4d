"""A picture file without what its camera and its owner wrote beside the picture; no pixel is touched."""

from __future__ import annotations

import re
import struct
import zlib

from shoplens.errors import BadInput
from shoplens.photos.exif import read_exif
from shoplens.photos.formats import jpeg, png, webp
from shoplens.photos.header import Header, damaged

_KEPT_APPS = {0xE0: b"", 0xE2: b"ICC_PROFILE\0", 0xEE: b""}
"""JFIF, colour profile and Adobe's colour transform: without them the pixels would mean something else."""

_APPS = frozenset(range(0xE0, 0xF0))
_COMMENT, _SCAN, _END, _EXIF_APP = 0xFE, 0xDA, 0xD9, 0xE1
_PNG_TEXTS = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_WEBP_TEXTS = frozenset({b"EXIF", b"XMP "})
_WEBP_FLAGS = 0x08 | 0x04
_JPEG_XMP, _PNG_XMP = b"http://ns.adobe.com/xap/1.0/\0", b"XML:com.adobe.xmp\0"
"""What an XMP packet begins with in a JPEG's APP1, and in a PNG's iTXt (XMP specification, part 3)."""

_XMP_BYTES = 4_000_000
"""So much of a deflated XMP packet is looked at; edited photos' histories have some hundred thousand."""

_AI_SOURCE = re.compile(rb"cv\.iptc\.org/newscodes/digitalsourcetype/(\w{0,40}(?:[aA]lgorithmic|Synthetic)\w{0,40})")
_AI_MARK = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"><Iptc4xmpExt:DigitalSourceType>'
    "http://cv.iptc.org/newscodes/digitalsourcetype/{}"
    '</Iptc4xmpExt:DigitalSourceType></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def ai_mark(data: bytes) -> bytes:
    """Return an XMP packet that tells only that AI made the picture, as the file says; b"" where it says no such thing.

    It holds IPTC's `DigitalSourceType`, such as trainedAlgorithmicMedia, which Google Merchant Center wants kept. The
    file may tell it by XMP or by Content Credentials (C2PA).

    Args:
        data: a file that `decode` reads.
    """
    found = _AI_SOURCE.search(data) or (_AI_SOURCE.search(_deflated_xmp(data)) if data.startswith(png.MAGIC) else None)
    return _AI_MARK.format(found[1].decode("ascii")).encode() if found else b""


def without_metadata(data: bytes, mark: bytes | None = None) -> bytes:
    """Return the file without EXIF, GPS, XMP, IPTC, comments, and what stands behind its end.

    Kept are the compressed picture byte for byte, its colour profile, of EXIF only how the picture is turned, and of
    XMP only the mark of a picture that AI made.

    Args:
        data: a file that `decode` reads.
        mark: the XMP packet to write, as `ai_mark` gives it; None for the file's own.

    Raises:
        BadInput: it is no JPEG, PNG or WebP.
        PhotoError: it is damaged.
    """
    xmp = ai_mark(data) if mark is None else mark
    if data.startswith(jpeg.MAGIC):
        return _jpeg(data, _orientation(jpeg.read(data).exif), xmp)
    if data.startswith(png.MAGIC):
        return _png(data, _orientation(png.read(data).exif), xmp)
    if webp.matches(data):
        return _webp(data, webp.read(data), xmp)
    raise BadInput("Metadata are stripped from JPEG, PNG and WebP only.", received=data[:8])


def _orientation(exif: bytes) -> bytes:
    """Return EXIF data that tell only how the picture is turned; b"" for an upright one."""
    turned = read_exif(exif).orientation
    return b"" if turned == 1 else struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, turned, 0, 0)


def _deflated_xmp(data: bytes) -> bytes:
    """Return a PNG's deflated XMP packet; b"" without one. Its keyword, two flags and two empty texts stand before."""
    position = 8
    while position < len(data):
        end = position + 12 + int.from_bytes(data[position : position + 4])
        start = position + 8 + len(_PNG_XMP)
        if data[position + 4 : start] == b"iTXt" + _PNG_XMP and data[start : start + 1] == b"\1":
            try:
                packet = data[start + 2 : end - 4].split(b"\0", 2)[2]
                return zlib.decompressobj().decompress(packet, _XMP_BYTES)
            except (IndexError, zlib.error):
                return b""
        position = end
    return b""


def _jpeg(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    parts, position = [data[:2]], 2
    for body in (b"Exif\0\0" + exif if exif else b"", _JPEG_XMP + xmp if xmp else b""):
        if body:
            parts.append(b"\xff\xe1" + (len(body) + 2).to_bytes(2) + body)
    while True:
        start = data.find(b"\xff", position)
        while data[start + 1 : start + 2] == b"\xff":
            start += 1
        if start < 0 or start + 2 > len(data):
            raise damaged("it ends within its markers")
        marker, position = data[start + 1], start + 2
        if marker == _END:
            return b"".join((*parts, data[start:position]))
        if 0xD0 <= marker <= 0xD7 or marker == 0x01:
            parts.append(data[start:position])
            continue
        end = position + int.from_bytes(data[position : position + 2])
        if marker == _SCAN:
            end = _scan_end(data, end)
        kept = marker not in _APPS and marker != _COMMENT
        if kept or (marker in _KEPT_APPS and data[position + 2 :].startswith(_KEPT_APPS[marker])):
            parts.append(data[start:end])
        position = end


def _scan_end(data: bytes, position: int) -> int:
    """Return where the next marker stands that is neither a stuffed byte nor a restart."""
    while True:
        position = data.find(b"\xff", position)
        if position < 0 or position + 1 >= len(data):
            raise damaged("it ends within its picture")
        if data[position + 1] == 0 or 0xD0 <= data[position + 1] <= 0xD7:
            position += 2
        else:
            return position


def _png(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    parts, position = [data[:8]], 8
    while position < len(data):
        length, kind = int.from_bytes(data[position : position + 4]), data[position + 4 : position + 8]
        end = position + 12 + length
        if kind not in _PNG_TEXTS:
            parts.append(data[position:end])
        if kind == b"IHDR":
            for chunk in (b"eXIf" + exif if exif else b"", b"iTXt" + _PNG_XMP + b"\0\0\0\0" + xmp if xmp else b""):
                if chunk:
                    parts.append((len(chunk) - 4).to_bytes(4) + chunk + zlib.crc32(chunk).to_bytes(4))
        position = end
        if kind == b"IEND":
            break
    return b"".join(parts)


def _webp(data: bytes, header: Header, xmp: bytes) -> bytes:
    exif = _orientation(header.exif)
    flags = (0x08 if exif else 0) | (0x04 if xmp else 0)
    parts, position = [], 12
    if xmp and data[12:16] != b"VP8X":  # only an extended file has metadata
        flags |= 0x10 if data[12:16] == b"VP8L" and data[24] & 0x10 else 0
        sides = (header.width - 1).to_bytes(3, "little") + (header.height - 1).to_bytes(3, "little")
        parts.append(b"VP8X" + (10).to_bytes(4, "little") + bytes([flags, 0, 0, 0]) + sides)
    end = 8 + int.from_bytes(data[4:8], "little")
    while position + 8 <= end:
        kind, length = data[position : position + 4], int.from_bytes(data[position + 4 : position + 8], "little")
        chunk = data[position : position + 8 + length + (length & 1)]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS | flags]) + chunk[9:]
        if kind not in _WEBP_TEXTS:
            parts.append(chunk)
        position += 8 + length + (length & 1)
    for kind, text in ((b"EXIF", exif), (b"XMP ", xmp)):
        if text:
            parts.append(kind + len(text).to_bytes(4, "little") + text + b"\0" * (len(text) & 1))
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
