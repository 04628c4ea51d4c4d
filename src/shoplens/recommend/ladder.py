"""How far each placement may climb: by how much data there is, and by what it gains on the shop's own events."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from shoplens.models.intervals import Z
from shoplens.recommend.learned import RUNGS, Evidence, Rung
from shoplens.recommend.listing_events import ListingEvents
from shoplens.recommend.offline_questions import OfflineQuestion, offline_questions
from shoplens.recommend.placement import PLACEMENTS, Placement
from shoplens.recommend.placements import make_recommender
from shoplens.recommend.shop_view import ShopView

CUTS = (0.7, 0.8, 0.9)
"""Shares of the events, in order of time, from which is learned; what follows, up to the next cut, is asked about."""

SHOWN = 10

# Asking is slow where the rest of the look is searched, and reduced products are few: these follow another placement.
_FOLLOWS: Mapping[str, str] = {"complete-the-look": "goes-with", "on-sale-like-yours": "for-you"}


@dataclass(frozen=True, slots=True)
class LadderLimits:
    """From where on a rung is tried at all, and how many questions decide: guesses; what a rung gains is measured.

    Attributes:
        sessions: sessions with two listings or more, for what is met in one session.
        histories: histories with three listings or more, for what they have in common.
        questions: fewest questions that decide anything.
        asked: questions at most after each cut.
    """

    sessions: int = 50
    histories: int = 200
    questions: int = 30
    asked: int = 100


@dataclass(frozen=True, slots=True)
class RungReport:
    """What one rung was found to be worth.

    Attributes:
        rung: which.
        volume: sessions or histories that it learns from.
        wanted: how many are wanted.
        recall: share of the questions whose hidden product is among ten; None where it was not asked.
        gain: of recall over the rung in use below it; None likewise.
        low: lower end of the 95 % interval of the gain.
        high: upper end.
        verdict: one English sentence.
    """

    rung: Rung
    volume: int
    wanted: int
    recall: float | None = None
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class PlacementReport:
    """How far a placement may climb, and why.

    Attributes:
        placement: its name.
        rung: the one to use.
        questions: how many decided.
        rungs: each with what was measured, the lowest first.
        follows: the placement whose measurement decided for it; "" where it was measured itself.
    """

    placement: str
    rung: Rung
    questions: int
    rungs: tuple[RungReport, ...]
    follows: str = ""


@dataclass(frozen=True, slots=True)
class _Span:
    """The shop as it was known at a moment, and the time from then on."""

    then: ShopView
    start_us: int
    end_us: int


def climb(view: ShopView, limits: LadderLimits = LadderLimits()) -> list[PlacementReport]:
    """Measure every placement that has rungs.

    A rung is used where there is enough to learn from and where it finds more hidden products among ten than the one
    in use below it: the 95 % interval of the paired difference must lie above 0. Learned is from what came before a
    cut and asked about what came after it, at three cuts.
    """
    spans = _spans(view)
    measured = {
        place.name: _measure(view, place, limits, spans)
        for place in PLACEMENTS.values()
        if place.evidence and place.name not in _FOLLOWS
    }
    for name, other in _FOLLOWS.items():
        measured[name] = replace(measured[other], placement=name, follows=other)
    return [measured[name] for name in PLACEMENTS if name in measured]


def _measure(view: ShopView, place: Placement, limits: LadderLimits, spans: Sequence[_Span]) -> PlacementReport:
    assert place.evidence is not None
    events = view.events
    volumes = {"visual": (0, 0), **_volumes(events, place.evidence, limits)}
    volumes[place.lowest] = (volumes[place.lowest][0], 0)
    enough = [rung for rung in RUNGS[RUNGS.index(place.lowest) :] if volumes[rung][0] >= volumes[rung][1]]
    rounds = _rounds(view, place, limits.asked, spans) if len(enough) > 1 else []
    questions = sum(len(asked) for _, asked in rounds)
    hits = {rung: _hits(rounds, place, rung) for rung in enough} if questions >= limits.questions else {}
    used = place.lowest
    reports = []
    for rung in RUNGS[RUNGS.index(used) :]:
        volume, wanted = volumes[rung]
        report = RungReport(rung, volume, wanted)
        if rung not in hits:
            missing = f"{wanted} wanted, {volume} there" if volume < wanted else f"{questions} questions are too few"
            report = replace(report, verdict="always there" if rung == place.lowest else missing)
        elif rung == place.lowest:
            report = replace(report, recall=float(hits[rung].mean()), verdict="always there")
        else:
            gains = hits[rung] - hits[used]
            half = Z * float(gains.std(ddof=1)) / len(gains) ** 0.5
            gain = float(gains.mean())
            verdict = f"better than {used}" if gain - half > 0 else f"not surely better than {used}"
            recall = float(hits[rung].mean())
            report = replace(report, recall=recall, gain=gain, low=gain - half, high=gain + half, verdict=verdict)
            if gain - half > 0:
                used = rung
        reports.append(report)
    return PlacementReport(place.name, used, questions, tuple(reports))


def _volumes(events: ListingEvents, evidence: Evidence, limits: LadderLimits) -> dict[str, tuple[int, int]]:
    rows = events.is_purchase if evidence == "bought" else events.is_met
    sessions = _sizes(events.sessions[rows], events.codes[rows])
    # a basket is the history of what is bought together
    histories = sessions if evidence == "bought" else _sizes(events.visitors[rows], events.codes[rows])
    return {
        "session": (int((sessions >= 2).sum()), limits.sessions),
        "collaborative": (int((histories >= 3).sum()), limits.histories),
    }


def _sizes(owners: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return how many different listings each owner has."""
    if not len(owners):
        return np.zeros(0, dtype=np.int64)
    pairs = np.unique(owners * (int(codes.max()) + 1) + codes) // (int(codes.max()) + 1)
    return np.unique(pairs, return_counts=True)[1]


def _spans(view: ShopView) -> list[_Span]:
    """Return the shop as it was at each cut, and the span of time that is asked about."""
    events = view.events
    if not len(events.times):
        return []
    times = [int(time) for time in np.quantile(events.times, CUTS)] + [events.newest_us + 1]
    return [_Span(view.with_other(events.until(start)), start, end) for start, end in itertools.pairwise(times)]


def _rounds(
    view: ShopView, place: Placement, asked: int, spans: Sequence[_Span]
) -> list[tuple[ShopView, list[OfflineQuestion]]]:
    """Return for each cut the shop as it was then, and what is asked of it."""
    found = []
    for number, span in enumerate(spans):
        questions = offline_questions(view, place, span.start_us, span.end_us, asked, seed=number)
        if questions:
            found.append((span.then, questions))
    return found


def _hits(rounds: Sequence[tuple[ShopView, list[OfflineQuestion]]], place: Placement, rung: Rung) -> np.ndarray:
    """Return 1.0 for each question whose hidden listing is among the answers, else 0.0."""
    found = []
    for then, questions in rounds:
        recommender = make_recommender(place, then, rung)
        for question in questions:
            listings = {match.product.listing for match in recommender.recommend(question.request)}
            found.append(float(question.hidden in listings))
    return np.array(found)
