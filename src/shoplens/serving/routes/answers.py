"""What several routes need: the shop behind the request, an uploaded photo, matches with their main photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request, UploadFile

from shoplens.catalog.facets import FacetValue
from shoplens.errors import PhotoError
from shoplens.events.event_rules import MAX_VISITOR
from shoplens.photos.decode import Limits, decode
from shoplens.records import Match, Photo, Shown
from shoplens.search.object_search import ObjectMatches
from shoplens.search.photo_search import SearchAnswer
from shoplens.serving.schemas.findings import BoxModel
from shoplens.serving.schemas.products import FacetOut
from shoplens.serving.schemas.search import (
    KindOut,
    Matches,
    ObjectGroup,
    ObjectMatchesOut,
    ObjectOut,
    UnderstoodOut,
    match_out,
)
from shoplens.serving.turns import Turns
from shoplens.shop import Shop


async def the_shop(request: Request) -> Shop:
    """Return the shop that the server serves; without a thread, as nothing is waited for."""
    shop: Shop = request.app.state.shop
    return shop


async def the_turns(request: Request) -> Turns:
    """Return what lets requests compute in turn."""
    turns: Turns = request.app.state.turns
    return turns


ShopDep = Annotated[Shop, Depends(the_shop)]
TurnsDep = Annotated[Turns, Depends(the_turns)]


def decode_upload(upload: UploadFile, min_side: int | None = None) -> Photo:
    """Decode an uploaded picture within the limits for uploads; it is not kept.

    Raises:
        PhotoError: the picture is refused.
    """
    limits = Limits.upload()
    data = upload.file.read(limits.max_bytes + 1)
    if not data:
        raise PhotoError("The uploaded file is empty.", code="photo_empty", remedy="Choose a photo.")
    return decode(data, name=upload.filename or "", min_side=min_side, limits=limits)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says of who asks: both are "" where it says nothing."""

    visitor: str
    experiment: str


async def asked(
    x_visitor: Annotated[
        str, Header(max_length=MAX_VISITOR, description="who asks; kept hashed, and erased with the visitor")
    ] = "",
    x_experiment: Annotated[
        str, Header(max_length=100, description="the variant that the visitor is in; rates are parted by it")
    ] = "",
) -> Asked:
    """Read who asks from the headers; without a thread, as nothing is waited for."""
    return Asked(x_visitor, x_experiment)


AskedDep = Annotated[Asked, Depends(asked)]


def answer(
    shop: Shop,
    matches: Sequence[Match],
    found: SearchAnswer | None = None,
    *,
    asked: Asked,
    placement: str,
    model: str = "",
    sought: str = "",
) -> Matches:
    """Return the matches' shape under a new attribution token, with what else the search found out.

    Args:
        shop: whose they are.
        matches: the best first.
        found: the answer that they are of.
        asked: who asks.
        placement: where they will stand; rates are parted by it, and by `model`.
        model: what ranked them; the bundle that searches where it is not given.
        sought: what the search was asked by, as `Shown.sought` has it; "" where it counts as no search.
    """
    photos = shop.catalog.main_photos(match.product.id for match in matches)
    return Matches(
        results=[match_out(match, photos.get(match.product.id, "")) for match in matches],
        token=_token(shop, matches, asked, placement, model, sought, missed=_missed(found) if found else not matches),
        box=BoxModel.of(found.box if found else None),
        no_match=found.no_match if found else False,
        kinds=_kinds(found) if found else [],
        understood=UnderstoodOut.of(found.understood if found else None),
        facets=facets_out(found.facets if found else {}),
    )


def _token(
    shop: Shop, matches: Sequence[Match], asked: Asked, placement: str, model: str, sought: str, *, missed: bool
) -> str:
    shown = Shown(
        placement,
        tuple(match.product.id for match in matches),
        model or shop.settings.model,
        asked.experiment,
        visitor=asked.visitor,
        sought=sought,
        no_match=bool(sought) and missed,
    )
    return shop.events.token(shown)


def _missed(found: SearchAnswer) -> bool:
    return found.no_match or not found.matches


def facets_out(facets: Mapping[str, Sequence[FacetValue]]) -> dict[str, list[FacetOut]]:
    """Return the facets' shape."""
    return {name: [FacetOut.of(value) for value in values] for name, values in facets.items()}


def answer_groups(
    shop: Shop, groups: Sequence[ObjectMatches], asked: Asked, *, sought: str = "photo"
) -> ObjectMatchesOut:
    """Return the groups' shape under one new attribution token; the search missed where every group did."""
    matches = [match for group in groups for match in group.answer.matches]
    photos = shop.catalog.main_photos(match.product.id for match in matches)
    return ObjectMatchesOut(
        groups=[
            ObjectGroup(
                **ObjectOut.of(group.found).model_dump(),
                results=[match_out(match, photos.get(match.product.id, "")) for match in group.answer.matches],
                no_match=group.answer.no_match,
                kinds=_kinds(group.answer),
            )
            for group in groups
        ],
        token=_token(
            shop, matches, asked, "search-objects", "", sought, missed=all(_missed(group.answer) for group in groups)
        ),
    )


def _kinds(found: SearchAnswer) -> list[KindOut]:
    return [KindOut(category=category, probability=chance) for category, chance in found.kinds]
