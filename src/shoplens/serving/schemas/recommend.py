"""Questions to the placements and their answers, as OpenAPI shows them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from shoplens.catalog.merchandising import Promotion
from shoplens.recommend.off_policy import Comparison, Estimate, PolicyValue
from shoplens.recommend.recommendation import Recommendation
from shoplens.recommend.rule import Rule
from shoplens.serving.schemas.search import MatchOut, match_out
from shoplens.serving.strict_model import StrictModel


class AskIn(StrictModel):
    """What a placement is asked with; each uses the parts that concern it."""

    products: list[str] = Field(default_factory=list, max_length=100, description="beside which the answer stands")
    viewed: list[str] = Field(default_factory=list, max_length=1000, description="by the shopper, the newest last")
    bought: list[str] = Field(default_factory=list, max_length=1000, description="by the shopper, the newest last")
    disliked: list[str] = Field(default_factory=list, max_length=1000)
    visitor: str = Field("", max_length=128, description="whose stored events count too")
    exclude: list[str] = Field(default_factory=list, max_length=1000, description="products or listings")
    category: str = Field("", description="only of this category and its children")
    brand: str = ""
    min_price: str = ""
    max_price: str = ""
    currency: str = ""
    availability: list[str] = Field(default_factory=list, max_length=4)
    attribute: list[str] = Field(default_factory=list, max_length=20, description='as "material:wool"')
    color: list[str] = Field(default_factory=list, max_length=20)
    tag: list[str] = Field(default_factory=list, max_length=20)
    limit: int = Field(12, ge=1, le=100)
    diversity: float = Field(0.0, ge=0.0, le=1.0)


class RecommendationOut(BaseModel):
    """What stands in a placement. Events that a shopper's act on it causes send `token` as `attributionToken`."""

    placement: str
    rung: str = Field(description="how much of the shoppers was used: visual, session or collaborative")
    results: list[MatchOut]
    explored: list[int] = Field(default=[], description="places, from 0, whose products were drawn to learn from")
    token: str

    @classmethod
    def of(cls, found: Recommendation) -> RecommendationOut:
        """Return its shape."""
        return cls(
            placement=found.placement,
            rung=found.rung,
            results=[match_out(match, match.photo) for match in found.matches],
            explored=list(found.explored),
            token=found.token,
        )


class RungOut(BaseModel):
    """What one rung was found to be worth; no figures where it was not asked."""

    rung: str
    volume: int = Field(description="sessions or histories that it learns from")
    wanted: int
    recall: float | None = Field(description="share of the hidden products that are among ten")
    gain: float | None = Field(description="of recall over the rung in use below it")
    low: float | None = Field(description="lower end of the 95 % interval of the gain")
    high: float | None
    verdict: str


class PromotionOut(BaseModel):
    """How far a placement climbed the ladder."""

    placement: str
    rung: str
    since: str
    measured_at: str
    events: int
    questions: int
    follows: str = Field(description="the placement that was measured for it, or empty")
    rungs: list[RungOut]

    @classmethod
    def of(cls, promotion: Promotion) -> PromotionOut:
        """Return its shape."""
        return cls(
            placement=promotion.placement,
            rung=promotion.rung,
            since=promotion.since,
            measured_at=promotion.measured_at,
            events=promotion.events,
            questions=promotion.report["questions"],
            follows=promotion.report["follows"],
            rungs=[RungOut(**rung) for rung in promotion.report["rungs"]],
        )


class LadderOut(BaseModel):
    """How far each placement climbed; empty until it was measured."""

    placements: list[PromotionOut]


class EstimateOut(BaseModel):
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, estimate: Estimate) -> EstimateOut:
        """Return its shape."""
        return cls(value=estimate.value, low=estimate.low, high=estimate.high)


class PolicyValueOut(BaseModel):
    """Clicks per choice of a way to choose, by two estimators."""

    ips: EstimateOut
    doubly_robust: EstimateOut

    @classmethod
    def of(cls, value: PolicyValue) -> PolicyValueOut:
        """Return its shape."""
        return cls(ips=EstimateOut.of(value.ips), doubly_robust=EstimateOut.of(value.doubly_robust))


class TaughtByChoicesOut(BaseModel):
    """What the choices that were logged tell of a policy learned from them."""

    choices: int
    shown: EstimateOut
    plain: PolicyValueOut
    learned: PolicyValueOut
    gain: EstimateOut

    @classmethod
    def of(cls, known: Comparison | None) -> TaughtByChoicesOut | None:
        """Return its shape."""
        if known is None:
            return None
        return cls(
            choices=known.choices,
            shown=EstimateOut.of(known.shown),
            plain=PolicyValueOut.of(known.plain),
            learned=PolicyValueOut.of(known.learned),
            gain=EstimateOut.of(known.gain),
        )


class ExploreOut(BaseModel):
    """How many of the answers explore, and what that taught; null while there are too few choices."""

    share: float
    placements: list[str]
    taught: TaughtByChoicesOut | None


class RulesOut(BaseModel):
    """The shop's rules in their order, each with the fields that it sets."""

    rules: list[dict[str, Any]]

    @classmethod
    def of(cls, rules: tuple[Rule, ...]) -> RulesOut:
        """Return their shape."""
        return cls(rules=[rule.as_table() for rule in rules])


class LookOut(BaseModel):
    """A look that the shop put together itself."""

    look: str
    products: list[str]


class LooksOut(BaseModel):
    """The curated looks, by name."""

    looks: list[LookOut]
