"""The records that cross rooms: frozen, typed, without behaviour beyond their own arithmetic."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput

Pixels = npt.NDArray[np.uint8]
"""A decoded picture: uint8 RGB, shape `[h, w, 3]`."""

Vectors = npt.NDArray[np.float32]
"""Embeddings: float32, shape `[n, dim]`, every row of unit length."""

Availability = Literal["in_stock", "out_of_stock", "preorder", "backorder"]
Severity = Literal["error", "warning", "info"]
LabelKind = Literal["category", "color", "tag"]
Relation = Literal["exact", "similar", "related"]
"""What a match is to the photo that was asked with: the product, one of its kind, or another that looks like it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in coordinates normalised to the picture: 0 is left or top, 1 is right or bottom."""

    x0: float
    y0: float
    x1: float
    y1: float

    def __post_init__(self) -> None:
        if not (0.0 <= self.x0 < self.x1 <= 1.0 and 0.0 <= self.y0 < self.y1 <= 1.0):
            raise ValueError(f"A box needs 0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1. Received: {self}")

    @classmethod
    def parse(cls, text: str) -> Box:
        """Read "x0,y0,x1,y1".

        Raises:
            BadInput: the text is no such box.
        """
        try:
            x0, y0, x1, y1 = (float(part) for part in text.split(","))
            return cls(x0, y0, x1, y1)
        except ValueError as error:
            raise BadInput(
                "A box has the form 'x0,y0,x1,y1', each from 0 to 1, with x0 < x1 and y0 < y1.", received=text
            ) from error

    @property
    def area(self) -> float:
        """Share of the picture, above 0 and up to 1."""
        return (self.x1 - self.x0) * (self.y1 - self.y0)

    def overlap(self, other: Box) -> float:
        """Return the common area as a share of the area that either covers (IoU), 0 to 1."""
        wide = min(self.x1, other.x1) - max(self.x0, other.x0)
        high = min(self.y1, other.y1) - max(self.y0, other.y0)
        common = max(0.0, wide) * max(0.0, high)
        return common / (self.area + other.area - common)

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return `(left, top, right, bottom)` in pixels, at least one pixel wide and high."""
        left, top = min(int(self.x0 * width), width - 1), min(int(self.y0 * height), height - 1)
        right, bottom = max(round(self.x1 * width), left + 1), max(round(self.y1 * height), top + 1)
        return left, top, right, bottom


WHOLE = Box(0.0, 0.0, 1.0, 1.0)
"""All of a photo."""


@dataclass(frozen=True, slots=True)
class FoundObject:
    """A product that was found in a photo.

    Attributes:
        box: where it is.
        score: 0 to 1, how sure; 0 for the whole photo in which nothing was found.
    """

    box: Box
    score: float


@dataclass(frozen=True, slots=True)
class Price:
    """An amount of money: `currency` is an ISO 4217 code, or "" where the feed names none."""

    amount: decimal.Decimal
    currency: str = ""


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What is known of a picture file once it has been decoded.

    Attributes:
        sha256: hexadecimal digest of the file's bytes; the photo's identity everywhere.
        format: "jpeg", "png", "webp" or "gif".
        width: pixels, after the EXIF rotation.
        height: pixels, after the EXIF rotation.
        size_bytes: length of the file.
        notes: what decoding did on purpose, such as "exif_rotated", "alpha_flattened", "cmyk_converted",
            "first_frame", "reduced_to_8_bit"; and facts such as "gps", "personal", "not_srgb", "wrong_extension".
    """

    sha256: str
    format: str
    width: int
    height: int
    size_bytes: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded picture. `pixels` may be smaller than `facts` says where the caller asked for a reduced decode."""

    facts: PhotoFacts
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the shop's feed states it; one variant (size, colour) is one product.

    Attributes:
        id: the shop's own identifier (SKU, feed id), unique in the shop.
        title: as shown to shoppers.
        description: plain text.
        category: path such as "Clothing > Shirts", "" if unknown.
        brand: "" if unknown.
        price: regular price.
        sale_price: reduced price where there is one.
        availability: one of Google's four values.
        group: identifier shared by the variants of one article; "" for a product without variants. A parent row
            (Magento configurable, WooCommerce variable) has `group == id`.
        link: the product's page.
        attributes: lower-case name to value: "color", "size", "gender", "material", "gtin", "custom_label_0", ...
        tags: the shop's own tags.
        photos: paths or URLs as the feed gives them, the main photo first.
    """

    id: str
    title: str
    description: str = ""
    category: str = ""
    brand: str = ""
    price: Price | None = None
    sale_price: Price | None = None
    availability: Availability = "in_stock"
    group: str = ""
    link: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()

    @property
    def listing(self) -> str:
        """The identifier under which a shopper sees it: the group where there is one, else its own."""
        return self.group or self.id


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer holds something: a code that a page can translate, and its value ("same_color", "red")."""

    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """One product in an answer.

    Attributes:
        product: what was found.
        score: what the answer is ranked by; it compares within one answer only.
        photo: the sha256 of the photo that matched, "" where none did.
        reasons: why it is there.
        same_product: probability that it is the very product of the query photo; None where no photo was asked with.
        same_kind: probability that it is of that product's category; None likewise.
        relation: what the two probabilities say; None likewise.
    """

    product: Product
    score: float
    photo: str = ""
    reasons: tuple[Reason, ...] = ()
    same_product: float | None = None
    same_kind: float | None = None
    relation: Relation | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """A label with its calibrated probability; `label` is None when the classifier abstains."""

    label: str | None
    confidence: float
    runners_up: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """Something said of a product, by whom: `source` is "feed", "shop", "merchant" or "model:<bundle id>"."""

    product_id: str
    kind: LabelKind
    value: str
    confidence: float
    source: str


@dataclass(frozen=True, slots=True)
class Measure:
    """What a check measured, beside the limit that it must keep, in `unit`."""

    measured: float
    threshold: float
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of a photo or a product, in the shape of Google's and Amazon's issue objects.

    Attributes:
        code: stable name, such as "photo_too_small".
        severity: error, warning or info.
        attribute: what is at fault: "photo", "category", "title", ...
        description: one English sentence for people.
        detail: the measured value and its limit.
        product_id: "" where the finding is of a file outside any product.
        photo: sha256, or the path of a file that could not be read, or that repeats another in a folder; "" where no
            photo is concerned.
        box: the evidence, where it has a place.
        documentation: where the rule is explained.
        channels: the rule packs that ask for it, and the severity that each gives it; () where no pack does.
        id: its name in the shop's ledger, "" outside one.
    """

    code: str
    severity: Severity
    attribute: str
    description: str
    detail: Measure | None = None
    product_id: str = ""
    photo: str = ""
    box: Box | None = None
    documentation: str = ""
    channels: tuple[tuple[str, Severity], ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class EventProduct:
    """One product of an event."""

    id: str
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Event:
    """A shopper's act in Google's retail schema; `id` makes a repeated delivery harmless.

    Attributes:
        id: unique; derived from the content where the shop sends none.
        type: "detail-page-view", "add-to-cart", "purchase-complete", "search", "home-page-view", ...
        visitor: at most 128 characters.
        time: timezone-aware.
        products: in the order sent.
        session: "" where the shop sends none.
        token: the attribution token of the answer that led here, or "".
    """

    id: str
    type: str
    visitor: str
    time: dt.datetime
    products: tuple[EventProduct, ...] = ()
    session: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class EventLog:
    """Events in columns, one row for each product of each event, in order of visitor and then of time.

    Attributes:
        product_ids: the distinct products named, known to the catalogue or not.
        products: int32 `[n]`, index into `product_ids`.
        types: `[n]` names of the kinds of event, such as "purchase-complete" (numpy text).
        events: int64 `[n]`, equal for the rows of one event.
        visitors: int64 `[n]`, one number for each visitor.
        sessions: int64 `[n]`, one number for each visit, never shared by two visitors.
        times: int64 `[n]`, microseconds since 1970 in UTC.
        quantities: int64 `[n]`, at least 1.
    """

    product_ids: tuple[str, ...]
    products: npt.NDArray[np.int32]
    types: npt.NDArray[np.str_]
    events: npt.NDArray[np.int64]
    visitors: npt.NDArray[np.int64]
    sessions: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]
    quantities: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shown:
    """What one answer showed, so that what comes of it can be counted.

    Attributes:
        placement: where it stands: "search", "similar", "goes-with", "for-you", ...
        products: their ids in order of place, the best first.
        model: what ranked them, such as a bundle's name or a step of the ladder.
        experiment: the variant that this shopper is in, or "".
        propensities: for each product the probability with which it came to its place, above 0 up to 1; empty where
            nothing was left to chance. An answer that has them is always logged.
        visitor: who asked, where that is known, or "".
        context: what a choice by chance was made upon; JSON values only.
        sought: what a search was asked by: "photo", "words", "both" or "products"; "" where the answer is to no search.
            An answer to a search may show nothing.
        no_match: the search found nothing, or nothing that is likely meant.
    """

    placement: str
    products: tuple[str, ...]
    model: str = ""
    experiment: str = ""
    propensities: tuple[float, ...] = ()
    visitor: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    sought: str = ""
    no_match: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ImpressionLog:
    """Logged answers in columns, one row for each product shown, in order of answer and then of place.

    Attributes:
        product_ids: the distinct products shown.
        products: int32 `[n]`, index into `product_ids`.
        answers: int32 `[n]`, index into the tuples and `times`.
        positions: int32 `[n]`, 0 for the first place.
        propensities: float64 `[n]`, above 0 up to 1; 1 where nothing was left to chance.
        clicked: bool `[n]`: an event of this answer's token opened the product.
        carted: bool `[n]`: such an event put it into the cart.
        bought: bool `[n]`: such an event bought it.
        placements: `[answers]`.
        models: `[answers]`.
        experiments: `[answers]`.
        contexts: `[answers]`, what a choice by chance was made upon.
        times: int64 `[answers]`, microseconds since 1970 in UTC.
    """

    product_ids: tuple[str, ...]
    products: npt.NDArray[np.int32]
    answers: npt.NDArray[np.int32]
    positions: npt.NDArray[np.int32]
    propensities: npt.NDArray[np.float64]
    clicked: npt.NDArray[np.bool_]
    carted: npt.NDArray[np.bool_]
    bought: npt.NDArray[np.bool_]
    placements: tuple[str, ...]
    models: tuple[str, ...]
    experiments: tuple[str, ...]
    contexts: tuple[Mapping[str, Any], ...]
    times: npt.NDArray[np.int64]
