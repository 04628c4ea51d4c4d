"""Photos over HTTP, fetched as if every address in a feed were chosen by an attacker."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shoplens.feeds.http_fetch import HttpFetch


@dataclass(frozen=True, slots=True)
class DownloadSettings:
    """What a download may cost, and where it may go.

    Attributes:
        max_bytes: a longer body is abandoned.
        timeout_s: for connecting, and for each read.
        total_s: for one address with its redirects, retries and waits.
        max_redirects: each target is checked like the first address.
        retries: further tries after 429, 5xx, a time-out or a broken connection.
        backoff_s: the first wait at most; it doubles each time, and a random part of it is waited.
        max_wait_s: the longest wait, also where the server asks for more.
        concurrency: downloads at one time.
        per_host: downloads at one time from one host.
        allow_private: loopback and private networks may be reached; only for shops that serve their own photos.
        allow_networks: further networks that may be reached, such as "10.1.0.0/16".
        user_agent: how ShopLens names itself.
    """

    max_bytes: int = 16 << 20
    timeout_s: float = 15.0
    total_s: float = 60.0
    max_redirects: int = 5
    retries: int = 3
    backoff_s: float = 0.5
    max_wait_s: float = 30.0
    concurrency: int = 16
    per_host: int = 6
    allow_private: bool = False
    allow_networks: tuple[str, ...] = ()
    user_agent: str = "ShopLens/0.1 (catalogue import)"


@dataclass(frozen=True, slots=True)
class Request:
    """An address, with what its last answer said of its version; then an unchanged photo costs no body."""

    url: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes, whatever the server calls them: only decoding tells whether they are a photo."""

    request: Request
    data: bytes
    etag: str
    last_modified: str


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that what is stored is still right."""

    request: Request


@dataclass(frozen=True, slots=True)
class Failed:
    """No photo, and why.

    `code` is one of: url_invalid, url_scheme, url_userinfo, url_unresolvable, url_forbidden_address, url_unreachable,
    url_timeout, url_too_large, url_too_many_redirects, url_encoding, or url_status_<number>.
    """

    request: Request
    code: str
    message: str


Result = Fetched | NotModified | Failed


class Downloader:
    """Fetches many addresses at a time, from ordinary (synchronous) code.

    A thread of its own runs the event loop, so it works inside a web server too, and photos arrive while the caller
    works on the last one. Proxies of the environment are not used: behind one, addresses could not be checked. Close
    it, or use it as a context manager.

    Args:
        settings: limits and permissions.

    Raises:
        ValueError: `settings.allow_networks` holds something that is no network.
    """

    def __init__(self, settings: DownloadSettings | None = None) -> None:
        # httpx takes 0.2 s to import; only who downloads pays for it.
        from shoplens.feeds.http_fetch import HttpFetch

        self._settings = settings or DownloadSettings()
        self._fetch: HttpFetch = HttpFetch(self._settings)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="shoplens-download", daemon=True)
        self._thread.start()

    def __enter__(self) -> Downloader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def fetch(self, request: Request) -> Result:
        """Fetch one address and wait for it."""
        return self._start(request).result()

    def fetch_all(self, requests: Iterable[Request]) -> Iterator[Result]:
        """Yield the result of every request, in the order in which they finish.

        `requests` is read as the work goes on. At most twice `concurrency` results wait for the caller at one time.
        Leaving the iterator early cancels what is under way.
        """
        waiting = iter(requests)
        window = 2 * self._settings.concurrency
        running: set[Future[Result]] = set()
        try:
            while True:
                running.update(map(self._start, islice(waiting, window - len(running))))
                if not running:
                    return
                done, running = wait(running, return_when=FIRST_COMPLETED)
                while done:
                    yield done.pop().result()
        finally:
            for future in running:
                future.cancel()

    def close(self) -> None:
        """Cancel what is under way, close the connections, and end the thread. Closing twice does no harm."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._shut_down(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _start(self, request: Request) -> Future[Result]:
        return asyncio.run_coroutine_threadsafe(self._fetch(request), self._loop)

    async def _shut_down(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._fetch.close()
        await self._loop.shutdown_default_executor()
