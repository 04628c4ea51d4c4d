"""What the merchant wants of recommendations: rules, and looks put together by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Literal

from fastapi import APIRouter

from shoplens.recommend.placement import PLACEMENTS
from shoplens.recommend.rule import ABOUT_PAIRS, ABOUT_PRODUCTS, ACTIONS, Rule
from shoplens.records import Product
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.schemas.recommending import (
    ActionOut,
    LookIn,
    LookProductOut,
    OwnLookOut,
    RecommendingOut,
    RuleChangeIn,
    RuleIn,
    RuleOut,
)
from shoplens.shop import Shop

router = APIRouter(prefix="/v1/studio/recommending", tags=["studio"])


@router.get("")
def show(shop: ShopDep) -> RecommendingOut:
    """Show the shop's rules and looks, and what rules can be made of."""
    return _shown(shop)


@router.post("/rules", status_code=201)
def add(shop: ShopDep, wish: RuleIn) -> RecommendingOut:
    """Write a rule behind the others; it holds from the next answer on."""
    shop.merchandising.add_rule(**wish.model_dump())
    return _shown(shop)


@router.put("/rules/{number}")
def change(shop: ShopDep, number: int, wish: RuleChangeIn) -> RecommendingOut:
    """Write another rule in the place of one, by its number from 1."""
    shop.merchandising.change_rule(number, **wish.model_dump())
    return _shown(shop)


@router.delete("/rules/{number}")
def remove(shop: ShopDep, number: int, revision: str = "") -> RecommendingOut:
    """Take a rule out, by its number from 1."""
    shop.merchandising.remove_rule(number, revision=revision)
    return _shown(shop)


@router.put("/looks")
def put_look(shop: ShopDep, wish: LookIn) -> RecommendingOut:
    """Store a look, in place of one of the same name; one that gets another name takes no other look's place."""
    shop.merchandising.put_look(wish.name, wish.products, before=wish.before)
    return _shown(shop)


@router.delete("/looks")
def remove_look(shop: ShopDep, name: str) -> RecommendingOut:
    """Forget a look."""
    shop.merchandising.remove_look(name)
    return _shown(shop)


def _shown(shop: Shop) -> RecommendingOut:
    wanted = shop.merchandising
    revision, rules, looks = wanted.rules_revision(), wanted.rules(), wanted.looks()
    known = wanted.products_named(name for look in looks for name in look.products)
    photos = shop.catalog.main_photos([product.id for product in known.values()])
    return RecommendingOut(
        revision=revision,
        rules=[_rule(shop, number, rule) for number, rule in enumerate(rules, start=1)],
        looks=[
            OwnLookOut(
                name=look.name, products=[_look_product(name, known.get(name), photos) for name in look.products]
            )
            for look in looks
        ],
        actions=[ActionOut(name=name, about=_about(name)) for name in ACTIONS],
        placements=list(PLACEMENTS),
    )


def _about(action: str) -> Literal["products", "pairs", "neither"]:
    return "products" if action in ABOUT_PRODUCTS else "pairs" if action in ABOUT_PAIRS else "neither"


def _rule(shop: Shop, number: int, rule: Rule) -> RuleOut:
    return RuleOut(
        number=number,
        holds_in=[name for name in PLACEMENTS if rule.holds_in(name)],
        unknown=[name for names in shop.merchandising.unknown_to_shop(rule).values() for name in names],
        **asdict(rule),
    )


def _look_product(name: str, product: Product | None, photos: Mapping[str, str]) -> LookProductOut:
    if product is None:
        return LookProductOut(id=name, title="", photo="", known=False)
    return LookProductOut(id=name, title=product.title, photo=photos.get(product.id, ""), known=True)
