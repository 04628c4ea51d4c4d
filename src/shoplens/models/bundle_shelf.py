"""The bundles of one shop: where they stand, and which ones searched, in order."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from shoplens.errors import BadInput, BundleError, NotFound, UnknownName
from shoplens.models.bundle import BASE, RESERVED, Bundle, check_name, load_bundle
from shoplens.models.bundle_files import MANIFEST

_HISTORY = "history.json"
_KEPT = ".kept"
_REMEMBERED = 100
_COPIES = 5


@dataclass(frozen=True, slots=True)
class Promotion:
    """A model that began to search.

    Attributes:
        name: of the bundle; "base" for the one that ships, "none" for colours alone.
        id: the bundle's id at that time; "" for "none".
        at: when, ISO 8601 in UTC; "" where it was found in use.
    """

    name: str
    id: str
    at: str = ""


class BundleShelf:
    """The folder `bundles` of a shop.

    Of every promoted bundle a copy is kept aside, so that going back finds it even where a later training took its
    name or its files were damaged.

    Args:
        folder: holds a folder for each bundle; it need not be there yet.

    Attributes:
        folder: as given.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Return the names of the shop's own bundles."""
        return sorted(path.parent.name for path in self.folder.glob(f"*/{MANIFEST}"))

    def load(self, name: str) -> Bundle:
        """Load and verify one of the shop's bundles, or "base".

        Raises:
            UnknownName: there is none of that name.
            BundleError: it is incomplete or altered.
        """
        if name == "base":
            return load_bundle(BASE)
        if name not in self.names():
            raise UnknownName("bundle", name, ["base", *self.names()])
        return load_bundle(self.folder / name)

    def add(self, folder: Path, name: str = "", *, replace: bool = False) -> Bundle:
        """Copy a bundle from another folder onto the shelf, whole or not at all, after verifying it.

        Args:
            folder: the bundle's folder.
            name: on the shelf; the bundle's own if left out.
            replace: take the place of a bundle of that name.

        Raises:
            BundleError: it is incomplete, altered, or its network does not fit it.
            BadInput: the name is taken, or no name for a bundle.
        """
        from shoplens.models.runtime import OnnxModel

        bundle = load_bundle(folder)
        OnnxModel(bundle)
        name = name or bundle.name
        check_name(name)
        if name in RESERVED or (name in self.names() and not replace):
            raise BadInput(
                "There is a bundle of that name already.",
                received=name,
                remedy="Give another one with --name, or let it take that place with --replace.",
            )
        self._put(bundle, self.folder / name)
        return load_bundle(self.folder / name)

    def history(self) -> tuple[Promotion, ...]:
        """Return what searched, the oldest first; empty before the first promotion.

        Raises:
            BundleError: the file cannot be read.
        """
        path = self.folder / _HISTORY
        if not path.is_file():
            return ()
        try:
            return tuple(Promotion(**{key: str(row[key]) for key in ("name", "id", "at")}) for row in _rows(path))
        except (ValueError, KeyError, TypeError) as error:
            raise BundleError(
                "The history of the bundles cannot be read.", received=path, remedy="Delete it and promote again."
            ) from error

    def begin(self, current: Promotion) -> None:
        """Note what searches now, before another model does; nothing where the history says so already."""
        states = self.history()
        if not states or (states[-1].name, states[-1].id) != (current.name, current.id):
            self._remember([*states, current])

    def promoted(self, name: str, bundle: Bundle | None) -> Promotion:
        """Note that a model searches from now on, and keep a copy of it; None for "none"."""
        state = Promotion(name, bundle.id if bundle else "", dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
        if bundle is not None and name not in RESERVED:
            self._keep(bundle)
        self._remember([*self.history(), state])
        return state

    def before(self, current: Promotion) -> Promotion:
        """Return what searched before `current`.

        Raises:
            NotFound: nothing is known of it.
        """
        states = list(self.history())
        while states and (states[-1].name, states[-1].id) == (current.name, current.id):
            states.pop()
        if not states:
            raise NotFound(
                "No other model has searched here before.",
                received=current.name,
                remedy="Promote one: shoplens bundle promote NAME.",
            )
        return states[-1]

    def bring_back(self, state: Promotion) -> Bundle | None:
        """Put the bundle of a former state in its place again, with the files that it had; None for "none".

        What stands there now gets a place of its own on the shelf, named with the end of its id.

        Raises:
            BundleError: the bundle has changed since, and no copy of it was kept.
        """
        if state.name == "none":
            return None
        try:
            bundle = self.load(state.name)
        except (BundleError, UnknownName):
            bundle = None
        if bundle is not None and (bundle.id == state.id or state.name == "base"):
            return bundle
        kept = self.folder / _KEPT / state.id
        if not (kept / MANIFEST).is_file():
            raise BundleError(
                "The bundle has changed since it searched, and no copy of it is left.",
                received=f"{state.name}: {state.id}",
                remedy="Promote one that is there: shoplens bundle promote NAME.",
            )
        if bundle is not None:
            self._put(bundle, self.folder / f"{state.name}-{bundle.id.rpartition('-')[2]}")
        self._put(load_bundle(kept), self.folder / state.name)
        return load_bundle(self.folder / state.name)

    def went_back(self, state: Promotion) -> None:
        """Forget what searched after `state`, which searches again."""
        states = list(self.history())
        while states and states[-1] != state:
            states.pop()
        self._remember(states or [state])

    def _keep(self, bundle: Bundle) -> None:
        place = self.folder / _KEPT / bundle.id
        if not place.is_dir():
            self._put(bundle, place)

    def _put(self, bundle: Bundle, place: Path) -> None:
        """Copy the bundle's files, verify the copy, and move it to its place."""
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{place.name}-", dir=place.parent) as scratch:
            new, old = Path(scratch, "new"), Path(scratch, "old")
            new.mkdir()
            for name in (MANIFEST, *bundle.digests):
                shutil.copyfile(bundle.path / name, new / name, follow_symlinks=False)
            load_bundle(new)
            if place.exists():
                place.rename(old)
            new.rename(place)

    def _remember(self, states: Sequence[Promotion]) -> None:
        states = states[-_REMEMBERED:]
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / _HISTORY
        new = path.with_suffix(".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump([asdict(state) for state in states], file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        wanted = {state.id for state in states[-_COPIES:]}
        for copy in (self.folder / _KEPT).glob("*"):
            if copy.name not in wanted:
                shutil.rmtree(copy)


def _rows(path: Path) -> list[dict[str, object]]:
    rows = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list):
        raise ValueError("no list")
    return rows
