"""What the merchant says of products: categories and tags of his own, which no import overwrites.

A correction is a label whose source is "merchant". Its category takes the place of the feed's in the product itself, so
that filters, training and every judgement of categories follow it; what the feed says is kept beside it as a label
whose source is "feed", and comes back when the correction is taken away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from shoplens.catalog.batch import next_revision
from shoplens.catalog.held_categories import FEED, MERCHANT
from shoplens.catalog.part import Part
from shoplens.catalog.rows import category_key
from shoplens.catalog.tables import labels, products
from shoplens.catalog.terms import write_terms
from shoplens.catalog.text_index import write_text
from shoplens.errors import BadInput, NotFound

_PORTION = 400


@dataclass(frozen=True, slots=True)
class Correction:
    """What the merchant says of one product: a category, "" for none of his own, and tags beside the feed's."""

    product_id: str
    category: str = ""
    tags: tuple[str, ...] = ()


class Corrections(Part):
    """The merchant's corrections; `Catalog.corrections` is one."""

    def of(self, product_ids: Iterable[str]) -> dict[str, Correction]:
        """Return what the merchant says of these products; one that he says nothing of has an empty correction."""
        with self._read() as connection:
            return _read(connection, list(dict.fromkeys(product_ids)))

    def change(
        self,
        product_ids: Sequence[str],
        *,
        category: str | None = None,
        add_tags: Sequence[str] = (),
        remove_tags: Sequence[str] = (),
    ) -> list[Correction]:
        """Change the corrections of products, all or none, and return those that were there before, for `restore`.

        A category is given to all variants of a listing: a photo that two of them share has one.

        Args:
            product_ids: of the catalogue.
            category: path; "" takes the merchant's own away, so that the feed's counts again; None leaves it.
            add_tags: beside those that are there.
            remove_tags: of the merchant's own tags.

        Raises:
            NotFound: there is no such product.
            BadInput: the category or a tag is none.
        """
        path = None if category is None else _path(category)
        added = [_tag(tag) for tag in add_tags]
        gone = {tag.casefold() for tag in remove_tags}
        with self._write() as connection:
            asked = list(dict.fromkeys(product_ids))
            _check_known(connection, asked)
            before = _read(connection, asked if path is None else _with_variants(connection, asked))
            chosen = set(asked)
            after = []
            for correction in before.values():
                kept = correction if path is None else replace(correction, category=path)
                if correction.product_id in chosen:
                    tags = dict.fromkeys([*kept.tags, *added])
                    kept = replace(kept, tags=tuple(tag for tag in tags if tag.casefold() not in gone))
                after.append(kept)
            _write(connection, [one for one in after if one != before[one.product_id]])
            return [before[one.product_id] for one in after if one != before[one.product_id]]

    def restore(self, corrections: Sequence[Correction]) -> int:
        """Put corrections back as `change` returned them, and return how many products that changed.

        Raises:
            NotFound: there is no such product.
            BadInput: a category or a tag is none.
        """
        wished = {
            one.product_id: Correction(one.product_id, _path(one.category), tuple(_tag(tag) for tag in one.tags))
            for one in corrections
        }
        with self._write() as connection:
            _check_known(connection, list(wished))
            now = _read(connection, list(wished))
            changed = [one for one in wished.values() if one != now[one.product_id]]
            _write(connection, changed)
        return len(changed)


def _path(text: str) -> str:
    parts = [" ".join(part.split()) for part in text.split(">")]
    path = " > ".join(part for part in parts if part)
    if (text.strip() and not path) or len(path) > 300:
        raise BadInput("A category is a path such as 'Bags > Backpacks'.", received=text[:100])
    return path


def _tag(text: str) -> str:
    tag = " ".join(text.split())
    if not tag or len(tag) > 100:
        raise BadInput("A tag is a text of 1 to 100 characters.", received=text[:120])
    return tag


def _portions(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _PORTION] for start in range(0, len(ids), _PORTION))


def _check_known(connection: Connection, ids: Sequence[str]) -> None:
    known: set[str] = set()
    for some in _portions(ids):
        known.update(connection.scalars(select(products.c.id).where(products.c.id.in_(some))))
    if unknown := [product_id for product_id in ids if product_id not in known]:
        raise NotFound("There is no such product.", received=unknown[0], remedy="List them with: shoplens products")


def _with_variants(connection: Connection, ids: Sequence[str]) -> list[str]:
    found = dict.fromkeys(ids)
    for some in _portions(ids):
        listings = select(products.c.listing).where(products.c.id.in_(some))
        found.update(dict.fromkeys(connection.scalars(select(products.c.id).where(products.c.listing.in_(listings)))))
    return list(found)


def _read(connection: Connection, ids: Sequence[str]) -> dict[str, Correction]:
    category: dict[str, str] = {}
    tags: dict[str, list[str]] = defaultdict(list)
    for some in _portions(ids):
        said = select(labels).where(labels.c.product_id.in_(some), labels.c.source == MERCHANT)
        for row in connection.execute(said.order_by(labels.c.value)):
            if row.kind == "category":
                category[row.product_id] = row.value
            elif row.kind == "tag":
                tags[row.product_id].append(row.value)
    return {i: Correction(i, category.get(i, ""), tuple(tags[i])) for i in ids}


def _write(connection: Connection, changed: Sequence[Correction]) -> None:
    if not changed:
        return
    ids = [one.product_id for one in changed]
    feed = _feed_categories(connection, ids)
    for some in _portions(ids):
        own = labels.c.source == MERCHANT
        of_feed = (labels.c.source == FEED) & (labels.c.kind == "category")
        connection.execute(delete(labels).where(labels.c.product_id.in_(some), own | of_feed))
    rows = [(one.product_id, "category", one.category, MERCHANT) for one in changed if one.category]
    rows += [(one.product_id, "category", feed[one.product_id], FEED) for one in changed if one.category]
    rows += [(one.product_id, "tag", tag, MERCHANT) for one in changed for tag in one.tags]
    stored = [
        {"product_id": product, "kind": kind, "value": value, "source": source, "confidence": 1.0}
        for product, kind, value, source in rows
        if value
    ]
    if stored:
        connection.execute(insert(labels), stored)
    revision = next_revision(connection)
    categories = [
        {"p": one.product_id, "c": category, "k": category_key(category)}
        for one in changed
        for category in [one.category or feed[one.product_id]]
    ]
    statement = update(products).where(products.c.id == bindparam("p"))
    connection.execute(
        statement.values(category=bindparam("c"), category_key=bindparam("k"), revision=revision), categories
    )
    write_text(connection, ids)
    write_terms(connection, ids)


def _feed_categories(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return what the feed says: the label beside a correction, else what the product itself has."""
    found: dict[str, str] = {}
    for some in _portions(ids):
        held = select(labels.c.product_id).where(
            labels.c.product_id.in_(some), labels.c.kind == "category", labels.c.source == MERCHANT
        )
        corrected = set(connection.scalars(held))
        for row in connection.execute(select(products.c.id, products.c.category).where(products.c.id.in_(some))):
            found[row.id] = "" if row.id in corrected else row.category
        said = select(labels.c.product_id, labels.c.value).where(
            labels.c.product_id.in_(some), labels.c.kind == "category", labels.c.source == FEED
        )
        found.update({row.product_id: row.value for row in connection.execute(said) if row.product_id in corrected})
    return found
