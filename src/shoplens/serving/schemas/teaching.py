"""Taught categories, as OpenAPI shows them."""

from __future__ import annotations

from pydantic import BaseModel, Field


class RefusedPhotoOut(BaseModel):
    """A photo that could not be read, and why."""

    name: str
    code: str
    reason: str


class LessonOut(BaseModel):
    """What teaching a category came to."""

    category: str = Field(description="in the shop's own spelling where it has the category")
    added: int
    repeated: list[str] = Field(description="photos that nearly are a picture that the category has")
    refused: list[RefusedPhotoOut]
    photos: int = Field(description="examples that the category has now")
    enough: bool = Field(description="false below three: answers will be rare")


class TaughtOut(BaseModel):
    """A taught category and the number of its photos."""

    category: str
    photos: int


class ForgottenOut(BaseModel):
    """How many photos were forgotten."""

    photos: int
