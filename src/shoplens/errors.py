"""Every error that ShopLens raises on purpose. Each says what is wrong, the value received, and the remedy."""

from __future__ import annotations

from collections.abc import Iterable


class ShopLensError(Exception):
    """The root: `code` is stable and machine-readable; the edges (CLI, HTTP) translate it once.

    Args:
        what: the problem, a full sentence.
        received: the offending value, shown as `Received: ...` where given.
        remedy: what to do about it, a full sentence.
        code: a finer code than the class's own.
    """

    code = "error"

    def __init__(self, what: str, *, received: object = None, remedy: str = "", code: str = "") -> None:
        self.what = what
        self.received = received
        self.remedy = remedy
        self.code = code or type(self).code
        parts = [what]
        if received is not None:
            parts.append(f"Received: {received!s:.300}")
        if remedy:
            if not parts[-1].endswith((".", "!", "?")):
                parts[-1] += "."
            parts.append(remedy)
        super().__init__(printable(" ".join(parts)))


def printable(text: str) -> str:
    """Return the text with halves of characters (lone surrogates) written as escapes, so that it can be encoded."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


class BadInput(ShopLensError):
    """The caller's value is at fault."""

    code = "bad_input"


class PhotoError(BadInput):
    """A picture file that cannot or must not be decoded."""

    code = "photo_unreadable"


class FeedError(BadInput):
    """A catalogue source that cannot be read as what it claims to be."""

    code = "feed_unreadable"


class DownloadError(ShopLensError):
    """A URL that could not or must not be fetched."""

    code = "download_failed"


class NotFound(ShopLensError):
    """A product, photo, job or shop that does not exist."""

    code = "not_found"


class UnknownName(BadInput):
    """A name that no plug-in, option or label carries; the message lists the choices."""

    code = "unknown_name"

    def __init__(self, kind: str, name: str, choices: Iterable[str]) -> None:
        super().__init__(
            f"There is no {kind} of that name.", received=name, remedy=f"Choose one of: {', '.join(sorted(choices))}."
        )


class MissingExtra(ShopLensError):
    """A feature whose libraries are not installed."""

    code = "missing_extra"

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs the extra '{extra}'.", remedy=f"Install it with: pip install 'shoplens[{extra}]'"
        )


class BundleError(ShopLensError):
    """A model bundle that is incomplete, altered or of an unknown version."""

    code = "bundle_invalid"


class IndexMismatch(ShopLensError):
    """An index or stored vectors made by another model than the one in use."""

    code = "index_mismatch"


class StoreError(ShopLensError):
    """The catalogue cannot be read or written (disk full, locked, of a newer version)."""

    code = "store_failed"
