"""Plans what the demonstration shop sells: every article, its look, words and price, from one seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from shoplens.demo.accessory_categories import ACCESSORIES
from shoplens.demo.category import Category
from shoplens.demo.clothing_categories import CLOTHING
from shoplens.demo.drawing.grain import Grain
from shoplens.demo.drawing.look import Look
from shoplens.demo.drawing.paint import Paint, Rgb, blend, brightness
from shoplens.demo.home_categories import HOME
from shoplens.demo.shade import NEUTRAL, SHADES, harmonious
from shoplens.records import Availability

CATEGORIES: tuple[Category, ...] = CLOTHING + ACCESSORIES + HOME

_BRANDS = {
    "Clothing": ("Northwind", "Linden & Co", "Atelier Mei", "Harbour", "Sunny Side", "Mono"),
    "Shoes": ("Fjordstep", "Paso", "Kito", "Harbour"),
    "Bags": ("Atelier Mei", "Carryall", "Fjordstep"),
    "Accessories": ("Horizon", "Mono", "Atelier Mei", "Kito"),
    "Home": ("Lumen & Loom", "Clayhouse", "Nook", "Birch"),
    "Electronics": ("Voxa", "Pebble Audio", "Novaline"),
}
_SCARCE: tuple[Availability, ...] = ("out_of_stock", "preorder", "backorder")
_METALS: Mapping[str, Rgb] = {
    "gold": (222, 188, 112),
    "silver": (206, 208, 213),
    "dark": (58, 58, 64),
    "bronze": (176, 116, 70),
    "white": (246, 246, 242),
}
_LENSES: tuple[Rgb, ...] = ((62, 62, 68), (112, 74, 46), (84, 104, 74), (70, 88, 112), (96, 70, 84))
_LEATHERS: tuple[Rgb, ...] = ((142, 90, 54), (44, 42, 44), (176, 122, 74), (104, 62, 44))


@dataclass(frozen=True)
class Article:
    """One article in one colour: what one set of photos shows.

    Attributes:
        id: the identifier in the feed, without the size.
        listing: shared by all colours of the article.
        category: what it is.
        color: name of `SHADES`.
        look: how it is drawn.
        brand: the maker.
        material: English and Chinese.
        price: regular price in US dollars.
        sale_price: None where it is not reduced.
        availability: one of Google's values.
        gender: "" where it does not matter.
        sizes: one feed row for each; empty for one row without a size.
        views: the photos to take, the main one first.
        grouped: whether the listing has several rows.
    """

    id: str
    listing: str
    category: Category
    color: str
    look: Look
    brand: str
    material: tuple[str, str]
    price: Decimal
    sale_price: Decimal | None
    availability: Availability
    gender: str
    sizes: tuple[str, ...]
    views: tuple[str, ...]
    grouped: bool

    @property
    def product_ids(self) -> tuple[str, ...]:
        """The identifiers of its feed rows."""
        return tuple(f"{self.id}-{size}" for size in self.sizes) or (self.id,)

    @property
    def photos(self) -> tuple[str, ...]:
        """The file names of its photos, in order."""
        return tuple(f"{self.id.lower()}-{view}.jpg" for view in self.views)


def plan_assortment(seed: int, products: int) -> list[Article]:
    """Return the articles of `products` listings, spread evenly over the categories.

    The same seed gives the same articles, and a listing does not depend on how many others there are.
    """
    articles: list[Article] = []
    for number in range(products):
        category = CATEGORIES[number % len(CATEGORIES)]
        articles += _listing(seed, number, number // len(CATEGORIES), category)
    return articles


def _listing(seed: int, number: int, turn: int, category: Category) -> list[Article]:
    rng = np.random.default_rng([seed, number])
    key = f"{category.key.replace('-', '')[:4].upper()}{number + 1:04d}"
    cut = _cut(category, turn, rng)
    material, grain = category.material[int(rng.integers(len(category.material)))]
    if category.key == "jackets":
        material, grain = _jacket_material(cut["style"])
    elif cut.get("style") == "jeans":
        material, grain = ("denim", "牛仔布"), "denim"
    elif cut.get("style") == "beanie":
        material, grain = ("wool", "羊毛"), "rib"
    family = category.path.split(" > ")[0]
    brand = _BRANDS[family][int(rng.integers(len(_BRANDS[family])))]
    price = _price(category, rng)
    sale = (price * Decimal("0.8")).quantize(Decimal("1")) - Decimal("0.10") if rng.random() < 0.16 else None
    gender = category.genders[int(rng.integers(len(category.genders)))] if category.genders else ""
    first = (turn * 5 + int(rng.integers(2))) % len(category.colors)
    variants = 1 if rng.random() > 0.22 else int(rng.integers(2, 4))
    colors = [category.colors[(first + step * 3) % len(category.colors)] for step in range(variants)]
    colors = list(dict.fromkeys(colors))
    sizes = category.sizes if category.sizes and rng.random() < 0.22 else ()
    pattern = _pattern(category, turn, cut, rng)
    look_seed = int(rng.integers(1 << 30))
    articles = []
    for index, color in enumerate(colors):
        own = np.random.default_rng([seed, number, index])
        look = _look(category, color, cut, pattern, grain, look_seed, own)
        availability = _SCARCE[int(own.integers(len(_SCARCE)))] if own.random() < 0.1 else "in_stock"
        articles.append(
            Article(
                id=f"{key}-{color.upper()}" if len(colors) > 1 else key,
                listing=key,
                category=category,
                color=color,
                look=look,
                brand=brand,
                material=material,
                price=price,
                sale_price=sale,
                availability=availability,
                gender=gender,
                sizes=sizes,
                views=_views(own, many=len(colors) > 1),
                grouped=len(colors) > 1 or bool(sizes),
            )
        )
    return articles


def _cut(category: Category, turn: int, rng: np.random.Generator) -> dict[str, str]:
    chosen = {}
    for place, (name, choices) in enumerate(category.cuts.items()):
        chosen[name] = choices[turn % len(choices)] if place == 0 else choices[int(rng.integers(len(choices)))]
    return chosen


def _jacket_material(style: str) -> tuple[tuple[str, str], Grain]:
    return {
        "denim": (("denim", "牛仔布"), "denim"),
        "biker": (("leather", "真皮"), "leather"),
        "blazer": (("wool", "羊毛"), "weave"),
        "puffer": (("nylon", "尼龙"), "none"),
    }.get(style, (("cotton", "纯棉"), "cotton"))  # type: ignore[return-value]


def _price(category: Category, rng: np.random.Generator) -> Decimal:
    low, high = category.price
    amount = Decimal(round(low * (high / low) ** float(rng.random())))
    return amount - Decimal(("0.00", "0.10", "0.50", "0.05")[int(rng.integers(4))])


def _pattern(category: Category, turn: int, cut: Mapping[str, str], rng: np.random.Generator) -> str:
    if not category.patterns or rng.random() < category.plain:
        return "plain"
    if (
        cut.get("style") in {"graphic", "jeans", "joggers", "cable", "raglan", "fedora", "beanie"}
        and category.key != "mugs"
    ):
        return "plain"
    if cut.get("glaze", "plain") != "plain":
        return "plain"
    if category.key == "sneakers" and cut["style"] != "slip-on":
        return "plain"
    return category.patterns[(turn + int(rng.integers(2))) % len(category.patterns)]


def _views(rng: np.random.Generator, *, many: bool) -> tuple[str, ...]:
    if many:
        return ("front", "scene") if rng.random() < 0.7 else ("front", "angle")
    return (("front", "angle", "scene"), ("front", "scene", "detail"), ("front", "angle", "detail", "scene"))[
        int(rng.choice(3, p=(0.45, 0.3, 0.25)))
    ]


def _look(
    category: Category,
    color: str,
    cut: Mapping[str, str],
    pattern: str,
    grain: Grain,
    seed: int,
    rng: np.random.Generator,
) -> Look:
    rgb = _tone(color, rng)
    others = [name for name in SHADES if name != color and harmonious(name, color)]
    if pattern != "plain" and color in {"black", "navy", "red", "green", "blue", "purple", "brown"}:
        accent = _tone(str(rng.choice(["white", "beige", "yellow", "pink"])), rng)
    else:
        accent = _tone(str(rng.choice([name for name in others if name not in {"white", "beige"}] or ["black"])), rng)
    if pattern in {"checked", "gingham"} and rng.random() < 0.6:
        accent = blend(rgb, -0.45 if brightness(rgb) > 0.45 else 0.5)
    second = _tone(str(rng.choice(others)), rng)
    main = Paint(rgb, pattern, accent, second, grain=grain, seed=seed % 1000)  # type: ignore[arg-type]
    return Look(main, _trim(category, rgb, color, others, grain, cut, rng), _metal(category, rng), dict(cut), seed)


def _metal(category: Category, rng: np.random.Generator) -> Paint:
    return Paint(_METALS[category.metal[int(rng.integers(len(category.metal)))]])


def _trim(
    category: Category,
    rgb: Rgb,
    color: str,
    others: list[str],
    grain: Grain,
    cut: Mapping[str, str],
    rng: np.random.Generator,
) -> Paint:
    if category.key == "sunglasses":
        return Paint(_LENSES[int(rng.integers(len(_LENSES)))])
    texture = category.trim_grain or grain
    if cut.get("style") in {"varsity", "raglan", "ringer"}:
        return Paint(_tone("white" if color not in {"white", "beige"} else "navy", rng), grain=texture)
    if category.trim == "same" or (category.key == "jackets"):
        return Paint(rgb if rng.random() < 0.7 else blend(rgb, -0.3), grain=texture)
    if category.trim == "black":
        return Paint((38, 36, 40) if color != "black" else (70, 62, 58), grain=texture)
    if category.trim == "leather":
        leather = _LEATHERS[int(rng.integers(len(_LEATHERS)))]
        if category.key == "handbags" and rng.random() < 0.5:
            leather = blend(rgb, -0.12)
        if cut.get("strap") == "rubber":
            return Paint(_tone(str(rng.choice(["black", "navy", "red", "green", "grey"])), rng))
        return Paint(leather, grain=texture)
    if category.trim == "white" or (color not in {"white", "beige"} and rng.random() < 0.45):
        return Paint(_tone("white", rng), grain=texture)
    bright = [name for name in others if name not in NEUTRAL] or others
    return Paint(_tone(str(rng.choice(bright if rng.random() < 0.6 else others)), rng), grain=texture)


def _tone(color: str, rng: np.random.Generator) -> Rgb:
    tones = SHADES[color]
    return tones[int(rng.integers(len(tones)))]
