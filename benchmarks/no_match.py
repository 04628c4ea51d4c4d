"""Does a shop know when it does not have a product? Through the whole system: a feed in, the search asked.

Each shop is asked twice with the same photos: once with the product of the photo in the catalogue, once with its whole
listing taken out. The answer's statement is the probability of the best match to be the very product. AUROC: how often
that of a photo whose product is there is above that of one whose product is not. Caught: the share of the second that
are answered with "no match" where the threshold lets 5 in 100 of the first be.

Luma: a query is another photo of a product and colour; the shop that is asked about one half of the articles knows
which photos belong together for the other half only. So that queries are no part of the shop, each product's first
photo stays in the catalogue and the others ask. Traders: detail pictures ask for list pictures. Grocery: photos taken
in a shop ask for catalogue pictures. The threshold that the search ships with is judged beside it: how many photos
whose product is there get "no match" by it, and how many of the others.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from machine import shared_data, write_result
from photo_search import grocery, traders

from shoplens.photos.decode import decode_file
from shoplens.search.photo_search import PhotoSearch
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from shoplens.wiring import Wiring

FALSE_ALARMS = 0.05
FLOOR = 0.85


@dataclass(frozen=True)
class Query:
    path: Path
    product: str


@dataclass(frozen=True)
class Trial:
    """A catalogue, product to files and listing, and the photos that ask."""

    root: Path
    products: dict[str, list[str]]
    listings: dict[str, str]
    queries: list[Query]


def luma(data: Path, asked: int) -> Trial:
    """The products of the half `asked` have one photo in the catalogue, and the others ask; the other half have all."""
    folder = data / "magento2-luma"
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["product"]]
    products: dict[str, list[str]] = {}
    queries = []
    for row in rows:
        if row["other_products"]:
            continue
        key, name = f"{row['product']}/{row['color']}", Path(row["path"]).name
        half = int(hashlib.sha256(row["product"].encode()).hexdigest(), 16) % 2
        if half == asked and key in products:
            queries.append(Query(folder / "images" / name, key))
        else:
            products.setdefault(key, []).append(name)
    return Trial(folder / "images", products, {key: key.split("/")[0] for key in products}, queries)


def single(task) -> Trial:  # noqa: ANN001 - photo_search.Task
    """One picture a product; a picture of several products stands for the first."""
    products = {min(shows): [name] for name, shows in task.gallery.items()}
    queries = [Query(path, min(shows)) for path, shows in task.queries if min(shows) in products]
    return Trial(task.root, products, {key: key for key in products}, queries)


def best_chances(trial: Trial, most: int) -> tuple[list[float], list[float], float]:
    """The probability of the best match for each query, with and without its product; and the shop's threshold."""
    home = Path(tempfile.mkdtemp())
    feed = home / "products.jsonl"
    rows = [
        json.dumps({"id": key, "title": key, "group": trial.listings[key], "images": names})
        for key, names in trial.products.items()
    ]
    feed.write_text("\n".join(rows), encoding="utf-8")
    write_setting(home / SETTINGS_FILE, "model", "base")
    step = max(1, len(trial.queries) // most)
    queries = trial.queries[::step]
    with Shop.open(home, create=True) as shop:
        shop.import_catalog(feed, origin="table", photos=trial.root)
        search = Wiring(home, shop.catalog, shop.settings).search()
        pixels = [decode_file(query.path, min_side=shop.embedder.min_side).pixels for query in queries]
        vectors = search.photos.space.apply(shop.embedder.embed(pixels))
        there = [_best(search, vector) for vector in vectors]
        gone = []
        for query, vector in zip(queries, vectors, strict=True):
            own = [key for key, listing in trial.listings.items() if listing == trial.listings[query.product]]
            keys = sorted({stored.facts.sha256 for key in own for stored in shop.catalog.photos(key)})
            kept = search.photos.index.vectors(keys)
            search.photos.index.remove(keys)
            gone.append(_best(search, vector))
            search.photos.index.add(keys, kept)
        return there, gone, search.photos.odds.threshold


def _best(search: PhotoSearch, vector: np.ndarray) -> float:
    matches = search.by_vectors(vector[None], limit=5)
    return max((match.same_product or 0.0 for match in matches), default=0.0)


def auroc(there: Iterable[float], gone: Iterable[float]) -> float:
    first, second = np.array(list(there)), np.array(list(gone))
    above = (first[:, None] > second[None]).mean()
    return float(above + 0.5 * (first[:, None] == second[None]).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, default=10_000, help="of each shop at most")
    parser.add_argument("--print-only", action="store_true", help="write no result and check no floor")
    arguments = parser.parse_args()
    data = shared_data()
    lines = ["| shop | queries | AUROC | caught at 5 % false | with the shop's own threshold: false / caught |"]
    lines.append("|---|---|---|---|---|")
    found = {}
    for name, trials in (
        ("Luma", [luma(data, 0), luma(data, 1)]),
        ("Traders", [single(traders(data))]),
        ("Grocery", [single(grocery(data))]),
    ):
        there, gone, false, caught = [], [], [], []
        for trial in trials:
            known, unknown, threshold = best_chances(trial, arguments.queries)
            there += known
            gone += unknown
            false += [chance < threshold for chance in known]
            caught += [chance < threshold for chance in unknown]
        found[name] = auroc(there, gone)
        limit = np.quantile(there, FALSE_ALARMS)
        lines.append(
            f"| {name} | {len(there)} | {found[name]:.3f} | {np.mean(np.array(gone) < limit):.3f} "
            f"| {np.mean(false):.3f} / {np.mean(caught):.3f} |"
        )
        print(lines[-1], flush=True)
    if not arguments.print_only:
        write_result("no_match", "No match", [*(__doc__ or "").strip().splitlines(), "", *lines])
        for name, value in found.items():
            assert value >= FLOOR, f"{name}: AUROC {value:.3f}, promised {FLOOR}"


if __name__ == "__main__":
    main()
