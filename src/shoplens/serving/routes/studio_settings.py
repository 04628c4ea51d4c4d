"""Rules, keys and the index, for whoever runs the shop."""

from __future__ import annotations

import dataclasses
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from shoplens.catalog.keys import ApiKey
from shoplens.quality.rule_pack import RulePack
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.routes.studio import known_packs
from shoplens.serving.schemas.studio import IndexOut, KeyIn, KeyOut, KeysOut, NewKeyOut, PackOut, RulesIn
from shoplens.shop import Shop

router = APIRouter(prefix="/v1/studio", tags=["studio"])


def keys_asked_for(request: Request) -> bool:
    """Return whether this server asks for keys."""
    asked: bool = request.app.state.keys_asked_for
    return asked


@router.get("/rules")
def rules(shop: ShopDep) -> list[PackOut]:
    """List the rule packs with their rules, those in use first."""
    used = shop.settings.rules
    names = [*used, *(name for name in RulePack.names() if name not in used)]
    return [_pack(shop, name) for name in names]


@router.post("/rules")
def use_rules(shop: ShopDep, wish: RulesIn) -> list[PackOut]:
    """Inspect by these packs from the next inspection on. Files of one's own are named in shoplens.toml alone."""
    shop.studio.use_rules(known_packs(shop, wish.packs))
    return rules(shop)


@router.get("/keys")
def keys(shop: ShopDep, asked_for: Annotated[bool, Depends(keys_asked_for)]) -> KeysOut:
    """List the keys of this shop, revoked ones too."""
    return KeysOut(asked_for=asked_for, keys=[_key(key) for key in shop.catalog.keys.all()])


@router.post("/keys", status_code=201)
def add_key(shop: ShopDep, wish: KeyIn) -> NewKeyOut:
    """Make a key; its secret is in this answer and nowhere else."""
    key, secret = shop.catalog.keys.add(wish.name, wish.scope)
    return NewKeyOut(**dataclasses.asdict(key), secret=secret)


@router.delete("/keys/{number}")
def revoke_key(shop: ShopDep, number: int, asked_for: Annotated[bool, Depends(keys_asked_for)]) -> KeysOut:
    """Make a key worthless, within five seconds."""
    shop.catalog.keys.revoke(min(number, 2**62))
    return keys(shop, asked_for)


@router.get("/index")
def index(shop: ShopDep) -> IndexOut:
    """Show the state of the photo index."""
    health = shop.studio.index_health()
    return IndexOut(**{**dataclasses.asdict(health), "others": list(health.others)})


def _pack(shop: Shop, name: str) -> PackOut:
    pack = RulePack.load(name)
    lines = [
        {
            "check": rule.check,
            "severity": rule.severity,
            "limits": dict(rule.limits),
            "main_only": rule.main_only,
            "categories": list(rule.categories),
            "source": rule.source,
        }
        for rule in pack.rules
    ]
    return PackOut(name=name, title=pack.title, version=pack.version, in_use=name in shop.settings.rules, rules=lines)


def _key(key: ApiKey) -> KeyOut:
    return KeyOut(**dataclasses.asdict(key))
