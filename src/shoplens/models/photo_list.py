"""Photos with what each is, before any of them is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shoplens.models.decoded_copies import Quarantined
from shoplens.models.split import FREE


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A photo's path and class.

    Attributes:
        path: of the file.
        label: the class's name.
        side: `FREE`, or the side that it has to lie on.
        groups: names of what it has in common with others that must lie on its side: "product:A-17", "sender:322".
    """

    path: Path
    label: str
    side: int = FREE
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhotoList:
    """What a training learns from, or a model is judged by; no photo has been decoded yet.

    Attributes:
        origin: the folder, manifest or shop that it comes from.
        photos: in a fixed order.
        quarantined: what was listed there and cannot be used.
        ignored_columns: of a manifest, those whose meaning is not known.
    """

    origin: Path
    photos: tuple[LabelledPhoto, ...]
    quarantined: tuple[Quarantined, ...] = ()
    ignored_columns: tuple[str, ...] = ()
