"""The rules of a shop, and what they make of a question."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from shoplens.catalog.filter import Filter
from shoplens.errors import BadInput
from shoplens.recommend.curated_look import CuratedLook
from shoplens.recommend.explore_settings import NO_EXPLORING, ExploreSettings
from shoplens.recommend.request import Request
from shoplens.recommend.rule import Rule
from shoplens.recommend.rule_effect import NO_EFFECT, Mask, PairRule, RuleEffect
from shoplens.recommend.shop_view import ShopView

RULES_FILE = "recommend.toml"

_LOOKS_LEAD = ("complete-the-look", "goes-with")


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Rules in the order in which they were written, and the looks that the shop put together itself.

    Attributes:
        rules: the rules.
        looks: curated looks; beside one of its products, the others come first.
        explore: how much of the answers is tried, to learn from; nothing where the file says nothing.
    """

    rules: tuple[Rule, ...] = ()
    looks: tuple[CuratedLook, ...] = ()
    explore: ExploreSettings = NO_EXPLORING

    @classmethod
    def read(cls, path: Path, looks: Iterable[CuratedLook] = ()) -> Self:
        """Return the rules of a TOML file with tables `[[rule]]` and `[explore]`; none where there is no file.

        Raises:
            BadInput: the file is no TOML, or holds what is no rule.
            UnknownName: a rule names what does not exist.
        """
        try:
            document = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"The rules cannot be read: {error}.", received=path, remedy="Mend the TOML.") from error
        tables, explore = document.pop("rule", []), document.pop("explore", {})
        if document or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise BadInput(
                "A file of rules holds tables [[rule]] and [explore], and nothing else.",
                received=", ".join(document) or tables,
                remedy="See docs/recommendations.md.",
            )
        return cls(tuple(Rule.parse(table) for table in tables), tuple(looks), ExploreSettings.parse(explore))

    def effect(self, view: ShopView, placement: str, request: Request) -> RuleEffect:
        """Return what the rules make of a question in a placement.

        Raises:
            NotFound: a seed is not in the shop.
        """
        rules = [rule for rule in self.rules if rule.holds_in(placement)]
        if not rules and not self.looks:
            return NO_EFFECT
        seeds = [view.row(seed) for seed in request.seeds]
        pairs = tuple(_pair(view, rule) for rule in rules if rule.action in ("allow", "forbid"))
        lead = [*self._looks_with(view, placement, seeds), *_pins(view, rules)]
        return RuleEffect(
            kept=_kept(view, rules, request, seeds, RuleEffect(pairs=pairs)),
            factors=_factors(view, rules),
            buried=_any(view, [rule for rule in rules if rule.action == "bury"]),
            lead=tuple(lead),
            pairs=pairs,
        )

    def _looks_with(self, view: ShopView, placement: str, seeds: Sequence[int]) -> list[tuple[int, str, str]]:
        """Return the other products of the curated looks that the seeds belong to, look by look."""
        if placement not in _LOOKS_LEAD:
            return []
        listings = {int(view.listing_of[seed]) for seed in seeds}
        found = []
        for look in self.looks:
            rows = [row for name in look.products if (row := view.find(name)) is not None]
            if listings & {int(view.listing_of[row]) for row in rows}:
                found += [(row, "curated_look", look.name) for row in rows]
        return found


def _pins(view: ShopView, rules: Sequence[Rule]) -> list[tuple[int, str, str]]:
    found = []
    for rule in rules:
        if rule.action == "pin":
            rows = [row for name in rule.products if (row := view.find(name)) is not None]
            if not rule.products:
                rows = np.flatnonzero(_matching(view, rule)).tolist()
            found += [(row, "chosen_by_the_shop", rule.note) for row in rows]
    return found


def _matching(view: ShopView, rule: Rule) -> Mask:
    """Return which rows a rule is about; a listing that is named stands for all of its variants."""
    mask = np.ones(len(view.products), dtype=bool)
    if rule.category or rule.brand or rule.tag:
        tags = frozenset({rule.tag}) if rule.tag else frozenset()
        mask &= view.filter.mask(Filter(category=rule.category, brand=rule.brand, tags=tags))
    if rule.products:
        named = np.zeros(len(view.products), dtype=bool)
        for name in rule.products:
            for row in view.rows_of(name):
                named[row] = True
        mask &= named
    return mask


def _any(view: ShopView, rules: Sequence[Rule]) -> Mask | None:
    return np.logical_or.reduce([_matching(view, rule) for rule in rules]) if rules else None


def _factors(view: ShopView, rules: Sequence[Rule]) -> npt.NDArray[np.float32] | None:
    factors: npt.NDArray[np.float32] | None = None
    for rule in rules:
        if rule.action == "boost":
            factors = np.ones(len(view.products), dtype=np.float32) if factors is None else factors
            factors[_matching(view, rule)] *= np.float32(rule.factor)
    return factors


def _pair(view: ShopView, rule: Rule) -> PairRule:
    one, other = (view.filter.mask(Filter(category=path)) for path in (rule.category, rule.beside))
    return PairRule(one, other, rule.action == "allow")


def _kept(
    view: ShopView, rules: Sequence[Rule], request: Request, seeds: Sequence[int], effect: RuleEffect
) -> Mask | None:
    masks: list[Mask] = [~_matching(view, rule) for rule in rules if rule.action == "block"]
    if any(rule.action == "in-stock" for rule in rules):
        masks.append(view.in_stock)
    brands = {view.products[seed].brand for seed in seeds} - {""}
    if brands and any(rule.action == "same-brand" for rule in rules):
        masks.append(np.any([view.filter.mask(Filter(brand=brand)) for brand in brands], axis=0))
    masks += [_band(view, rule, request, seeds) for rule in rules if rule.action == "price-band"]
    if effect.pairs and seeds:
        every = np.arange(len(view.products))
        masks.append(np.asarray(effect.may_stand_together(np.array(seeds), every).all(axis=0)))
    return np.logical_and.reduce(masks) if masks else None


def _band(view: ShopView, rule: Rule, request: Request, seeds: Sequence[int]) -> Mask:
    """Return what lies in the band around the mean price of the seeds, or of the history; all where it has none.

    The mean is of the logarithms, in the currency of the first that has a price.
    """
    met = [view.find(signal.product_id) for signal in (*request.viewed, *request.bought)]
    rows = list(seeds) or [row for row in met if row is not None]
    priced = [row for row in rows if np.isfinite(view.log_prices[row])]
    if not priced:
        return np.ones(len(view.products), dtype=bool)
    currency = view.currency_of[priced[0]]
    middle = np.mean([float(view.log_prices[row]) for row in priced if view.currency_of[row] == currency])
    with np.errstate(divide="ignore"):
        low, high = middle + np.log(rule.low), middle + np.log(rule.high)
    steady = np.float32(1e-5)  # a price equal to an end of the band lies in it, however its logarithm was rounded
    known = np.isfinite(view.log_prices) & (view.currency_of == currency)
    inside = (view.log_prices >= low - steady) & (view.log_prices <= high + steady)
    return np.asarray(known & inside)
