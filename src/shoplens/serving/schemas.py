"""The shapes of requests and answers, as OpenAPI shows them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shoplens.catalog.facets import FacetValue
from shoplens.records import Box, Finding, FoundObject, Label, Match, Prediction, Price, Product, Relation
from shoplens.search.query_words import Understood


class PriceOut(BaseModel):
    """An amount as a decimal string, so that no reader rounds it."""

    amount: str
    currency: str

    @classmethod
    def of(cls, price: Price | None) -> PriceOut | None:
        """Return the price's shape."""
        return None if price is None else cls(amount=str(price.amount), currency=price.currency)


class PhotoOut(BaseModel):
    """A stored photo; `/v1/photos/{sha256}?size=320` shows it."""

    sha256: str
    width: int
    height: int


class LabelOut(BaseModel):
    """Something said of a product, and by whom."""

    kind: str
    value: str
    confidence: float
    source: str

    @classmethod
    def of(cls, label: Label) -> LabelOut:
        """Return the label's shape."""
        return cls(kind=label.kind, value=label.value, confidence=label.confidence, source=label.source)


class ProductOut(BaseModel):
    """A product as a shopper sees it in a list."""

    id: str
    listing: str
    title: str
    category: str
    brand: str
    price: PriceOut | None
    sale_price: PriceOut | None
    availability: str
    link: str
    attributes: dict[str, str]
    tags: list[str]
    photo: str = Field(description="sha256 of the main photo, or empty")

    @classmethod
    def of(cls, product: Product, photo: str) -> ProductOut:
        """Return the product's shape with the given main photo."""
        return cls(
            id=product.id,
            listing=product.listing,
            title=product.title,
            category=product.category,
            brand=product.brand,
            price=PriceOut.of(product.price),
            sale_price=PriceOut.of(product.sale_price),
            availability=product.availability,
            link=product.link,
            attributes=dict(product.attributes),
            tags=list(product.tags),
            photo=photo,
        )


class BoxModel(BaseModel):
    """A rectangle, each coordinate from 0 to 1."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def of(cls, box: Box | None) -> BoxModel | None:
        """Return the box's shape."""
        return None if box is None else cls(x0=box.x0, y0=box.y0, x1=box.x1, y1=box.y1)


class MeasureOut(BaseModel):
    """What was measured, beside its limit."""

    measured: float
    threshold: float
    unit: str


class FindingOut(BaseModel):
    """One problem of a photo or a product."""

    code: str
    severity: str
    attribute: str
    description: str
    detail: MeasureOut | None
    product_id: str
    photo: str
    box: BoxModel | None
    documentation: str

    @classmethod
    def of(cls, finding: Finding) -> FindingOut:
        """Return the finding's shape."""
        d = finding.detail
        return cls(
            code=finding.code,
            severity=finding.severity,
            attribute=finding.attribute,
            description=finding.description,
            detail=MeasureOut(measured=d.measured, threshold=d.threshold, unit=d.unit) if d else None,
            product_id=finding.product_id,
            photo=finding.photo,
            box=BoxModel.of(finding.box),
            documentation=finding.documentation,
        )


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


class FacetOut(BaseModel):
    """One value of a facet and how many products have it; a band of prices says from where to where."""

    value: str
    products: int
    min_price: str = ""
    max_price: str = ""
    currency: str = ""

    @classmethod
    def of(cls, value: FacetValue) -> FacetOut:
        """Return the value's shape."""
        low, high = ("" if price is None else str(price) for price in (value.min_price, value.max_price))
        return cls(value=value.value, products=value.products, min_price=low, max_price=high, currency=value.currency)


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


class ObjectMatchesOut(BaseModel):
    """A group for each product of the photo, the one that is most likely meant first.

    Events that a shopper's act on them causes send `token` back as `attributionToken`.
    """

    groups: list[ObjectGroup]
    token: str = ""


class ProductPage(BaseModel):
    """Everything of one product."""

    product: ProductOut
    description: str
    variants: list[ProductOut]
    photos: list[PhotoOut]
    labels: list[LabelOut]
    findings: list[FindingOut]


class ProblemOut(BaseModel):
    """A finding in short."""

    code: str
    severity: str


class FindingText(BaseModel):
    """What a finding's code is called, and what to do about it."""

    title: str
    help: str


class CategoryOut(BaseModel):
    """A category with the number of its products and a photo of one of them."""

    path: str
    products: int
    photo: str = Field(description="sha256, or empty")


class ProductList(BaseModel):
    """A page of the catalogue."""

    total: int
    products: list[ProductOut]
    facets: dict[str, list[FacetOut]] = Field(default={}, description="those asked for: values and their products")
    findings: dict[str, list[ProblemOut]] = Field(description="product id to what the inspector found")
    labels: dict[str, list[LabelOut]] = Field(description="product id to what models said of it")


class PredictionOut(BaseModel):
    """A label with its calibrated probability; null where the model abstains."""

    label: str | None
    confidence: float
    runners_up: list[tuple[str, float]]

    @classmethod
    def of(cls, prediction: Prediction) -> PredictionOut:
        """Return the prediction's shape."""
        return cls(label=prediction.label, confidence=prediction.confidence, runners_up=list(prediction.runners_up))


class ColorOut(BaseModel):
    """A colour of the photo's subject with its names and share."""

    name: str
    name_zh: str
    rgb: tuple[int, int, int]
    share: float


class ClassificationOut(BaseModel):
    """What a photo shows."""

    category: PredictionOut
    colors: list[ColorOut]
    tags: list[PredictionOut]
    source: str


class ExplanationOut(BaseModel):
    """Why a photo is taken for a category: `picture` is a WebP file in base64, bright where the photo speaks for it."""

    label: str
    probability: float
    width: int
    height: int
    picture: str


class WhyOut(BaseModel):
    """Why a product matches: `picture` is a WebP file in base64, bright where the photo is like the product's."""

    match: MatchOut
    width: int
    height: int
    picture: str
    box: BoxModel | None


class RefusedPhotoOut(BaseModel):
    """A photo that could not be read, and why."""

    name: str
    code: str
    reason: str


class LessonOut(BaseModel):
    """What teaching a category came to."""

    category: str = Field(description="in the shop's own spelling where it has the category")
    added: int
    repeated: list[str] = Field(description="photos that nearly are a picture that the category has")
    refused: list[RefusedPhotoOut]
    photos: int = Field(description="examples that the category has now")
    enough: bool = Field(description="false below three: answers will be rare")


class TaughtOut(BaseModel):
    """A taught category and the number of its photos."""

    category: str
    photos: int


class ForgottenOut(BaseModel):
    """How many photos were forgotten."""

    photos: int


class ShopOut(BaseModel):
    """The shop at a glance."""

    name: str
    products: int
    listings: int
    photos: int
    categories: list[tuple[str, int]]
    findings: dict[str, int]
    version: str


class BasketIn(BaseModel):
    """Products by their ids."""

    products: list[str] = Field(min_length=1, max_length=100)
    limit: int = Field(12, ge=1, le=100)


class ShopperIn(BaseModel):
    """What a shopper viewed and bought, the newest last, or who the shopper is."""

    viewed: list[str] = Field(default_factory=list, max_length=1000)
    bought: list[str] = Field(default_factory=list, max_length=1000)
    visitor: str = Field("", max_length=128)
    category: str = Field("", description="only of this category and its children")
    min_price: str = ""
    max_price: str = ""
    availability: list[str] = Field(default_factory=list, max_length=4)
    limit: int = Field(12, ge=1, le=100)


class RejectionOut(BaseModel):
    """One refused event: its number in the batch, from 1 on, and why."""

    number: int
    code: str
    message: str


class EventsOut(BaseModel):
    """What became of the events sent."""

    accepted: int
    repeated: int
    rejected: list[RejectionOut]


class ImportOut(BaseModel):
    """One import: `state` is "running", "done" or "failed"."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    source: str
    origin: str
    state: str
    started_at: str
    finished_at: str
    summary: dict[str, object]


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


class ModelOut(BaseModel):
    """A bundle; `problem` says why it cannot be used, where that is so."""

    name: str
    id: str
    in_use: bool
    labels: list[str] = []
    heads: dict[str, list[str]] = Field(default={}, description="labels of what else it names, such as colours")
    card: dict[str, Any] = Field(default={}, description="data, licences, seed, settings, figures, versions")
    problem: str = ""


class PromotionOut(BaseModel):
    """A model that began to search; `at` is empty where it was found in use."""

    name: str
    id: str
    at: str


class ModelList(BaseModel):
    """The models of a shop."""

    in_use: str = Field(description="a bundle's name, base, or none for colours alone")
    models: list[ModelOut]
    history: list[PromotionOut]
