"""Claim: what ShopLens learns from baskets finds the hidden item at least as often as the best known way.

Real baskets (the Groceries set), the first 80 % to learn from, the others to be asked about: the last item of each is
hidden, and it counts whether it is among ten recommendations; beside it a random item, since the items of this file
stand in a fixed order of departments. All on the same split: popularity; item-item cosine; `implicit` 0.7 with
alternating least squares, Bayesian personalised ranking and its item-item cosine, each with the factors that did best
on the last quarter of the baskets to learn from; EASE (`shoplens.recommend.ease`) alone; and the two rungs of ShopLens.
The names of the items are hidden, so that only the baskets speak.

    SHOPLENS_DATA=... python benchmarks/baskets.py     # needs the extra `bench`
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace

import machine
import numpy as np
from bought_together import TEN, Baskets, as_log, interval, peers, read, recall

from shoplens.recommend.ease import Ease
from shoplens.recommend.learned import Learned
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Product

Answer = Callable[[Sequence[int]], Sequence[int]]
Asked = list[tuple[list[int], int]]
FACTORS = (8, 16, 32, 64)


def protocols(rest: Baskets, seed: int) -> dict[str, Asked]:
    rest = [basket for basket in rest if len(basket) > 1]
    rng = np.random.default_rng(seed)
    places = [int(rng.integers(len(basket))) for basket in rest]
    return {
        "last item": [(basket[:-1], basket[-1]) for basket in rest],
        "random item": [(b[:at] + b[at + 1 :], b[at]) for b, at in zip(rest, places, strict=True)],
    }


def rungs(size: int, learn: Baskets) -> dict[str, Answer]:
    """Return what the rungs of the placement `bought-together` rank by, and EASE alone."""
    ids = [str(code) for code in range(size)]
    view = ShopView.build([Product(id=code, title="") for code in ids], log=as_log(learn, ids))
    known = {rung: view.events.learned("bought", rung) for rung in ("session", "collaborative")}
    mixed = known["collaborative"]
    assert isinstance(mixed, Ease)

    def answer(learned: Learned | None) -> Answer:
        assert learned is not None

        def best(basket: Sequence[int]) -> list[int]:
            scores, _ = learned.scores(list(basket), [1.0] * len(basket))
            scores = scores.copy()
            scores[list(basket)] = -1.0
            return np.argsort(-scores, kind="stable")[:TEN].tolist()

        return best

    return {
        "EASE alone": answer(replace(mixed, share=1.0)),
        "ShopLens, session": answer(known["session"]),
        "ShopLens, collaborative": answer(mixed),
    }


def implicit_answers(size: int, learn: Baskets) -> dict[str, Answer]:
    """Return the models of `implicit`, each with the factors that find most in the last quarter of `learn`."""
    cut = len(learn) * 3 // 4
    held_out = protocols(learn[cut:], 1)["last item"]
    found = {}
    for name in ("ALS", "BPR"):
        scores = {factors: recall(_implicit(name, size, learn[:cut], factors), held_out) for factors in FACTORS}
        factors = max(scores, key=lambda each: scores[each])
        found[f"implicit {name}, {factors} factors"] = _implicit(name, size, learn, factors)
    found["implicit item-item (cosine)"] = _implicit("cosine", size, learn, 0)
    return found


def _implicit(name: str, size: int, learn: Baskets, factors: int) -> Answer:
    from implicit.als import AlternatingLeastSquares
    from implicit.bpr import BayesianPersonalizedRanking
    from implicit.nearest_neighbours import CosineRecommender
    from scipy.sparse import csr_matrix

    rows = np.repeat(np.arange(len(learn)), [len(basket) for basket in learn])
    columns = np.array([item for basket in learn for item in basket])
    held = csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(len(learn), size))
    if name == "cosine":
        model = CosineRecommender(K=size)
    elif name == "ALS":
        model = AlternatingLeastSquares(factors=factors, random_state=0, num_threads=1, iterations=20)
    else:
        model = BayesianPersonalizedRanking(factors=factors, random_state=0, num_threads=1, iterations=100)
    model.fit(held, show_progress=False)

    def best(basket: Sequence[int]) -> list[int]:
        if name == "BPR":  # it cannot fold a new basket in, so the basket's items stand for it
            scores = model.item_factors @ model.item_factors[list(basket)].mean(axis=0)
            scores[list(basket)] = -np.inf
            return np.argsort(-scores, kind="stable")[:TEN].tolist()
        asked = csr_matrix((np.ones(len(basket), np.float32), ([0] * len(basket), list(basket))), shape=(1, size))
        options = {"recalculate_user": True} if name == "ALS" else {}
        return model.recommend(0, asked, N=TEN, filter_already_liked_items=True, **options)[0].tolist()

    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prove", action="store_true", help="a small run: print, and claim nothing")
    options = parser.parse_args()
    names, baskets = read(machine.shared_data())
    baskets = baskets[:1500] if options.prove else baskets
    cut = len(baskets) * 8 // 10
    learn, asked = baskets[:cut], protocols(baskets[cut:], 0)
    answers = peers(len(names), learn) | implicit_answers(len(names), learn) | rungs(len(names), learn)
    table = {name: [recall(answer, each) for each in asked.values()] for name, answer in answers.items()}
    lines = [f"| recall@{TEN} | {' | '.join(f'{name} hidden' for name in asked)} |", "|---|---:|---:|"]
    lines += [f"| {name} | {' | '.join(f'{value:.3f}' for value in row)} |" for name, row in table.items()]
    others = [name for name in table if not name.startswith("ShopLens") and name != "EASE alone"]
    best = max(others, key=lambda name: table[name][0])
    low, high = interval(answers["ShopLens, session"], answers[best], asked["last item"])
    lines += [
        "",
        f"Gain of the session rung over the best other one ({best}), last item, 95 %: {low:+.3f} to {high:+.3f}.",
    ]
    about = f"{len(learn)} baskets to learn from, {len(asked['last item'])} asked about, {len(names)} items."
    if options.prove:
        print("\n".join([about, *lines]))
        return
    machine.write_result("baskets", "Baskets", [(__doc__ or "").split("\n\n    ")[0], "", about, "", *lines])
    ours = max(table["ShopLens, session"][0], table["ShopLens, collaborative"][0])
    assert ours >= table[best][0], f"{ours:.3f} against {table[best][0]:.3f} of {best}"


if __name__ == "__main__":
    main()
