"""Options that several commands have, said once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints


def options_of(parameter: str, made_by: Callable[..., Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return what gives a command a function's options in the place of a parameter, which gets what the function makes.

    Args:
        parameter: of the command.
        made_by: a function whose parameters are options.
    """
    options = signature(made_by).parameters

    def sharing(command: Callable[..., None]) -> Callable[..., None]:
        own = signature(command).parameters
        made = {str(own[parameter].annotation): object}  # it may be imported for types alone
        hints = {
            name: hint
            for each in (command, made_by)
            for name, hint in get_type_hints(each, localns=made, include_extras=True).items()
        }

        @wraps(command)
        def shared(**given: Any) -> None:  # noqa: ANN401 - what the options say
            value = made_by(**{name: given.pop(name) for name in options})
            command(**given, **{parameter: value})

        parameters = [
            each.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[each.name])
            for name, one in own.items()
            for each in (options.values() if name == parameter else [one])
        ]
        vars(shared).update(__signature__=Signature(parameters))
        shared.__annotations__ = {each.name: each.annotation for each in parameters}
        return shared

    return sharing
