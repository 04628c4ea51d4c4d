"""How a browser keeps its API key."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Request, Response

from shoplens.serving.guard import SESSION_COOKIE

router = APIRouter(prefix="/v1/session", tags=["operations"])


@router.post("", status_code=204)
def begin_session(request: Request, x_api_key: Annotated[str, Header(max_length=500)] = "") -> Response:
    """Keep the key of this request in a cookie that scripts cannot read and other sites cannot send.

    Pictures on a page cannot send a header, so the page at `/` signs in with this once.
    """
    response = Response(status_code=204)
    secure = request.url.scheme == "https"
    response.set_cookie(
        SESSION_COOKIE, quote(x_api_key, safe=""), path="/v1", httponly=True, samesite="strict", secure=secure
    )
    return response
