"""Models at hand, as OpenAPI shows them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class ModelOut(BaseModel):
    """A bundle; `problem` says why it cannot be used, where that is so."""

    name: str
    id: str
    in_use: bool
    labels: list[str] = []
    heads: dict[str, list[str]] = Field(default={}, description="labels of what else it names, such as colours")
    card: dict[str, Any] = Field(default={}, description="data, licences, seed, settings, figures, versions")
    problem: str = ""


class PromotionOut(BaseModel):
    """A model that began to search; `at` is empty where it was found in use."""

    name: str
    id: str
    at: str


class ModelList(BaseModel):
    """The models of a shop."""

    in_use: str = Field(description="a bundle's name, base, or none for colours alone")
    models: list[ModelOut]
    history: list[PromotionOut]
