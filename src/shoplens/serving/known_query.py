"""The parameters of an address, which a route is to know."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError

from shoplens.errors import BadInput, UnknownName
from shoplens.serving.strict_model import MOST_TOLD, refused, repeated

PUBLIC_KEY = "key"
"""What a widget's picture brings in its address, whatever it asks: see `WidgetAccess`."""


async def known_query(request: Request) -> None:
    """Refuse an address with a parameter that its route does not know, or one that may come once and comes twice.

    FastAPI passes over the one and takes the last of the other, so that a mistyped `chanel=amazon` would be answered as
    if every channel had been asked for.

    Raises:
        RequestValidationError: naming each.
    """
    given = request.query_params
    if not given:
        return
    known = _parameters(request.app, request.scope["route"].path_format, request.method)
    wrong = {name: _unknown(name, known) for name in given if name not in {*known, PUBLIC_KEY}}
    for name, several in known.items():
        if not several and (times := len(given.getlist(name))) > 1:
            wrong[name] = repeated(times)
    if wrong:
        raise RequestValidationError([refused("query", name, error) for name, error in wrong.items()][:MOST_TOLD])


def _parameters(app: FastAPI, path: str, method: str) -> dict[str, bool]:
    """Return the parameters of a route, and whether each may come several times, as OpenAPI is told of them."""
    told: list[dict[str, Any]] = app.openapi()["paths"][path][method.lower()].get("parameters", [])
    return {one["name"]: _is_list(one["schema"]) for one in told if one["in"] == "query"}


def _is_list(schema: dict[str, Any]) -> bool:
    return any(one.get("type") == "array" for one in schema.get("anyOf", [schema]))


def _unknown(name: str, known: Collection[str]) -> BadInput:
    if known:
        return UnknownName("parameter", name, known)
    return BadInput("This takes no parameter.", received=name, remedy="Leave it out.")
