"""Takes places, names and serial numbers out of a file."""

from __future__ import annotations

from collections.abc import Iterator

from shoplens.errors import BadInput
from shoplens.photos.strip import without_metadata
from shoplens.quality.draft import Draft
from shoplens.quality.fix import CannotFix
from shoplens.records import Finding


class StripMetadata:
    """The compressed picture stays byte for byte: only what stands beside it goes."""

    name = "strip_metadata"
    codes = ("metadata_gps", "metadata_personal")
    order = 10
    sees_product = False
    automatic = True

    def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
        """Yield the same picture without metadata."""
        try:
            yield draft.with_data(without_metadata(draft.data))
        except BadInput as error:
            raise CannotFix(error.what) from error
