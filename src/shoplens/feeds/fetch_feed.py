"""A feed from its address, within the rules for addresses that strangers may have chosen."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from shoplens.errors import BadInput, DownloadError
from shoplens.feeds.download import Downloader, DownloadSettings, Failed, Fetched, Request

_LIMITS = DownloadSettings(max_bytes=256 << 20, timeout_s=60.0, total_s=900.0)
_MOST_CHARS = 2_000
FEED_ENDINGS = (".csv", ".tsv", ".txt", ".xml", ".json", ".jsonl")


def check_feed_address(url: str) -> str:
    """Return the address without blanks around it.

    Whether it may be reached is checked when it is fetched, each time anew, since names move.

    Raises:
        BadInput: it is not http or https, names no host, or holds a user name or a password.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, user = parts.hostname, parts.username or parts.password
    except ValueError:
        host, user = None, None
    plain = len(url) <= _MOST_CHARS and not re.search(r"[\s\x00-\x1f\x7f]", url)
    if not (plain and host and parts.scheme.lower() in ("http", "https")):
        raise BadInput(
            "This is no address of a feed.",
            received=url[:200],
            remedy="Give the whole address, as https://shop.example/feed.xml.",
            code="url_invalid",
        )
    if user:
        raise BadInput(
            "An address with a user name or password is not fetched.",
            received=parts.hostname,
            remedy="Use an address with a token in its query instead.",
            code="url_userinfo",
        )
    return url


def feed_name(url: str) -> str:
    """Return a file's name for what lies at the address, by the last part of its path."""
    last = unquote(PurePosixPath(urlsplit(url).path).name)
    name = re.sub(r"[^\w.-]+", "-", last).strip("-.")[:80] or "feed"
    return name if name.lower().endswith(FEED_ENDINGS) else f"{name}.txt"


def without_query(url: str) -> str:
    """Return the address without what may hold a secret, for lists that many people read."""
    return url.partition("?")[0].partition("#")[0]


def fetch_feed(request: Request, folder: Path, *, allow_private: bool = False) -> tuple[Path, Fetched] | None:
    """Fetch a feed into a folder; None where the server says that it is as the request knows it.

    Args:
        request: the address, with what is known of its version.
        folder: where the file goes; it is there.
        allow_private: private networks may be reached.

    Returns:
        The file, and what the server said of its version.

    Raises:
        DownloadError: it cannot or must not be fetched; the code is one of `Failed`.
        BadInput: the address is none.
    """
    check_feed_address(request.url)
    with Downloader(replace(_LIMITS, allow_private=allow_private)) as downloader:
        result = downloader.fetch(request)
    if isinstance(result, Failed):
        raise DownloadError(f"The feed cannot be fetched: {result.message}", code=result.code)
    if not isinstance(result, Fetched):
        return None
    path = folder / feed_name(request.url)
    path.write_bytes(result.data)
    return path, result
