"""The catalogue: the shop at a glance, products, photos."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

import shoplens
from shoplens.catalog.filter import Filter
from shoplens.serving.filter_fields import facet_names, where
from shoplens.serving.routes.answers import ShopDep, facets_out
from shoplens.serving.schemas.findings import FindingOut, ProblemOut
from shoplens.serving.schemas.products import (
    CategoryOut,
    LabelOut,
    PhotoOut,
    ProductList,
    ProductOut,
    ProductPage,
    ShopOut,
)
from shoplens.serving.thumbnails import ThumbnailSize, thumbnail
from shoplens.shop import Shop

router = APIRouter(prefix="/v1", tags=["products"])
Where = Annotated[Filter, Depends(where)]
Limit = Annotated[int, Query(ge=1, le=200)]
_SHOWN_FROM = 6
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


@router.get("/shop")
def shop_at_a_glance(shop: ShopDep) -> ShopOut:
    """Say what the shop holds."""
    counts = shop.catalog.totals()
    return ShopOut(
        name=shop.settings.name,
        products=counts.products,
        listings=counts.listings,
        photos=counts.photos,
        categories=shop.catalog.categories(),
        findings=shop.catalog.finding_counts(),
        version=shoplens.__version__,
    )


@router.get("/categories")
def categories(shop: ShopDep, limit: Annotated[int, Query(ge=1, le=48)] = 24) -> list[CategoryOut]:
    """List the largest categories, each with a photo that the inspector found no fault with where there is one."""
    largest = sorted(shop.catalog.categories(), key=lambda pair: -pair[1])[:limit]
    return [CategoryOut(path=path, products=count, photo=_picture(shop, path)) for path, count in sorted(largest)]


def _picture(shop: Shop, category: str) -> str:
    ids = [product.id for product in shop.catalog.products(Filter(category=category), 0, _SHOWN_FROM)]
    photos = shop.catalog.main_photos(ids)
    # The gravest comes first; a note, such as of a picture cut from another, is no fault.
    sound = (
        photos[i] for i in ids if i in photos and all(f.severity == "info" for f in shop.catalog.findings(i, limit=1))
    )
    return next(sound, next(iter(photos.values()), ""))


@router.get("/products")
def products(
    shop: ShopDep,
    filters: Where,
    offset: Offset = 0,
    limit: Limit = 48,
    finding: str = "",
    q: str = "",
    facets: Annotated[str, Query(description='"true", or names such as "brand,color"')] = "",
) -> ProductList:
    """List products by id; with `q` those that the words find; with `finding` those that have such a finding."""
    shop.inspection.refuse_unknown(code=finding)
    kept, names = replace(filters, finding=finding), facet_names(facets)
    found, total = shop.page(kept, text=q, offset=offset, limit=limit)
    ids = [product.id for product in found]
    photos = shop.catalog.main_photos(ids)
    findings: dict[str, list[ProblemOut]] = defaultdict(list)
    labels: dict[str, list[LabelOut]] = defaultdict(list)
    for product_id in ids:
        severities = {finding.code: finding.severity for finding in shop.catalog.findings(product_id)}
        findings[product_id] = [ProblemOut(code=code, severity=severities[code]) for code in sorted(severities)]
        labels[product_id] = [LabelOut.of(label) for label in shop.catalog.labels(product_id)]
    return ProductList(
        total=total,
        products=[ProductOut.of(product, photos.get(product.id, "")) for product in found],
        facets=facets_out(shop.facets(names, kept, text=q) if names else {}),
        findings=findings,
        labels=labels,
    )


@router.get("/products/{product_id:path}/page")
def product_page(shop: ShopDep, product_id: str) -> ProductPage:
    """Everything of one product: variants, photos, what models and the inspector said."""
    product = shop.catalog.product(product_id)
    variants = [other for other in shop.catalog.listing(product.listing) if other.id != product_id]
    photos = shop.catalog.photos(product_id)
    main = shop.catalog.main_photos([product_id, *(variant.id for variant in variants)])
    return ProductPage(
        product=ProductOut.of(product, main.get(product_id, "")),
        description=product.description,
        variants=[ProductOut.of(variant, main.get(variant.id, "")) for variant in variants],
        photos=[PhotoOut(sha256=p.sha256, width=p.facts.width, height=p.facts.height) for p in photos],
        labels=[LabelOut.of(label) for label in shop.catalog.labels(product_id)],
        findings=[FindingOut.of(finding) for finding in shop.catalog.findings(product_id)],
    )


@router.get("/photos/{sha256}", response_class=Response, responses={200: {"content": {"image/webp": {}}}})
def photo(shop: ShopDep, sha256: str, size: ThumbnailSize = ThumbnailSize.CARD) -> Response:
    """Show a stored photo as WebP without metadata, its longer side at most `size`; never enlarged."""
    return Response(
        thumbnail(shop, sha256, size),
        media_type="image/webp",
        headers={"Cache-Control": "private, max-age=31536000, immutable"},
    )
