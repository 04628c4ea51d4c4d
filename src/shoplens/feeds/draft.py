"""A row on its way to a product: every reader fills one, and all rows are checked in this one place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from shoplens.feeds.availability import parse_availability
from shoplens.feeds.category_path import category_path
from shoplens.feeds.feed import FeedRow, RowProblem
from shoplens.feeds.plain_text import one_line, plain_text, unescaped
from shoplens.feeds.prices import parse_price
from shoplens.records import Availability, Price, Product

# Google's product data specification.
_LONGEST = {"id": 50, "title": 150, "description": 5000}
_LONGEST_USABLE_ID = 512
_SHOWN = 80


def shown(value: str) -> str:
    """Return `value` quoted, short enough for a message."""
    return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "…")


@dataclass(slots=True)
class Draft:
    """The text of one row by field of `Product`; `finish` checks it. Prices and availability are still text."""

    number: int
    id: str = ""
    title: str = ""
    description: str = ""
    category: str = ""
    brand: str = ""
    price: str = ""
    sale_price: str = ""
    currency: str = ""
    availability: str = ""
    group: str = ""
    link: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    photos: list[str] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    def note(self, code: str, name: str, message: str) -> None:
        """Add a problem of field `name` that does not reject the row."""
        self.problems.append(RowProblem(code, name, message))

    def reject(self, code: str, name: str, message: str) -> FeedRow:
        """Return the row without a product."""
        return FeedRow(self.number, None, (*self.problems, RowProblem(code, name, message)))

    def finish(self, *, limits: bool = True) -> FeedRow:
        """Check and clean every field; return the row with its product, or without one where it has no usable id.

        Args:
            limits: warn where a text is longer than Google Merchant allows.
        """
        identifier = _identifier(self.id)
        if not identifier:
            return self.reject("id_missing", "id", "The row has no id, so it cannot be told from others.")
        if "\ufffd" in identifier or len(identifier) > _LONGEST_USABLE_ID:
            return self.reject("id_unusable", "id", f"The id is undecodable or too long. Received: {shown(identifier)}")
        title = one_line(self.title)
        if not title:
            self.note("title_missing", "title", "The title is empty; the id is shown in its place.")
        description = plain_text(self.description)
        if limits:
            self._check_lengths(id=identifier, title=title, description=description)
        photos = tuple(dict.fromkeys(filter(None, map(_reference, self.photos))))
        group = _identifier(self.group)
        if not photos and group in ("", identifier):
            self.note("photo_missing", "photos", "The row names no photo; photo search cannot find it.")
        price, sale_price = self._price("price", self.price), self._price("sale_price", self.sale_price)
        if price and sale_price and sale_price.amount > price.amount:
            text = f"The sale price is above the price. Received: {sale_price.amount} > {price.amount}"
            self.note("sale_price_above_price", "sale_price", text)
        product = Product(
            id=identifier,
            title=title or identifier,
            description=description,
            category=category_path(self.category),
            brand=one_line(self.brand),
            price=price,
            sale_price=sale_price,
            availability=self._availability(),
            group=group,
            link=_reference(self.link),
            attributes={name: text for name, value in self.attributes.items() if (text := one_line(value))},
            tags=tuple(dict.fromkeys(filter(None, map(one_line, self.tags)))),
            photos=photos,
        )
        return FeedRow(self.number, product, tuple(self.problems))

    def _check_lengths(self, **texts: str) -> None:
        for name, text in texts.items():
            if len(text) > _LONGEST[name]:
                message = f"{len(text)} characters; Google Merchant allows {_LONGEST[name]}. Received: {shown(text)}"
                self.note(f"{name}_too_long", name, message)

    def _price(self, name: str, text: str) -> Price | None:
        if not text.strip():
            return None
        try:
            return parse_price(one_line(text), self.currency)
        except ValueError as error:
            self.note("price_unreadable", name, f"The amount cannot be read: {error}. Received: {shown(text)}")
            return None

    def _availability(self) -> Availability:
        if not self.availability.strip():
            return "in_stock"
        value = parse_availability(one_line(self.availability))
        if value is None:
            message = f"Unknown availability, taken as in_stock. Received: {shown(self.availability)}"
            self.note("availability_unknown", "availability", message)
        return value or "in_stock"


def _identifier(text: str) -> str:
    """Clean an id: composed Unicode, entities resolved, on one line; `<` and `>` are part of it."""
    return " ".join(unicodedata.normalize("NFC", unescaped(text)).replace("\x00", "").split())


def _reference(text: str) -> str:
    """Clean an address or a path; a path keeps its Unicode form, since file systems tell forms apart."""
    text = text.strip()
    if re.match(r"(?:[a-zA-Z][a-zA-Z0-9+.\-]*:)?//", text):
        text = re.sub(r"\s+", "%20", unescaped(text).strip())
    return text
