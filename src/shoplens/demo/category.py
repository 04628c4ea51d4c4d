"""What a category of the demonstration shop is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from shoplens.demo.drawing.canvas import Canvas
from shoplens.demo.drawing.grain import Grain
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.paint import Pattern

Words = tuple[str, str]
"""The same in English and Chinese."""

Metal = Literal["gold", "silver", "dark", "bronze", "white"]


class Drawing(Protocol):
    """Draws one product in the unit square."""

    def __call__(self, canvas: Canvas, look: Look, *, back: bool = False) -> None:
        """Paint it; `back` asks for its back."""
        ...


@dataclass(frozen=True)
class Category:
    """One category of the shop.

    Attributes:
        key: short name, "t-shirts".
        path: the shop's own category, "Clothing > T-Shirts".
        google: Google's product category.
        noun: what one product is called.
        draw: draws it.
        cuts: the choices of its shape; the first one is cycled through, so that every choice is in the shop.
        words: how a choice is called in a title; choices without words stay unsaid. A key is "cut:choice".
        nouns: the noun instead of `noun` where a choice has its own, by "cut:choice".
        colors: names of `SHADES` that it comes in.
        patterns: patterns besides plain, "" for none.
        plain: share of plain products.
        material: what it is made of, with the grain that shows it.
        trim: "same", "contrast", "white", "leather" or "black".
        trim_grain: the grain of the trim.
        metal: finishes of buckles, buttons and frames.
        price: lowest and highest regular price in US dollars.
        stands: whether it stands on the ground in a photo, else it lies or hangs.
        back: whether its second photo shows its back, drawn; else it is seen from another angle.
        sizes: the sizes that some of the articles are sold in.
        genders: for whom it is.
        companions: keys of the categories that go with it.
    """

    key: str
    path: str
    google: str
    noun: Words
    draw: Drawing
    cuts: Mapping[str, tuple[str, ...]]
    colors: tuple[str, ...]
    price: tuple[int, int]
    words: Mapping[str, Words] = field(default_factory=dict)
    nouns: Mapping[str, Words] = field(default_factory=dict)
    patterns: tuple[Pattern, ...] = ()
    plain: float = 0.55
    material: tuple[tuple[Words, Grain], ...] = ((("cotton", "纯棉"), "cotton"),)
    trim: Literal["same", "contrast", "white", "leather", "black"] = "contrast"
    trim_grain: Grain | None = None
    metal: tuple[Metal, ...] = ("silver", "gold")
    stands: bool = False
    back: bool = False
    sizes: tuple[str, ...] = ()
    genders: tuple[str, ...] = ()
    companions: tuple[str, ...] = ()
