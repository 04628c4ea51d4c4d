"""A real HTTP server on this machine that serves files with ranges, and fails as it is told."""

from __future__ import annotations

import http.server
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar


class ModelServer(http.server.BaseHTTPRequestHandler):
    """Serves `root`; what is wrong with a path is said by its first part.

    /ok/F         with ranges
    /whole/F      without ranges
    /breaks/F     breaks off after each `piece` bytes
    /falls/F      503 twice, then with ranges
    /silent/F     half of it, then silence
    /drips/F      one byte at a time, for ever
    /lies/F       other bytes of the same length
    /wrong/F      answers a range with another one
    /gzip/F       says that it is compressed
    /to/P         redirects to /P
    /round/F      redirects to itself
    /away/F       redirects to a file on the disk
    """

    protocol_version = "HTTP/1.1"
    root: ClassVar[Path]
    piece: ClassVar[int] = 1000
    asked: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers.get("Range", "")))
        kind, _, rest = self.path.lstrip("/").partition("/")
        try:
            if kind == "to":
                self.send(302, b"", Location="/" + rest)
            elif kind == "round":
                self.send(302, b"", Location=self.path)
            elif kind == "away":
                self.send(302, b"", Location="file:///etc/hostname")
            elif kind == "falls" and sum(path == self.path for path, _ in self.asked) < 3:
                self.send(503, b"", Retry_After="0")
            elif not (self.root / rest).is_file():
                self.send(404, b"nothing")
            else:
                self.file(kind, (self.root / rest).read_bytes())
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def file(self, kind: str, data: bytes) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked and kind != "whole" else 0
        if start >= len(data) and start:
            self.send(416, b"", Content_Range=f"bytes */{len(data)}")
            return
        if kind == "lies":
            data = data[:-1] + bytes([data[-1] ^ 1])
        body = data[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        if kind == "gzip":
            self.send_header("Content-Encoding", "gzip")
        if start:
            shown = start + 1 if kind == "wrong" else start
            self.send_header("Content-Range", f"bytes {shown}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        if kind in ("breaks", "wrong") and len(body) > self.piece:
            self.wfile.write(body[: self.piece])
            self.close_connection = True
        elif kind == "silent":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            time.sleep(1.5)
            self.close_connection = True
        elif kind == "drips":
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.02)
        else:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """Serve a folder; yields the server's address without a slash at its end."""
    handler = type("Serving", (ModelServer,), {"root": root, "asked": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        server.asked = handler.asked  # type: ignore[attr-defined]
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
