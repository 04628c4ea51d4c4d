"""The HTTP server over one shop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.staticfiles import StaticFiles

import shoplens
from shoplens.serving.feed_clock import FeedClock
from shoplens.serving.guard import Guard, GuardSettings
from shoplens.serving.jobs import Jobs
from shoplens.serving.known_query import known_query
from shoplens.serving.metrics import Metrics
from shoplens.serving.problems import add_problem_handlers
from shoplens.serving.routes import (
    events,
    examples,
    health,
    imports,
    inspect,
    lines,
    models,
    products,
    recommend,
    search,
    session,
    studio,
    studio_feeds,
    studio_imports,
    studio_models,
    studio_recommending,
    studio_review,
    studio_settings,
    teach,
    vision,
)
from shoplens.serving.sources import Sources
from shoplens.serving.turns import Turns
from shoplens.shop import Shop

_WEB = Path(__file__).parent / "web"


def make_app(shop: Shop, guard: GuardSettings | None = None) -> FastAPI:
    """Return the ASGI application that serves the shop: `/v1/...`, `/docs`, `/health`, `/ready`, `/metrics`, `/`."""
    app = FastAPI(
        title="ShopLens",
        version=shoplens.__version__,
        summary="Search, recommend, classify and inspect a shop's products by their photos.",
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        lifespan=_lifespan,
    )
    app.state.shop = shop
    app.state.turns = Turns()
    app.state.jobs = Jobs(shop.folder)
    app.state.feed_clock = FeedClock(shop, app.state.jobs)
    app.state.keys_asked_for = guard is not None and bool(guard.keys)
    app.state.sources = Sources(shop.folder / "uploads")
    app.state.inspecting = threading.Lock()
    judging = (vision, inspect, lines, teach)
    asking = (products, search, recommend, *judging, events, imports, examples, models, session, health)
    desk = (studio_feeds, studio_imports, studio_review, studio_models, studio_recommending, studio_settings)
    for module in (*asking, studio, *desk):
        app.include_router(module.router, dependencies=[Depends(known_query)])
    add_problem_handlers(app)
    _add_pages(app)
    app.add_middleware(Guard, settings=guard or GuardSettings(), key_scope=shop.catalog.keys.scope_of)
    app.add_middleware(Metrics)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    clock = asyncio.create_task(app.state.feed_clock.run())
    yield
    clock.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await clock


def _add_pages(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    def index() -> FileResponse:
        return FileResponse(_WEB / "index.html", headers={"Cache-Control": "no-cache"})

    @app.get("/studio", include_in_schema=False)
    def studio_page() -> FileResponse:
        return FileResponse(_WEB / "studio" / "index.html", headers={"Cache-Control": "no-cache"})

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="ShopLens API",
            swagger_js_url="/swagger/swagger-ui-bundle.js",
            swagger_css_url="/swagger/swagger-ui.css",
            swagger_favicon_url="/swagger/favicon-32x32.png",
        )

    app.mount("/web", GZipMiddleware(StaticFiles(directory=_WEB), minimum_size=500), name="web")
    app.mount("/swagger", StaticFiles(directory=str(files("fastapi_swagger") / "resources")), name="swagger")
