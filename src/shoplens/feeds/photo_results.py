"""What the work on photos gives to the importer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shoplens.catalog.store import CatalogPhoto, Reference
from shoplens.feeds.feed import RowProblem
from shoplens.feeds.locate import LocalPhoto, RemotePhoto
from shoplens.feeds.summary import PhotoStatus
from shoplens.records import PhotoFacts

Locate = Callable[[str], LocalPhoto | RemotePhoto | RowProblem]
"""Where a photo that a feed names is; `PhotoLocator.locate` is one."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A photo decoded now: what the catalogue has to store of it; `vector` is float32 `[dim]`."""

    facts: PhotoFacts
    path: Path
    vector: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of a reference.

    Attributes:
        status: embedded now, known, or failed.
        state: what the catalogue is to remember; a URL that cannot be reached now keeps the photo of before.
        as_before: the catalogue remembers that already.
        error_code: why it failed, "" where it did not.
        error_message: the same for people.
    """

    status: PhotoStatus
    state: Reference
    as_before: bool
    error_code: str = ""
    error_message: str = ""


@dataclass(frozen=True, slots=True)
class PhotoResults:
    """What became of many references.

    Attributes:
        references: by the name that the feed gives.
        photos: what was decoded, by sha256.
        moved: known photos whose bytes are found elsewhere now.
    """

    references: dict[str, Resolved]
    photos: dict[str, Embedded]
    moved: dict[str, CatalogPhoto]
