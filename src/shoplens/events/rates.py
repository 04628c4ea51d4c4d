"""Click-through, add-to-cart and purchase rates of answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from shoplens.events.event_rows import chunks
from shoplens.events.returned_acts import ACTS, returned_acts
from shoplens.events.schema import answers
from shoplens.models.intervals import Interval, wilson_interval


@dataclass(frozen=True, slots=True)
class Rates:
    """What came of the answers of one placement, model and experiment.

    A product of an answer counts once for each act, however often its event was sent; a variant counts as the listing
    that was shown.

    Attributes:
        placement: where the answers stood.
        model: what ranked them.
        experiment: the variant, or "".
        answers: logged answers that showed something.
        answers_clicked: of these, the ones with a clicked product.
        shown: products that they showed, one of two answers counted twice.
        clicked: of these, the ones that were opened.
        carted: of these, the ones that were put into the cart.
        bought: of these, the ones that were bought.
    """

    placement: str
    model: str
    experiment: str
    answers: int
    answers_clicked: int
    shown: int
    clicked: int
    carted: int
    bought: int

    @property
    def click_rate(self) -> float:
        """Clicked products for each shown one."""
        return self.clicked / self.shown

    @property
    def cart_rate(self) -> float:
        """Products put into the cart for each shown one."""
        return self.carted / self.shown

    @property
    def purchase_rate(self) -> float:
        """Bought products for each shown one."""
        return self.bought / self.shown

    @property
    def answer_click_rate(self) -> float:
        """Answers with a click for each answer."""
        return self.answers_clicked / self.answers

    @property
    def answer_click_interval(self) -> Interval:
        """The 95 % interval of `answer_click_rate`: two lines differ where theirs do not meet."""
        return wilson_interval(self.answers_clicked, self.answers)


def read_rates(connection: Connection, since_us: int | None) -> list[Rates]:
    """Return the rates of all answers, or of those from `since_us` (microseconds since 1970, UTC) on."""
    where = [answers.c.shown > 0, *([] if since_us is None else [answers.c.time_us >= since_us])]
    of = (answers.c.placement, answers.c.model, answers.c.experiment)
    acts = returned_acts(connection, where)
    keys = _keys(connection, {act.answer for act in acts})
    did: Counter[tuple[tuple[str, str, str], str]] = Counter((keys[act.answer], act.kind) for act in acts)
    clicked = Counter(keys[answer] for answer in {act.answer for act in acts if act.kind == ACTS[0]})
    count = select(*of, func.count(), func.sum(answers.c.shown)).where(*where).group_by(*of).order_by(*of)
    found = []
    for placement, model, experiment, number, shown in connection.execute(count):
        key = (placement, model, experiment)
        found.append(Rates(*key, number, clicked[key], shown, *(did[key, act] for act in ACTS)))
    return found


def _keys(connection: Connection, numbers: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Return placement, model and experiment of each of these answers."""
    found: dict[int, tuple[str, str, str]] = {}
    columns = (answers.c.number, answers.c.placement, answers.c.model, answers.c.experiment)
    for chunk in chunks(numbers):
        for number, placement, model, experiment in connection.execute(
            select(*columns).where(answers.c.number.in_(chunk))
        ):
            found[number] = (placement, model, experiment)
    return found
