"""From the paths and URLs of a feed to photos with vectors, doing nothing twice."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from shoplens.catalog.photo_files import PhotoFiles
from shoplens.catalog.store import Catalog, CatalogPhoto, Reference
from shoplens.embedding.embedder import Embedder
from shoplens.errors import PhotoError
from shoplens.feeds.download import Downloader, Failed, Fetched, NotModified, Request, Result
from shoplens.feeds.locate import LocalPhoto, RemotePhoto
from shoplens.feeds.photo_results import Embedded, Locate, PhotoResults, Resolved
from shoplens.photos.decode import Limits, decode
from shoplens.records import Photo

# One thread works through a slice from bytes to vectors: few enough photos to keep every thread busy to the end.
_SLICE = 16
# Decoded photos wait for each other up to this many bytes, so that embedding in batches costs no memory.
_PIXEL_BYTES = 48 << 20


@dataclass(frozen=True, slots=True)
class _Task:
    """Bytes to look at, in a file or in `data`; `state` is what is known of the reference without them.

    `watched` files are not even read while their time and size are as before.
    """

    reference: str
    state: Reference
    path: Path | None = None
    data: bytes | None = None
    watched: bool = False


@dataclass(slots=True)
class _Chunk:
    """What the threads find out together. Each key is written by one thread; only claiming needs the lock."""

    before: dict[str, Reference]
    embedded: set[str]
    states: dict[str, Reference] = field(default_factory=dict)
    photos: dict[str, Embedded] = field(default_factory=dict)
    moved: dict[str, CatalogPhoto] = field(default_factory=dict)
    unreached: dict[str, Failed] = field(default_factory=dict)
    refused: dict[str, PhotoError] = field(default_factory=dict)
    decoded_for: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def claim(self, sha256: str, reference: str) -> bool:
        """Say whether this reference is the first with these bytes."""
        with self.lock:
            return self.decoded_for.setdefault(sha256, reference) == reference


class PhotoWork:
    """Resolves references with all cores; a context manager that owns the threads.

    Args:
        catalog: says what is known already.
        embedder: makes the vectors.
        locate: the file or address of a reference, or why there is none.
        downloader: fetches URLs; without it they fail.
        threads: as many slices are worked on at once; the number of cores unless given.
        limits: of the decoder.
    """

    def __init__(
        self,
        catalog: Catalog,
        embedder: Embedder,
        locate: Locate,
        downloader: Downloader | None = None,
        threads: int | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._locate = locate
        self._downloader = downloader
        self._limits = limits or Limits()
        self._files = PhotoFiles(catalog.folder / "photos")
        self._threads = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="photos")
        self._ahead = ThreadPoolExecutor(1, thread_name_prefix="photos-ahead")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._ahead.shutdown(cancel_futures=True)

    def start(self, references: Iterable[str]) -> Future[PhotoResults]:
        """Resolve in the background, one call after the other; see `resolve`."""
        return self._ahead.submit(self.resolve, list(references))

    def resolve(self, references: Iterable[str]) -> PhotoResults:
        """Return what became of each reference: known, decoded and embedded now, or failed and why."""
        wanted = list(dict.fromkeys(references))
        before = self._catalog.references(wanted)
        known = {state.sha256 for state in before.values() if state.sha256}
        chunk = _Chunk(before, self._catalog.embedded(known, self._embedder.id))
        self._run(self._tasks(wanted, chunk), chunk)
        return PhotoResults({name: _resolved(name, chunk) for name in wanted}, chunk.photos, chunk.moved)

    def embed(self, photos: Iterable[CatalogPhoto]) -> PhotoResults:
        """Decode and embed photos of the catalogue anew, from their bytes on disk; the sha256 is the reference."""
        chunk = _Chunk({}, set())
        wanted = {photo.sha256: photo.path for photo in photos}
        self._run((_Task(sha256, _unread(str(path)), path) for sha256, path in wanted.items()), chunk)
        return PhotoResults({sha256: _resolved(sha256, chunk) for sha256 in wanted}, chunk.photos, {})

    def _tasks(self, wanted: Sequence[str], chunk: _Chunk) -> Iterator[_Task]:
        urls: dict[str, list[str]] = {}
        for name in wanted:
            found = self._locate(name)
            if isinstance(found, LocalPhoto):
                yield _Task(name, _unread(str(found.path)), found.path, watched=True)
            elif isinstance(found, RemotePhoto):
                urls.setdefault(found.url, []).append(name)
            else:
                chunk.states[name] = _lost(name, found.code, found.message)
        if urls:
            yield from self._fetched(urls, chunk)

    def _fetched(self, urls: Mapping[str, list[str]], chunk: _Chunk) -> Iterator[_Task]:
        for answer in self._answers(urls, chunk):
            url = answer.request.url
            for name in urls[url]:
                before = chunk.before.get(name)
                if before is not None and (before.location != url or before.sha256 is None):
                    before = None
                if isinstance(answer, Fetched):
                    state = replace(_unread(url), etag=answer.etag, last_modified=answer.last_modified)
                    yield _Task(name, state, data=answer.data)
                elif isinstance(answer, NotModified) and before is not None and before.sha256 is not None:
                    if before.sha256 in chunk.embedded:
                        chunk.states[name] = before
                    else:
                        yield _Task(name, replace(before, sha256=None), self._catalog.photo(before.sha256).path)
                else:
                    chunk.unreached[name] = failed = _as_failed(answer)
                    chunk.states[name] = before or _lost(url, failed.code, failed.message)

    def _answers(self, urls: Mapping[str, list[str]], chunk: _Chunk) -> Iterator[Result]:
        requests = []
        for url, names in urls.items():
            states = [chunk.before.get(name) for name in names]
            # Only where every name of the address has its photo may the answer be that nothing changed.
            known = states[0] if all(s and s.sha256 and s.location == url for s in states) else None
            if known and known.sha256 and not self._catalog.photo(known.sha256).path.is_file():
                known = None  # the file was lost: only a full answer brings it back
            requests.append(Request(url, known.etag, known.last_modified) if known else Request(url))
        if self._downloader is not None:
            return self._downloader.fetch_all(requests)
        return (Failed(request, "url_not_fetched", "This import has no downloader.") for request in requests)

    def _run(self, tasks: Iterable[_Task], chunk: _Chunk) -> None:
        """Work through the tasks, as they come, in slices; at most two for each thread are waiting."""
        coming = iter(tasks)
        running: set[Future[None]] = set()
        try:
            while some := list(islice(coming, _SLICE)):
                running.add(self._pool.submit(self._work, some, chunk))
                if len(running) > 2 * self._threads:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        future.result()
            for future in running:
                future.result()
        finally:
            # A pool that was shut down never tells of what it called off: to wait for that too would never end.
            wait([future for future in running if not future.cancel()])

    def _work(self, tasks: Sequence[_Task], chunk: _Chunk) -> None:
        waiting: list[tuple[Photo, Path]] = []
        for task in tasks:
            try:
                read = self._read(task, chunk)
            except PhotoError as error:
                chunk.states[task.reference] = _failed(chunk.states.get(task.reference, task.state), error)
                continue
            if read is not None:
                waiting.append(read)
            if sum(photo.pixels.nbytes for photo, _ in waiting) > _PIXEL_BYTES:
                self._embed(waiting, chunk)
                waiting = []
        self._embed(waiting, chunk)

    def _embed(self, waiting: Sequence[tuple[Photo, Path]], chunk: _Chunk) -> None:
        if waiting:
            vectors = self._embedder.embed([photo.pixels for photo, _ in waiting])
            for (photo, path), vector in zip(waiting, vectors, strict=True):
                chunk.photos[photo.facts.sha256] = Embedded(photo.facts, path, vector)

    def _read(self, task: _Task, chunk: _Chunk) -> tuple[Photo, Path] | None:
        """Return a photo to embed; None where it is known, or the same as another of this chunk."""
        name, state = task.reference, task.state
        if task.watched and task.path is not None:
            state = _with_file(state, task.path)
            before = chunk.before.get(name)
            if before is not None and _settled(before, state, chunk):
                chunk.states[name] = before
                return None
        data = task.data if task.path is None else _bytes(task.path, self._limits)
        data = data or b""
        sha256 = hashlib.sha256(data).hexdigest()
        chunk.states[name] = replace(state, sha256=sha256)
        if not chunk.claim(sha256, name):
            return None
        stored = self._stored(sha256)
        if stored is not None:
            if not stored.path.is_file():
                chunk.moved[sha256] = replace(stored, path=task.path or self._files.keep(stored.facts, data))
            return None
        try:
            photo = decode(data, name=name, min_side=self._embedder.min_side, limits=self._limits)
        except PhotoError as error:
            chunk.refused[sha256] = error
            return None
        return photo, task.path or self._files.keep(photo.facts, data)

    def _stored(self, sha256: str) -> CatalogPhoto | None:
        embedded = self._catalog.embedded([sha256], self._embedder.id)
        return self._catalog.photo(sha256) if embedded else None


def _unread(location: str) -> Reference:
    return Reference(location, None, "", "", "", "", 0, 0)


def _lost(location: str, code: str, message: str) -> Reference:
    return replace(_unread(location), problem_code=code, problem_message=message)


def _as_failed(answer: Failed | NotModified) -> Failed:
    if isinstance(answer, Failed):
        return answer
    return Failed(answer.request, "url_status_304", "The server says that nothing changed, but was not asked.")


def _failed(state: Reference, error: PhotoError) -> Reference:
    return replace(state, sha256=None, problem_code=error.code, problem_message=str(error))


def _settled(before: Reference, now: Reference, chunk: _Chunk) -> bool:
    """Say whether the file is as it was, and what it led to still holds."""
    if (before.location, before.mtime_ns, before.size) != (now.location, now.mtime_ns, now.size):
        return False
    return before.sha256 in chunk.embedded if before.sha256 else bool(before.problem_code)


def _with_file(state: Reference, path: Path) -> Reference:
    try:
        facts = path.stat()
    except OSError as error:
        raise PhotoError(
            "There is no such picture file.", received=path, remedy="Check the path.", code="photo_missing"
        ) from error
    if not stat.S_ISREG(facts.st_mode):
        raise PhotoError("This is no file.", received=path, remedy="Check the path.", code="photo_missing")
    return replace(state, mtime_ns=facts.st_mtime_ns, size=facts.st_size)


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(limits.max_bytes + 1)
    except OSError as error:
        raise PhotoError(
            f"The file cannot be read: {error.strerror}.", received=path, remedy="Check its permissions."
        ) from error


def _resolved(name: str, chunk: _Chunk) -> Resolved:
    state = chunk.states[name]
    if state.sha256 in chunk.refused:
        state = _failed(state, chunk.refused[state.sha256])
    as_before = chunk.before.get(name) == state
    if name in chunk.unreached:
        return Resolved("failed", state, as_before, chunk.unreached[name].code, chunk.unreached[name].message)
    if state.sha256 is None:
        return Resolved("failed", state, as_before, state.problem_code, state.problem_message)
    decoded = state.sha256 in chunk.photos and chunk.decoded_for[state.sha256] == name
    return Resolved("embedded" if decoded else "known", state, as_before)
