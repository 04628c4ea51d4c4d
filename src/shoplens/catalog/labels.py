"""Labels of products as rows, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select

from shoplens.catalog.batch import next_revision
from shoplens.catalog.tables import labels, products
from shoplens.catalog.terms import write_terms
from shoplens.catalog.text_index import write_text
from shoplens.errors import NotFound
from shoplens.records import Label

_PEOPLE = ("feed", "shop", "merchant")


def write_labels(connection: Connection, said: Sequence[Label], scope: Iterable[str] = ()) -> None:
    """Replace what the same sources said before of the same products and kinds, and index the words.

    Of the products in `scope` everything is replaced that does not come from people.

    Raises:
        NotFound: a label is of a product that the catalogue does not have.
    """
    scope = list(scope)
    ids = list(dict.fromkeys([*scope, *(label.product_id for label in said)]))
    if not ids:
        return
    known: set[str] = set()
    for start in range(0, len(ids), 400):
        some = ids[start : start + 400]
        known.update(connection.scalars(select(products.c.id).where(products.c.id.in_(some))))
    if unknown := [product_id for product_id in ids if product_id not in known]:
        raise NotFound("A label is of no product of the catalogue.", received=unknown[0], remedy="Import it first.")
    spoken = dict.fromkeys((label.product_id, label.kind, label.source) for label in said)
    old = labels.c
    where = (old.product_id == bindparam("p")) & (old.kind == bindparam("k")) & (old.source == bindparam("s"))
    if spoken:
        connection.execute(delete(labels).where(where), [{"p": p, "k": k, "s": s} for p, k, s in spoken])
    _forget_models(connection, scope)
    rows = {(label.product_id, label.kind, label.source, label.value): label for label in said}
    fields = ("product_id", "kind", "value", "confidence", "source")
    if rows:
        connection.execute(insert(labels), [{name: getattr(label, name) for name in fields} for label in rows.values()])
    next_revision(connection)
    write_text(connection, ids)
    write_terms(connection, ids)


def _forget_models(connection: Connection, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), 400):
        of_these = labels.c.product_id.in_(ids[start : start + 400])
        connection.execute(delete(labels).where(of_these, labels.c.source.not_in(_PEOPLE)))


def read_labels(connection: Connection, product_id: str | None, kind: str | None) -> list[Label]:
    """Return labels ordered by product, kind and falling confidence."""
    column = labels.c
    statement = select(labels).order_by(column.product_id, column.kind, column.confidence.desc(), column.value)
    if product_id is not None:
        statement = statement.where(column.product_id == product_id)
    if kind is not None:
        statement = statement.where(column.kind == kind)
    return [
        Label(row.product_id, row.kind, row.value, row.confidence, row.source) for row in connection.execute(statement)
    ]
