"""`shoplens feed` against a real server, and the rules and looks that are set by command."""

from __future__ import annotations

import functools
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.cli.conftest import Command


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, with `Last-Modified` and 304 as the standard library does."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "goods.csv").write_text("id,title,image_link,price\nA,Cup,,5.00 EUR\n", encoding="utf-8")
    handler = functools.partial(Quiet, directory=str(tmp_path / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/goods.csv"
    server.shutdown()
    server.server_close()


def test_a_feed_is_added_run_changed_and_removed(shoplens: Command, tmp_path: Path, site: str) -> None:
    shop = tmp_path / "shop"
    Shop.open(shop, create=True).close()
    write_setting(shop / SETTINGS_FILE, "model", "none")
    assert "no feed addresses" in shoplens("feed", "list", "--shop", shop).out
    assert shoplens("feed", "add", site, "--every", "often", "--shop", shop).code == 2
    assert shoplens("feed", "add", site, "--every", "1m", "--shop", shop).code == 2
    assert "Feed 1" in shoplens("feed", "add", site, "--every", "6h", "--origin", "google", "--shop", shop).out
    refused = shoplens("feed", "run", "--shop", shop)
    assert refused.code == 1
    assert "loopback" in refused.out
    assert "loopback" in shoplens("feed", "list", "--shop", shop).out
    write_setting(shop / SETTINGS_FILE, "allow_private_urls", True)
    assert "No feed is due" in shoplens("feed", "run", "--shop", shop).out
    ran = json.loads(shoplens("feed", "run", 1, "--shop", shop, "--json").out)
    assert (ran[0]["state"], ran[0]["summary"]["rows"]["added"]) == ("imported", 1)
    assert "unchanged since" in shoplens("feed", "run", 1, "--shop", shop).out
    changed = json.loads(shoplens("feed", "set", 1, "--every", "30m", "--pause", "--shop", shop, "--json").out)
    assert (changed["every_s"], changed["paused"], changed["problem"]) == (1800, True, "")
    assert "paused" in shoplens("feed", "list", "--shop", shop).out
    assert "stay" in shoplens("feed", "remove", 1, "--shop", shop).out
    assert shoplens("feed", "remove", 1, "--shop", shop).code == 2
