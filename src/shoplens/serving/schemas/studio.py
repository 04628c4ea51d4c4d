"""The merchant's pages, as OpenAPI shows what they ask and are answered."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, StringConstraints

from shoplens.catalog.keys import Scope
from shoplens.catalog.line_photos import FoundDefect
from shoplens.catalog.reviews import QuestionKind, Said
from shoplens.serving.schemas.findings import BoxModel, ProblemOut
from shoplens.serving.schemas.inspection import ReadinessOut
from shoplens.serving.schemas.products import LabelOut, PhotoOut, ProductOut
from shoplens.serving.strict_model import StrictModel

CategoryPath = Annotated[str, StringConstraints(max_length=300)]
Ids = Annotated[list[str], Field(min_length=1, max_length=5_000)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]


class FindingCountOut(BaseModel):
    """How many findings of one code and severity there are, and of how many products."""

    code: str
    severity: str
    findings: int
    products: int


class JobOut(BaseModel):
    """Work in the background: `state` is "running", "done" or "failed"."""

    id: int
    kind: str
    title: str
    state: str
    started_at: str
    finished_at: str
    progress: dict[str, Any]
    points: list[dict[str, Any]] = Field(description="what was measured on the way, such as the passes of a training")
    result: dict[str, Any]
    stoppable: bool


class PastImportOut(BaseModel):
    """An import that the catalogue remembers; `summary` is empty while it runs or where it was killed."""

    id: int
    source: str
    origin: str
    started_at: str
    finished_at: str
    summary: dict[str, Any]


class OverviewOut(BaseModel):
    """The state of a shop."""

    products: int
    listings: int
    photos: int
    findings: list[FindingCountOut]
    gaps: dict[str, int] = Field(description="how many products lack a photo, a category, a price, and so on")
    sound: int = Field(description="products with a photo and without an error, by `rules`")
    ready: dict[str, ReadinessOut] = Field(description="by rule pack: how many products may be listed there")
    changed: dict[str, int] = Field(description="by rule pack: how many products changed since it judged, or are new")
    rules: list[str]
    inspected: bool
    answers: dict[str, dict[str, int]]
    open_questions: dict[str, int] | None = Field(description="null before they were thought of")
    model: str
    imports: list[PastImportOut]
    jobs: list[JobOut]


class RowOut(BaseModel):
    """A product in the table."""

    product: ProductOut
    findings: list[ProblemOut]
    labels: list[LabelOut]


class RowPage(BaseModel):
    """Products behind a place; `next` is the place behind them, empty at the end."""

    rows: list[RowOut]
    next: str


class PlacesOut(BaseModel):
    """How many products there are, and the place before each `every`-th one."""

    total: int
    every: int
    places: list[str]


class CorrectionModel(StrictModel):
    """What the merchant says of one product."""

    product_id: str
    category: CategoryPath = Field("", description="empty for none of his own")
    tags: list[str] = Field(default_factory=list, max_length=200)


class CorrectIn(StrictModel):
    """A change of many products at once."""

    products: Ids
    category: CategoryPath | None = Field(None, description="empty takes the merchant's own away; null leaves it")
    add_tags: list[str] = Field(default_factory=list, max_length=50)
    remove_tags: list[str] = Field(default_factory=list, max_length=50)


class CorrectedOut(BaseModel):
    """How many products changed, and what was said of them before, to be sent back for an undo."""

    changed: int
    before: list[CorrectionModel]


class RestoreIn(StrictModel):
    """Corrections as they were answered before."""

    before: list[CorrectionModel] = Field(max_length=20_000)


class SourceOut(BaseModel):
    """What was brought to be imported."""

    id: str
    name: str
    photos: int


class PreviewIn(StrictModel):
    """How a source is to be read."""

    origin: str = ""
    mapping: dict[str, str] = Field(default_factory=dict, max_length=200)


class ImportIn(PreviewIn):
    """What is to be imported, and how."""

    sync: bool = Field(default=False, description="retire products that the source no longer has")


class PreviewRowOut(BaseModel):
    """A row as it would be imported; the product is null where it would be refused."""

    number: int
    product: ProductOut | None
    photos: list[str]
    problems: list[dict[str, str]]


class PreviewOut(BaseModel):
    """What a source was taken for, and its first rows; `problem` says why it cannot be read so."""

    origin: str
    confidence: float
    reason: str
    candidates: list[tuple[str, float]]
    origins: list[str]
    fields: list[str]
    columns: list[str]
    mapping: dict[str, str]
    unmapped: list[str]
    rows: list[PreviewRowOut]
    problem: str
    problem_code: str


class DefectQuestionOut(BaseModel):
    """A photo that a product line calls defect; its pictures are under `/v1/studio/lines/{line}/photos/{sha256}`."""

    line: str
    sha256: str
    name: str
    score: float
    threshold: float
    box: BoxModel | None
    seen_at: str

    @classmethod
    def of(cls, found: FoundDefect) -> Self:
        """Return its shape."""
        return cls(
            line=found.line,
            sha256=found.sha256,
            name=found.name,
            score=found.score,
            threshold=found.threshold,
            box=BoxModel.of(found.box),
            seen_at=found.seen_at,
        )


class QuestionOut(BaseModel):
    """Something that a person should say: about a product, or a photo that a product line calls defect."""

    kind: QuestionKind
    product: ProductOut | None = None
    other: ProductOut | None = None
    photo: str = ""
    other_photo: str = ""
    photos: list[PhotoOut] = []
    given: str = ""
    probability: float = 0.0
    suggestions: list[tuple[str, float]] = []
    defect: DefectQuestionOut | None = None


class QuestionsOut(BaseModel):
    """The next questions, how many are open, and how often what was answered."""

    questions: list[QuestionOut]
    open: dict[str, int]
    answered: dict[str, dict[str, int]]


class AnswerIn(StrictModel):
    """What a person says to a question."""

    kind: QuestionKind
    product_id: str = Field(description="of a defect the product line")
    other_id: str = Field("", description="of a pair the second product, of a defect the photo's `sha256`")
    said: Said
    category: CategoryPath = ""


class AnswerOut(AnswerIn, extra="ignore"):
    """An answer that is stored."""

    answered_at: str


class TrainingDataOut(BaseModel):
    """What a training would learn from: photos by category, and how many cannot be used, by reason."""

    photos: int
    categories: list[tuple[str, int]]
    unusable: dict[str, int]
    corrected: int = Field(description="products whose category the merchant set or confirmed")
    available: bool = Field(description="whether the libraries of the extra 'train' are installed")


class TrainIn(StrictModel):
    """A training to start."""

    name: Name
    preset: Literal["fast", "good", "best"]
    source: str = Field("", description="class folders that were brought; empty for the shop's own catalogue")
    minutes: float | None = Field(None, gt=0, le=10_000)


class PackOut(BaseModel):
    """A rule pack."""

    name: str
    title: str
    version: str
    in_use: bool
    rules: list[dict[str, Any]]


class RulesIn(StrictModel):
    """The rule packs to inspect by."""

    packs: list[str] = Field(min_length=1, max_length=20)


class KeyIn(StrictModel):
    """A key to make."""

    name: str = Field(min_length=1, max_length=100)
    scope: Scope


class KeyOut(BaseModel):
    """A key as it can be shown."""

    id: int
    name: str
    scope: Scope
    hint: str
    created_at: str
    revoked_at: str


class NewKeyOut(KeyOut):
    """A key that was just made: its secret is told this once."""

    secret: str


class KeysOut(BaseModel):
    """The keys of the shop; `asked_for` tells whether this server asks for any."""

    asked_for: bool
    keys: list[KeyOut]


class IndexOut(BaseModel):
    """The state of the photo index."""

    model: str
    embedder: str
    engine: str
    compared: str
    photos: int
    missing: int
    others: list[str]
    snapshot_bytes: int | None
    snapshot_at: float | None
    problem: str
