"""Taught categories, as OpenAPI shows them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from shoplens.serving.form_body import FormBody, Upload


class TeachForm(FormBody):
    """A category and what it is taught from."""

    category: str = Field(description='path such as "Bags > Backpacks"', min_length=1, max_length=300)
    photos: list[Upload] = Field([], description="picture files, about five")
    products: str = Field("", description="ids of products, separated by commas: their photos teach too")


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
