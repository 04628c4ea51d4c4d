"""Search by photo, by words, by product."""

from __future__ import annotations

import base64
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, UploadFile

from shoplens.catalog.filter import Filter
from shoplens.models.heat_picture import heat_picture
from shoplens.photos.encode import encode
from shoplens.serving.filter_fields import make_filter, parse_box, where
from shoplens.serving.routes.answers import ShopDep, answer, answer_photo, decode_upload
from shoplens.serving.schemas import BoxModel, Matches, WhyOut, match_out

router = APIRouter(prefix="/v1", tags=["search"])
Where = Annotated[Filter, Depends(where)]
Limit = Annotated[int, Query(ge=1, le=100)]
FormLimit = Annotated[int, Form(ge=1, le=100)]
Text = Annotated[str, Form()]
Texts = Annotated[list[str] | None, Form()]


@router.post("/search")
def search_by_photo(
    shop: ShopDep,
    photo: UploadFile,
    box: Annotated[str, Form(description="x0,y0,x1,y1 from 0 to 1")] = "",
    category: Text = "",
    brand: Text = "",
    min_price: Text = "",
    max_price: Text = "",
    currency: Text = "",
    availability: Texts = None,
    attribute: Texts = None,
    limit: FormLimit = 24,
    diversity: Annotated[float, Form(ge=0, le=1, description="0 for the best, up to 1 for different ones")] = 0.0,
) -> Matches:
    """Find the products that look like the photo. The photo is not kept."""
    filters = make_filter(category, brand, min_price, max_price, currency, availability or (), attribute or ())
    decoded = decode_upload(photo, min_side=shop.embedder.min_side)
    found = shop.search(decoded, box=parse_box(box), where=filters, limit=limit, diversity=diversity)
    return answer_photo(shop, found)


@router.post("/why")
def why(
    shop: ShopDep,
    photo: UploadFile,
    product: Annotated[str, Form(description="id of a product", max_length=500)],
    box: Annotated[str, Form(description="x0,y0,x1,y1 from 0 to 1")] = "",
) -> WhyOut:
    """Tell why a product matches a photo: what is the same, and where in the photo it is seen."""
    told = shop.why(decode_upload(photo, min_side=shop.embedder.min_side), product, box=parse_box(box))
    picture = heat_picture(told.photo, told.heat)
    return WhyOut(
        match=match_out(told.match, told.match.photo),
        width=picture.shape[1],
        height=picture.shape[0],
        picture=base64.b64encode(encode(picture, "webp", 80)).decode("ascii"),
        box=BoxModel.of(told.box),
    )


@router.get("/search")
def search_by_words(
    shop: ShopDep, q: Annotated[str, Query(max_length=500)], filters: Where, limit: Limit = 24
) -> Matches:
    """Find products by the words of their titles, categories, tags and colours, in English or Chinese."""
    return answer(shop, shop.search_text(q, where=filters, limit=limit))


@router.get("/products/{product_id:path}/similar")
def similar(shop: ShopDep, product_id: str, filters: Where, limit: Limit = 12) -> Matches:
    """Find products that look like this one and could stand in for it."""
    return answer(shop, shop.similar(product_id, where=filters, limit=limit))
