"""Errors as problem details (RFC 9457), translated in this one place."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shoplens import errors

MEDIA_TYPE = "application/problem+json"

_STATUS: tuple[tuple[type[errors.ShopLensError], int], ...] = (
    (errors.NotFound, 404),
    (errors.PhotoError, 422),
    (errors.BadInput, 400),
    (errors.MissingExtra, 501),
    (errors.IndexMismatch, 409),
    (errors.DownloadError, 502),
)
_STATUS_OF_CODE = {
    "photo_too_large": 413,
    "photo_too_many_pixels": 413,
    "job_running": 409,
    "rules_changed": 409,
    "inspection_running": 409,
    "store_busy": 503,
    "url_forbidden_address": 400,
    "url_invalid": 400,
    "url_scheme": 400,
    "url_userinfo": 400,
    "url_too_large": 413,
    "store_full": 507,
}
_EXCERPT = 40
"""Characters that are shown of a body from where it cannot be read."""


def problem(status: int, code: str, detail: str, **more: Any) -> JSONResponse:  # noqa: ANN401 - JSON values
    """Return the response: `code` is stable and for programs, `detail` is for people."""
    body = {"type": f"urn:shoplens:{code}", "title": HTTPStatus(status).phrase, "status": status, "code": code}
    headers = {"Retry-After": "1"} if status in (429, 503) else None
    return JSONResponse({**body, "detail": detail, **more}, status, media_type=MEDIA_TYPE, headers=headers)


def status_of(error: errors.ShopLensError) -> int:
    """Return the HTTP status that says what the error says."""
    by_class = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    return _STATUS_OF_CODE.get(error.code, by_class)


def add_problem_handlers(app: FastAPI) -> None:
    """Make every error that leaves a route a problem document."""

    @app.exception_handler(errors.ShopLensError)
    def shoplens_error(_: Request, error: errors.ShopLensError) -> JSONResponse:
        more = {"remedy": error.remedy} if error.remedy else {}
        return problem(status_of(error), error.code, str(error), **more)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        found = [_told(one, error.body) for one in error.errors()]
        summary = "; ".join(f"{e['field']}: {e['message']}" for e in found)
        return problem(422, "invalid_request", summary, errors=found)

    @app.exception_handler(HTTPException)
    def http_error(_: Request, error: HTTPException) -> JSONResponse:
        code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
        return problem(error.status_code, code, str(error.detail))


def _told(mistake: dict[str, Any], body: object) -> dict[str, str]:
    """Return where a request is mistaken and how; of a body that nothing could be read of, what it must be."""
    loc, said = tuple(mistake["loc"]), mistake["msg"]
    if mistake["type"] == "json_invalid":
        place = loc[-1]
        said = errors.BadInput(
            f"The body is no JSON: {mistake['ctx']['error']} at character {place + 1}.",
            received=str(body)[place : place + _EXCERPT] or None,
            remedy='Names and texts stand in double quotes, as in {"products": ["P1"]}.',
        )
        loc = loc[:1]
    elif mistake["type"] == "model_attributes_type" and loc == ("body",):
        said = errors.BadInput(
            "The body must be a JSON object.", remedy='Send one, with the header "Content-Type: application/json".'
        )
    field = ".".join(str(part) for part in loc)
    return {"field": f"{field:.300}", "message": str(said)}
