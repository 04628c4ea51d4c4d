"""A small drawn shop for the tests of the command line: imported by colours alone, so no network is run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shoplens.demo.shop import draw_shop
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop


@dataclass(frozen=True)
class DrawnShop:
    """Where everything of the drawn shop lies."""

    folder: Path

    @property
    def shop(self) -> Path:
        return self.folder / "shop"

    @property
    def feed(self) -> Path:
        return self.folder / "source" / "products.tsv"

    @property
    def events(self) -> Path:
        return self.folder / "source" / "events.jsonl"

    @cached_property
    def query(self) -> Path:
        """A shopper's photo of a product of the shop."""
        return sorted((self.folder / "source" / "queries").glob("*.jpg"))[0]

    @cached_property
    def ids(self) -> list[str]:
        with Shop.open(self.shop) as shop:
            return [product.id for product in shop.catalog.products(limit=1000)]


def make_drawn_shop(folder: Path) -> DrawnShop:
    """Draw a shop of 20 products with small photos and import it with its shoppers' events."""
    drawn = DrawnShop(folder)
    draw_shop(folder / "source", products=20, size=120)
    drawn.shop.mkdir()
    write_setting(drawn.shop / SETTINGS_FILE, "model", "none")
    with Shop.open(drawn.shop, create=True) as shop:
        shop.import_catalog(drawn.feed)
        shop.events.add(drawn.events)
        shop.inspect()
    return drawn
