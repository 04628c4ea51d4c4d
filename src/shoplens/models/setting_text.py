"""Settings as text: `name=value`, as a command line gives them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import MISSING, Field, fields
from typing import Any

from shoplens.errors import BadInput, UnknownName
from shoplens.models.settings import Settings

_ARCHITECTURE = "architecture."
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def parse_settings(texts: Iterable[str]) -> dict[str, Any]:
    """Return changes for `Settings.for_preset` from texts such as "mixup=0.4", "metric=macro_f1", "erase=none".

    "architecture.NAME=VALUE" sets an argument of the architecture: "architecture.size=large",
    "architecture.channels=[64,128,256]".

    Raises:
        BadInput: a text has another form, or the value is of another type.
        UnknownName: there is no such setting.
    """
    known = {item.name: item for item in fields(Settings) if item.name not in ("preset", "architecture_settings")}
    changes: dict[str, Any] = {}
    for text in texts:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not value:
            raise BadInput("A setting has the form name=value.", received=text, remedy="Write for example mixup=0.4.")
        if name.startswith(_ARCHITECTURE):
            changes.setdefault("architecture_settings", {})[name.removeprefix(_ARCHITECTURE)] = _plain(value)
        elif name in known:
            changes[name] = _typed(known[name], value)
        else:
            raise UnknownName("setting", name, [*known, "architecture.NAME"])
    return changes


def _typed(item: Field[Any], text: str) -> Any:  # noqa: ANN401 - settings have many types
    """Return the value in the type of the setting's default."""
    default = None if item.default is MISSING else item.default
    try:
        if isinstance(default, bool):
            return _WORDS[text.lower()]
        if isinstance(default, int):
            return int(text)
        if default is None and text.lower() == "none":
            return None
        if default is None or isinstance(default, float):
            return float(text)
    except (ValueError, KeyError) as error:
        kind = "true or false" if isinstance(default, bool) else "a number"
        raise BadInput(f"The setting {item.name} is {kind}.", received=text) from error
    return text


def _plain(text: str) -> Any:  # noqa: ANN401 - an architecture's arguments are its own
    """Return a number, a truth value or a list as JSON writes it, any other text as it is."""
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        return json.loads(text)
    except ValueError:
        return text
