"""What a safe fix is. Built-in fixes and a stranger's satisfy the same Protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from shoplens.errors import ShopLensError
from shoplens.records import Finding

if TYPE_CHECKING:
    from shoplens.quality.draft import Draft


class CannotFix(ShopLensError):
    """The photo is not one that this fix mends safely; `what` says why."""

    code = "cannot_fix"


class Fix(Protocol):
    """Mends one kind of problem, or says why not. It keeps no state: one instance serves many threads.

    A fix never enlarges what a photo shows, never paints over anything, and never changes the product's colours.
    It need not look at what else may go wrong: the `Mender` inspects every attempt.
    """

    @property
    def name(self) -> str:
        """The entry point's name."""
        ...

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the findings that it mends."""
        ...

    @property
    def order(self) -> int:
        """Fixes of one photo are made in this order, the lowest first."""
        ...

    @property
    def sees_product(self) -> bool:
        """Whether it goes by where the product is, and so is not asked where a frame or a collage hides that.

        Of what it cuts away the `Mender` refuses, unasked, what would leave too few pixels.
        """
        ...

    @property
    def automatic(self) -> bool:
        """Whether it is made unasked; else only where one of its codes is named."""
        ...

    def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
        """Yield what the photo may become, the best first; the first that passes its inspection is taken.

        Args:
            draft: the photo as it is.
            finding: of one of the fix's codes, for this draft.

        Raises:
            CannotFix: it is not to be mended so.
        """
        ...
