"""Asking a shop by the address of a photo, under the rules for addresses."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from shoplens.catalog.filter import Filter
from shoplens.errors import DownloadError, NotFound, PhotoError
from shoplens.search.query import Example, Query
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.serving.drawn_shop import COLORS, draw_shop, photo, write_photo


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("asked")
    draw_shop(folder).close()
    return folder


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    write_photo(tmp_path / "red.jpg", photo(COLORS["red"], "shirt", seed=5))
    (tmp_path / "large.jpg").write_bytes(b"\xff\xd8\xff" + b"x" * 11_000_000)
    (tmp_path / "text.jpg").write_text("no photo")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def ask(shop: Shop, url: str) -> list[str]:
    return [match.product.id for match in shop.search(Query((Example(url=url),), limit=3)).matches]


def test_a_photo_is_fetched_where_private_addresses_are_allowed(folder: Path, address: str) -> None:
    write_setting(folder / "shop" / SETTINGS_FILE, "allow_private_urls", True)
    with Shop.open(folder / "shop") as shop:
        assert ask(shop, f"{address}/red.jpg")[0].startswith("SHIRT-RED")
        with pytest.raises(DownloadError) as large:
            ask(shop, f"{address}/large.jpg")
        assert large.value.code == "url_too_large"
        with pytest.raises(PhotoError):
            ask(shop, f"{address}/text.jpg")
        with pytest.raises(DownloadError) as missing:
            ask(shop, f"{address}/none.jpg")
        assert missing.value.code == "url_status_404"


def test_a_private_address_is_refused(folder: Path, address: str) -> None:
    write_setting(folder / "shop" / SETTINGS_FILE, "allow_private_urls", False)
    with Shop.open(folder / "shop") as shop:
        for url, code in (
            (f"{address}/red.jpg", "url_forbidden_address"),
            ("http://169.254.169.254/latest", "url_forbidden_address"),
            ("file:///etc/passwd", "url_scheme"),
        ):
            with pytest.raises(DownloadError) as refused:
                ask(shop, url)
            assert refused.value.code == code


def test_an_uploaded_photo_is_found_by_its_id_for_as_long_as_the_shop_says(folder: Path) -> None:
    write_setting(folder / "shop" / SETTINGS_FILE, "image_count", 1)
    red, blue = (photo(COLORS[name], "shirt", seed=5) for name in ("red", "blue"))
    with Shop.open(folder / "shop") as shop:
        first = shop.upload(folder / "source" / "shirt-red.jpg")
        assert (red.shape[1], red.shape[0]) == (first.width, first.height) == (blue.shape[1], blue.shape[0])
        found = shop.search(Query((Example(image_id=first.id),), limit=1)).matches
        assert found[0].product.id.startswith("SHIRT-RED")
        second = shop.upload(folder / "source" / "shirt-blue.jpg")
        assert shop.search(Query((Example(image_id=second.id),), limit=1)).matches
        with pytest.raises(NotFound):
            shop.search(Query((Example(image_id=first.id),)))


def test_a_product_that_is_asked_with_is_never_said_to_be_missing(folder: Path) -> None:
    with Shop.open(folder / "shop") as shop:
        known = shop.search(Path(folder / "source" / "shirt-red.jpg"), limit=1).matches[0].product.id
        for query in (
            Query((Example(product=known),), where=Filter(category="Nowhere")),
            Query(
                (Example(folder / "source" / "shirt-red.jpg"),),
                (Example(product=known),),
                where=Filter(category="Nowhere"),
            ),
        ):
            answer = shop.search(query)
            assert known not in [match.product.id for match in answer.matches]
            assert not answer.no_match
