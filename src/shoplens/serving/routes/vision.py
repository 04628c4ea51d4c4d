"""What a photo shows."""

from __future__ import annotations

import base64
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile

from shoplens.classify.classifier import MIN_SIDE
from shoplens.models.heat_picture import heat_picture
from shoplens.models.locator import MIN_SIDE as LOCATED_SIDE
from shoplens.photos.color_names import COLOR_NAMES
from shoplens.photos.decode import encode
from shoplens.serving.routes.answers import ShopDep, decode_upload
from shoplens.serving.schemas.search import ObjectOut
from shoplens.serving.schemas.vision import ClassificationOut, ColorOut, ExplanationOut, PredictionOut

router = APIRouter(prefix="/v1")


@router.post("/classify", tags=["classify"])
def classify(shop: ShopDep, photo: UploadFile) -> ClassificationOut:
    """Name the category, colours and tags of a photo; the category is null where the model is not sure enough."""
    said = shop.classify(decode_upload(photo, min_side=MIN_SIDE))
    return ClassificationOut(
        category=PredictionOut.of(said.category),
        colors=[ColorOut(name=c.name, name_zh=COLOR_NAMES[c.name], rgb=c.rgb, share=c.share) for c in said.colors],
        tags=[PredictionOut.of(tag) for tag in said.tags],
        source=said.source,
    )


@router.post("/explain", tags=["classify"])
def explain(
    shop: ShopDep,
    photo: UploadFile,
    label: Annotated[str, Form(description="the category; empty for the likeliest", max_length=200)] = "",
) -> ExplanationOut:
    """Show where a photo speaks for a category of the model that searches, as a heat map over the photo."""
    pixels, why = shop.explain(decode_upload(photo, min_side=MIN_SIDE), label=label)
    picture = heat_picture(pixels, why.heat)
    return ExplanationOut(
        label=why.label,
        probability=why.probability,
        width=picture.shape[1],
        height=picture.shape[0],
        picture=base64.b64encode(encode(picture, "webp", 80)).decode("ascii"),
    )


@router.post("/objects", tags=["search"])
def objects(
    shop: ShopDep, photo: UploadFile, limit: Annotated[int, Form(ge=1, le=20, description="how many at most")] = 8
) -> list[ObjectOut]:
    """Find the products in a photo, the biggest and most central first; the whole photo where there is none."""
    return [
        ObjectOut.of(found) for found in shop.find_objects(decode_upload(photo, min_side=LOCATED_SIDE), limit=limit)
    ]
