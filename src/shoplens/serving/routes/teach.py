"""Categories taught from a few photos."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from shoplens.photos.decode import Limits
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.schemas.teaching import ForgottenOut, LessonOut, RefusedPhotoOut, TaughtOut, TeachForm

router = APIRouter(prefix="/v1/categories/teach", tags=["classify"])
Path = Annotated[str, Query(description='path such as "Bags > Backpacks"', min_length=1, max_length=300)]


@router.post("", openapi_extra=TeachForm.shown())
def teach(shop: ShopDep, form: Annotated[TeachForm, Depends(TeachForm.read)]) -> LessonOut:
    """Teach a category from a few photos; `/v1/classify` names it from then on, where it is sure.

    Photos are added to those that the category has. One that cannot be read is listed as refused, one that nearly is
    another's copy as repeated; small copies without metadata are kept.
    """
    limit = Limits.upload().max_bytes + 1
    files = [(photo.filename or f"photo {number}", photo.file.read(limit)) for number, photo in enumerate(form.photos)]
    lesson = shop.teach(form.category, files, products=[name for name in form.products.split(",") if name])
    return LessonOut(
        category=lesson.category,
        added=lesson.added,
        repeated=list(lesson.repeated),
        refused=[RefusedPhotoOut(name=r.name, code=r.code, reason=r.reason) for r in lesson.refused],
        photos=lesson.photos,
        enough=lesson.enough,
    )


@router.get("")
def taught(shop: ShopDep) -> list[TaughtOut]:
    """List the taught categories and how many photos each was taught from."""
    return [TaughtOut(category=told.category, photos=told.photos) for told in shop.taught()]


@router.delete("")
def forget(shop: ShopDep, category: Path) -> ForgottenOut:
    """Forget what a category was taught from."""
    return ForgottenOut(photos=shop.forget(category))
