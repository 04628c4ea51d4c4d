"""What stands before every request: sizes, overload, keys, and the headers that keep browsers safe."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shoplens.errors import BadInput
from shoplens.serving.key_scopes import KeyScope, KeyScopes, allows, needed_scope, no_keys
from shoplens.serving.problems import problem
from shoplens.serving.request_body import RequestBody, too_large
from shoplens.serving.widget_access import WidgetAccess

_LOG = logging.getLogger(__name__)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")

SESSION_COOKIE = "shoplens_key"
"""The cookie that a browser keeps its key in: a page's pictures cannot send a header."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
# Swagger UI starts itself by an inline script, so its page alone may hold one.
_DOCS_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
)


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """Limits of the HTTP server.

    Attributes:
        keys: SHA-256 digests of keys that may do everything; empty where none is asked for. Beside them count those of
            the catalogue, each with its scope.
        max_photo_bytes: largest body of a request that brings photos or events.
        max_feed_bytes: largest body of an import.
        max_lesson_bytes: largest body of a request that teaches a category: some photos at once.
        uploads_at_once: how many requests with a body are worked on or wait for their turn; a further one is told to
            come back. Two processors answer so many photo searches in about a quarter of a second.
        seconds_between_parts: how long a request may stay silent in the middle of its body.
        hosts: names that requests may call this server by; empty for any. It keeps a foreign page that had its name
            point to the loopback from reading a shop that asks for no key.
        widgets: what pages of other shops may ask.
    """

    keys: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    max_photo_bytes: int = 11 * 1024 * 1024
    max_feed_bytes: int = 256 * 1024 * 1024
    max_lesson_bytes: int = 64 * 1024 * 1024
    uploads_at_once: int = 32
    seconds_between_parts: float = 20.0
    widgets: WidgetAccess = field(default_factory=WidgetAccess)


def settings_for(
    host: str, keys: Sequence[str], public_keys: Sequence[str] = (), origins: Sequence[str] = ()
) -> GuardSettings:
    """Return the settings for a server that listens on `host`.

    Args:
        host: where it listens.
        keys: those that open everything.
        public_keys: those that open what widgets ask, and nothing else.
        origins: of pages with widgets.

    Raises:
        BadInput: the host is not the loopback and there is no key.
    """
    if not keys and not _is_loopback(host):
        raise BadInput(
            "A server that others can reach needs an API key.",
            received=host,
            remedy="Set SHOPLENS_API_KEY (several keys: separated by commas), or listen on 127.0.0.1.",
        )
    widgets = WidgetAccess(tuple(origin.rstrip("/") for origin in origins), _digests(public_keys))
    return GuardSettings(keys=_digests(keys), hosts=() if keys else (*_LOOPBACK, host), widgets=widgets)


def _digests(keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(hashlib.sha256(key.encode()).hexdigest() for key in keys)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Guard:
    """ASGI middleware: refuses what is too large, too much, foreign or without a key, and adds the security headers.

    It also turns whatever goes wrong inside into a problem document, so that this answer has the headers too.
    """

    def __init__(self, app: ASGIApp, settings: GuardSettings, key_scope: KeyScope = no_keys) -> None:
        self._app = app
        self._scopes = KeyScopes(settings.keys, key_scope)
        self._settings = settings
        self._uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        send = _with_headers(send, scope["path"], self._settings.widgets.answer_headers(scope, headers))
        if self._settings.widgets.is_preflight(scope, headers) and self._is_expected(headers):
            await Response(status_code=204)(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        body = RequestBody(receive, send, self._largest(scope["path"]), self._settings.seconds_between_parts)
        uploads = scope["method"] in ("POST", "PUT")
        self._uploads += uploads
        try:
            await self._app(scope, body.receive, body.send)
        except Exception:
            if not body.refused:
                _LOG.exception("%s %s failed", scope["method"], scope["path"])
            if body.started:
                raise
        finally:
            self._uploads -= uploads
        if not body.started:
            await body.problem()(scope, receive, send)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers, path = Headers(scope=scope), scope["path"]
        if not self._is_expected(headers):
            return problem(403, "unknown_host", "This server was called by a name that it does not answer to.")
        widgets = self._settings.widgets
        foreign = scope["method"] in ("POST", "PUT", "DELETE") and _is_foreign(headers)
        if foreign and not widgets.allows_origin(scope, headers):
            return problem(403, "foreign_origin", "Pages of other sites may not write to this shop.")
        locked = self._locked(scope, headers) if self._settings.keys and path.startswith("/v1/") else None
        return locked or self._too_much(scope, headers)

    def _locked(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        """Return why the request's key does not open what it asks for, if it does not."""
        widgets, method, path = self._settings.widgets, scope["method"], scope["path"]
        held, wanted = self._scopes.of(_key(headers)), needed_scope(method, path)
        if held is not None and not allows(held, wanted):
            return problem(403, "scope_missing", f"This asks for a key with the scope '{wanted}'.", scope=held)
        if held is not None:
            return None
        if not widgets.has_public_key(scope, headers):
            return problem(401, "key_required", "This server asks for an API key in the header X-API-Key.")
        if not widgets.is_open(method, path):
            return problem(403, "scope_missing", "A public key opens search, what goes together, and photos only.")
        return None

    def _too_much(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        path, length = scope["path"], headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._largest(path):
            return too_large(self._largest(path))
        if scope["method"] in ("POST", "PUT") and self._uploads >= self._settings.uploads_at_once:
            return problem(429, "overloaded", "Too many requests are being worked on. Try again in a second.")
        return None

    def _is_expected(self, headers: Headers) -> bool:
        name = _host_name(headers.get("host", ""))
        return not self._settings.hosts or name in self._settings.hosts

    def _largest(self, path: str) -> int:
        larger = {
            "/v1/imports": self._settings.max_feed_bytes,
            "/v1/studio/sources": self._settings.max_feed_bytes,
            "/v1/categories/teach": self._settings.max_lesson_bytes,
        }
        return larger.get(path, self._settings.max_photo_bytes)


def _is_foreign(headers: Headers) -> bool:
    # Browsers name the page that a request comes from; programs send no such header.
    origin = headers.get("origin", "")
    try:
        return bool(origin) and urlsplit(origin).netloc != headers.get("host", "")
    except ValueError:
        return True


def _host_name(host: str) -> str:
    """Return the name without the port; "" for what is no host."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _key(headers: Headers) -> str:
    bearer = headers.get("authorization", "").removeprefix("Bearer ")
    return headers.get("x-api-key") or bearer or _session_key(headers.get("cookie", ""))


def _session_key(cookies: str) -> str:
    try:
        morsel = SimpleCookie(cookies).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return unquote(morsel.value) if morsel else ""


def _with_headers(send: Send, path: str, more: Mapping[str, str]) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in {**_HEADERS, **more}.items():
                headers.setdefault(name, value)
            if path == "/docs":
                headers["Content-Security-Policy"] = _DOCS_POLICY
        await send(message)

    return wrapped
