"""What a photo shows."""

from __future__ import annotations

import base64
from typing import Annotated

from fastapi import APIRouter, Depends

from shoplens.classify.classifier import MIN_SIDE
from shoplens.models.heat_picture import heat_picture
from shoplens.models.locator import MIN_SIDE as LOCATED_SIDE
from shoplens.photos.color_names import COLOR_NAMES
from shoplens.photos.decode import encode
from shoplens.serving.routes.answers import ShopDep, decode_upload
from shoplens.serving.schemas.photo_form import PhotoForm
from shoplens.serving.schemas.search import ObjectOut
from shoplens.serving.schemas.search_forms import LocateForm
from shoplens.serving.schemas.vision import ClassificationOut, ColorOut, ExplainForm, ExplanationOut, PredictionOut

router = APIRouter(prefix="/v1")


@router.post("/classify", tags=["classify"], openapi_extra=PhotoForm.shown())
def classify(shop: ShopDep, form: Annotated[PhotoForm, Depends(PhotoForm.read)]) -> ClassificationOut:
    """Name the category, colours and tags of a photo; the category is null where the model is not sure enough."""
    said = shop.classify(decode_upload(form.photo, min_side=MIN_SIDE))
    return ClassificationOut(
        category=PredictionOut.of(said.category),
        colors=[ColorOut(name=c.name, name_zh=COLOR_NAMES[c.name], rgb=c.rgb, share=c.share) for c in said.colors],
        tags=[PredictionOut.of(tag) for tag in said.tags],
        source=said.source,
    )


@router.post("/explain", tags=["classify"], openapi_extra=ExplainForm.shown())
def explain(shop: ShopDep, form: Annotated[ExplainForm, Depends(ExplainForm.read)]) -> ExplanationOut:
    """Show where a photo speaks for a category of the model that searches, as a heat map over the photo."""
    pixels, why = shop.explain(decode_upload(form.photo, min_side=MIN_SIDE), label=form.label)
    picture = heat_picture(pixels, why.heat)
    return ExplanationOut(
        label=why.label,
        probability=why.probability,
        width=picture.shape[1],
        height=picture.shape[0],
        picture=base64.b64encode(encode(picture, "webp", 80)).decode("ascii"),
    )


@router.post("/objects", tags=["search"], openapi_extra=LocateForm.shown())
def objects(shop: ShopDep, form: Annotated[LocateForm, Depends(LocateForm.read)]) -> list[ObjectOut]:
    """Find the products in a photo, the biggest and most central first; the whole photo where there is none."""
    decoded = decode_upload(form.photo, min_side=LOCATED_SIDE)
    return [ObjectOut.of(found) for found in shop.find_objects(decoded, limit=form.limit)]
