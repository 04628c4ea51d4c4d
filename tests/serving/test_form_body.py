"""A form is read as FastAPI reads one, but that a field which it does not know, or has twice, is a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from pydantic import Field

from shoplens.serving.form_body import FormBody, Upload
from shoplens.serving.problems import add_problem_handlers
from tests.serving.conftest import serving


class Order(FormBody):
    photo: Upload
    more: list[Upload] = []  # noqa: RUF012 - pydantic copies it
    color: list[str] = []  # noqa: RUF012
    text: str = "any"
    limit: int = Field(24, ge=1, le=100)


@pytest.fixture(scope="module")
def orders() -> Iterator[httpx.Client]:
    app = FastAPI()
    add_problem_handlers(app)

    @app.post("/orders", openapi_extra=Order.shown())
    async def order(form: Annotated[Order, Depends(Order.read)]) -> dict[str, Any]:
        photos = [(await one.read()).decode() for one in (form.photo, *form.more)]
        return {"photos": photos, "color": form.color, "text": form.text, "limit": form.limit}

    @app.post("/mistaken")
    async def mistaken(form: Annotated[Order, Depends(Order.read)]) -> None:
        Order.model_validate({"photo": form.photo, "limit": 0})

    with serving(app) as address, httpx.Client(base_url=address) as client:
        yield client


def test_what_is_left_out_or_empty_has_its_default(orders: httpx.Client) -> None:
    answer = orders.post("/orders", files={"photo": b"one"}, data={"text": "", "limit": ""})
    assert answer.json() == {"photos": ["one"], "color": [], "text": "any", "limit": 24}


def test_lists_keep_all(orders: httpx.Client) -> None:
    files = [("photo", b"one"), ("more", b"two"), ("more", b"three")]
    answer = orders.post("/orders", files=files, data={"color": ["red", "blue"], "limit": "5"})
    assert answer.json() == {"photos": ["one", "two", "three"], "color": ["red", "blue"], "text": "any", "limit": 5}


@pytest.mark.parametrize(
    ("files", "data", "field"),
    [
        ({"photo": b"one"}, {"limit": "many"}, "body.limit"),
        ({"photo": b"one"}, {"limit": "101"}, "body.limit"),
        ({"photo": b"one", "text": b"two"}, {}, "body.text"),
        ({"more": b"one"}, {}, "body.photo"),
        ({}, {"photo": "no file"}, "body.photo"),
    ],
)
def test_a_mistake_is_told_with_its_field(
    orders: httpx.Client, files: dict[str, bytes], data: dict[str, str], field: str
) -> None:
    answer = orders.post("/orders", files=files, data=data)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


REPEATED = "This may come once. Received: 2 times. Send one of them."


@pytest.mark.parametrize(
    ("files", "data", "told"),
    [
        ([("photo", b"one"), ("photo", b"two")], {}, {"body.photo": REPEATED}),
        (
            [("photo", b"one")],
            {"limit": ["3", "3"], "text": ["", "a"]},
            {"body.limit": REPEATED, "body.text": REPEATED},
        ),
        (
            [("photo", b"one")],
            {"foto": ""},
            {
                "body.foto": "There is no field of that name. Received: foto. "
                "Choose one of: color, limit, more, photo, text."
            },
        ),
        (
            [("photo", b"one")],
            {"colour": ["red", "blue"]},
            {
                "body.colour": "There is no field of that name. Received: colour. "
                "Choose one of: color, limit, more, photo, text."
            },
        ),
        (
            [("more", b"one")],
            {"photo": "me.jpg"},
            {
                "body.photo": "photo must be a file, and not a text. Received: me.jpg. "
                "Send the file itself, as does: curl -F photo=@FILE"
            },
        ),
        (
            [("photo", b"one")],
            {"more": "me.jpg"},
            {
                "body.more.0": "more must be a file, and not a text. Received: me.jpg. "
                "Send the file itself, as does: curl -F more=@FILE"
            },
        ),
    ],
)
def test_a_mistake_is_told_with_its_remedy(
    orders: httpx.Client, files: list[tuple[str, bytes]], data: dict[str, Any], told: dict[str, str]
) -> None:
    answer = orders.post("/orders", files=files, data=data)
    assert answer.status_code == 422
    assert {error["field"]: error["message"] for error in answer.json()["errors"]} == told


def test_what_a_route_gets_wrong_is_not_put_down_to_the_form(orders: httpx.Client) -> None:
    # After an unforeseen mistake a server hangs up: the next test is not to ask on this connection.
    last = {"Connection": "close"}
    assert orders.post("/mistaken", files={"photo": b"one"}, headers=last).status_code == 500


def test_what_is_no_form_is_told_so(orders: httpx.Client) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}  # its first line should be --x
    assert orders.post("/orders", content=b"nonsense", headers=kind).status_code == 400
    assert orders.post("/orders", content=b"{}", headers={"Content-Type": "application/json"}).status_code == 422


def test_the_api_tells_of_its_fields(orders: httpx.Client) -> None:
    body = orders.get("/openapi.json").json()["paths"]["/orders"]["post"]["requestBody"]
    assert body["required"]
    assert set(body["content"]["multipart/form-data"]["schema"]["properties"]) == set(Order.model_fields)
