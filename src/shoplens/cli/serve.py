"""`shoplens serve`: the HTTP API and the web page."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, ShopOption, open_shop

HostOption = Annotated[
    str,
    typer.Option("--host", help="Where to listen; beyond this machine the variable SHOPLENS_API_KEY must be set."),
]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")]


def serve(shop: ShopOption = DEFAULT_SHOP, host: HostOption = "127.0.0.1", port: PortOption = 8000) -> None:
    """Serve the shop: the page at `/`, the API at `/v1`, its description at `/docs`.

    Examples: `shoplens serve`, `SHOPLENS_API_KEY=change-me shoplens serve --host 0.0.0.0`.
    """
    serve_shop(shop, host, port)


def serve_shop(shop: Path, host: str, port: int, on_ready: Callable[[str], None] | None = None) -> None:
    """Serve until Ctrl-C; `on_ready` is called with the page's address once the port is ours.

    Raises:
        BadInput: the port cannot be had, or the host needs a key.
    """
    import cv2
    import uvicorn

    from shoplens.serving.app import make_app
    from shoplens.serving.guard import settings_for

    keys = _keys("SHOPLENS_API_KEY")
    settings_for(host, keys)  # a host that needs a key is refused before the shop is opened
    with closing(_listen(host, port)) as listener, open_shop(shop) as opened:
        guard = settings_for(host, keys, _keys("SHOPLENS_PUBLIC_KEY"), opened.settings.widget_origins)
        photos = opened.warm_up()
        opened.recommending.keep_fresh()
        name = f"[{host}]" if ":" in host else host
        address = f"http://{name}:{listener.getsockname()[1]}/"
        print(
            f"{opened.settings.name}: {photos} photos, at {address} (API: {address}docs). Stop with Ctrl-C.", flush=True
        )
        if on_ready is not None:
            on_ready(address)
        app = make_app(opened, guard)
        # As many requests are worked on at once as there are processors: OpenCV's own threads, which wait for work by
        # spinning, only take time from them (0.5 to 0.9 ms of a search).
        cv2.setNumThreads(1)

        class Server(uvicorn.Server):
            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                app.state.jobs.close()
                super().handle_exit(sig, frame)

        server = Server(uvicorn.Config(app, log_level="warning", timeout_keep_alive=15))
        # Ctrl-C is how a server is meant to end.
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def _keys(variable: str) -> list[str]:
    return [key for key in os.environ.get(variable, "").split(",") if key]


def _listen(host: str, port: int) -> socket.socket:
    from shoplens.errors import BadInput

    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()  # who comes as soon as the address is named waits, and is not refused
    except OSError as error:
        raise BadInput(
            f"This address cannot be listened on: {error.strerror or error}.",
            received=f"{host}:{port}",
            remedy="Choose another --port (0 takes a free one) or --host.",
        ) from error
    return listener
