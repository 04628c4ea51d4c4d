"""`shoplens serve`: the HTTP API and the web page."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, ShopOption, open_shop


def serve(
    shop: ShopOption = DEFAULT_SHOP,
    host: Annotated[
        str, typer.Option(help="Where to listen; beyond the loopback SHOPLENS_API_KEY must be set.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
) -> None:
    """Serve the shop: the page at `/`, the API at `/v1`, its description at `/docs`."""
    import uvicorn

    from shoplens.serving.app import make_app
    from shoplens.serving.guard import settings_for

    keys = [key for key in os.environ.get("SHOPLENS_API_KEY", "").split(",") if key]
    guard = settings_for(host, keys)
    with open_shop(shop) as opened:
        photos = opened.warm_up()
        print(f"{opened.settings.name}: {photos} photos, at http://{host}:{port}/ (API: /docs). Stop with Ctrl-C.")
        uvicorn.run(make_app(opened, guard), host=host, port=port, log_level="warning", timeout_keep_alive=15)
