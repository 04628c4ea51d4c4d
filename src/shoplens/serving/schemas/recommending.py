"""What a shop wants of its recommendations, as the studio shows and changes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from shoplens.serving.strict_model import StrictModel

Text = Annotated[str, StringConstraints(max_length=300)]
Ids = Annotated[list[Text], Field(max_length=1_000)]


class RuleIn(StrictModel):
    """A rule; what an action has no use for stays out."""

    action: Text
    placements: list[Text] = Field(default_factory=list, max_length=50)
    products: Ids = Field(default_factory=list)
    category: Text = ""
    brand: Text = ""
    tag: Text = ""
    beside: Text = ""
    factor: float | None = None
    low: float | None = None
    high: float | None = None
    note: Annotated[str, StringConstraints(max_length=1_000)] = ""


class RuleChangeIn(RuleIn):
    """A rule in the place of another one; `revision` is the one that the rules were listed with."""

    revision: str = ""


class RuleOut(BaseModel):
    """A rule with its number, where it holds, and what it names and no product of the shop has now."""

    number: int
    action: str
    placements: list[str]
    holds_in: list[str]
    products: list[str]
    unknown: list[str]
    category: str
    brand: str
    tag: str
    beside: str
    factor: float
    low: float
    high: float
    note: str


class ActionOut(BaseModel):
    """What a rule may do, and what it is about: products, a pair of categories, or neither."""

    name: str
    about: Literal["products", "pairs", "neither"]


class LookProductOut(BaseModel):
    """A product of a look; without title where the shop does not have it."""

    id: str
    title: str
    photo: str
    known: bool


class OwnLookOut(BaseModel):
    """A look that the shop put together itself."""

    name: str
    products: list[LookProductOut]


class LookIn(StrictModel):
    """A look to store, in place of one of the same name; `before` is its name until now where that changes."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    products: Annotated[list[Text], Field(min_length=1, max_length=100)]
    before: Text = ""


class RecommendingOut(BaseModel):
    """The shop's rules and looks, and what rules can be made of."""

    revision: str
    rules: list[RuleOut]
    looks: list[OwnLookOut]
    actions: list[ActionOut]
    placements: list[str]
