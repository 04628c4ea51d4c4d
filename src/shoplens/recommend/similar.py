"""Products that could stand in for one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput
from shoplens.recommend import affinity
from shoplens.recommend.affinity import Scores, Shortlist
from shoplens.recommend.candidates import Candidates
from shoplens.recommend.learned import Learned
from shoplens.recommend.ranking import diverse_rows, score_of
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.recommend.shortlist import finalists, shortlist
from shoplens.recommend.together import beside, together
from shoplens.records import Match, Reason


@dataclass(frozen=True, slots=True)
class SimilarWeights:
    """What likeness is made of; only the proportions matter."""

    look: float = 0.6
    category: float = 0.2
    color: float = 0.1
    price: float = 0.1


@dataclass(frozen=True, slots=True)
class SimilarReasons:
    """From where on a likeness is named as a reason."""

    look: float = 0.6
    color: float = 0.8
    price: float = 0.5


class Similar:
    """Weighs likeness of look, category, colour and price to one product, or to the mean of several.

    Args:
        view: the shop.
        learned: what shoppers look at beside; blended in as far as it is to be trusted.
        weights: what likeness is made of.
        named: from where on it is named.
    """

    name = "similar"

    def __init__(
        self,
        view: ShopView,
        learned: Learned | None = None,
        weights: SimilarWeights = SimilarWeights(),
        named: SimilarReasons = SimilarReasons(),
    ) -> None:
        self._view = view
        self._learned = learned
        self._weights = weights
        self._named = named

    def recommend(self, request: Request) -> list[Match]:
        """Return the products most like the seeds.

        Raises:
            NotFound: a seed is not in the shop.
            BadInput: there is no seed.
        """
        if not request.seeds:
            raise BadInput("Similar products need a product.", remedy="Name at least one in `seeds`.")
        view = self._view
        seeds = list(dict.fromkeys(view.row(seed) for seed in request.seeds))
        among = Candidates.of(view, request)
        said, trust = beside(view, self._learned, seeds) if self._learned is not None else (None, 0.0)
        mean = affinity.mean_look(view, seeds, [1.0] * len(seeds))
        at = shortlist(view, among, seeds, [mean], said, least=request.limit)

        def scored(at: Shortlist) -> tuple[npt.NDArray[np.float32], Scores]:
            parts = affinity.nearness(view, seeds, [1.0] * len(seeds), at, affinity.look(view, mean, at))
            scores = self._mixed(parts)
            return parts, among.weighed(scores if said is None else (1.0 - trust) * scores + trust * said[at], at)

        parts, scores = scored(at)
        final = finalists(view, [scores], among, request.limit, at)
        if final is not at:
            at = final
            parts, scores = scored(at)
        rows = diverse_rows(view, scores, among, request.limit, request.diversity, at)
        return [
            Match(
                view.products[row],
                round(score_of(scores, at, row), 6),
                view.photos[row],
                self._reasons(seeds, row, *(score_of(part, at, row) for part in parts)),
            )
            for row in rows.tolist()
        ]

    def _mixed(self, parts: npt.NDArray[np.float32]) -> Scores:
        look, category, color, price = parts
        weights = self._weights
        whole = weights.look + weights.category + weights.color + weights.price
        scores = weights.look * look + weights.category * category + weights.color * color + weights.price * price
        return np.asarray(scores / np.float32(whole), dtype=np.float32)

    def _reasons(
        self, seeds: Sequence[int], row: int, look: float, category: float, color: float, price: float
    ) -> tuple[Reason, ...]:
        view, named, seed = self._view, self._named, seeds[0]
        found = []
        if self._learned is not None:
            found = together(view, seeds, row, (("viewed_together", view.events.viewed),))
        if look >= named.look:
            found.append(Reason("similar_look", f"{look:.2f}"))
        if category >= 1.0:
            found.append(Reason("same_category", view.products[row].category))
        if view.color_name(seed) and color >= named.color:
            found.append(
                Reason(
                    "same_color" if view.color_name(seed) == view.color_name(row) else "similar_color",
                    view.color_name(row),
                )
            )
        if price > affinity.UNKNOWN and price >= named.price:
            found.append(Reason("price_band"))
        return tuple(found)
