"""Questions about the catalogue that a person answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query

from shoplens.catalog.reviews import QuestionKind, ReviewAnswer
from shoplens.records import Product
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.schemas.products import PhotoOut, ProductOut
from shoplens.serving.schemas.studio import AnswerIn, AnswerOut, QuestionOut, QuestionsOut
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
    known = shop.catalog.by_ids({i for one in found for i in (one.product_id, one.other_id) if i})
    found = [one for one in found if one.product_id in known and (not one.other_id or one.other_id in known)]
    chosen = [one for one in found if kind in (None, one.kind)]
    counts = {name: sum(one.kind == name for one in found) for name in ("category", "label", "duplicate")}
    return QuestionsOut(
        questions=[_question(shop, one, known) for one in chosen[:limit]], open=counts, answered=shop.studio.answered()
    )


@router.post("/answers", status_code=201)
def answer(shop: ShopDep, said: AnswerIn) -> AnswerOut:
    """Store an answer: a category becomes the merchant's own, and the next training learns from it."""
    stored = shop.studio.answer(said.kind, said.product_id, said.said, other_id=said.other_id, category=said.category)
    return _answer(stored)


@router.delete("/answers")
def take_back(shop: ShopDep, kind: QuestionKind, product_id: str, other_id: str = "") -> AnswerOut:
    """Take an answer back; the question is open again."""
    gone = shop.studio.take_back(kind, product_id, other_id=other_id)
    return _answer(gone)


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
