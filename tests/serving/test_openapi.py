"""The API's description: compared with the committed one, and tried at random against the server.

After a wanted change: `UPDATE_GOLDEN=1 pytest tests/serving/test_openapi.py`, and read the difference.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplens.serving.app import make_app
from tests.serving.conftest import serving
from tests.serving.drawn_shop import draw_shop

GOLDEN = Path(__file__).parent.parent / "golden" / "openapi.json"
IDS = st.sampled_from(["MUG-RED", "SHIRT-RED-S", "ODD/1", "nope"])
ODD_TEXTS = ["1e999", "-0", "NaN", "red:blue", "0,0,1,1", "%00", "../..", "Infinity"]
TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(ODD_TEXTS), IDS)
NUMBERS = st.one_of(st.integers(-(2**70), 2**70), st.sampled_from([0, 1, 160, 2**31, 2**63]))
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
METHODS = ("get", "post", "delete")
LONG = ("/v1/studio/trainings", "/v1/studio/models/{name}/compare", "/v1/studio/models/{name}/promote")
"""Each starts minutes of work; tests/serving/studio tries them."""


@pytest.fixture(scope="module")
def spare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A shop of its own: requests at random mend its photos, waive its findings and teach it nonsense."""
    with draw_shop(tmp_path_factory.mktemp("spare")) as shop, serving(make_app(shop)) as address:
        with httpx.Client(base_url=address, timeout=60) as client:
            yield client


def description() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return loaded


OPERATIONS = [
    (method, path)
    for path, item in description()["paths"].items()
    for method in METHODS
    if method in item and path not in LONG
]


def test_the_api_is_the_one_described(api: httpx.Client) -> None:
    now = api.get("/openapi.json").json()
    now["info"]["version"] = "any"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(now, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    assert now == description(), "The API changed; see this file's head."


def test_every_body_names_all_its_fields() -> None:
    """A mistyped name is refused; events alone are of seven formats, and keep what they do not know."""
    schemas = description()["components"]["schemas"]
    for path, item in description()["paths"].items():
        for operation in item.values():
            for body in operation.get("requestBody", {}).get("content", {}).values():
                for option in body["schema"].get("anyOf", [body["schema"]]):
                    schema = schemas[option["$ref"].split("/")[-1]] if "$ref" in option else option
                    if path != "/v1/events" and schema.get("type") != "null":
                        assert schema.get("additionalProperties") is False, path


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return mostly fitting values of a schema, and some that fit nothing."""
    schema = schema if "$ref" not in schema else description()["components"]["schemas"][schema["$ref"].split("/")[-1]]
    if "anyOf" in schema:
        return st.one_of([values(option) for option in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | TEXTS
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        fitting = {name: values(part) for name, part in schema["properties"].items()}
        return st.fixed_dictionaries({}, optional=fitting) | JSON
    if kind == "array":
        return st.lists(values(schema.get("items", {})), max_size=3) | TEXTS
    by_kind: dict[Any, st.SearchStrategy[Any]] = {
        "integer": st.integers(0, 200) | NUMBERS | TEXTS,
        "boolean": st.booleans() | TEXTS,
        "string": st.binary(max_size=60) if schema.get("contentMediaType") else TEXTS,
    }
    return by_kind.get(kind, JSON)


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON value
    return value if isinstance(value, list) else [value]


def sent(data: st.DataObject, method: str, path: str) -> dict[str, Any]:
    """Draw the parts of one request."""
    operation = description()["paths"][path][method]
    request: dict[str, Any] = {"params": []}
    for parameter in operation.get("parameters", []):
        value = data.draw(IDS | TEXTS if parameter["in"] == "path" else values(parameter["schema"]), parameter["name"])
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(httpx.QueryParams({"": str(value)}))[1:] or "x")
        elif parameter["in"] == "query" and data.draw(st.booleans()):
            request["params"] += [(parameter["name"], str(one)) for one in listed(value)]
    body = operation.get("requestBody", {}).get("content", {})
    if "application/json" in body:
        request["content"] = json.dumps(data.draw(values(body["application/json"]["schema"]), "body"))
        request["headers"] = {"Content-Type": "application/json"}
    elif body:
        form = next(iter(body.values()))["schema"]
        form = description()["components"]["schemas"][form["$ref"].split("/")[-1]] if "$ref" in form else form
        drawn = {name: data.draw(values(part), name) for name, part in form["properties"].items()}
        request["files"] = {n: ("a.jpg", v) for n, v in drawn.items() if isinstance(v, bytes)}
        texts = {name: value for name, value in drawn.items() if not isinstance(value, bytes)}
        request["data"] = {name: [str(one) for one in listed(value)] for name, value in texts.items()}
    return {"method": method, "url": path, **request}


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda value: value)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_request_breaks_the_server(spare: httpx.Client, method: str, path: str, data: st.DataObject) -> None:
    answer = spare.request(**sent(data, method, path))
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
