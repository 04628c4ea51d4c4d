"""What goes with what, and what to show whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query

from shoplens.serving.filter_fields import make_filter
from shoplens.serving.routes.answers import AskedDep, ShopDep, answer
from shoplens.serving.schemas.recommend import BasketIn, ShopperIn
from shoplens.serving.schemas.search import Matches

router = APIRouter(prefix="/v1", tags=["recommend"])
Limit = Annotated[int, Query(ge=1, le=100)]


@router.get("/products/{product_id:path}/goes-with")
def goes_with(shop: ShopDep, asked: AskedDep, product_id: str, limit: Limit = 12) -> Matches:
    """Find products of other kinds that go well with this one."""
    return answer(shop, shop.goes_with([product_id], limit=limit), asked=asked, placement="goes-with")


@router.post("/goes-with")
def goes_with_basket(shop: ShopDep, asked: AskedDep, basket: BasketIn) -> Matches:
    """Find products that go well with everything in the basket."""
    return answer(shop, shop.goes_with(basket.products, limit=basket.limit), asked=asked, placement="goes-with")


@router.post("/recommend")
def recommend(shop: ShopDep, asked: AskedDep, shopper: ShopperIn) -> Matches:
    """Recommend to a shopper, from what was viewed and bought; for nobody in particular, what is popular."""
    where = make_filter(shopper.category, "", shopper.min_price, shopper.max_price, "", shopper.availability, ())
    found = shop.recommend(
        viewed=shopper.viewed, bought=shopper.bought, visitor=shopper.visitor, where=where, limit=shopper.limit
    )
    who = replace(asked, visitor=shopper.visitor or asked.visitor)
    return answer(shop, found, asked=who, placement="for-you")
