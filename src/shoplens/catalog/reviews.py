"""What people answered to questions about the catalogue, so that nothing is asked twice and training learns from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, replace
from typing import Literal

from sqlalchemy import delete, func, insert, select
from sqlalchemy.sql.elements import ColumnElement

from shoplens.catalog.part import Part
from shoplens.catalog.tables import review_answers
from shoplens.errors import NotFound

QuestionKind = Literal["category", "label", "duplicate", "defect"]
"""An uncertain category, a suspected label error, two products that may be one, or a photo that a line calls defect."""

Said = Literal["right", "corrected", "same", "different", "good", "defect", "unsure"]


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """One answer of a person.

    Attributes:
        kind: of the question.
        product_id: that it was about; of a defect the product line.
        other_id: the second product of a pair; of a defect the digest of the photo's copy; "" elsewhere.
        said: what was answered.
        value: the category of "right" and "corrected".
        answered_at: ISO 8601, UTC; "" before it is stored.
    """

    kind: QuestionKind
    product_id: str
    other_id: str
    said: Said
    value: str = ""
    answered_at: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells the question from every other."""
        return self.kind, self.product_id, self.other_id


class Reviews(Part):
    """The answers of one shop; `Catalog.reviews` is one."""

    def put(self, answer: ReviewAnswer) -> ReviewAnswer:
        """Store an answer in place of an earlier one to the same question, and return it with its time."""
        stored = replace(answer, answered_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
        with self._write() as connection:
            connection.execute(delete(review_answers).where(_of(answer.key)))
            connection.execute(insert(review_answers).values(asdict(stored)))
        return stored

    def take_back(self, kind: str, product_id: str, other_id: str = "") -> ReviewAnswer:
        """Delete the answer to a question and return it.

        Raises:
            NotFound: there is none.
        """
        with self._write() as connection:
            where = _of((kind, product_id, other_id))
            row = connection.execute(select(review_answers).where(where)).mappings().first()
            if row is None:
                raise NotFound("No such question was answered.", received=f"{kind} of {product_id}")
            connection.execute(delete(review_answers).where(where))
        return ReviewAnswer(**{name: row[name] for name in _FIELDS})

    def answers(self, kind: str = "") -> list[ReviewAnswer]:
        """Return the answers of a kind, or all, the oldest first."""
        statement = select(*(review_answers.c[name] for name in _FIELDS)).order_by(review_answers.c.number)
        if kind:
            statement = statement.where(review_answers.c.kind == kind)
        with self._read() as connection:
            return [ReviewAnswer(*row) for row in connection.execute(statement)]

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how often what was answered, by kind of question."""
        column = review_answers.c
        statement = select(column.kind, column.said, func.count()).group_by(column.kind, column.said)
        found: dict[str, dict[str, int]] = {}
        with self._read() as connection:
            for kind, said, number in connection.execute(statement.order_by(column.kind, column.said)):
                found.setdefault(kind, {})[said] = int(number)
        return found


_FIELDS = ("kind", "product_id", "other_id", "said", "value", "answered_at")


def _of(key: tuple[str, str, str]) -> ColumnElement[bool]:
    column = review_answers.c
    return (column.kind == key[0]) & (column.product_id == key[1]) & (column.other_id == key[2])
