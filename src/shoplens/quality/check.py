"""What a check is. Built-in checks and a stranger's satisfy the same two Protocols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, Protocol

from shoplens.quality.catalog_view import CatalogView
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Photo


class PhotoCheck(Protocol):
    """Looks at one decoded photo. It keeps no state: one instance serves many threads.

    The source of each default limit stands beside it.
    """

    @property
    def code(self) -> str:
        """The entry point's name, and the code of the findings."""
        ...

    @property
    def scope(self) -> Literal["photo"]:
        """Which of the two Protocols it is."""
        ...

    @property
    def limits(self) -> Mapping[str, float]:
        """The limits that a rule pack may set, and their defaults."""
        ...

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield what violates the rule; `rule.limits` holds every name of `limits`."""
        ...


class CatalogCheck(Protocol):
    """Looks at a whole catalogue at once.

    Its findings carry `photo` and `product_id` already, since only it knows them.
    """

    @property
    def code(self) -> str:
        """The entry point's name, and the code of the findings."""
        ...

    @property
    def scope(self) -> Literal["catalog"]:
        """Which of the two Protocols it is."""
        ...

    @property
    def limits(self) -> Mapping[str, float]:
        """The limits that a rule pack may set, and their defaults."""
        ...

    def inspect(self, view: CatalogView, rule: Rule) -> Iterator[Finding]:
        """Yield what violates the rule."""
        ...
