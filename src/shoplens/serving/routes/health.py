"""For those who run the server: is it alive, is it ready, how does it do."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shoplens.errors import IndexMismatch
from shoplens.serving.problems import problem
from shoplens.serving.routes.answers import ShopDep

router = APIRouter(tags=["operations"])


@router.get("/health")
def health() -> dict[str, str]:
    """Answer as long as the process lives."""
    return {"status": "ok"}


@router.get("/ready", response_model=None, responses={503: {"description": "the photos have no vectors of this model"}})
def ready(shop: ShopDep) -> dict[str, int | str] | Response:
    """Answer once the index is in memory: this call makes it where that has not been done."""
    try:
        return {"status": "ready", "photos": shop.warm_up()}
    except IndexMismatch as error:
        return problem(503, error.code, str(error), remedy=error.remedy)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics() -> Response:
    """Show the counters and times as Prometheus reads them."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
