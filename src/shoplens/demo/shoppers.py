"""Sends shoppers with known tastes through the shop and writes down what they do."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shoplens.demo.assortment import CATEGORIES, Article
from shoplens.demo.shade import NEUTRAL, harmonious
from shoplens.demo.truth import Taste

END = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
"""The moment after the last event; the first is at most 60 days before."""

_DAYS = 60
_FIT = 0.86
"""Share of views that are to the shopper's taste; the others are curiosity."""


def pairs() -> tuple[tuple[str, str], ...]:
    """Return the categories that are bought together, each pair in alphabetical order, sorted."""
    found = {tuple(sorted((category.key, other))) for category in CATEGORIES for other in category.companions}
    return tuple(sorted((one, other) for one, other in found))


def write_events(path: Path, articles: Sequence[Article], seed: int) -> tuple[tuple[Taste, ...], int]:
    """Write shoppers' sessions as JSON lines in Google's retail schema, ordered by time.

    Returns:
        Every shopper's taste, and the number of events.
    """
    listings = len({article.listing for article in articles})
    tastes = []
    events: list[dict[str, Any]] = []
    for number in range(min(200, max(6, listings * 5 // 8))):
        rng = np.random.default_rng([seed, 99, number])
        taste, liked = _taste(f"visitor-{number + 1:04d}", articles, rng)
        tastes.append(taste)
        for visit in range(int(rng.integers(2, 5))):
            events += _session(taste, liked, articles, visit, rng)
    events.sort(key=lambda event: (event["eventTime"], event["visitorId"]))
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for event_number, event in enumerate(events):
            file.write(json.dumps({"eventId": f"demo-{event_number + 1:06d}", **event}, ensure_ascii=False) + "\n")
    return tuple(tastes), len(events)


def _taste(visitor: str, articles: Sequence[Article], rng: np.random.Generator) -> tuple[Taste, list[Article]]:
    """Invent a taste that at least three articles meet, or the widest of those tried."""
    best: tuple[Taste, list[Article]] | None = None
    for _ in range(30):
        home = articles[int(rng.integers(len(articles)))]
        others = [key for key in home.category.companions]
        chosen = [home.category.key, *(str(key) for key in rng.permutation(others)[:2])]
        friends = sorted(
            {a.color for a in articles if a.color not in NEUTRAL and harmonious(a.color, home.color)} - {home.color}
        )
        colors = [home.color, *(str(color) for color in rng.permutation(friends)[:1]), str(rng.choice(sorted(NEUTRAL)))]
        priced = sorted(float(a.price) for a in articles if a.category.key in chosen)
        low, high = ((0, 0.6), (0.2, 0.85), (0.4, 1.0))[int(rng.integers(3))]
        taste = Taste(
            visitor,
            tuple(dict.fromkeys(colors)),
            tuple(chosen),
            priced[int(low * (len(priced) - 1))],
            priced[int(high * (len(priced) - 1))],
        )
        liked = [article for article in articles if _likes(taste, article)]
        if best is None or len(liked) > len(best[1]):
            best = (taste, liked)
        if len({article.listing for article in liked}) >= 5:
            break
    assert best is not None
    return best


def _likes(taste: Taste, article: Article) -> bool:
    return (
        article.color in taste.colors
        and article.category.key in taste.categories
        and taste.price_low <= float(article.price) <= taste.price_high
    )


def _session(
    taste: Taste, liked: Sequence[Article], articles: Sequence[Article], visit: int, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    now = END - dt.timedelta(days=_DAYS) + dt.timedelta(seconds=int(rng.integers(_DAYS * 86_400 - 7_200)))
    session = f"{taste.visitor}-{visit + 1}"

    def event(kind: str, ids: Sequence[str] = ()) -> dict[str, Any]:
        nonlocal now
        now += dt.timedelta(seconds=int(rng.integers(8, 150)))
        made: dict[str, Any] = {
            "eventType": kind,
            "visitorId": taste.visitor,
            "sessionId": session,
            "eventTime": now.isoformat().replace("+00:00", "Z"),
        }
        if ids:
            made["productDetails"] = [{"product": {"id": product_id}, "quantity": 1} for product_id in ids]
        return made

    if rng.random() < 0.5:
        yield event("home-page-view")
    seen: list[Article] = []
    for _ in range(int(rng.integers(3, 11))):
        pool = liked if liked and rng.random() < _FIT else articles
        article = pool[int(rng.integers(len(pool)))]
        yield event("detail-page-view", [_row(article, rng)])
        seen.append(article)
    wanted = [article for article in seen if _likes(taste, article)]
    if not wanted or rng.random() > 0.55:
        return
    basket = _basket(wanted[int(rng.integers(len(wanted)))], taste, articles, rng)
    rows = [_row(article, rng) for article in basket]
    for row in rows:
        yield event("add-to-cart", [row])
    if rng.random() < 0.65:
        bought = event("purchase-complete", rows)
        paid = sum(article.sale_price or article.price for article in basket)
        bought["purchaseTransaction"] = {"id": f"order-{session}", "revenue": float(paid), "currencyCode": "USD"}
        yield bought


def _basket(first: Article, taste: Taste, articles: Sequence[Article], rng: np.random.Generator) -> list[Article]:
    """Put companions beside the first article: of categories that go with it, in colours that do."""
    basket = [first]
    companions = [
        key
        for one, other in pairs()
        for key in (one, other)
        if first.category.key in (one, other) and key != first.category.key
    ]
    for key in rng.permutation(companions)[: int(rng.integers(1, 4))]:
        matching = [a for a in articles if a.category.key == key and all(harmonious(a.color, b.color) for b in basket)]
        wanted = [a for a in matching if a.color in taste.colors] or matching
        if wanted:
            basket.append(wanted[int(rng.integers(len(wanted)))])
    return basket


def _row(article: Article, rng: np.random.Generator) -> str:
    ids = article.product_ids
    return ids[int(rng.integers(len(ids)))]
