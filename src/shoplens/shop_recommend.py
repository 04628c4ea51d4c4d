"""What a shop recommends: answers in its placements, its rules and looks, and the ladder."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from shoplens.catalog.filter import EVERYTHING, Filter
from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput, NotFound, ShopLensError
from shoplens.records import Product, Shown
from shoplens.settings import modified

if TYPE_CHECKING:
    from shoplens.catalog.merchandising import Promotion
    from shoplens.recommend.curated_look import CuratedLook
    from shoplens.recommend.explore_settings import ExploreSettings
    from shoplens.recommend.off_policy import Comparison
    from shoplens.recommend.recommendation import Recommendation
    from shoplens.recommend.request import Request
    from shoplens.recommend.rule import Rule
    from shoplens.recommend.shop_view import ShopView
    from shoplens.shop_events import ShopEvents
    from shoplens.wiring import Wiring

_LOG = logging.getLogger(__name__)

GROWTH = 0.1
"""Share by which the events must have grown or shrunk before a server measures the ladder again: a guess."""

LEAST_CHOICES = 100
"""Logged choices from which on something is said of what they teach."""

_NAME_LENGTH = 200
_SMALLEST_LOOK = 2
_OF_ONE_SHOPPER = {"buy-again": "bought", "recently-viewed": "viewed"}  # nothing stands in for what these are made of


@dataclass(frozen=True, slots=True)
class Ask:
    """What a placement is asked with; each uses the parts that concern it.

    Attributes:
        products: beside which the answer stands: one, or a basket.
        viewed: what the shopper looked at, the oldest first.
        bought: what the shopper bought, the oldest first.
        disliked: what the shopper turned down.
        visitor: a visitor whose events the shop has; what is named above comes on top of them.
        where: conditions on the answer.
        exclude: products or listings that must not be in the answer.
        limit: length of the answer.
        diversity: 0 for the best products however alike, up to 1.
    """

    products: Sequence[str] = ()
    viewed: Sequence[str] = ()
    bought: Sequence[str] = ()
    disliked: Sequence[str] = ()
    visitor: str = ""
    where: Filter = EVERYTHING
    exclude: Iterable[str] = ()
    limit: int = 12
    diversity: float = 0.0


class ShopRecommend:
    """The recommendations of one shop; `Shop.recommending` is this, and `Shop.recommend` asks it.

    Args:
        folder: of the shop.
        catalog: of the shop.
        events: what the shop's visitors did.
        wiring: returns the shop's parts as they are now.
    """

    def __init__(self, folder: Path, catalog: Catalog, events: ShopEvents, wiring: Callable[[], Wiring]) -> None:
        self._folder = folder
        self._catalog = catalog
        self._events = events
        self._wiring = wiring
        self._end = threading.Event()
        self._thread: threading.Thread | None = None
        self._writing = threading.Lock()  # of the file of rules, which is read and written as a whole

    def answer(self, placement: str, ask: Ask, *, log: bool = False, experiment: str = "") -> Recommendation:
        """Answer in a placement.

        Args:
            placement: one of `shoplens.recommend.placement.PLACEMENTS`.
            ask: the question.
            log: a shopper is shown the answer: give it a token, and log what it shows.
            experiment: the variant that the shopper is in.

        Raises:
            UnknownName: there is no such placement.
            NotFound: a product beside which the answer stands is not in the shop.
            BadInput: the placement needs a product or a shopper, or the limit is out of range.
        """
        made_of = _OF_ONE_SHOPPER.get(placement)
        if made_of and not (ask.visitor or getattr(ask, made_of)):
            raise BadInput(
                f"The placement '{placement}' is about one shopper.", remedy=f"Name a visitor, or what was {made_of}."
            )
        rng = np.random.default_rng() if log else None  # what no shopper sees teaches nothing
        found = self._wiring().placements().answer(placement, self._request(ask), rng)
        if not log:
            return found
        shown = Shown(
            placement=placement,
            products=tuple(match.product.id for match in found.matches),
            model=found.rung,
            experiment=experiment,
            propensities=found.propensities,
            visitor=ask.visitor,
            context=found.context,
        )
        return replace(found, token=self._events.token(shown))

    def view(self) -> ShopView:
        """Return the shop as the recommenders see it, for those that are made by hand."""
        return self._wiring().placements().view

    # The ladder

    def status(self) -> list[Promotion]:
        """Return how far each placement was promoted, since when, and what was measured; those that were."""
        from shoplens.recommend.placement import PLACEMENTS

        known = self._catalog.merchandising.promotions()
        return [known[name] for name in PLACEMENTS if name in known]

    def refresh(self) -> list[Promotion]:
        """Measure the ladder on the shop's own events, and promote or take back; see `shoplens.recommend.ladder`."""
        from shoplens.recommend.ladder import climb
        from shoplens.recommend.placement import PLACEMENTS

        view = self.view()
        before = self._catalog.merchandising.promotions()
        reports = climb(view)
        self._catalog.merchandising.put_promotions(
            {report.placement: (report.rung, asdict(report)) for report in reports}, len(view.events.codes)
        )
        for report in reports:
            was = before[report.placement].rung if report.placement in before else PLACEMENTS[report.placement].lowest
            if was != report.rung:
                _LOG.warning("The placement '%s' goes from %s to %s.", report.placement, was, report.rung)
        self._wiring().expire()
        return self.status()

    def is_due(self) -> bool:
        """Return whether events grew or, as old ones are deleted, shrank by a tenth since the ladder was measured."""
        known = self._catalog.merchandising.promotions().values()
        measured = max((promotion.events for promotion in known), default=0)
        return abs(len(self.view().events.codes) - measured) > measured * GROWTH

    def keep_fresh(self, every_s: float = 60.0) -> None:
        """Look every so often, in a thread of its own, whether there is something new, and measure where it is due."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._keep_fresh, args=(every_s,), name="shoplens-recommend", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """End what goes on in the background."""
        self._end.set()
        if self._thread is not None:
            self._thread.join(timeout=10.0)

    def _keep_fresh(self, every_s: float) -> None:
        while not self._end.is_set():
            try:
                if self.is_due():
                    self.refresh()
            except ShopLensError as error:
                _LOG.warning("The ladder was not measured, and is tried again: %s", error)
            self._end.wait(every_s)

    # Exploration

    def exploring(self) -> ExploreSettings:
        """Return how much of the answers explores."""
        from shoplens.recommend.rule_book import RuleBook

        return RuleBook.read(self._rules_file).explore

    def explored(self) -> Comparison | None:
        """Return what the answers that explored tell of a policy learned from them.

        None while there are fewer than `LEAST_CHOICES`.
        """
        from shoplens.recommend.explorer import logged_choices
        from shoplens.recommend.off_policy import compare

        choices = logged_choices(self._events.impressions())
        return compare(choices) if len(choices) >= LEAST_CHOICES else None

    def explore(self, share: float, placements: Sequence[str] = ()) -> ExploreSettings:
        """Let a share of the answers explore, from the next answer on; 0 ends it.

        Raises:
            BadInput: the share is out of range, or above `GUARDED` while the logged choices do not prove a gain.
            UnknownName: a placement that does not exist or cannot explore.
        """
        from shoplens.recommend.explore_settings import DEFAULT_PLACEMENTS, GUARDED, ExploreSettings
        from shoplens.recommend.rules_file import write_explore

        settings = ExploreSettings(share, tuple(placements) or DEFAULT_PLACEMENTS)
        if share > GUARDED:
            known = self.explored()
            if known is None or known.gain.low <= 0:
                gain = f"{known.gain.low:+.4f} to {known.gain.high:+.4f}" if known else "not known yet"
                raise BadInput(
                    f"More than {GUARDED:.0%} of the answers may explore only once a gain is sure; it is {gain}.",
                    received=share,
                    remedy=f"Explore with up to {GUARDED} until the 95 % interval of the gain lies above 0.",
                )
        with self._writing:
            write_explore(self._rules_file, settings)
        self._wiring().expire()
        return settings

    # What the shop decides itself

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules, in their order.

        Raises:
            BadInput: the shop's `recommend.toml` cannot be read.
        """
        from shoplens.recommend.rule_book import RuleBook

        return RuleBook.read(self._rules_file).rules

    def rules_revision(self) -> str:
        """Return what changes whenever the file of rules is written."""
        return str(modified(self._rules_file))

    def add_rule(self, **fields: Any) -> Rule:  # noqa: ANN401 - checked by `Rule`
        """Write a rule behind the others; comments and the rest of the file stay as they are.

        Raises:
            BadInput: the fields make no rule.
            UnknownName: a field, an action or a placement that does not exist.
        """
        from shoplens.recommend.rules_file import append_rule

        rule = _rule(fields)
        with self._writing:
            self.rules()
            append_rule(self._rules_file, rule)
        self._wiring().expire()
        return rule

    def products_named(self, names: Iterable[str]) -> dict[str, Product]:
        """Return the product that each id of a product or a listing names, of a listing its first variant.

        What the shop does not have now is left out.
        """
        wanted = [name for name in dict.fromkeys(names) if name]  # a filter for no listing keeps everything
        found = self._catalog.by_ids(wanted)
        for name in wanted:
            if name not in found and (variants := self._catalog.listing(name)):
                found[name] = variants[0]
        return found

    def unknown_to_shop(self, rule: Rule) -> dict[str, list[str]]:
        """Return what a rule names and no product of the shop has now, by the rule's fields: it may be a slip.

        A category is a path from the root of the shop's tree, so that "Lamps" alone is unknown where it is
        "Home > Lamps".
        """
        asked = {
            "category": (rule.category, Filter(category=rule.category)),
            "beside": (rule.beside, Filter(category=rule.beside)),
            "brand": (rule.brand, Filter(brand=rule.brand)),
            "tag": (rule.tag, Filter(tags=frozenset({rule.tag} - {""}))),
        }
        found = {name: [value] for name, (value, where) in asked.items() if value and not self._catalog.count(where)}
        known = self.products_named(rule.products)
        strange = [name for name in rule.products if name not in known]
        return found | ({"products": strange} if strange else {})

    def change_rule(self, number: int, *, revision: str = "", **fields: Any) -> Rule:  # noqa: ANN401 - as above
        """Write another rule in the place of one, by its number from 1.

        Args:
            number: of the rule.
            revision: of `rules_revision` when the number was read; "" for whatever has that number now.
            fields: of the new rule, all of them.

        Raises:
            NotFound: there is no rule of that number.
            BadInput: the fields make no rule, or the rules were written since.
            UnknownName: a field, an action or a placement that does not exist.
        """
        from shoplens.recommend.rules_file import change_rule

        rule = _rule(fields)
        with self._writing:
            self._check_revision(revision)
            change_rule(self._rules_file, self.rules(), number, rule)
        self._wiring().expire()
        return rule

    def remove_rule(self, number: int, *, revision: str = "") -> Rule:
        """Take a rule out of the file, by its number from 1.

        Args:
            number: of the rule.
            revision: of `rules_revision` when the number was read; "" for whatever has that number now.

        Raises:
            NotFound: there is no rule of that number.
            BadInput: the rules were written since.
        """
        from shoplens.recommend.rules_file import remove_rule

        with self._writing:
            self._check_revision(revision)
            rule = remove_rule(self._rules_file, self.rules(), number)
        self._wiring().expire()
        return rule

    def looks(self) -> list[CuratedLook]:
        """Return the curated looks, by name."""
        from shoplens.recommend.curated_look import CuratedLook

        return [CuratedLook(name, products) for name, products in self._catalog.merchandising.looks().items()]

    def put_look(self, name: str, products: Sequence[str], *, before: str = "") -> CuratedLook:
        """Store a look, in place of an earlier one of that name.

        Args:
            name: up to 200 characters.
            products: ids of products or listings, two or more, in the order in which they are shown.
            before: the name that the look had until now; "" where it is new, or replaces one of its name.

        Raises:
            NotFound: there is none of the name before.
            BadInput: the name is empty or long, another look than the one before has it, or there are fewer than two
                products.
        """
        from shoplens.recommend.curated_look import CuratedLook

        look = CuratedLook(" ".join(name.split()), tuple(dict.fromkeys(one.strip() for one in products if one.strip())))
        if not 0 < len(look.name) <= _NAME_LENGTH:
            raise BadInput(f"A look needs a name of up to {_NAME_LENGTH} characters.", received=name[:250])
        if len(look.products) < _SMALLEST_LOOK:
            raise BadInput("A look needs two products or more.", received=", ".join(look.products))
        if before:
            self._look(before)
            if look.name != before and look.name in self._catalog.merchandising.looks():
                raise BadInput("There is another look of that name.", received=look.name, remedy="Choose another name.")
        self._catalog.merchandising.put_looks({before: (), look.name: look.products})
        self._wiring().expire()
        return look

    def remove_look(self, name: str) -> CuratedLook:
        """Forget a look.

        Raises:
            NotFound: there is none of that name.
        """
        gone = self._look(name)
        self._catalog.merchandising.put_looks({name: ()})
        self._wiring().expire()
        return gone

    def import_looks(self, path: Path, *, replace_all: bool = False) -> tuple[list[CuratedLook], list[str]]:
        """Read looks from a CSV file and store them; looks of the same names are replaced.

        Returns:
            The looks, and the products of them that the shop does not have (yet).

        Raises:
            BadInput: the file is no table of looks.
        """
        from shoplens.recommend.curated_look import read_looks

        looks = read_looks(path)
        self._catalog.merchandising.put_looks({look.name: look.products for look in looks}, replace=replace_all)
        self._wiring().expire()
        names = dict.fromkeys(name for look in looks for name in look.products)
        known = self.products_named(names)
        return looks, [name for name in names if name not in known]

    def _look(self, name: str) -> CuratedLook:
        found = next((look for look in self.looks() if look.name == name), None)
        if found is None:
            raise NotFound("There is no look of that name.", received=name)
        return found

    def _check_revision(self, revision: str) -> None:
        if revision and revision != self.rules_revision():
            raise BadInput(
                "The rules were changed meanwhile.", remedy="Look at them again, then repeat.", code="rules_changed"
            )

    @property
    def _rules_file(self) -> Path:
        from shoplens.recommend.rule_book import RULES_FILE

        return self._folder / RULES_FILE

    def _request(self, ask: Ask) -> Request:
        from shoplens.recommend.request import Request, signals
        from shoplens.recommend.taste import Taste, taste

        known = taste(self._events.store.history(ask.visitor)) if ask.visitor else Taste()
        return Request(
            seeds=tuple(ask.products),
            viewed=(*known.viewed, *signals(ask.viewed)),
            bought=(*known.bought, *signals(ask.bought)),
            disliked=(*known.disliked, *signals(ask.disliked)),
            where=ask.where,
            exclude=frozenset(ask.exclude),
            limit=ask.limit,
            diversity=ask.diversity,
        )


def _rule(fields: dict[str, Any]) -> Rule:
    from shoplens.recommend.rule import Rule

    return Rule.parse({name: value for name, value in fields.items() if value not in ("", (), [], None)})
