"""A named, replayable list of transforms, the same in training and in serving."""

from __future__ import annotations

import hashlib
import inspect
import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from shoplens.errors import BadInput, UnknownName
from shoplens.photos import transform
from shoplens.records import Box, Pixels

VERSION = 1
"""Grows when an operation's result changes, so that digests and stored vectors do not lie."""

Argument = str | int | float | bool | None | Sequence[int]


def _crop(pixels: Pixels, x0: float, y0: float, x1: float, y1: float) -> Pixels:
    return transform.crop(pixels, Box(x0, y0, x1, y1))


OPERATIONS: Mapping[str, Callable[..., Pixels]] = {
    "autocontrast": transform.autocontrast,
    "center_crop": transform.center_crop,
    "crop": _crop,
    "denoise": transform.denoise,
    "flip": transform.flip,
    "pad": transform.pad,
    "resize": transform.resize,
    "rotate": transform.rotate,
    "sharpen": transform.sharpen,
    "white_balance": transform.white_balance,
}
"""What a step may be; `crop` takes normalised x0, y0, x1, y1. (`pyramid` makes many pictures of one, so is no step.)"""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation with its arguments by name; left-out arguments are filled with their defaults and recorded.

    Raises:
        UnknownName: there is no such operation.
        BadInput: an argument is unknown, missing or out of range.
    """

    op: str
    args: Mapping[str, Argument] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.op not in OPERATIONS:
            raise UnknownName("photo operation", self.op, OPERATIONS)
        signature = inspect.signature(OPERATIONS[self.op])
        try:
            bound = signature.bind(None, **self.args)
        except TypeError as error:
            accepted = [name for name in signature.parameters if name != "pixels"]
            raise BadInput(
                f"The arguments of '{self.op}' do not fit: {error}.",
                received=dict(self.args),
                remedy=f"It takes: {', '.join(accepted) or 'none'}.",
            ) from None
        bound.apply_defaults()
        object.__setattr__(self, "args", {k: v for k, v in bound.arguments.items() if k != "pixels" and v is not None})
        # A trial on a tiny picture: a wrong value is refused here, not at each of a thousand photos.
        try:
            self.apply(np.zeros((8, 8, 3), np.uint8))
        except (TypeError, ValueError) as error:
            raise BadInput(
                f"'{self.op}' cannot use its arguments: {error}.", received=dict(self.args), remedy="Check their kinds."
            ) from error

    def __hash__(self) -> int:
        return hash((self.op, json.dumps(self.args, sort_keys=True)))

    def apply(self, pixels: Pixels) -> Pixels:
        """Return the picture after this step."""
        return OPERATIONS[self.op](pixels, **self.args)


@dataclass(frozen=True)
class Recipe:
    """Steps in their order, under a name; equal recipes give equal pictures."""

    steps: tuple[Step, ...]
    name: str = ""

    def apply(self, pixels: Pixels) -> Pixels:
        """Return uint8 RGB `[h, w, 3]` after all steps; the input is not changed.

        Raises:
            BadInput: a step refuses its arguments or its picture.
        """
        for step in self.steps:
            pixels = step.apply(pixels)
        return pixels

    @cached_property
    def digest(self) -> str:
        """16 hexadecimal characters that change with any step, argument or operation version, not with the name."""
        steps = [[step.op, step.args] for step in self.steps]
        text = json.dumps([VERSION, steps], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-able data from which `from_dict` makes an equal recipe."""
        steps = [{"op": step.op, "args": dict(step.args)} for step in self.steps]
        return {"name": self.name, "version": VERSION, "steps": steps}

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Recipe:
        """Read what `to_dict` wrote, or the same from a TOML or JSON file; a step may also be a string ("pad:1.0").

        Raises:
            BadInput: the shape of the data is wrong, an operation is unknown, or the version is newer than ours.
        """
        steps = data.get("steps")
        version = data.get("version", VERSION)
        if not isinstance(steps, list):
            raise BadInput(
                "A recipe needs a list of steps.", received=data, remedy='For example {"steps": ["pad:1.0"]}.'
            )
        if version != VERSION:
            raise BadInput(
                f"The recipe is of another version than this ShopLens ({VERSION}).",
                received=version,
                remedy="Use the ShopLens that wrote it, or train again.",
            )
        return Recipe(tuple(_read_step(step) for step in steps), str(data.get("name", "")))

    @staticmethod
    def parse(text: str, name: str = "") -> Recipe:
        """Read the short form: steps parted by commas, arguments by colons, in order or as name=value.

        For example "resize:800x800,denoise,pad:1.0", "resize:short=256,center_crop:224", "rotate:90,pad:1.5:#ffffff".

        Raises:
            BadInput: a step cannot be read; the message shows it.
        """
        steps = tuple(_parse_step(part.strip()) for part in text.split(",") if part.strip())
        return Recipe(steps, name)

    @staticmethod
    def load(path: Path) -> Recipe:
        """Read a TOML or JSON file that holds what `to_dict` gives; without a name in it, the file's own is taken.

        Raises:
            BadInput: the file cannot be read, or its content is no recipe.
        """
        try:
            text = path.read_text(encoding="utf-8")
            data = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
            remedy = 'Write for example: steps = ["resize:800x800", "pad:1.0"].'
            raise BadInput(f"The recipe file cannot be read: {error}.", received=path, remedy=remedy) from error
        return Recipe.from_dict({"name": path.stem, **data} if isinstance(data, dict) else {"steps": data})

    @staticmethod
    def encoder(size: int) -> Recipe:
        """Return the recipe for a network's input: longer side to `size`, padded to a square of `size` pixels.

        The padding has the median colour of the border. Shrinking comes first, so that a long strip costs no more than
        any other photo.
        """
        return Recipe((Step("resize", {"long": size}), Step("pad", {"aspect": 1.0})), f"encoder-{size}")


def _read_step(data: object) -> Step:
    if isinstance(data, str):
        return _parse_step(data)
    if not isinstance(data, Mapping) or not isinstance(data.get("op"), str):
        raise BadInput(
            "A step needs an operation.", received=data, remedy='For example {"op": "pad", "args": {"aspect": 1.0}}.'
        )
    args = data.get("args", {})
    if not isinstance(args, Mapping):
        raise BadInput(
            "A step's args are a table of names and values.", received=args, remedy='For example {"aspect": 1.0}.'
        )
    return Step(data["op"], args)


def _parse_step(text: str) -> Step:
    op, *parts = text.split(":")
    if op not in OPERATIONS:
        raise UnknownName("photo operation", op, OPERATIONS)
    names = [name for name in inspect.signature(OPERATIONS[op]).parameters if name != "pixels"]
    args: dict[str, Argument] = {}
    position = 0
    for part in parts:
        key, equals, value = part.partition("=")
        values = [value] if equals else _split_size(part)
        for item in values:
            if not equals and position >= len(names):
                raise BadInput(f"'{op}' takes fewer arguments.", received=text, remedy=f"It takes: {', '.join(names)}.")
            args[key if equals else names[position]] = _literal(item)
            position += not equals
    return Step(op, args)


def _split_size(text: str) -> list[str]:
    """Part "800x600" into its two numbers."""
    return text.split("x") if re.fullmatch(r"\d+x\d+", text) else [text]


def _literal(text: str) -> Argument:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
