"""What a merchant does with a shop: look over it, answer questions about it, correct it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from shoplens.catalog.browse import FindingCount
from shoplens.catalog.line_photos import FoundDefect, LineSaid
from shoplens.catalog.reviews import QuestionKind, ReviewAnswer, Said
from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput
from shoplens.wiring import Wiring

if TYPE_CHECKING:
    from shoplens.catalog.product_rows import Totals
    from shoplens.index.vector_index import VectorIndex


_FITTING: dict[QuestionKind, tuple[Said, ...]] = {
    "category": ("right", "corrected", "unsure"),
    "label": ("right", "corrected", "unsure"),
    "duplicate": ("same", "different", "unsure"),
    "defect": ("defect", "good", "unsure"),
}
_OF_TWO = ("duplicate", "defect")


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of a shop.

    Attributes:
        totals: products, listings and photos.
        findings: by code and severity.
        gaps: how many products lack what, by the names of `catalog.browse.GAPS`.
        sound: products that have a photo and no open finding that is an error, by `rules`.
        rules: the rule packs that the shop is inspected by.
        inspected: whether the shop was inspected, so that what is above says something.
        answers: how often people answered what, by kind of question.
    """

    totals: Totals
    findings: tuple[FindingCount, ...]
    gaps: dict[str, int]
    sound: int
    rules: tuple[str, ...]
    inspected: bool
    answers: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class IndexHealth:
    """The state of the photo index.

    Attributes:
        model: the bundle that searches.
        embedder: what makes its vectors.
        engine: the setting "index".
        compared: how photos are found now: "exact" compares every one, "lists" the lists that are near; the engine's
            own name where it is a plug-in, "" where there is no index.
        photos: that are in the index.
        missing: photos of active products that have no vector of this embedder.
        others: embedders whose vectors are kept beside them, for going back.
        snapshot_bytes: size of the snapshot on disk; None where there is none.
        snapshot_at: seconds since 1970 when it was written; None likewise.
        problem: why there is no index, or "".
    """

    model: str
    embedder: str
    engine: str
    compared: str
    photos: int
    missing: int
    others: tuple[str, ...]
    snapshot_bytes: int | None
    snapshot_at: float | None
    problem: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something about the catalogue that a person should say.

    Attributes:
        kind: "category" (nobody is sure), "label" (the photos look like another category), "duplicate" (a pair),
            "defect" (a photo that a product line calls defect).
        product_id: what it is about; of a defect the product line.
        other_id: the second product of a pair; of a defect the digest of the photo's copy; "" elsewhere.
        photo: of the product, where the question is about one of its photos.
        other_photo: of the second product.
        given: the category that the product has.
        probability: of the given category, or the likeness of the pair.
        suggestions: categories and their probabilities.
        defect: what the line found.
    """

    kind: QuestionKind
    product_id: str
    other_id: str = ""
    photo: str = ""
    other_photo: str = ""
    given: str = ""
    probability: float = 0.0
    suggestions: tuple[tuple[str, float], ...] = ()
    defect: FoundDefect | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other question, as an answer has it."""
        return self.kind, self.product_id, self.other_id


class ShopStudio:
    """The merchant's work on one shop, see `Shop.studio`.

    Args:
        folder: of the shop.
        catalog: of the shop.
        wiring: returns the parts in use.
        use_rules: makes rule packs those of the shop.
    """

    def __init__(
        self,
        folder: Path,
        catalog: Catalog,
        wiring: Callable[[], Wiring],
        use_rules: Callable[[tuple[str, ...]], None],
    ) -> None:
        self.folder = folder
        self._catalog = catalog
        self._wiring = wiring
        self._use_rules = use_rules
        self._questions: list[Question] | None = None
        self._asking = threading.Lock()

    def overview(self) -> Overview:
        """Return the state of the shop."""
        settings, channels = self._wiring().settings, self.channels()
        findings = tuple(self._catalog.browse.finding_counts(channels))
        return Overview(
            totals=self._catalog.totals(),
            findings=findings,
            gaps=self._catalog.browse.gaps(channels),
            sound=self._catalog.browse.sound(channels),
            rules=settings.rules,
            inspected=bool(self._catalog.ledger.inspections(limit=1)),
            answers=self._catalog.reviews.counts(),
        )

    def channels(self) -> tuple[str, ...]:
        """Return the names of the rule packs in use, as the ledger of findings has them."""
        from shoplens.quality.rule_pack import RulePack

        # A file of one's own is named by its path in the settings, and by its own name in the ledger.
        rules = self._wiring().settings.rules
        return tuple(RulePack.load(name).name if name.endswith(".toml") else name for name in rules)

    def index_health(self) -> IndexHealth:
        """Return the state of the photo index; it is made where that has not been done."""
        from shoplens.errors import BundleError, IndexMismatch

        wiring = self._wiring()
        model, engine = wiring.settings.model, wiring.settings.index
        try:
            embedder = wiring.embedder.id
        except BundleError as error:
            return IndexHealth(model, "", engine, "", 0, 0, (), None, None, str(error))
        try:
            found = wiring.photos.get()
            photos, compared, problem = len(found), _compared(found.index, engine), ""
        except IndexMismatch as error:
            photos, compared, problem = 0, "", str(error)
        path = wiring.photos.path
        stat = path.stat() if path.is_file() else None
        return IndexHealth(
            model=model,
            embedder=embedder,
            engine=engine,
            compared=compared,
            photos=photos,
            missing=len(self._catalog.not_embedded(embedder)),
            others=tuple(one for one in self._catalog.embedder_ids() if one != embedder),
            snapshot_bytes=stat.st_size if stat else None,
            snapshot_at=stat.st_mtime if stat else None,
            problem=problem,
        )

    def use_rules(self, names: Sequence[str]) -> None:
        """Inspect by these rule packs from the next inspection on; it is written into `shoplens.toml`.

        Args:
            names: packs that ship, or paths of files of one's own.

        Raises:
            UnknownName: there is no such pack, or one names an unknown check.
            BadInput: none is named, a pack is not valid, or two cannot stand beside each other.
        """
        from shoplens.quality.inspector import Inspector
        from shoplens.quality.rule_pack import RulePack

        if not names:
            raise BadInput("No rule pack is named.", remedy=f"Choose from: {', '.join(RulePack.names())}.")
        Inspector(names)
        self._use_rules(tuple(dict.fromkeys(names)))

    def questions(self, kind: QuestionKind | None = None, *, anew: bool = False) -> list[Question]:
        """Return what a person should say and has not said, the most telling first.

        The questions are thought of once and then kept, so that an answer does not shuffle those that follow; but for
        defects, which wait since they were found.

        Args:
            kind: only of this kind.
            anew: think of them again, with everything that was answered and imported since.
        """
        with self._asking:
            if self._questions is None or anew:
                self._questions = self._ask()
            defects = [
                Question("defect", found.line, found.sha256, defect=found)
                for found in self._catalog.line_photos.waiting()
            ]
            found = [*self._questions, *defects]
        answered = {answer.key for answer in self._catalog.reviews.answers()}
        # A line that was forgotten and learned again asks about its photos again.
        return [one for one in found if (one.defect or one.key not in answered) and kind in (None, one.kind)]

    def open_questions(self) -> dict[str, int] | None:
        """Return how many questions of each kind are open; None before they were thought of."""
        if self._questions is None:
            return None
        counts: dict[str, int] = dict.fromkeys(get_args(QuestionKind), 0)
        for one in self.questions():
            counts[one.kind] += 1
        return counts

    def answer(
        self, kind: QuestionKind, product_id: str, said: Said, *, other_id: str = "", category: str = ""
    ) -> ReviewAnswer:
        """Store what a person said; a category becomes the merchant's own, and the next training learns from it.

        Args:
            kind: of the question.
            product_id: that it is about.
            said: "right" or "corrected" with the category, or "unsure"; of a pair "same", "different" or "unsure"; of a
                defect "defect", "good" or "unsure", from which the next `relearn` of the line learns.
            other_id: the second product of a pair; of a defect the digest of the photo's copy.
            category: that is right.

        Raises:
            NotFound: there is no such product.
            BadInput: the answer does not fit the question.
        """
        fitting = _FITTING[kind]
        if said not in fitting or (kind in _OF_TWO) != bool(other_id):
            raise BadInput(
                "That is no answer to such a question.",
                received=f"{said} to {kind}",
                remedy=f"Say one of: {', '.join(fitting)}.",
            )
        if kind == "defect":
            self._catalog.line_photos.say(product_id, other_id, cast("LineSaid", said))
            return self._catalog.reviews.put(ReviewAnswer(kind, product_id, other_id, said))
        for one in filter(None, (product_id, other_id)):
            self._catalog.product(one)
        if kind != "duplicate" and said != "unsure":
            if not category.strip():
                raise BadInput("The answer names no category.", received=said, remedy="Name the right one.")
            self._catalog.corrections.change([product_id], category=category)
            category = self._catalog.product(product_id).category
        return self._catalog.reviews.put(ReviewAnswer(kind, product_id, other_id, said, category))

    def take_back(self, kind: QuestionKind, product_id: str, *, other_id: str = "") -> ReviewAnswer:
        """Take an answer back: the question is open again, and the feed's category counts again.

        Raises:
            NotFound: it was not answered.
        """
        answer = self._catalog.reviews.take_back(kind, product_id, other_id)
        if kind == "defect":
            self._catalog.line_photos.say(product_id, other_id, "")
        elif answer.value:
            self._catalog.corrections.change([product_id], category="")
        return answer

    def answered(self) -> dict[str, dict[str, int]]:
        """Return how often people answered what, by kind of question."""
        return self._catalog.reviews.counts()

    def _ask(self) -> list[Question]:
        from shoplens.classify.category_doubts import category_doubts
        from shoplens.quality.duplicate_pairs import duplicate_pairs

        wiring = self._wiring()
        doubts = category_doubts(self._catalog, wiring.embedder.id, precision=wiring.settings.precision)
        pairs = duplicate_pairs(self._catalog, wiring.embedder.id)
        return [
            *(
                Question(
                    doubt.kind,
                    doubt.product_id,
                    given=doubt.given,
                    probability=doubt.probability,
                    suggestions=doubt.suggestions,
                )
                for doubt in doubts
            ),
            *(
                Question("duplicate", p.first, p.second, p.first_photo, p.second_photo, probability=p.similarity)
                for p in pairs
            ),
        ]


def _compared(index: VectorIndex, engine: str) -> str:
    from shoplens.index.auto_index import AutoIndex
    from shoplens.index.exact_index import ExactIndex

    if isinstance(index, AutoIndex) and index.lists is not None:
        return "lists"
    return "exact" if isinstance(index, ExactIndex) else engine
