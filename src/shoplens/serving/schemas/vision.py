"""What a model says of a photo, as OpenAPI shows it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from shoplens.records import Prediction
from shoplens.serving.schemas.photo_form import PhotoForm


class PredictionOut(BaseModel):
    """A label with its calibrated probability; null where the model abstains."""

    label: str | None
    confidence: float
    runners_up: list[tuple[str, float]]

    @classmethod
    def of(cls, prediction: Prediction) -> PredictionOut:
        """Return the prediction's shape."""
        return cls(label=prediction.label, confidence=prediction.confidence, runners_up=list(prediction.runners_up))


class ColorOut(BaseModel):
    """A colour of the photo's subject with its names and share."""

    name: str
    name_zh: str
    rgb: tuple[int, int, int]
    share: float


class ClassificationOut(BaseModel):
    """What a photo shows."""

    category: PredictionOut
    colors: list[ColorOut]
    tags: list[PredictionOut]
    source: str


class ExplainForm(PhotoForm):
    """A photo, and a category that it may speak for."""

    label: str = Field("", description="the category; empty for the likeliest", max_length=200)


class ExplanationOut(BaseModel):
    """Why a photo is taken for a category: `picture` is a WebP file in base64, bright where the photo speaks for it."""

    label: str
    probability: float
    width: int
    height: int
    picture: str
