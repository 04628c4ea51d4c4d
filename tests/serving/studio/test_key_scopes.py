"""What a key of each scope may do."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from shoplens.catalog.keys import Scope
from shoplens.errors import BadInput, NotFound
from shoplens.serving.app import make_app
from shoplens.serving.guard import settings_for
from shoplens.serving.key_scopes import KeyScopes, needed_scope
from shoplens.shop import Shop
from tests.serving.conftest import serving


@pytest.fixture
def closed(own_shop: Shop) -> Iterator[str]:
    with serving(make_app(own_shop, settings_for("0.0.0.0", ["master"]))) as at:
        yield at


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v1/products", "read"),
        ("POST", "/v1/search/photo", "read"),
        ("POST", "/v1/events", "read"),
        ("GET", "/v1/imports", "read"),
        ("POST", "/v1/imports", "write"),
        ("POST", "/v1/categories/teach", "write"),
        ("GET", "/v1/studio/overview", "write"),
        ("POST", "/v1/studio/corrections", "write"),
        ("GET", "/v1/studio/rules", "write"),
        ("POST", "/v1/studio/rules", "admin"),
        ("POST", "/v1/studio/trainings", "admin"),
        ("POST", "/v1/studio/rollback", "admin"),
        ("POST", "/v1/studio/models/x/promote", "admin"),
        ("GET", "/v1/studio/keys", "admin"),
        ("GET", "/v1/studios", "read"),
        ("POST", "/v1/inspect", "read"),
        ("POST", "/v1/inspect/fix", "write"),
        ("POST", "/v1/findings/abcd/waive", "write"),
    ],
)
def test_what_a_request_asks_for(method: str, path: str, scope: str) -> None:
    assert needed_scope(method, path) == scope


def test_keys_of_each_scope(own_shop: Shop, closed: str) -> None:
    secrets = {scope: own_shop.catalog.keys.add(scope, scope)[1] for scope in ("read", "write", "admin")}
    allowed = {"read": (200, 403, 403), "write": (200, 200, 403), "admin": (200, 200, 200)}
    for scope, secret in {**secrets, "admin": "master"}.items():
        with httpx.Client(base_url=closed, headers={"X-API-Key": secret}) as client:
            paths = ("/v1/products", "/v1/studio/overview", "/v1/studio/keys")
            assert tuple(client.get(path).status_code for path in paths) == allowed[scope], scope
    assert httpx.get(f"{closed}/v1/products").status_code == 401
    assert httpx.get(f"{closed}/v1/products", headers={"X-API-Key": "guess"}).status_code == 401


def test_a_key_is_told_once_and_revoked(own_shop: Shop) -> None:
    keys = own_shop.catalog.keys
    key, secret = keys.add("Shop window", "read")
    assert secret.startswith(key.hint)
    assert secret not in (own_shop.folder / "catalog.db").read_bytes().decode("latin-1")
    scopes = KeyScopes((), keys.scope_of)
    assert scopes.of(secret) == "read"
    assert scopes.of("") is None
    keys.revoke(key.id)
    assert KeyScopes((), keys.scope_of).of(secret) is None
    with pytest.raises(NotFound):
        keys.revoke(key.id)
    with pytest.raises(BadInput):
        keys.add(" ", "read")


def test_what_the_catalogue_said_is_remembered_for_a_while() -> None:
    asked: list[str] = []

    def stored(digest: str) -> Scope | None:
        asked.append(digest)
        return "read"

    scopes = KeyScopes((), stored)
    assert [scopes.of("a"), scopes.of("a"), scopes.of("b")] == ["read"] * 3
    assert len(asked) == 2
