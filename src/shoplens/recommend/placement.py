"""The places of a shop where recommendations stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shoplens.recommend.learned import Evidence, Rung


@dataclass(frozen=True, slots=True)
class Placement:
    """One place.

    Attributes:
        name: as commands and addresses write it.
        recommender: the plug-in that answers there.
        needs: what a question is about: products beside which the answer stands, a visitor or a history, or nothing.
        evidence: what the recommender learns from shoppers as it climbs the ladder; None where it has no rungs.
        about: one English sentence.
        lowest: the rung that needs no promotion: the visual one, but for a placement that has a test of its own for
            every single product that shoppers speak for.
    """

    name: str
    recommender: str
    needs: Literal["products", "visitor", "nothing"]
    evidence: Evidence | None
    about: str
    lowest: Rung = "visual"


PLACEMENTS: Mapping[str, Placement] = {
    placement.name: placement
    for placement in (
        Placement("similar", "similar", "products", "viewed", "Products that could stand in for one."),
        Placement("goes-with", "goes_with", "products", "bought", "Products of other kinds beside one, or a basket."),
        Placement("complete-the-look", "complete_the_look", "products", "bought", "A whole outfit or set around one."),
        Placement(
            "bought-together", "bought_together", "products", "bought", "What is really bought with it.", "session"
        ),
        Placement("for-you", "history", "visitor", "viewed", "From this session and history."),
        Placement("buy-again", "buy_again", "visitor", None, "What was bought and may be needed again."),
        Placement("recently-viewed", "recently_viewed", "visitor", None, "What was looked at last."),
        Placement("on-sale-like-yours", "on_sale", "visitor", "viewed", "Reduced products to the shopper's taste."),
        Placement("trending", "trending", "nothing", None, "What is cared for more than it used to be."),
        Placement("popular", "popular", "nothing", None, "What most care for of late, then the newest."),
    )
}
"""All placements by their names."""
