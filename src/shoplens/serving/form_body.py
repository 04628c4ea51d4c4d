"""A form, read at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cache
from typing import Annotated, Any, Self, get_origin

from fastapi import Request, UploadFile
from fastapi.exceptions import RequestValidationError
from pydantic import BeforeValidator, ValidationError, ValidationInfo
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as SentFile
from starlette.exceptions import HTTPException

from shoplens.errors import BadInput
from shoplens.serving.strict_model import StrictModel, mistake, refused, repeated


def _be_a_file(sent: object, info: ValidationInfo) -> object:
    if isinstance(sent, SentFile):
        return sent
    name = info.field_name
    remedy = f"Send the file itself, as does: curl -F {name}=@FILE"
    raise mistake(BadInput(f"{name} must be a file, and not a text.", received=sent, remedy=remedy))


Upload = Annotated[UploadFile, BeforeValidator(_be_a_file)]
"""A file of a form."""


class FormBody(StrictModel):
    """The fields of a form; a route takes one by `Depends(ItsForm.read)` and tells OpenAPI of it by `ItsForm.shown()`.

    FastAPI's own way passes over names that a route does not know, takes the last of several values where there may be
    one, and asks each field what it is at each request: of the 23 fields of a photo search that took a fifth of the
    time of the search. What a field may be, what is left out and how a mistake is told are the same.
    """

    @classmethod
    async def read(cls, request: Request) -> AsyncIterator[Self]:
        """Yield the form of a request; its files stay open until the answer is sent.

        Raises:
            RequestValidationError: a field is not what it should be, comes twice, or is none of the form's.
        """
        try:
            form = await request.form()
        except HTTPException:
            raise
        except Exception as error:  # whatever bytes may do to the parser; a body that was refused says why by itself
            raise HTTPException(400, "There was an error parsing the body") from error
        try:
            # What the route itself gets wrong comes out of the yield, and is no mistake of who filled in the form.
            yield cls._of(form)
        finally:
            await form.close()

    @classmethod
    def shown(cls) -> dict[str, Any]:
        """Return what a route gives to `openapi_extra`."""
        schema = cls.model_json_schema()
        schema.pop("description", None)  # it tells programmers of this project about the class
        needed = {"required": True} if schema.get("required") else {}
        return {"requestBody": {"content": {"multipart/form-data": {"schema": schema}}, **needed}}

    @classmethod
    def _of(cls, form: FormData) -> Self:
        lists = _lists(cls)
        sent = {name: len(form.getlist(name)) for name in form if name in cls.model_fields and name not in lists}
        several = [refused("body", name, repeated(times)) for name, times in sent.items() if times > 1]
        if several:
            raise RequestValidationError(several)
        # An empty text field of a page is one that was not filled in.
        given = {
            name: form.getlist(name) if name in lists else form[name]
            for name in form
            if name in lists or name not in cls.model_fields or form[name] != ""
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            told = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
            raise RequestValidationError(told) from error


@cache
def _lists(form: type[FormBody]) -> frozenset[str]:
    """Return the fields that may come several times."""
    return frozenset(name for name, field in form.model_fields.items() if get_origin(field.annotation) is list)
