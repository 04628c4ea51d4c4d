"""HTTP over connections whose address was looked at before they were made."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterable

import httpcore
import httpx

from shoplens.feeds.addresses import forbidden_kind
from shoplens.feeds.download import DownloadSettings


class ForbiddenAddress(Exception):
    """A host that leads to an address which must not be reached."""


class Unresolvable(Exception):
    """A host that has no address."""


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Resolves a host once, refuses it if any of its addresses is forbidden, and connects to one of those.

    The check lies where connections are made, so no redirect and no second look at the name service goes round it;
    `Host` and the TLS name stay those of the address that was asked for.
    """

    def __init__(self, settings: DownloadSettings) -> None:
        self._allow_private = settings.allow_private
        self._allowed = [ipaddress.ip_network(text) for text in settings.allow_networks]
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a checked address of `host`.

        Raises:
            ForbiddenAddress: one of its addresses must not be reached.
            Unresolvable: it has none.
        """
        failure: Exception | None = None
        for address in await self._addresses(host, port):
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or Unresolvable("The host has no address.")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no feed may name a socket of this machine."""
        raise ForbiddenAddress("Sockets of this machine are not reached.")

    async def sleep(self, seconds: float) -> None:
        """Wait, as the pool asks for between its own retries."""
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unresolvable(f"The host cannot be resolved: {error}.") from error
        addresses = list(dict.fromkeys(str(place[4][0]) for place in found))
        for address in addresses:
            kind = forbidden_kind(address, allow_private=self._allow_private, allowed=self._allowed)
            if kind:
                raise ForbiddenAddress(f"The host leads to {address} ({kind}), which no catalogue may reach.")
        return addresses


class _Body(httpx.AsyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()


class CheckedTransport(httpx.AsyncBaseTransport):
    """httpx's own transport, but for the connections.

    Args:
        settings: permissions and the number of connections.
    """

    def __init__(self, settings: DownloadSettings) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=settings.concurrency,
            max_keepalive_connections=settings.concurrency,
            keepalive_expiry=10.0,
            network_backend=CheckedBackend(settings),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; errors are httpcore's."""
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = await self._pool.handle_async_request(asked)
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()
