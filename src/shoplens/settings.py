"""What a shop may set in its `shoplens.toml`."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from shoplens.errors import BadInput, UnknownName
from shoplens.replace_file import replace_file

SETTINGS_FILE = "shoplens.toml"
_MOST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one shop, all with defaults.

    Attributes:
        name: the shop's name, shown on its pages.
        model: the bundle whose network makes the search vectors: "base", a folder name under `bundles/`, or "none" for
            colours alone.
        color_weight: share of colour in the similarity of two photos, above 0 and below 1: of the colours that are
            counted, and of those that the network sees, where it tells them apart; shape, kind and pattern have the
            rest.
        index: the engine of the vector index: "auto" compares every vector up to 50,000 and has lists above;
            "exact" always compares every one.
        precision: how often a category that ShopLens names should be right; where it cannot be, it abstains.
        rules: rule packs of the inspector: names or paths of TOML files.
        currency: ISO 4217 code for prices whose feed names none.
        allow_private_urls: fetch photos from private addresses too; for shops whose image server is in-house.
        search_by_url: let requests over HTTP name the address of a photo to search by; private addresses are refused as
            in an import.
        image_minutes: how long a photo stays that was uploaded to be searched by again and again; 0 keeps none.
        image_count: how many of them at one time; the oldest goes first.
        image_megabytes: how much of the memory they may take together.
        log_answers: part of the answers whose products are logged, 0 to 1, so that rates can be counted.
        event_days: how long shoppers' events and logged answers are kept; 0 keeps them for ever.
        widget_origins: pages that may hold this shop's widgets, as "https://shop.example".
        model_mirror: where bundles are fetched from instead of the address given: "https://mirror.example/hub" takes
            the place of scheme and host, "https://hub.example=https://mirror.example" that of one beginning. The
            environment variable SHOPLENS_MODEL_MIRROR goes before it.
    """

    name: str = "My shop"
    model: str = "base"
    color_weight: float = 0.5
    index: str = "auto"
    precision: float = 0.95
    rules: tuple[str, ...] = ("google", "shop")
    currency: str = ""
    allow_private_urls: bool = False
    search_by_url: bool = False
    image_minutes: float = 30.0
    image_count: int = 1000
    image_megabytes: int = 256
    log_answers: float = 1.0
    event_days: float = 0.0
    widget_origins: tuple[str, ...] = ()
    model_mirror: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.color_weight < 1:
            raise BadInput("The setting 'color_weight' is a share above 0 and below 1.", received=self.color_weight)
        if not 0 <= self.log_answers <= 1:
            raise BadInput("The setting 'log_answers' is a share, from 0 to 1.", received=self.log_answers)
        if not 0 <= self.event_days <= _MOST_DAYS:
            raise BadInput("The setting 'event_days' counts days; 0 is for ever.", received=self.event_days)

    @property
    def events_kept(self) -> dt.timedelta | None:
        """How long shoppers' events are kept; None for ever."""
        return dt.timedelta(days=self.event_days) if self.event_days > 0 else None

    @classmethod
    def read(cls, path: Path) -> Settings:
        """Return the settings of the file, or the defaults where there is none.

        Paths of rule packs are looked up from the folder of the file.

        Raises:
            BadInput: the file is no TOML, or a value has the wrong type.
            UnknownName: a setting that does not exist.
        """
        if not path.is_file():
            return cls()
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"The settings cannot be read: {error}.", received=path, remedy="Mend the TOML.") from error
        known = {f.name: f for f in fields(cls)}
        for name, value in table.items():
            if name not in known:
                raise UnknownName("setting", name, known)
            _check_type(name, value, getattr(cls(), name))
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in table.items()}
        if "rules" in values:
            values["rules"] = tuple(_from_folder(str(rule), path.parent) for rule in values["rules"])
        return cls(**values)


def modified(path: Path) -> int:
    """Return what changes whenever the file is written; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def write_setting(path: Path, name: str, value: str | float | bool | list[str]) -> None:
    """Set one value in the file, which is made where there is none; comments and the rest stay as they are."""
    import tomlkit

    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.is_file() else tomlkit.document()
    document[name] = value
    replace_file(path, tomlkit.dumps(document).encode())


def _from_folder(rule: str, folder: Path) -> str:
    return str(folder / rule) if rule.endswith(".toml") else rule


def _check_type(name: str, value: Any, default: Any) -> None:  # noqa: ANN401 - TOML values have many types
    wanted = list if isinstance(default, tuple) else type(default)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        return
    if not isinstance(value, wanted):
        raise BadInput(f"The setting '{name}' must be of type {wanted.__name__}.", received=repr(value))
