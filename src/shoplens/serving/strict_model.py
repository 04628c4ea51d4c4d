"""What a request brings, by its names."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from shoplens.errors import BadInput, UnknownName

MOST_TOLD = 10
"""Of a request full of unknown names, so that an answer stays small."""


class StrictModel(BaseModel, extra="forbid"):
    """Fields of a JSON body or a form; a name that is none of them is refused, and the message lists those there are.

    A mistyped name that was passed over would ask for something else: of "dryrun" for the whole work, of "prodcts" for
    every product. What `extra` forbids is only told to OpenAPI by it: its own message would not list the fields.
    """

    @model_validator(mode="before")
    @classmethod
    def _know_each_name(cls, given: object) -> object:
        unknown = [name for name in given if name not in cls.model_fields] if isinstance(given, dict) else []
        if unknown:
            raise ValidationError.from_exception_data(
                cls.__name__,
                [
                    InitErrorDetails(type=mistake(UnknownName("field", name, cls.model_fields)), loc=(name,), input="")
                    for name in unknown[:MOST_TOLD]
                ],
            )
        return given


def mistake(error: Exception) -> PydanticCustomError:
    """Return what tells an error's message as it is, where pydantic looks for mistakes."""
    return PydanticCustomError("refused", "{said}", {"said": str(error)})


def refused(place: str, name: str, error: Exception) -> dict[str, Any]:
    """Return a mistake in a form ("body") or an address ("query"), as FastAPI tells those that pydantic finds."""
    return {"type": "refused", "loc": (place, name), "msg": str(error)}


def repeated(times: int) -> BadInput:
    """Return what is said of a name that may come once."""
    return BadInput("This may come once.", received=f"{times} times", remedy="Send one of them.")
