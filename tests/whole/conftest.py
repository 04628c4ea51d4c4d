"""One drawn shop for all tests that only read it, and copies of it for those that change it."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from shoplens.demo.shop import draw_shop
from shoplens.demo.truth import DemoTruth, TrueProduct
from shoplens.feeds.summary import ImportSummary
from shoplens.models.bundle import BASE
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop

MODEL = "base" if (BASE / "manifest.json").is_file() else "none"


@dataclass(frozen=True)
class DrawnShop:
    """What a merchant has before ShopLens comes: a feed and photos in `folder`, and the truth about them."""

    folder: Path
    truth: DemoTruth

    @property
    def feed(self) -> Path:
        return self.folder / "products.tsv"

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        with self.feed.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t"))

    @cached_property
    def product(self) -> dict[str, TrueProduct]:
        return {product_id: product for product in self.truth.products for product_id in product.product_ids}

    @cached_property
    def faulty(self) -> set[str]:
        """Names of photos with a planted fault, and of those that planted copies were made from."""
        return {name for fault in self.truth.faults for name in (fault.photo, fault.other)}

    def write_feed(self, path: Path, rows: list[dict[str, str]]) -> Path:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(self.rows[0]), delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return path


@dataclass(frozen=True)
class PlantedShop:
    """The drawn shop, imported."""

    drawn: DrawnShop
    shop: Shop
    imported: ImportSummary


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> DrawnShop:
    folder = tmp_path_factory.mktemp("merchant")
    return DrawnShop(folder, draw_shop(folder, products=92, size=160, workers=2))


@pytest.fixture(scope="session")
def planted(drawn: DrawnShop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlantedShop]:
    """The shop after its first import; nobody changes it."""
    folder = tmp_path_factory.mktemp("shop")
    write_setting(folder / SETTINGS_FILE, "model", MODEL)
    with Shop.open(folder, create=True) as shop:
        imported = shop.import_catalog(drawn.feed)
        yield PlantedShop(drawn, shop, imported)


@pytest.fixture
def own(planted: PlantedShop, tmp_path: Path) -> Iterator[Shop]:
    """A copy of the imported shop that the test may change; its photos are those of the drawn one."""
    folder = tmp_path / "shop"
    shutil.copytree(planted.shop.folder, folder)
    with Shop.open(folder) as shop:
        yield shop
