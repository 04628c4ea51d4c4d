"""What a shop recommends: answers in its placements, its rules and looks, and the ladder."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from shoplens.catalog.filter import EVERYTHING, Filter
from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput, ShopLensError
from shoplens.records import Shown
from shoplens.shop_merchandising import ShopMerchandising

if TYPE_CHECKING:
    from shoplens.catalog.merchandising import Promotion
    from shoplens.recommend.explore_settings import ExploreSettings
    from shoplens.recommend.off_policy import Comparison
    from shoplens.recommend.recommendation import Recommendation
    from shoplens.recommend.request import Request
    from shoplens.recommend.shop_view import ShopView
    from shoplens.shop_events import ShopEvents
    from shoplens.wiring import Wiring

_LOG = logging.getLogger(__name__)

GROWTH = 0.1
"""Share by which the events must have grown or shrunk before a server measures the ladder again: a guess."""

LEAST_CHOICES = 100
"""Logged choices from which on something is said of what they teach."""

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
        catalog: of the shop.
        events: what the shop's visitors did.
        merchandising: what the shop decides itself.
        wiring: returns the shop's parts as they are now.
    """

    def __init__(
        self,
        catalog: Catalog,
        events: ShopEvents,
        merchandising: ShopMerchandising,
        wiring: Callable[[], Wiring],
    ) -> None:
        self._merchandising = merchandising
        self._catalog = catalog
        self._events = events
        self._wiring = wiring
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

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
        return self._merchandising.exploring()

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
        self._merchandising.explore(settings)
        return settings

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
