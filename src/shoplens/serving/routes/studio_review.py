"""Questions about the catalogue that a person answers."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Query, Response

from shoplens.catalog.reviews import QuestionKind, ReviewAnswer
from shoplens.errors import BadInput
from shoplens.records import Product
from shoplens.serving.jobs import Job, Jobs
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.routes.lines import judged
from shoplens.serving.routes.studio import JobsDep
from shoplens.serving.schemas.defects import DefectOut
from shoplens.serving.schemas.photo_form import PhotoForm
from shoplens.serving.schemas.products import PhotoOut, ProductOut
from shoplens.serving.schemas.studio import AnswerIn, AnswerOut, DefectQuestionOut, QuestionOut, QuestionsOut
from shoplens.shop import Shop
from shoplens.shop_studio import Question

router = APIRouter(prefix="/v1/studio", tags=["studio"])


@router.get("/questions")
def questions(
    shop: ShopDep,
    kind: QuestionKind | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    anew: Annotated[bool, Query(description="think of them again")] = False,
) -> QuestionsOut:
    """Ask what a person should say: uncertain categories, suspected label errors, pairs that may be duplicates."""
    found = shop.studio.questions(anew=anew)
    about = [one for one in found if one.defect is None]
    known = shop.catalog.by_ids({i for one in about for i in (one.product_id, one.other_id) if i})
    found = [one for one in found if one.defect or (one.product_id in known and one.other_id in (*known, ""))]
    chosen = [one for one in found if kind in (None, one.kind)]
    counts = {name: sum(one.kind == name for one in found) for name in get_args(QuestionKind)}
    return QuestionsOut(
        questions=[_question(shop, one, known) for one in chosen[:limit]], open=counts, answered=shop.studio.answered()
    )


@router.post("/answers", status_code=201)
def answer(shop: ShopDep, jobs: JobsDep, said: AnswerIn) -> AnswerOut:
    """Store an answer: a category becomes the merchant's own, and the next training learns from it.

    What is said of a defect is learned by its product line in the background.
    """
    stored = shop.studio.answer(said.kind, said.product_id, said.said, other_id=said.other_id, category=said.category)
    _learn(shop, jobs, stored)
    return _answer(stored)


@router.delete("/answers")
def take_back(shop: ShopDep, jobs: JobsDep, kind: QuestionKind, product_id: str, other_id: str = "") -> AnswerOut:
    """Take an answer back; the question is open again."""
    gone = shop.studio.take_back(kind, product_id, other_id=other_id)
    _learn(shop, jobs, gone)
    return _answer(gone)


@router.post("/lines/{line}/inspect", openapi_extra=PhotoForm.shown())
def inspect_line(shop: ShopDep, line: str, form: Annotated[PhotoForm, Depends(PhotoForm.read)]) -> DefectOut:
    """Judge a photo of a product line as `/v1/lines/{line}/inspect` does; a defect waits in the review."""
    return judged(shop, line, form.photo, review=True)


@router.get("/lines/{line}/photos/{sha256}", response_class=Response, responses={200: {"content": {"image/webp": {}}}})
def line_photo(shop: ShopDep, line: str, sha256: str, heat: bool = False) -> Response:
    """Give the small copy of a photo that a line called defect, or its heat map."""
    picture = shop.catalog.line_photos.picture(line, sha256, heat=heat)
    return Response(picture, media_type="image/webp", headers={"Cache-Control": "private, max-age=3600"})


def _learn(shop: Shop, jobs: Jobs, answer: ReviewAnswer) -> None:
    """Let the line learn from the answer, in the background; one that is learning looks for more at its end."""
    line = answer.product_id
    if answer.kind != "defect" or not shop.defects.unlearned(line):
        return

    def work(job: Job) -> dict[str, object]:
        learned = 0
        while shop.defects.unlearned(line):
            known = shop.defects.relearn(line, progress=lambda done, total: job.tell(done=done, total=total))
            learned = known.samples + known.defects
        return {"line": line, "photos": learned}

    with contextlib.suppress(BadInput):  # the line is learning
        jobs.start("line", line, work, beside_others=True)


def _answer(one: ReviewAnswer) -> AnswerOut:
    return AnswerOut(
        kind=one.kind,
        product_id=one.product_id,
        other_id=one.other_id,
        said=one.said,
        category=one.value,
        answered_at=one.answered_at,
    )


def _question(shop: Shop, one: Question, known: Mapping[str, Product]) -> QuestionOut:
    if one.defect is not None:
        return QuestionOut(kind="defect", defect=DefectQuestionOut.of(one.defect))
    main = shop.catalog.main_photos([i for i in (one.product_id, one.other_id) if i])
    photo, other_photo = main.get(one.product_id, ""), main.get(one.other_id, "")
    return QuestionOut(
        kind=one.kind,
        product=ProductOut.of(known[one.product_id], photo),
        other=ProductOut.of(known[one.other_id], other_photo) if one.other_id else None,
        photo=one.photo or photo,
        other_photo=one.other_photo or other_photo,
        photos=[
            PhotoOut(sha256=p.sha256, width=p.facts.width, height=p.facts.height)
            for p in shop.catalog.photos(one.product_id)
        ],
        given=one.given,
        probability=one.probability,
        suggestions=list(one.suggestions),
    )
