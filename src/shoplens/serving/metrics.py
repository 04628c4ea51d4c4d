"""Counts and times of requests, by route."""

from __future__ import annotations

import time

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUESTS = Counter("shoplens_requests", "Requests answered.", ["route", "method", "status"])
SECONDS = Histogram(
    "shoplens_request_seconds",
    "Seconds from the request to the end of the answer.",
    ["route", "method"],
    buckets=(0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.5, 1, 2, 5),
)


class Metrics:
    """ASGI middleware; the label is the route's pattern, never the path, so that the number of labels is bounded."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            REQUESTS.labels(route, scope["method"], str(status)).inc()
            SECONDS.labels(route, scope["method"]).observe(time.perf_counter() - started)
