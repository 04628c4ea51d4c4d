"""Draws the demonstration shop into a folder: catalogue, photos, shoppers, and the truth about all of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from shoplens.demo.assortment import Article, plan_assortment
from shoplens.demo.faults import FaultPlan, copied, plan_faults, spoil
from shoplens.demo.merchant_feed import write_merchant_feed
from shoplens.demo.photographer import Photographer
from shoplens.demo.shoppers import pairs, write_events
from shoplens.demo.truth import DemoTruth, PlantedFault, TrueProduct, TrueQuery
from shoplens.errors import BadInput
from shoplens.photos.encode import encode

Progress = Callable[[int, int], None]
"""Called with photos done and photos in all, from any thread, one call at a time."""

_QUALITY = 88
_QUERIES = 24


def draw_shop(
    folder: Path,
    *,
    seed: int = 7,
    products: int = 320,
    size: int = 480,
    workers: int | None = None,
    progress: Progress | None = None,
) -> DemoTruth:
    """Draw a whole shop that needs no download and whose right answers are known.

    Writes `products.tsv` (Google Merchant feed), `photos/*.jpg`, `events.jsonl` (Google's retail schema),
    `queries/*.jpg` (shoppers' photos) and `truth.json`. The same arguments give the same bytes, with any number of
    workers.

    Args:
        folder: where to write; made if missing, files of the same names are overwritten.
        seed: another seed gives another shop.
        products: number of listings; colours and sizes make more rows of them.
        size: side of the square photos in pixels.
        workers: threads that draw; None takes one for each core that this process may use.
        progress: told after every photo.

    Raises:
        BadInput: products or size is too small to draw, or there is less than one worker.
    """
    if products < 1 or size < 64 or (workers is not None and workers < 1):
        raise BadInput(
            "A demonstration shop needs at least one product, photos of 64 pixels and one worker.",
            received=f"products={products}, size={size}, workers={workers}",
            remedy="Choose larger numbers.",
        )
    for name in ("photos", "queries"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    articles = plan_assortment(seed, products)
    plan = plan_faults(articles, seed)
    queries = _draw_photos(folder, articles, plan, seed, size, workers or _cores(), progress)
    misfiled = {key: (shelf.category.path, shelf.category.google) for key, shelf in plan.misfiled.items()}
    rows = write_merchant_feed(folder / "products.tsv", articles, misfiled)
    tastes, events = write_events(folder / "events.jsonl", articles, seed)
    truth = DemoTruth(
        seed=seed,
        products=tuple(_true_product(article) for article in articles),
        faults=tuple(_planted(articles, plan)),
        tastes=tastes,
        pairs=pairs(),
        queries=queries,
        rows=rows,
        events=events,
    )
    truth.save(folder / "truth.json")
    return truth


def _cores() -> int:
    # Not every system can tell which cores a process may use.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _draw_photos(
    folder: Path,
    articles: Sequence[Article],
    plan: FaultPlan,
    seed: int,
    size: int,
    workers: int,
    progress: Progress | None,
) -> tuple[TrueQuery, ...]:
    rng = np.random.default_rng([seed, 55])
    asked = {articles[int(k)].id for k in rng.permutation(len(articles))[: min(_QUERIES, max(2, len(articles) // 8))]}
    total = sum(len(article.views) for article in articles) + len(asked)
    counter, lock = iter(range(1, total + 1)), threading.Lock()

    def done() -> None:
        with lock:
            number = next(counter)
            if progress is not None:
                progress(number, total)

    originals = {
        source: article for _, _, source in plan.copies.values() for article in articles if source in article.photos
    }

    def photograph(article: Article) -> TrueQuery | None:
        photographer = Photographer(article, size, seed)
        for view, name in zip(article.views, article.photos, strict=True):
            (folder / "photos" / name).write_bytes(_file(photographer, view, name, plan, originals, seed, size))
            done()
        if article.id not in asked:
            return None
        query = _query(photographer, article, folder)
        done()
        return query

    with ThreadPoolExecutor(workers) as pool:
        return tuple(query for query in pool.map(photograph, articles) if query is not None)


def _file(
    photographer: Photographer,
    view: str,
    name: str,
    plan: FaultPlan,
    originals: dict[str, Article],
    seed: int,
    size: int,
) -> bytes:
    if name in plan.copies:
        _, how, source = plan.copies[name]
        original = Photographer(originals[source], size, seed).take("front")
        return copied(original, encode(original, "jpeg", _QUALITY), how)
    if name not in plan.spoiled:
        return encode(photographer.take(view), "jpeg", _QUALITY)
    _, how = plan.spoiled[name]
    return spoil(photographer.take("scene" if how == "scene" else view), how)


def _query(photographer: Photographer, article: Article, folder: Path) -> TrueQuery:
    snapshot = photographer.snap(0)
    name = f"{article.id.lower()}.jpg"
    (folder / "queries" / name).write_bytes(encode(snapshot.pixels, "jpeg", 82))
    box = snapshot.box
    return TrueQuery(name, article.product_ids, article.listing, article.category.key, (box.x0, box.y0, box.x1, box.y1))


def _true_product(article: Article) -> TrueProduct:
    return TrueProduct(
        id=article.id,
        listing=article.listing,
        product_ids=article.product_ids,
        category=article.category.key,
        category_path=article.category.path,
        color=article.color,
        pattern=article.look.main.pattern,
        price=float(article.price),
        photos=article.photos,
        views=article.views,
    )


def _planted(articles: Sequence[Article], plan: FaultPlan) -> list[PlantedFault]:
    owner = {name: article.product_ids[0] for article in articles for name in article.photos}
    faults = [PlantedFault(code, name, owner[name], how) for name, (code, how) in plan.spoiled.items()]
    faults += [PlantedFault(code, name, owner[name], how, source) for name, (code, how, source) in plan.copies.items()]
    for article in articles:
        if article.id in plan.misfiled:
            faults.append(
                PlantedFault(
                    "category_contradicted",
                    article.photos[0],
                    article.product_ids[0],
                    "misfiled",
                    article.category.path,
                )
            )
    return sorted(faults, key=lambda fault: (fault.code, fault.photo))
