"""Claim: what goes with a basket predicts its hidden item better than popularity, in any place of the basket.

Real baskets (the Groceries set), the first 80 % to learn from, the others to be asked about: one item of each is
hidden, and it counts whether it is among ten recommendations. Two protocols, because the items of this file stand in
a fixed order of departments: the last item hidden, and a random one. Peers on the same split: popularity, and the
item-item table (mean cosine of the basket's items). The item names are hidden from `GoesWith` in the first row, so
that only the events speak; in the second it sees them, and its rule "nothing of a seed's own kind" costs it the
second yogurt that real baskets hold.

    SHOPLENS_DATA=... python benchmarks/bought_together.py
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import machine
import numpy as np

from shoplens.recommend.goes_with import GoesWith
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.records import EventLog, Product

TEN = 10
Baskets = list[list[int]]
Answer = Callable[[Sequence[int]], Sequence[int]]


def read(folder: Path) -> tuple[list[str], Baskets]:
    with (folder / "grocery-baskets" / "baskets.csv").open(encoding="utf-8", newline="") as lines:
        named = [list(dict.fromkeys(row["items"].split("|"))) for row in csv.DictReader(lines)]
    names = sorted({name for basket in named for name in basket})
    codes = {name: code for code, name in enumerate(names)}
    return names, [[codes[name] for name in basket] for basket in named]


def as_log(baskets: Baskets, names: Sequence[str]) -> EventLog:
    numbers = np.repeat(np.arange(len(baskets), dtype=np.int64), [len(basket) for basket in baskets])
    products = np.array([item for basket in baskets for item in basket], dtype=np.int32)
    kinds = np.full(len(numbers), "purchase-complete")
    ones = np.ones(len(numbers), dtype=np.int64)
    return EventLog(tuple(names), products, kinds, numbers, numbers, numbers, numbers * 60_000_000, ones)


def goes_with(names: Sequence[str], learn: Baskets, *, titles: bool) -> Answer:
    ids = [str(code) for code in range(len(names))]
    products = [Product(id=code, title=name if titles else "") for code, name in zip(ids, names, strict=True)]
    view = ShopView.build(products, log=as_log(learn, ids))
    recommender = GoesWith(view, view.events.learned("bought", "session"))

    def answer(basket: Sequence[int]) -> list[int]:
        found = recommender.recommend(Request(seeds=tuple(ids[item] for item in basket), limit=TEN))
        return [int(match.product.id) for match in found]

    return answer


def peers(size: int, learn: Baskets) -> dict[str, Answer]:
    held = np.zeros((len(learn), size))
    for row, basket in enumerate(learn):
        held[row, basket] = 1.0
    popularity = held.sum(axis=0)
    together = held.T @ held
    np.fill_diagonal(together, 0.0)
    cosine = together / np.sqrt(np.outer(popularity, popularity) + 1e-9)

    def best(scores: np.ndarray, basket: Sequence[int]) -> list[int]:
        left = scores.astype(float).copy()
        left[list(basket)] = -np.inf
        return np.argsort(-left, kind="stable")[:TEN].tolist()

    return {
        "popularity": lambda basket: best(popularity, basket),
        "item-item (cosine)": lambda basket: best(cosine[list(basket)].mean(axis=0), basket),
    }


def recall(answer: Answer, asked: Sequence[tuple[list[int], int]]) -> float:
    return sum(hidden in answer(basket) for basket, hidden in asked) / len(asked)


def interval(one: Answer, other: Answer, asked: Sequence[tuple[list[int], int]]) -> tuple[float, float]:
    """Return the 95 % interval of the difference in recall, by the paired normal approximation."""
    gains = np.array([(hidden in one(basket)) - float(hidden in other(basket)) for basket, hidden in asked])
    half = 1.96 * gains.std() / np.sqrt(len(gains))
    return float(gains.mean() - half), float(gains.mean() + half)


def main() -> None:
    names, baskets = read(machine.shared_data())
    cut = len(baskets) * 8 // 10
    learn, rest = baskets[:cut], [basket for basket in baskets[cut:] if len(basket) > 1]
    rng = np.random.default_rng(0)
    places = [int(rng.integers(len(basket))) for basket in rest]
    protocols = {
        "last item": [(basket[:-1], basket[-1]) for basket in rest],
        "random item": [(b[:at] + b[at + 1 :], b[at]) for b, at in zip(rest, places, strict=True)],
    }
    answers = peers(len(names), learn) | {
        "goes_with, events alone": goes_with(names, learn, titles=False),
        "goes_with, events and names": goes_with(names, learn, titles=True),
    }
    table = {name: [recall(answer, asked) for asked in protocols.values()] for name, answer in answers.items()}
    lines = [f"| recall@{TEN} | {' | '.join(f'{name} hidden' for name in protocols)} |", "|---|---:|---:|"]
    lines += [f"| {name} | {' | '.join(f'{value:.3f}' for value in row)} |" for name, row in table.items()]
    ours, popular = answers["goes_with, events alone"], answers["popularity"]
    gains = [interval(ours, popular, asked) for asked in protocols.values()]
    lines += ["", "Gain over popularity, 95 %: " + ", ".join(f"{low:+.3f} to {high:+.3f}" for low, high in gains) + "."]
    about = f"{len(learn)} baskets to learn from, {len(rest)} asked about, {len(names)} items."
    machine.write_result("bought_together", "Bought together", [(__doc__ or "").strip(), "", about, "", *lines])
    assert all(low > 0 for low, _ in gains), "the claim: better than popularity by both protocols"


if __name__ == "__main__":
    main()
