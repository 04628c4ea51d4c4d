"""Questions to the photo search and their answers, as OpenAPI shows them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from shoplens.records import FoundObject, Match, Relation
from shoplens.search.query_words import Understood
from shoplens.serving.schemas.findings import BoxModel
from shoplens.serving.schemas.products import FacetOut, ProductOut


class ReasonOut(BaseModel):
    """Why a product stands in an answer: `code` is translated by the page, `value` completes it."""

    code: str
    value: str


class MatchOut(BaseModel):
    """One result: the product, its score, the photo that matched, and why."""

    product: ProductOut
    score: float = Field(description="orders one answer")
    photo: str
    reasons: list[ReasonOut]
    relation: Relation | None = Field(None, description="to the photo that was asked with")
    same_product: float | None = Field(None, description="probability that it is the very product of that photo")
    same_kind: float | None = Field(None, description="probability that it is of that product's category")


class KindOut(BaseModel):
    """A category and the probability that the photo shows it."""

    category: str
    probability: float


class UnderstoodOut(BaseModel):
    """What the words beside a photo were taken for; `words` were searched as words."""

    colors: list[str]
    category: str
    brand: str
    attributes: dict[str, str]
    words: str

    @classmethod
    def of(cls, said: Understood | None) -> UnderstoodOut | None:
        """Return its shape."""
        if said is None:
            return None
        return cls(
            colors=list(said.colors),
            category=said.category,
            brand=said.brand,
            attributes=dict(said.attributes),
            words=said.words,
        )


class ImageOut(BaseModel):
    """An uploaded photo: searches name it by `image_id` until its time is over."""

    image_id: str
    width: int
    height: int
    expires_in: float = Field(description="seconds")


class Matches(BaseModel):
    """Results, the best first. Events that a shopper's act on them causes send `token` back as `attributionToken`."""

    results: list[MatchOut]
    token: str = ""
    box: BoxModel | None = Field(None, description="where the product was seen in the query photo")
    no_match: bool = Field(
        default=False, description="the shop hardly has the product of the photo; results are only like it"
    )
    kinds: list[KindOut] = Field(default=[], description="categories that the photo is nearest to, the likeliest first")
    understood: UnderstoodOut | None = Field(None, description="what the words beside examples were taken for")
    facets: dict[str, list[FacetOut]] = Field(default={}, description="those asked for: values and their products")


class ObjectOut(BaseModel):
    """A product that was found in a photo."""

    box: BoxModel
    score: float = Field(description="how sure, 0 to 1; 0 for the whole photo in which nothing was found")

    @classmethod
    def of(cls, found: FoundObject) -> ObjectOut:
        """Return the record's shape."""
        box = found.box
        return cls(box=BoxModel(x0=box.x0, y0=box.y0, x1=box.x1, y1=box.y1), score=round(found.score, 4))


class ObjectGroup(ObjectOut):
    """A product of the query photo with the shop's products like it, the best first."""

    results: list[MatchOut]
    no_match: bool = Field(default=False, description="the shop hardly has this product; results are only like it")
    kinds: list[KindOut] = Field(default=[], description="categories that it is nearest to, the likeliest first")


class ObjectMatchesOut(BaseModel):
    """A group for each product of the photo, the one that is most likely meant first.

    Events that a shopper's act on them causes send `token` back as `attributionToken`.
    """

    groups: list[ObjectGroup]
    token: str = ""


class WhyOut(BaseModel):
    """Why a product matches: `picture` is a WebP file in base64, bright where the photo is like the product's."""

    match: MatchOut
    width: int
    height: int
    picture: str
    box: BoxModel | None


def match_out(match: Match, photo: str) -> MatchOut:
    """Return the match's shape; `photo` stands in where no photo matched."""
    return MatchOut(
        product=ProductOut.of(match.product, photo),
        score=min(match.score, 1.0),
        photo=match.photo or photo,
        reasons=[ReasonOut(code=reason.code, value=reason.value) for reason in match.reasons],
        relation=match.relation,
        same_product=match.same_product,
        same_kind=match.same_kind,
    )
