"""A large file over HTTP whose hash is known: goes on where it stopped, and is what it should be or is not kept."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shoplens.errors import DownloadError

if TYPE_CHECKING:
    import httpx

Told = Callable[[int, int | None], None]
"""Called with the bytes that are here, and how many there are where the server says so."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_RETRIED = frozenset({408, 429, 500, 502, 503, 504})
_AGENT = "shoplens"


@dataclass(frozen=True, slots=True)
class DownloadLimits:
    """What a download may cost.

    Attributes:
        max_bytes: a longer file is abandoned.
        timeout_s: for connecting, and for each silence.
        total_s: for the whole file with its retries.
        retries: further tries in a row that bring nothing new.
        backoff_s: the first wait at most; it doubles each time, and a random part of it is waited.
        max_redirects: in a row.
    """

    max_bytes: int = 1024 * 1024 * 1024
    timeout_s: float = 30.0
    total_s: float = 3600.0
    retries: int = 5
    backoff_s: float = 1.0
    max_redirects: int = 5


class ResumableDownload:
    """Fetches files into a folder.

    Args:
        folder: where files and their unfinished parts are kept; a part is named by the hash, so another run finds it.
        limits: what a file may cost.
    """

    def __init__(self, folder: Path, limits: DownloadLimits | None = None) -> None:
        self._folder = folder
        self._limits = limits or DownloadLimits()

    def fetch(self, url: str, sha256: str, told: Told | None = None) -> Path:
        """Return the path of the file with this SHA-256, fetched from `url` as far as it is not here yet.

        Raises:
            DownloadError: the address cannot be reached or brings something else; what is right so far is kept.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        done, part = self._folder / sha256, self._folder / f"{sha256}.part"
        if done.is_file() and _digest(done) == sha256:
            return done
        ends, resumed = time.monotonic() + self._limits.total_s, part.is_file()
        self._complete(url, part, ends, told)
        if _digest(part) != sha256 and resumed:
            # what lay here may have been of another file; the hash alone can tell
            part.unlink()
            self._complete(url, part, ends, told)
        if (found := _digest(part)) != sha256:
            part.unlink()
            raise DownloadError(
                "The address brings something else than the hash says.",
                received=f"{url}: {found} instead of {sha256}",
                remedy="Compare the hash with the publisher's, or ask another mirror.",
            )
        part.replace(done)
        return done

    def small(self, url: str, limit: int) -> bytes | None:
        """Return the bytes at an address, None where the server says that there is nothing.

        Raises:
            DownloadError: the address cannot be reached or has more than `limit` bytes.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f"{hashlib.sha256(url.encode()).hexdigest()}.small"
        part.unlink(missing_ok=True)
        limits = DownloadLimits(limit, self._limits.timeout_s, self._limits.total_s, self._limits.retries)
        try:
            ResumableDownload(self._folder, limits)._complete(url, part, time.monotonic() + limits.total_s, None)
            return part.read_bytes()
        except _Missing:
            return None
        finally:
            part.unlink(missing_ok=True)

    def _complete(self, url: str, part: Path, ends: float, told: Told | None) -> None:
        """Append to the part until the server says that this is all."""
        failures, furthest = 0, part.stat().st_size if part.is_file() else 0
        while True:
            try:
                self._append(url, part, ends, told)
                return
            except _Again as again:
                size = part.stat().st_size if part.is_file() else 0
                failures = 1 if size > furthest else failures + 1
                furthest = max(furthest, size)
                if failures > self._limits.retries or time.monotonic() > ends:
                    raise DownloadError(
                        f"The download stopped: {again}.",
                        received=url,
                        remedy="Call it again to go on from there, or set a mirror.",
                    ) from again
                time.sleep(random.uniform(0, min(30.0, self._limits.backoff_s * 2**failures)))

    def _append(self, url: str, part: Path, ends: float, told: Told | None) -> None:
        import httpx

        here = part.stat().st_size if part.is_file() else 0
        headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity"}
        if here:
            headers["Range"] = f"bytes={here}-"
        try:
            with httpx.Client(timeout=self._limits.timeout_s, follow_redirects=False, headers=headers) as client:
                with closing(self._opened(client, url)) as response:
                    self._write(response, part, here, ends, told)
        except (httpx.TransportError, OSError) as error:
            raise _Again(str(error) or type(error).__name__) from error
        except httpx.InvalidURL as error:
            raise DownloadError("This is no address.", received=url, remedy="Give http://... or https://...") from error

    def _opened(self, client: httpx.Client, url: str) -> httpx.Response:
        """Return the answer that is no redirect, its body not read yet."""
        import httpx

        secure = url.startswith("https:")
        for _ in range(self._limits.max_redirects + 1):
            request = client.build_request("GET", url)
            if request.url.scheme not in ("http", "https") or (secure and request.url.scheme != "https"):
                raise DownloadError(
                    "The address leads to one that is not fetched.",
                    received=str(request.url),
                    remedy="Only http and https are, and never the first after the second.",
                )
            response = client.send(request, stream=True)
            target = response.headers.get("Location")
            if response.status_code not in _REDIRECTS or not target:
                return response
            response.close()
            url = str(httpx.URL(str(request.url)).join(target))
        raise DownloadError("The server redirects without end.", received=url, remedy="Ask another mirror.")

    def _write(self, response: httpx.Response, part: Path, here: int, ends: float, told: Told | None) -> None:
        status = response.status_code
        if status in _RETRIED:
            raise _Again(f"the server answered {status}")
        if status == 416 and here:
            return  # there is nothing behind what is here; the hash will tell whether it is right
        if status in (404, 410):
            raise _Missing("There is no such file.", received=str(response.url), remedy="Check the address.")
        if status not in (200, 206) or response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise DownloadError(
                f"The server answered {status}.", received=str(response.url), remedy="Ask another mirror."
            )
        goes_on = status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {here}-")
        if status == 206 and not goes_on:
            part.unlink(missing_ok=True)
            raise _Again("the server sent another part than was asked for")
        size, total = (here if goes_on else 0), _length(response, here if goes_on else 0)
        self._check_size(total, response)
        with part.open("ab" if goes_on else "wb") as file:
            for chunk in response.iter_raw():
                size += len(chunk)
                self._check_size(size, response)
                file.write(chunk)
                if told is not None:
                    told(size, total)
                if time.monotonic() > ends:
                    raise _Again(f"not finished within {self._limits.total_s:g} s")

    def _check_size(self, size: int | None, response: httpx.Response) -> None:
        if size is not None and size > self._limits.max_bytes:
            raise DownloadError(f"The file has more than {self._limits.max_bytes} bytes.", received=str(response.url))


class _Again(Exception):
    """What another try may mend."""


class _Missing(DownloadError):
    """There is nothing at the address."""


def _length(response: httpx.Response, before: int) -> int | None:
    text = response.headers.get("Content-Length", "")
    return before + int(text) if text.isascii() and text.isdecimal() else None


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
