"""What stands before every request: sizes, overload, keys, and the headers that keep browsers safe."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shoplens.errors import BadInput
from shoplens.serving.problems import problem

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
        keys: SHA-256 digests of the accepted API keys; empty where none is asked for.
        max_photo_bytes: largest body of a request that brings photos or events.
        max_feed_bytes: largest body of an import.
        uploads_at_once: how many requests with a body are worked on together; a further one is told to come back.
    """

    keys: tuple[str, ...] = ()
    max_photo_bytes: int = 11 * 1024 * 1024
    max_feed_bytes: int = 256 * 1024 * 1024
    uploads_at_once: int = 16


def settings_for(host: str, keys: Sequence[str]) -> GuardSettings:
    """Return the settings for a server that listens on `host`.

    Raises:
        BadInput: the host is not the loopback and there is no key.
    """
    if not keys and not _is_loopback(host):
        raise BadInput(
            "A server that others can reach needs an API key.",
            received=host,
            remedy="Set SHOPLENS_API_KEY (several keys: separated by commas), or listen on 127.0.0.1.",
        )
    return GuardSettings(keys=tuple(hashlib.sha256(key.encode()).hexdigest() for key in keys))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Guard:
    """ASGI middleware: refuses what is too large, too much or without a key, and adds the security headers."""

    def __init__(self, app: ASGIApp, settings: GuardSettings) -> None:
        self._app = app
        self._settings = settings
        self._uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = _with_headers(send, scope["path"])
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
        elif scope["method"] in ("POST", "PUT"):
            await self._with_body(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        path = scope["path"]
        if self._settings.keys and path.startswith("/v1/") and not self._has_key(headers):
            return problem(401, "key_required", "This server asks for an API key in the header X-API-Key.")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._largest(path):
            return problem(413, "body_too_large", f"The request may hold at most {self._largest(path)} bytes.")
        if scope["method"] in ("POST", "PUT") and self._uploads >= self._settings.uploads_at_once:
            return problem(429, "overloaded", "Too many requests are being worked on. Try again in a second.")
        return None

    def _has_key(self, headers: Headers) -> bool:
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        digest = hashlib.sha256((headers.get("x-api-key") or bearer).encode()).hexdigest()
        return any(hmac.compare_digest(digest, key) for key in self._settings.keys)

    def _largest(self, path: str) -> int:
        return self._settings.max_feed_bytes if path == "/v1/imports" else self._settings.max_photo_bytes

    async def _with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        received, largest, started = 0, self._largest(scope["path"]), False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > largest:
                raise _TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        self._uploads += 1
        try:
            await self._app(scope, counted, watched)
        except _TooLarge:
            if not started:
                await problem(413, "body_too_large", f"The request may hold at most {largest} bytes.")(
                    scope, receive, send
                )
        finally:
            self._uploads -= 1


class _TooLarge(Exception):
    """The body went on past the limit although its header promised less, or nothing."""


def _with_headers(send: Send, path: str) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if path == "/docs":
                headers["Content-Security-Policy"] = _DOCS_POLICY
        await send(message)

    return wrapped
