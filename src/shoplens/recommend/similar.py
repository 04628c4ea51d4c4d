"""Products that could stand in for one of them."""

from __future__ import annotations

from dataclasses import dataclass

from shoplens.errors import BadInput
from shoplens.recommend import affinity
from shoplens.recommend.ranking import allowed, diverse_rows
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
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
        weights: what likeness is made of.
        named: from where on it is named.
    """

    name = "similar"

    def __init__(
        self, view: ShopView, weights: SimilarWeights = SimilarWeights(), named: SimilarReasons = SimilarReasons()
    ) -> None:  # fmt: skip
        self._view = view
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
        look, category, color, price = affinity.nearness(view, seeds, [1.0] * len(seeds))
        weights = self._weights
        whole = weights.look + weights.category + weights.color + weights.price
        scores = weights.look * look + weights.category * category + weights.color * color + weights.price * price
        scores /= whole
        rows = diverse_rows(view, scores, allowed(view, request), request.limit, request.diversity)
        return [
            Match(
                view.products[row],
                round(float(scores[row]), 6),
                view.photos[row],
                self._reasons(
                    seeds[0], row, float(look[row]), float(category[row]), float(color[row]), float(price[row])
                ),
            )
            for row in rows.tolist()
        ]

    def _reasons(
        self, seed: int, row: int, look: float, category: float, color: float, price: float
    ) -> tuple[Reason, ...]:
        view, named = self._view, self._named
        found = []
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
