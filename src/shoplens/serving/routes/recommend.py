"""What goes with what, and what to show whom: one address for each placement, one shape for all."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from shoplens.catalog.filter import Filter
from shoplens.serving.filter_fields import make_filter, where
from shoplens.serving.routes.answers import AskedDep, ShopDep
from shoplens.serving.schemas.recommend import (
    AskIn,
    ExploreOut,
    LadderOut,
    LookOut,
    LooksOut,
    PromotionOut,
    RecommendationOut,
    RulesOut,
    TaughtByChoicesOut,
)

router = APIRouter(prefix="/v1/recommend", tags=["recommend"])
Ids = Annotated[list[str] | None, Query(max_length=1000)]


@router.get("/status")
def status(shop: ShopDep) -> LadderOut:
    """Show how far each placement climbed the ladder (visual, session, collaborative), since when, and why."""
    return LadderOut(placements=[PromotionOut.of(promotion) for promotion in shop.recommending.status()])


@router.get("/rules")
def rules(shop: ShopDep) -> RulesOut:
    """List the shop's rules: what comes first, later, never, or only together."""
    return RulesOut.of(shop.merchandising.rules())


@router.get("/looks")
def looks(shop: ShopDep) -> LooksOut:
    """List the looks that the shop put together itself."""
    return LooksOut(
        looks=[LookOut(look=look.name, products=list(look.products)) for look in shop.merchandising.looks()]
    )


@router.get("/explore")
def explore(shop: ShopDep) -> ExploreOut:
    """Show how many of the answers explore, and what another way to choose would have earned."""
    settings = shop.recommending.exploring()
    taught = TaughtByChoicesOut.of(shop.recommending.explored())
    return ExploreOut(share=settings.share, placements=list(settings.placements), taught=taught)


@router.get("/{placement}")
def recommend(
    shop: ShopDep,
    asked: AskedDep,
    placement: str,
    filters: Annotated[Filter, Depends(where)],
    product: Annotated[
        list[str] | None, Query(max_length=100, description="beside which the answer stands: one, or a basket")
    ] = None,
    viewed: Ids = None,
    bought: Ids = None,
    disliked: Ids = None,
    visitor: Annotated[str, Query(max_length=128, description="whose stored events count too")] = "",
    exclude: Ids = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 12,
    diversity: Annotated[float, Query(ge=0.0, le=1.0)] = 0.0,
) -> RecommendationOut:
    """Answer in a placement.

    Beside products: `similar`, `goes-with`, `complete-the-look`, `bought-together`. For a shopper: `for-you`,
    `buy-again`, `recently-viewed`, `on-sale-like-yours`. For everybody: `trending`, `popular`.
    """
    found = shop.recommend(
        placement,
        products=product or (),
        viewed=viewed or (),
        bought=bought or (),
        disliked=disliked or (),
        visitor=visitor or asked.visitor,
        where=filters,
        exclude=exclude or (),
        limit=limit,
        diversity=diversity,
        log=True,
        experiment=asked.experiment,
    )
    return RecommendationOut.of(found)


@router.post("/{placement}")
def recommend_by_body(shop: ShopDep, asked: AskedDep, placement: str, ask: AskIn) -> RecommendationOut:
    """Answer in a placement, as by GET, where the question is too long for an address."""
    found = shop.recommend(
        placement,
        products=ask.products,
        viewed=ask.viewed,
        bought=ask.bought,
        disliked=ask.disliked,
        visitor=ask.visitor or asked.visitor,
        where=make_filter(
            ask.category,
            ask.brand,
            ask.min_price,
            ask.max_price,
            ask.currency,
            ask.availability,
            ask.attribute,
            ask.color,
            ask.tag,
        ),
        exclude=ask.exclude,
        limit=ask.limit,
        diversity=ask.diversity,
        log=True,
        experiment=asked.experiment,
    )
    return RecommendationOut.of(found)
