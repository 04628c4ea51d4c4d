"""Product lines, and whether a photo shows a defect."""

from __future__ import annotations

import base64
from typing import Annotated

import cv2
import numpy as np
from fastapi import APIRouter, Depends, UploadFile

from shoplens.models.heat_picture import heat_picture
from shoplens.photos.encode import encode
from shoplens.photos.transform import resize
from shoplens.serving.routes.answers import ShopDep, decode_upload
from shoplens.serving.schemas.defects import DefectOut, LineOut
from shoplens.serving.schemas.photo_form import PhotoForm
from shoplens.shop import Shop
from shoplens.shop_defects import LOOKED_AT

router = APIRouter(prefix="/v1/lines", tags=["inspect"])

_SIDE = 640
"""Longer side of the heat map's picture in pixels."""


@router.get("")
def lines(shop: ShopDep) -> list[LineOut]:
    """List the product lines that were learned from good samples, with `shoplens inspect learn` or from Python."""
    return [LineOut.of(line) for line in shop.defects.lines()]


@router.post("/{line}/inspect", openapi_extra=PhotoForm.shown())
def inspect_line(shop: ShopDep, line: str, form: Annotated[PhotoForm, Depends(PhotoForm.read)]) -> DefectOut:
    """Tell whether a photo of the line shows a defect, and where; or that it shows another product."""
    return judged(shop, line, form.photo)


def judged(shop: Shop, line: str, photo: UploadFile, *, review: bool = False) -> DefectOut:
    """Return what the line says of an uploaded photo; with `review` a defect waits for a person."""
    decoded = decode_upload(photo, min_side=LOOKED_AT)
    verdict = shop.defects.inspect(line, decoded, review=review, name=photo.filename or "")
    pixels = decoded.pixels
    if max(pixels.shape[:2]) > _SIDE:
        pixels = resize(pixels, long=_SIDE)
    height, width = pixels.shape[:2]
    heat = np.asarray(cv2.resize(verdict.heat, (width, height)), np.float32)
    encoded = base64.b64encode(encode(heat_picture(pixels, heat), "webp", 80)).decode("ascii")
    return DefectOut.of(verdict, encoded, (width, height))
