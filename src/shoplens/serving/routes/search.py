"""Search by photos, by words, by both, by product."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, UploadFile
from fastapi.concurrency import run_in_threadpool

from shoplens.catalog.filter import Filter
from shoplens.errors import BadInput
from shoplens.models.heat_picture import heat_picture
from shoplens.models.locator import MIN_SIDE
from shoplens.photos.encode import encode
from shoplens.records import Box
from shoplens.search.query import Example
from shoplens.search.query import Query as Question
from shoplens.serving.filter_fields import facet_names, parse_box, where
from shoplens.serving.routes.answers import AskedDep, ShopDep, TurnsDep, answer, answer_groups, decode_upload
from shoplens.serving.schemas.findings import BoxModel
from shoplens.serving.schemas.photo_form import PhotoForm
from shoplens.serving.schemas.search import ImageOut, Matches, ObjectMatchesOut, WhyOut, match_out
from shoplens.serving.schemas.search_forms import ObjectsForm, SearchForm, WhyForm
from shoplens.shop import Shop

router = APIRouter(prefix="/v1", tags=["search"])
Where = Annotated[Filter, Depends(where)]
Limit = Annotated[int, Query(ge=1, le=100)]
_MOST_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Side:
    """The examples of one side as the form names them, in the order in which their weights are given.

    Raises:
        BadInput: too many, a wrong number of weights, or a box that is no part of a single example.
    """

    photos: Sequence[UploadFile]
    named: Mapping[str, Sequence[str]]
    weights: Sequence[float] | None
    box: Box | None = None

    def __post_init__(self) -> None:
        number = len(self.photos) + sum(map(len, self.named.values()))
        if number > _MOST_EXAMPLES:
            raise BadInput(f"One search may have {_MOST_EXAMPLES} examples on a side.", received=number)
        if self.weights and len(self.weights) != number:
            raise BadInput(
                "There is one weight for each example, or none.", received=f"{len(self.weights)} for {number}"
            )
        pictures = number - len(self.named.get("product", ()))
        if self.box and pictures != 1:
            raise BadInput("A box is a part of the only photo.", received=f"{pictures} photos")

    def examples(self, shop: Shop) -> tuple[Example, ...]:
        """Decode the photos and return the examples."""
        side = shop.embedder.min_side if self.photos else None
        heavy = iter(self.weights or [1.0] * _MOST_EXAMPLES)
        found = [Example(photo=decode_upload(p, side), weight=next(heavy), box=self.box) for p in self.photos]
        for kind, names in self.named.items():
            found += [_named(kind, name, next(heavy), self.box) for name in names]
        return tuple(found)


def _like(form: SearchForm, shop: Shop) -> Side:
    """Return what the answer should be like."""
    if form.url and not shop.settings.search_by_url:
        raise BadInput(
            "This server fetches no photos by their address.",
            received=form.url[0],
            remedy="Send the photo, or set search_by_url in shoplens.toml.",
            code="search_by_url_off",
        )
    named = {"product": form.product, "image_id": form.image_id, "url": form.url}
    return Side(form.photo, named, form.weight, parse_box(form.box))


def _unlike(form: SearchForm) -> Side:
    """Return what the answer should not be like."""
    return Side(form.not_photo, {"product": form.not_product, "image_id": form.not_image_id}, form.not_weight)


@router.post("/search", openapi_extra=SearchForm.shown())
async def search_by_examples(
    shop: ShopDep, asked: AskedDep, turns: TurnsDep, form: Annotated[SearchForm, Depends(SearchForm.read)]
) -> Matches:
    """Find the products that look like the photo, or like several photos and products and not like others.

    Words beside them change what is looked for: a colour takes the place of the photo's, a category, a brand or a
    material narrows, other words count together with the look. Photos are not kept.
    """
    like, unlike, filters = _like(form, shop), _unlike(form), form.where()

    def search() -> Matches:
        facets = facet_names(form.facets)
        examples = like.examples(shop), unlike.examples(shop)
        found = shop.search(Question(*examples, form.text, filters, form.limit, facets, form.diversity))
        return answer(shop, found.matches, found, asked=asked, placement="search", sought=_sought(like, form.text))

    # What waits for another server takes no turn from those that compute.
    return await (run_in_threadpool(search) if form.url else turns.take(search))


@router.post("/why", openapi_extra=WhyForm.shown())
async def why(shop: ShopDep, turns: TurnsDep, form: Annotated[WhyForm, Depends(WhyForm.read)]) -> WhyOut:
    """Tell why a product matches a photo: what is the same, and where in the photo it is seen."""

    def tell() -> WhyOut:
        given = decode_upload(form.photo, min_side=shop.embedder.min_side) if form.photo else None
        told = shop.why(Example(photo=given, image_id=form.image_id, box=parse_box(form.box)), form.product)
        picture = heat_picture(told.photo, told.heat)
        return WhyOut(
            match=match_out(told.match, told.match.photo),
            width=picture.shape[1],
            height=picture.shape[0],
            picture=base64.b64encode(encode(picture, "webp", 80)).decode("ascii"),
            box=BoxModel.of(told.box),
        )

    return await turns.take(tell)


@router.post("/search/objects", openapi_extra=ObjectsForm.shown())
async def search_by_objects(
    shop: ShopDep, asked: AskedDep, turns: TurnsDep, form: Annotated[ObjectsForm, Depends(ObjectsForm.read)]
) -> ObjectMatchesOut:
    """Find the products in the photo, and for each the products that look like it. The photo is not kept."""
    filters = form.where()

    def search() -> ObjectMatchesOut:
        decoded = decode_upload(form.photo, min_side=max(MIN_SIDE, shop.embedder.min_side))
        groups = shop.search_objects(decoded, where=filters, limit=form.limit, objects=form.objects)
        return answer_groups(shop, groups, asked, sought="" if form.beside else "photo")

    return await turns.take(search)


@router.get("/search")
def search_by_words(
    shop: ShopDep,
    asked: AskedDep,
    q: Annotated[str, Query(max_length=500)],
    filters: Where,
    limit: Limit = 24,
    facets: Annotated[str, Query(description='"true", or names such as "brand,color"')] = "",
) -> Matches:
    """Find products by the words of their titles, categories, tags and colours, in English or Chinese."""
    if not q.strip():
        return answer(shop, [], asked=asked, placement="search-words")
    found = shop.search(Question(text=q, where=filters, limit=limit, facets=facet_names(facets)))
    return answer(shop, found.matches, found, asked=asked, placement="search-words", sought="words")


@router.post("/images", status_code=201, openapi_extra=PhotoForm.shown())
def upload_image(shop: ShopDep, form: Annotated[PhotoForm, Depends(PhotoForm.read)]) -> ImageOut:
    """Keep a small copy of a photo in memory for a while, to search by it again and again with other boxes or filters.

    Nothing is written to the disk; after its time, or when too many came after it, a search by it answers 404.
    """
    kept = shop.upload(decode_upload(form.photo))
    return ImageOut(image_id=kept.id, width=kept.width, height=kept.height, expires_in=kept.expires_in_s)


def _sought(side: Side, text: str) -> str:
    """Return what a search is asked by, as `Shown.sought` has it."""
    if side.photos or side.named["image_id"] or side.named["url"]:
        return "both" if text.strip() else "photo"
    return "products" if side.named["product"] else "words"


def _named(kind: str, name: str, weight: float, box: Box | None) -> Example:
    if kind == "product":
        return Example(product=name, weight=weight)
    if kind == "image_id":
        return Example(image_id=name, weight=weight, box=box)
    return Example(url=name, weight=weight, box=box)
