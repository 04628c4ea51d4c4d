"""One download: checked address, redirects, retries, caps. Only `download.py` imports this, when somebody downloads."""

from __future__ import annotations

import asyncio
import email.utils
import random
import time
from collections import OrderedDict

import httpcore
import httpx

from shoplens.feeds.checked_transport import CheckedTransport, ForbiddenAddress, Unresolvable
from shoplens.feeds.download import DownloadSettings, Failed, Fetched, NotModified, Request, Result

_RETRIED = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REMEMBERED_HOSTS = 4096


class _Refused(Exception):
    """A download that ends here."""

    def __init__(self, code: str, message: str, *, again: bool = False, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.again = again
        self.wait_s = wait_s


class HttpFetch:
    """Fetches one address per call; calls share connections and the limits on how many run at a time.

    Args:
        settings: limits and permissions.
    """

    def __init__(self, settings: DownloadSettings) -> None:
        self._settings = settings
        self._all = asyncio.Semaphore(settings.concurrency)
        self._hosts: OrderedDict[str, asyncio.Semaphore] = OrderedDict()
        self._client = httpx.AsyncClient(
            transport=CheckedTransport(settings),
            headers={"User-Agent": settings.user_agent, "Accept": "image/*,*/*;q=0.5", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(settings.timeout_s),
            follow_redirects=False,
            trust_env=False,
        )

    async def __call__(self, request: Request) -> Result:
        """Return the bytes, that nothing changed, or why there is nothing."""
        try:
            url = _checked_url(request.url)
            async with self._host(url.host), self._all, asyncio.timeout(self._settings.total_s):
                return await self._with_retries(request, url)
        except _Refused as refused:
            return Failed(request, refused.code, refused.message)
        except TimeoutError:
            seconds = self._settings.total_s
            return Failed(request, "url_timeout", f"Not finished within {seconds:g} s. Received: {request.url[:200]!r}")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _host(self, host: str) -> asyncio.Semaphore:
        limit = self._hosts.setdefault(host, asyncio.Semaphore(self._settings.per_host))
        self._hosts.move_to_end(host)
        if len(self._hosts) > _REMEMBERED_HOSTS:
            self._hosts.popitem(last=False)
        return limit

    async def _with_retries(self, request: Request, url: httpx.URL) -> Result:
        for attempt in range(self._settings.retries + 1):
            try:
                return await self._follow(request, url)
            except _Refused as refused:
                if not refused.again or attempt == self._settings.retries:
                    raise
                # Full jitter: clients that failed together must not come back together.
                wait_s = random.uniform(0, self._settings.backoff_s * 2**attempt)
                await asyncio.sleep(min(max(wait_s, refused.wait_s or 0.0), self._settings.max_wait_s))
        raise AssertionError("the last attempt returns or raises")

    async def _follow(self, request: Request, url: httpx.URL) -> Result:
        for _ in range(self._settings.max_redirects + 1):
            result = await self._get(request, url)
            if not isinstance(result, httpx.URL):
                return result
            url = result
        message = f"More than {self._settings.max_redirects} redirects. Received: {request.url[:200]!r}"
        raise _Refused("url_too_many_redirects", message)

    async def _get(self, request: Request, url: httpx.URL) -> Result | httpx.URL:
        headers = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
        shown = f"Received: {str(url)[:200]!r}"
        try:
            async with self._client.stream(
                "GET", url, headers={k: v for k, v in headers.items() if _sendable(v)}
            ) as response:
                return await self._answer(request, url, response)
        except ForbiddenAddress as error:
            raise _Refused("url_forbidden_address", f"{error} {shown}") from error
        except Unresolvable as error:
            raise _Refused("url_unresolvable", f"{error} {shown}") from error
        except (httpcore.TimeoutException, httpx.TimeoutException) as error:
            seconds = self._settings.timeout_s
            raise _Refused("url_timeout", f"The server was silent for {seconds:g} s. {shown}", again=True) from error
        except (httpx.InvalidURL, httpcore.UnsupportedProtocol, httpcore.LocalProtocolError) as error:
            raise _Refused("url_invalid", f"The address cannot be asked for: {error}. {shown}") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpx.TransportError, OSError) as error:
            what = str(error) or type(error).__name__
            raise _Refused("url_unreachable", f"The connection failed: {what}. {shown}", again=True) from error

    async def _answer(self, request: Request, url: httpx.URL, response: httpx.Response) -> Result | httpx.URL:
        status = response.status_code
        if status == 304 and (request.etag or request.last_modified):
            return NotModified(request)
        if status in _REDIRECTS and (target := response.headers.get("Location")):
            return _redirected(url, target)
        if status != 200:
            wait_s = _retry_after(response.headers.get("Retry-After", ""))
            message = f"The server answered {status} {response.reason_phrase}. Received: {str(url)[:200]!r}"
            raise _Refused(f"url_status_{status}", message, again=status in _RETRIED, wait_s=wait_s)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            message = f"The server compresses although it was asked not to. Received: {str(url)[:200]!r}"
            raise _Refused("url_encoding", message)
        data = await self._body(url, response)
        return Fetched(request, data, _version(response, "ETag"), _version(response, "Last-Modified"))

    async def _body(self, url: httpx.URL, response: httpx.Response) -> bytes:
        most = self._settings.max_bytes
        too_large = _Refused("url_too_large", f"More than {most} bytes. Received: {str(url)[:200]!r}")
        announced = response.headers.get("Content-Length", "")
        if announced.isascii() and announced.isdecimal() and int(announced) > most:
            raise too_large
        data = bytearray()
        async for chunk in response.aiter_raw():
            data += chunk
            if len(data) > most:
                raise too_large
        return bytes(data)


def _version(response: httpx.Response, name: str) -> str:
    """Return a header that can be sent back as it came; one that cannot is worth nothing."""
    text: str = response.headers.get(name, "")
    return text if _sendable(text) else ""


def _sendable(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable()


def _redirected(url: httpx.URL, target: str) -> httpx.URL:
    try:
        joined = url.join(target)
    except httpx.InvalidURL as error:
        message = f"The server redirects to something that is no address. Received: {target[:200]!r}"
        raise _Refused("url_invalid", message) from error
    return _checked_url(str(joined))


def _checked_url(text: str) -> httpx.URL:
    shown = f"Received: {text[:200]!r}"
    try:
        url = httpx.URL(text)
        # httpx decodes names only now, and names may be no names
        host, port = url.host, url.port
    except (httpx.InvalidURL, ValueError) as error:
        raise _Refused("url_invalid", f"This is no address: {error}. {shown}") from error
    if url.scheme not in ("http", "https"):
        raise _Refused("url_scheme", f"Only http and https are fetched. {shown}")
    if url.userinfo:
        raise _Refused("url_userinfo", f"An address with a user name or password is not fetched. {shown}")
    if not host or ".." in host or (port is not None and not 0 < port < 65536):
        raise _Refused("url_invalid", f"The address names no host or no port that there can be. {shown}")
    return url.copy_with(fragment=None)


def _retry_after(text: str) -> float | None:
    """Return the seconds that a `Retry-After` header asks to wait, given as a number or a date."""
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
