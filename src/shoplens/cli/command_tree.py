"""How every command describes itself: short lines in lists, examples that can be copied, plain names of values."""

from __future__ import annotations

import inspect
import re
from typing import Any

from typer.core import TyperCommand, TyperGroup, TyperOption

# The order of a shop's life; commands that are not named here follow in the order in which they were added.
_ORDER = (
    "demo",
    "import",
    "feed",
    "products",
    "search",
    "locate",
    "recommend",
    "classify",
    "inspect",
    "train",
    "evaluate",
    "export",
    "bundle",
)
_VALUES = {"<str>": "TEXT", "<path>": "PATH", "<file>": "FILE", "<int range>": "N", "<list[str]>": "TEXT"}


class CommandTree(TyperGroup):
    """The root of all commands.

    A command says everything in its docstring: up to the first stop it is the line in lists, and the last paragraph
    may hold examples: "Examples: `shoplens one`, `shoplens two`." They are shown one on a line, unwrapped.
    """

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - typer's own arguments, handed on
        super().__init__(**settings)
        place = {name: number for number, name in enumerate(_ORDER)}
        names = sorted(self.commands, key=lambda name: place.get(name, len(place)))
        self.commands = {name: self.commands[name] for name in names}
        _describe(self)


def _describe(command: object) -> None:
    if isinstance(command, TyperGroup):
        for child in command.commands.values():
            _describe(child)
    if not isinstance(command, TyperGroup | TyperCommand):
        return
    text = inspect.cleandoc(command.help or "")
    body, _, examples = text.partition("\n\nExample")
    command.help = body
    if examples:
        # Click leaves a paragraph alone that begins with this character.
        lines = [
            "\b",
            "Examples:",
            *(f"  {example}" for example in re.findall(r"`([^`]+)`", examples.replace("\n", " "))),
        ]
        command.epilog = "\n".join(lines)
    command.short_help = re.split(r"[;:.](?:\s|$)", body.partition("\n\n")[0].replace("\n", " "))[0] + "."
    for parameter in command.params:
        if isinstance(parameter, TyperOption) and parameter.metavar is None and not parameter.is_flag:
            parameter.metavar = _VALUES.get(parameter.display_type(None))  # type: ignore[arg-type]
