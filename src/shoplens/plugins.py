"""Plug-ins are entry points in the groups `shoplens.<kind>`; built-ins register as a stranger would."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from shoplens.errors import UnknownName


def names(kind: str) -> list[str]:
    """Return the registered names of `kind` ("architecture", "embedder", "index", "feed", "check", "recommender")."""
    return sorted(point.name for point in entry_points(group=f"shoplens.{kind}"))


def load(kind: str, name: str) -> Any:  # noqa: ANN401 - each room knows the Protocol of its kind
    """Import and return the object registered as `name`.

    Raises:
        UnknownName: nothing of that kind has the name; the message lists the choices.
    """
    for point in entry_points(group=f"shoplens.{kind}", name=name):
        return point.load()
    raise UnknownName(kind, name, names(kind))
