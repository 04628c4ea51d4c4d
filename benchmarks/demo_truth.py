"""What of the planted truth of the demonstration shop does ShopLens find? The whole way: draw, import, inspect, ask.

Search: 24 shoppers' photos, each of an article of the shop in another place, light and position; right is its listing.
Recommend: from three products to a planted taste, how many of the first ten are to that taste too; beside it what is
popular, what chance gives, and the most that the shop has left. Inspect: every planted fault, and every alarm on a
photo without one. The drawings are our own, so this shows that the parts work together; how well they do on real
photos is measured by the other benchmarks.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from machine import write_result

from shoplens.demo.shop import draw_shop
from shoplens.demo.truth import DemoTruth, Taste, TrueProduct
from shoplens.records import Match
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop

VIEWS, SHOWN = 3, 10
MISFILED = "category_contradicted"


@dataclass
class Alarms:
    """File names (article ids for misfiled products) by what an alarm of one code means for them."""

    planted: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    other_fault: set[str] = field(default_factory=set)
    clean: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Fit:
    """Shares of the answers' places that are to the planted taste, means over the tastes that were asked."""

    tastes: int
    ours: float
    popular: float
    chance: float
    most: float


def search_truth(shop: Shop, source: Path, truth: DemoTruth) -> list[str]:
    product = {product_id: product for product in truth.products for product_id in product.product_ids}
    first, among, article, kind = 0, 0, 0, 0
    for query in truth.queries:
        matches = shop.search(source / "queries" / query.photo, limit=5).matches
        listings = [match.product.listing for match in matches]
        wanted = shop.catalog.product(query.product_ids[0]).listing
        first += listings[0] == wanted
        among += wanted in listings
        article += matches[0].product.id in query.product_ids
        kind += product[matches[0].product.id].category == query.category
    asked = len(truth.queries)
    assert among >= 0.7 * asked, f"{among} of {asked} queries found their listing among the first 5"
    return [
        "## Search by a shopper's photo",
        "",
        "| queries | listing first | listing among the first 5 | in the right colour first | category first |",
        "|---|---|---|---|---|",
        f"| {asked} | {first} | {among} | {article} | {kind} |",
        "",
    ]


def taste_fit(shop: Shop, truth: DemoTruth) -> Fit:
    product = {product_id: product for product in truth.products for product_id in product.product_ids}
    popular = shop.recommend(limit=SHOWN + VIEWS).matches
    rng = np.random.default_rng(11)
    rows = []
    for taste in truth.tastes:
        liked = sorted({p.listing for p in truth.products if taste.fits(p)})
        if len(liked) < VIEWS + 2:
            continue  # nothing to speak of is left to recommend
        seen = {str(name) for name in rng.permutation(liked)[:VIEWS]}
        articles = [next(p for p in truth.products if p.listing == name and taste.fits(p)) for name in sorted(seen)]
        ours = shop.recommend(viewed=[p.product_ids[0] for p in articles], limit=SHOWN).matches
        others = [match for match in popular if product[match.product.id].listing not in seen][:SHOWN]
        left = {p.listing for p in truth.products} - seen
        rows.append(
            (
                _share(ours, taste, product),
                _share(others, taste, product),
                len(set(liked) - seen) / len(left),
                min(len(liked) - VIEWS, SHOWN) / SHOWN,
            )
        )
    return Fit(len(rows), *np.mean(rows, axis=0).tolist())


def _share(matches: Iterable[Match], taste: Taste, product: dict[str, TrueProduct]) -> float:
    return sum(taste.fits(product[match.product.id]) for match in matches) / SHOWN


def recommend_truth(before: Fit, after: Fit) -> list[str]:
    assert after.ours > 2 * after.popular, f"{after.ours:.2f} of the places fit, {after.popular:.2f} of the popular"
    lines = [
        f"## Recommend from {VIEWS} views: share of the first {SHOWN} that is to the planted taste",
        "",
        "| the shop has | tastes | recommended | popular | by chance | at most |",
        "|---|---|---|---|---|---|",
    ]
    for label, fit in (("no events yet", before), ("events of all shoppers", after)):
        shares = " | ".join(f"{share:.3f}" for share in (fit.ours, fit.popular, fit.chance, fit.most))
        lines.append(f"| {label} | {fit.tastes} | {shares} |")
    return [*lines, ""]


def alarms(shop: Shop, source: Path, truth: DemoTruth) -> dict[str, Alarms]:
    names = defaultdict(set)
    for path in (source / "photos").iterdir():
        names[hashlib.sha256(path.read_bytes()).hexdigest()].add(path.name)
    article = {product_id: product.id for product in truth.products for product_id in product.product_ids}
    codes: dict[str, Alarms] = defaultdict(Alarms)
    sources = defaultdict(set)
    for fault in truth.faults:
        misfiled = fault.code == MISFILED
        codes[fault.code].planted.add(article[fault.product_id] if misfiled else fault.photo)
        if fault.other and not misfiled:
            sources[fault.code].add(fault.other)  # an alarm on either photo of a pair is right
    faulty = {fault.photo for fault in truth.faults if fault.code != MISFILED}
    for finding in shop.inspect().findings:
        known = codes[finding.code]
        if finding.code == MISFILED:
            concerned = {article[finding.product_id]}
        else:
            concerned = names.get(finding.photo) or {Path(finding.photo).name}
        for name in concerned - sources[finding.code]:
            if name in known.planted:
                known.found.add(name)
            elif name in faulty and finding.code != MISFILED:
                known.other_fault.add(name)
            else:
                known.clean.add(name)
    return codes


def inspect_truth(codes: dict[str, Alarms]) -> list[str]:
    lines = [
        "## Inspect: planted faults found, and alarms on the others",
        "",
        "The last column counts photos without any planted fault (articles, for a contradicted category).",
        "",
        "| code | planted | found | on photos with another fault | on photos without |",
        "|---|---|---|---|---|",
    ]
    for code, known in sorted(codes.items(), key=lambda pair: (not pair[1].planted, pair[0])):
        counts = (known.planted, known.found, known.other_fault, known.clean)
        lines.append(f"| {code} | {' | '.join(str(len(some)) for some in counts)} |")
    for code in ("photo_truncated", "photo_not_an_image", "photo_empty"):
        assert codes[code].found == codes[code].planted, f"a broken file was not found: {code}"
    return [*lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, default=320)
    parser.add_argument("--size", type=int, default=480, help="side of the drawn photos in pixels")
    parser.add_argument("--model", default="base")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        source, home = Path(name, "source"), Path(name, "shop")
        truth = draw_shop(source, products=options.products, size=options.size)
        home.mkdir()
        write_setting(home / SETTINGS_FILE, "model", options.model)
        with Shop.open(home, create=True) as shop:
            summary = shop.import_catalog(source / "products.tsv")
            lines = [
                f"{options.products} listings, {truth.rows} rows, {sum(summary.photos.values())} photos of "
                f"{options.size} x {options.size} pixels, {len(truth.faults)} planted faults, {truth.events} events.",
                "",
                *search_truth(shop, source, truth),
            ]
            before = taste_fit(shop, truth)
            shop.events.add(source / "events.jsonl")
            lines += recommend_truth(before, taste_fit(shop, truth))
            lines += inspect_truth(alarms(shop, source, truth))
    write_result("demo_truth", "The planted truth of the demonstration shop", lines[:-1])


if __name__ == "__main__":
    main()
