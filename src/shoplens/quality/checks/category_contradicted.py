"""A product filed under a category that its photos contradict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from shoplens.quality.catalog_view import CatalogView
from shoplens.quality.category_judge import CategorySuspicion, judge_categories
from shoplens.quality.rule import Rule, rounded
from shoplens.records import Finding, Measure


class CategoryContradicted:
    """Asks a classifier that was trained on the shop's other products only; see `judge_categories`.

    A product is reported where its own category is improbable and another one is sure. After confident learning
    (Northcutt et al., "Confident Learning", 2021) another category counts as sure where its probability reaches what
    products filed there get on average, and at least `min_other`. Categories that the classifier often takes for each
    other prove nothing: their confusion may be `max_confusion` at most. Set on two drawn shops (seeds 31 and 32): all
    six misfiled products and no other are found; without the last limit, two shirts besides.
    """

    code = "category_contradicted"
    scope: Literal["catalog"] = "catalog"
    limits: Mapping[str, float] = MappingProxyType({"max_own": 0.02, "min_other": 0.6, "max_confusion": 0.05})

    def inspect(self, view: CatalogView, rule: Rule) -> Iterator[Finding]:
        """Yield a finding for each product whose own category is improbable while another is sure."""
        suspected = {one.listing: one for one in judge_categories(view) if _is_sure(one, rule)}
        for item in view.items:
            one = suspected.get(item.listing)
            if one is None or not item.id or item.category != one.filed:
                continue
            found = rule.finding(
                f"The photos look like '{one.other}' ({one.sure:.0%}); '{one.filed}' is improbable ({one.own:.1%}).",
                Measure(rounded(one.own, rule.limits["max_own"], 5), rule.limits["max_own"], "probability"),
                attribute="category",
            )
            yield replace(found, product_id=item.id, photo=item.photos[0] if item.photos else "")


def _is_sure(one: CategorySuspicion, rule: Rule) -> bool:
    return (
        one.own <= rule.limits["max_own"]
        and one.sure >= max(rule.limits["min_other"], one.usual)
        and one.confusion <= rule.limits["max_confusion"]
    )
