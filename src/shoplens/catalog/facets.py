"""How many products have which category, brand, colour and so on: what a page shows beside its results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from shoplens.catalog.rows import from_micros
from shoplens.catalog.tables import product_attributes, product_terms, products

FACETS = ("category", "brand", "color", "availability", "price", "tag")
"""The facets that every shop has; any other name is that of an attribute, such as "material" or "custom_label_0"."""

_MICROS = 1_000_000
_STEPS = (1, 2, 5)

Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet. A filter by it keeps `products` products.

    Attributes:
        value: as `Filter` takes it; of prices a name such as "20-50 USD".
        products: how many products have it; a category counts its children's too.
        min_price: lowest price of a band of prices, inclusive.
        max_price: highest one, inclusive.
        currency: of the band.
    """

    value: str
    products: int
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    currency: str = ""


def count_facets(
    connection: Connection, names: Sequence[str], conditions: Conditions, limit: int
) -> dict[str, list[FacetValue]]:
    """Return the values of each facet over the products that fit, the commonest first; price bands by price.

    Args:
        connection: to the database.
        names: of `FACETS`, or of attributes.
        conditions: on the table `products`.
        limit: values of one facet at most.
    """
    known: Mapping[str, Callable[[Connection, Conditions], list[FacetValue]]] = {
        "category": _categories,
        "brand": _brands,
        "availability": _availabilities,
        "price": _price_bands,
    }
    found: dict[str, list[FacetValue]] = {}
    for name in dict.fromkeys(names):
        if name in known:
            found[name] = known[name](connection, conditions)[:limit]
        elif name in ("color", "tag"):
            found[name] = _terms(connection, conditions, name)[:limit]
        else:
            found[name] = _attributes(connection, conditions, name.lower())[:limit]
    return found


def has_attribute(connection: Connection, name: str) -> bool:
    """Say whether any product has an attribute of that name, in lower case."""
    statement = select(product_attributes.c.product_id).where(product_attributes.c.name == name).limit(1)
    return connection.execute(statement).first() is not None


def attribute_names(connection: Connection) -> list[str]:
    """Return the names of all attributes that products have, sorted."""
    name = product_attributes.c.name
    return [str(found) for found in connection.execute(select(name).distinct().order_by(name)).scalars()]


def _ordered(counts: Mapping[str, int]) -> list[FacetValue]:
    return [FacetValue(value, count) for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]


def _categories(connection: Connection, conditions: Conditions) -> list[FacetValue]:
    row = products.c
    statement = select(row.category_key, func.min(row.category), func.count()).where(
        *conditions, row.category_key != ""
    )
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for key, shown, count in connection.execute(statement.group_by(row.category_key).order_by(row.category_key)):
        keys, parts = key.split(" > "), [part.strip() for part in shown.split(">") if part.strip()]
        for depth in range(1, len(keys) + 1):
            path = " > ".join(keys[:depth])
            names.setdefault(path, " > ".join(parts[:depth]))
            counts[path] += count
    return _ordered({names[path]: count for path, count in counts.items()})


def _brands(connection: Connection, conditions: Conditions) -> list[FacetValue]:
    row = products.c
    statement = select(func.min(row.brand), func.count()).where(*conditions, row.brand_key != "")
    return _ordered({brand: count for brand, count in connection.execute(statement.group_by(row.brand_key))})


def _availabilities(connection: Connection, conditions: Conditions) -> list[FacetValue]:
    statement = select(products.c.availability, func.count()).where(*conditions).group_by(products.c.availability)
    return _ordered({availability: count for availability, count in connection.execute(statement)})


# The products are chosen first, in a list: a join would look each of them up again for every one of their terms.
def _terms(connection: Connection, conditions: Conditions, kind: str) -> list[FacetValue]:
    term = product_terms.c
    kept = term.product_id.in_(select(products.c.id).where(*conditions))
    statement = select(term.value, func.count()).where(term.kind == kind, kept)
    return _ordered({value: count for value, count in connection.execute(statement.group_by(term.value))})


def _attributes(connection: Connection, conditions: Conditions, name: str) -> list[FacetValue]:
    having = product_attributes.c
    kept = having.product_id.in_(select(products.c.id).where(*conditions))
    statement = select(having.value, func.count()).where(having.name == name, kept)
    return _ordered({value: count for value, count in connection.execute(statement.group_by(having.value))})


def _price_bands(connection: Connection, conditions: Conditions) -> list[FacetValue]:
    """Return bands between 1, 2, 5, 10, 20, 50, ... for the commonest currency of the products."""
    row = products.c
    priced = [*conditions, row.pays_micros.is_not(None)]
    commonest = (
        select(row.pays_currency, func.min(row.pays_micros), func.max(row.pays_micros))
        .where(*priced)
        .group_by(row.pays_currency)
        .order_by(func.count().desc(), row.pays_currency)
        .limit(1)
    )
    found = connection.execute(commonest).first()
    if found is None:
        return []
    currency, low, high = str(found[0]), int(found[1]), int(found[2])
    edges = _edges(low, high)
    band = case(*((row.pays_micros < edge, number) for number, edge in enumerate(edges[1:])))
    counted = select(band.label("band"), func.count()).where(*priced, row.pays_currency == currency).group_by("band")
    counts = {number: count for number, count in connection.execute(counted)}
    return [
        FacetValue(
            f"{edges[number] // _MICROS}-{edges[number + 1] // _MICROS} {currency}".strip(),
            counts[number],
            from_micros(edges[number]),
            from_micros(edges[number + 1] - 1),
            currency,
        )
        for number in sorted(counts)
    ]


def _edges(low: int, high: int) -> list[int]:
    """Return the steps around a range of millionths: each price lies at or above one of them and below the next."""
    edges, size = [0], _MICROS
    while edges[-1] <= high:
        edges += [step * size for step in _STEPS]
        size *= 10
    above = next(number for number, edge in enumerate(edges) if edge > high)
    below = max(number for number, edge in enumerate(edges) if edge <= low)
    return edges[below : above + 1]
