"""Photos to try the search with, where the shop has some."""

from __future__ import annotations

from fastapi import APIRouter, Response

from shoplens.errors import NotFound
from shoplens.photos.decode import decode_file
from shoplens.photos.encode import encode
from shoplens.serving.routes.answers import ShopDep

router = APIRouter(prefix="/v1/examples", tags=["search"])
_AT_MOST = 12


@router.get("")
def examples(shop: ShopDep) -> list[str]:
    """List the JPEG files in the shop's folder `queries`; the demonstration shop has some."""
    return sorted(path.name for path in (shop.folder / "queries").glob("*.jpg"))[:_AT_MOST]


@router.get("/{name}", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
def example(shop: ShopDep, name: str) -> Response:
    """Show one of them, without its metadata."""
    if name not in examples(shop):
        raise NotFound("There is no such example.", received=name)
    photo = decode_file(shop.folder / "queries" / name)
    return Response(encode(photo.pixels, "jpeg"), media_type="image/jpeg")
