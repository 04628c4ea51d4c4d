"""Products, their photos, prices and labels, as OpenAPI shows them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from shoplens.catalog.facets import FacetValue
from shoplens.records import Label, Price, Product
from shoplens.serving.schemas.findings import FindingOut, ProblemOut


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


class ProductPage(BaseModel):
    """Everything of one product."""

    product: ProductOut
    description: str
    variants: list[ProductOut]
    photos: list[PhotoOut]
    labels: list[LabelOut]
    findings: list[FindingOut]


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


class ShopOut(BaseModel):
    """The shop at a glance."""

    name: str
    products: int
    listings: int
    photos: int
    categories: list[tuple[str, int]]
    findings: dict[str, int]
    version: str
