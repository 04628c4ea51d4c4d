"""Claim: three views tell a shopper's taste, and a product that nobody ever met is recommended as well.

The demonstration's shoppers have planted tastes: some colours in some categories within a band of prices. Each is
shown to the shop by three products that fit; right is a recommended product that fits in all three respects. Asked is
for every taste with at least 13 listings that fit, so that ten can be right. Beside it: what is popular, and chance.

Cold products: a fifth of the listings, drawn by a seed, have no event at all. Shoppers with history are answered on
every rung; the share of cold products in the answers, and how often these and the others are to the taste.

Only the front photo of each article is drawn, so the time goes into the questions.

    python benchmarks/tastes.py
    python benchmarks/tastes.py --products 400 --size 96 --prove   # a small run that proves the script, not the claim
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from machine import write_result

from shoplens.demo.assortment import Article, plan_assortment
from shoplens.demo.merchant_feed import write_merchant_feed
from shoplens.demo.photographer import Photographer
from shoplens.demo.shoppers import pairs, write_events
from shoplens.demo.truth import Taste
from shoplens.photos.encode import encode
from shoplens.recommend.learned import RUNGS
from shoplens.recommend.placement import PLACEMENTS
from shoplens.recommend.placements import make_recommender
from shoplens.recommend.request import Request, signals
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Match
from shoplens.shop import Shop

VIEWS, SHOWN, COLD = 3, 10, 0.2
FLOOR, TIMES_POPULAR = 0.80, 3.0


@dataclass(frozen=True)
class Town:
    """A drawn shop and its shoppers, and which listings have no event."""

    articles: Sequence[Article]
    tastes: Sequence[Taste]
    cold: frozenset[str]

    def article(self, match: Match) -> Article:
        return next(a for a in self.articles if match.product.id in a.product_ids)


def draw(folder: Path, products: int, size: int, seed: int) -> Town:
    articles = plan_assortment(seed, products)
    (folder / "photos").mkdir()
    for article in articles:
        photo = encode(Photographer(article, size, seed).take("front"), "jpeg", 88)
        (folder / "photos" / article.photos[0]).write_bytes(photo)
    write_merchant_feed(folder / "products.tsv", articles, {})
    tastes, _ = write_events(folder / "all-events.jsonl", articles, seed)
    listings = sorted({article.listing for article in articles})
    rng = np.random.default_rng([seed, 5])
    cold = frozenset(str(name) for name in rng.permutation(listings)[: int(COLD * len(listings))])
    listing = {product: article.listing for article in articles for product in article.product_ids}
    with (folder / "events.jsonl").open("w", encoding="utf-8") as lines:
        for line in (folder / "all-events.jsonl").read_text("utf-8").splitlines():
            named = [one["product"]["id"] for one in json.loads(line).get("productDetails", [])]
            if not any(listing[name] in cold for name in named):
                lines.write(line + "\n")
    return Town(articles, tastes, cold)


def fits(taste: Taste, article: Article) -> bool:
    return (
        article.color in taste.colors
        and article.category.key in taste.categories
        and taste.price_low <= float(article.price) <= taste.price_high
    )


def share(town: Town, taste: Taste, matches: Iterable[Match]) -> float:
    return sum(fits(taste, town.article(match)) for match in matches) / SHOWN


def asked(town: Town, seed: int) -> list[tuple[Taste, list[str]]]:
    """Return the tastes that ten products can meet, each with three views."""
    rng = np.random.default_rng([seed, 11])
    found = []
    for taste in town.tastes:
        liked = {a.listing: a.product_ids[0] for a in town.articles if fits(taste, a)}
        if len(liked) >= VIEWS + SHOWN:
            found.append((taste, [liked[str(name)] for name in rng.permutation(sorted(liked))[:VIEWS]]))
    return found


def from_views(town: Town, view: ShopView, questions: Sequence[tuple[Taste, list[str]]]) -> list[tuple[str, float]]:
    popular = make_recommender(PLACEMENTS["popular"], view, "visual").recommend(Request(limit=SHOWN + VIEWS))
    rows = []
    for rung in RUNGS:
        recommender = make_recommender(PLACEMENTS["for-you"], view, rung)
        found = [share(town, t, recommender.recommend(Request(viewed=signals(v), limit=SHOWN))) for t, v in questions]
        rows.append((rung, float(np.mean(found))))
    rows.append(("popular", float(np.mean([share(town, taste, popular[:SHOWN]) for taste, _ in questions]))))
    chance = [np.mean([fits(taste, article) for article in town.articles]) for taste, _ in questions]
    rows.append(("chance", float(np.mean(chance))))
    return rows


def paired(town: Town, view: ShopView, questions: Sequence[tuple[Taste, list[str]]]) -> float:
    """Return how often what goes with a product is of a category that is planted as its companion."""
    planted = set(pairs())
    recommender = make_recommender(PLACEMENTS["goes-with"], view, "visual")
    right = []
    for _, viewed in questions:
        seed = next(a for a in town.articles if viewed[0] in a.product_ids)
        for match in recommender.recommend(Request(seeds=(viewed[0],), limit=SHOWN)):
            one, other = sorted((seed.category.key, town.article(match).category.key))
            right.append((one, other) in planted)
    return float(np.mean(right))


def cold_products(
    town: Town, view: ShopView, questions: Sequence[tuple[Taste, list[str]]]
) -> list[tuple[str, float, float, float]]:
    """Return for each rung: the share of cold products, and the share of the cold and of the warm that fit."""
    rows = []
    for rung in RUNGS:
        recommender = make_recommender(PLACEMENTS["for-you"], view, rung)
        met: dict[bool, list[bool]] = {True: [], False: []}
        for taste, viewed in questions:
            for match in recommender.recommend(Request(viewed=signals(viewed), limit=SHOWN)):
                met[match.product.listing in town.cold].append(fits(taste, town.article(match)))
        cold, warm = met[True], met[False]
        rows.append((rung, len(cold) / (len(cold) + len(warm)), float(np.mean(cold)), float(np.mean(warm))))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--products", type=int, default=2_400)
    parser.add_argument("--size", type=int, default=160, help="side of the drawn photos in pixels")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--prove", action="store_true", help="a small run: print, and claim nothing")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        town = draw(folder, options.products, options.size, options.seed)
        with Shop.open(folder / "shop", create=True) as shop:
            shop.import_catalog(folder / "products.tsv")
            events = shop.events.add(folder / "events.jsonl").accepted
            view = shop.recommending.view()
            questions = asked(town, options.seed)
            taste = from_views(town, view, questions)
            goes_with = paired(town, view, questions)
            cold = cold_products(town, view, questions)
    shares = dict(taste)
    lines = [
        f"{options.products} listings, {len(town.articles)} articles, {events} events, {len(questions)} tastes asked.",
        "",
        f"## Share of the first {SHOWN} that is to the taste, from {VIEWS} views",
        "",
        "| recommended by | share that fits |",
        "|---|---|",
        *(f"| {label} | {value:.3f} |" for label, value in taste),
        "",
        f"What goes with a product is of a planted companion's category in {goes_with:.3f} of the places.",
        "",
        "## Products without any event",
        "",
        "| rung | share of the answers | of these fit | of the others fit |",
        "|---|---|---|---|",
        *(f"| {rung} | {part:.3f} | {fit:.3f} | {other:.3f} |" for rung, part, fit, other in cold),
    ]
    if options.prove:
        print("\n".join(lines))
        return
    write_result("tastes", "Planted tastes, and cold products", [(__doc__ or "").split("\n\n    ")[0], "", *lines])
    best = min(shares[rung] for rung in RUNGS)
    assert best >= FLOOR, f"{best:.3f} of the places fit on the worst rung"
    assert best >= TIMES_POPULAR * shares["popular"], f"{best:.3f} against {shares['popular']:.3f} of the popular"
    assert all(part > 0 and fit >= other / 2 for _, part, fit, other in cold), "cold products are left behind"


if __name__ == "__main__":
    main()
