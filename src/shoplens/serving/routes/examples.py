"""Photos to try the search with, where the shop has some."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse

from shoplens.errors import NotFound
from shoplens.serving.routes.answers import ShopDep

router = APIRouter(prefix="/v1/examples", tags=["search"])
_AT_MOST = 12


@router.get("")
def examples(shop: ShopDep) -> list[str]:
    """List the JPEG files in the shop's folder `queries`; the demonstration shop has some."""
    return sorted(path.name for path in (shop.folder / "queries").glob("*.jpg"))[:_AT_MOST]


@router.get("/{name}", response_class=FileResponse, responses={200: {"content": {"image/jpeg": {}}}})
def example(shop: ShopDep, name: str) -> FileResponse:
    """Show one of them."""
    if name not in examples(shop):
        raise NotFound("There is no such example.", received=name)
    return FileResponse(shop.folder / "queries" / name, media_type="image/jpeg")
