"""What pages of other shops may ask: the search and the recommendations of their widgets, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import Scope

from shoplens.serving.known_query import PUBLIC_KEY

_ASKED = {
    "/v1/search": ("GET", "POST"),
    "/v1/search/objects": ("POST",),
}
_PLACEMENTS = ("similar", "goes-with", "complete-the-look", "bought-together", "trending", "popular")
"""Where what is recommended tells nothing of a shopper: a visitor's name alone must not tell what was seen."""
_FILES = "/web/"
_REMEMBERED_S = "600"


@dataclass(frozen=True, slots=True)
class WidgetAccess:
    """Who may use widgets.

    Attributes:
        origins: of pages that may ask from a browser, as "https://shop.example".
        public_keys: SHA-256 digests of keys that may stand in a page, since they open nothing but this.
    """

    origins: tuple[str, ...] = ()
    public_keys: tuple[str, ...] = ()

    def is_open(self, method: str, path: str) -> bool:
        """Return whether a widget may ask this: it searches, recommends and shows photos, and changes nothing."""
        if path in _ASKED:
            return method in _ASKED[path]
        if path.removeprefix("/v1/recommend/") in _PLACEMENTS:
            return method in ("GET", "POST")
        return method == "GET" and path.startswith("/v1/photos/")

    def allows_origin(self, scope: Scope, headers: Headers) -> bool:
        """Return whether the request comes from a page of an allowed origin, and asks what a widget may ask."""
        return headers.get("origin", "") in self.origins and self.is_open(scope["method"], scope["path"])

    def has_public_key(self, scope: Scope, headers: Headers) -> bool:
        """Return whether the request brings a public key; an address may hold one, since pictures send no header."""
        named = parse_qs(scope["query_string"].decode("latin-1")).get(PUBLIC_KEY, [""])
        digest = hashlib.sha256((headers.get("x-api-key") or named[0]).encode()).hexdigest()
        return any(hmac.compare_digest(digest, known) for known in self.public_keys)

    def is_preflight(self, scope: Scope, headers: Headers) -> bool:
        """Return whether a browser asks beforehand if a page of an allowed origin may ask what a widget may ask."""
        wanted = headers.get("access-control-request-method", "")
        allowed = headers.get("origin", "") in self.origins
        return scope["method"] == "OPTIONS" and allowed and self.is_open(wanted, scope["path"])

    def answer_headers(self, scope: Scope, headers: Headers) -> Mapping[str, str]:
        """Return what tells the browser that the page may read the answer; nothing where it may not.

        The page's own files may be read from anywhere: they hold nothing of the shop, and modules are fetched so.
        """
        if scope["path"].startswith(_FILES):
            return {"Access-Control-Allow-Origin": "*"}
        if self.is_preflight(scope, headers):
            return {
                "Access-Control-Allow-Origin": headers["origin"],
                "Access-Control-Allow-Methods": "GET, POST",
                "Access-Control-Allow-Headers": "Content-Type, X-API-Key",
                "Access-Control-Max-Age": _REMEMBERED_S,
                "Vary": "Origin",
            }
        if self.allows_origin(scope, headers):
            shown = "Retry-After"
            return {
                "Access-Control-Allow-Origin": headers["origin"],
                "Access-Control-Expose-Headers": shown,
                "Vary": "Origin",
            }
        return {}
