"""The models of the shop, to look at. They are changed on the command line alone: no model comes in over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from shoplens.errors import BundleError
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.schemas.models import ModelList, ModelOut, PromotionOut
from shoplens.shop import Shop

router = APIRouter(prefix="/v1", tags=["models"])


@router.get("/models")
def models(shop: ShopDep) -> ModelList:
    """List the bundles with their cards, which one searches, and which ones searched before, the oldest first."""
    history = [PromotionOut(name=state.name, id=state.id, at=state.at) for state in shop.models.in_use()]
    found = [_model(shop, name) for name in ("base", *shop.bundles())]
    return ModelList(in_use=shop.settings.model, models=found, history=history)


def _model(shop: Shop, name: str) -> ModelOut:
    in_use = name == shop.settings.model
    try:
        bundle = shop.bundle(name)
    except BundleError as error:
        return ModelOut(name=name, id="", in_use=in_use, problem=error.what)
    return ModelOut(
        name=name,
        id=bundle.id,
        in_use=in_use,
        labels=list(bundle.labels),
        heads={head: [label.en for label in labels] for head, labels in bundle.heads.items()},
        card=dict(bundle.card),
    )
