"""Rule packs: the photo rules of a marketplace or of the shop itself, as versioned TOML that anyone may edit."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from shoplens.errors import BadInput, UnknownName
from shoplens.quality.rule import Rule, levels_of
from shoplens.records import Severity

_Kind = tuple[str, Callable[[object], bool]]
"""What a key holds, in words that follow "Make it", and as a test of the value."""

_TEXT: _Kind = ("a string in quotes", lambda value: isinstance(value, str))
_TEXTS: _Kind = ('a list of strings, such as ["one", "two"]', lambda value: _is_list_of(str, value))
_TABLE: _Kind = ("a table, such as { max_share = 0.25 }", lambda value: isinstance(value, Mapping))
_TABLES: _Kind = ("a list of tables, each below a line [[rules]]", lambda value: _is_list_of(Mapping, value))
_TRUTH: _Kind = ("true or false, without quotes", lambda value: isinstance(value, bool))

_SEVERITIES = ("error", "warning", "info")
_RULE_KEYS = {
    "check": _TEXT,
    "severity": _TEXT,
    "limits": _TABLE,
    "main_only": _TRUTH,
    "categories": _TEXTS,
    "source": _TEXT,
}
_PACK_KEYS = {"name": _TEXT, "title": _TEXT, "version": _TEXT, "extends": _TEXT, "drop": _TEXTS, "rules": _TABLES}
_MAX_DEPTH = 4
_NAME = re.compile(r"[\w.-]+")

UNREADABLE = "photo_unreadable"
"""The rule for files that the decoder refuses; its findings carry the decoder's own code, such as photo_truncated."""


@dataclass(frozen=True)
class RulePack:
    """Rules under one name.

    Attributes:
        name: such as "google-2027".
        title: for people, such as "Google Merchant Center from 2027-01-31".
        version: the date of the last edit.
        rules: in order; of several rules for one check, the first that a photo violates counts. One for
            `UNREADABLE` is always among them, an error where the file says nothing of it: what cannot be read was not
            judged, so it cannot be ready.
    """

    name: str
    title: str
    version: str
    rules: tuple[Rule, ...]

    @staticmethod
    def names() -> list[str]:
        """Return the names of the packs that ship."""
        folder = files("shoplens.quality") / "rules"
        return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))

    @staticmethod
    def load(name: str | Path) -> RulePack:
        """Read a shipped pack by name, or a file of one's own by its path.

        A path under `extends` is looked up from the folder of the file that holds it.

        Raises:
            UnknownName: no pack has that name.
            BadInput: the file is no valid rule pack.
        """
        return _load(str(name), Path(), depth=0)

    @staticmethod
    def parse(table: Mapping[str, Any]) -> RulePack:
        """Build a pack from a parsed TOML table; see `docs/inspection.md` for its keys.

        A path under `extends` is looked up from the current folder.

        Raises:
            UnknownName: no pack has the name that it extends.
            BadInput: a key is unknown, missing or of the wrong kind, or a check is dropped that is not extended.
        """
        return _parse(table, Path(), depth=0)

    def rules_for(self, check: str) -> tuple[Rule, ...]:
        """Return the pack's rules for one check, in order."""
        return tuple(rule for rule in self.rules if rule.check == check)


def _choices() -> str:
    return ", ".join(RulePack.names())


def _load(name: str, folder: Path, depth: int) -> RulePack:
    if name.endswith(".toml"):
        path = folder / name
        if not path.is_file():
            raise BadInput(
                "There is no rule pack file at this path.", received=path, remedy=f"Or name one of: {_choices()}."
            )
        data, folder = path.read_bytes(), path.parent
    elif name in RulePack.names():
        data = (files("shoplens.quality") / "rules" / f"{name}.toml").read_bytes()
    else:
        raise UnknownName("rule pack", name, RulePack.names())
    try:
        table = tomllib.loads(data.decode())
    except UnicodeDecodeError as problem:
        raise BadInput(
            f"The rule pack is not UTF-8: {problem}.", received=name, remedy="Save it as UTF-8."
        ) from problem
    except tomllib.TOMLDecodeError as problem:
        raise BadInput(f"The rule pack is not valid TOML: {problem}.", received=name) from problem
    return _parse(table, folder, depth)


def _parse(table: Mapping[str, Any], folder: Path, depth: int) -> RulePack:
    _refuse_keys("rule pack", table, _PACK_KEYS)
    missing = sorted({"name", "title", "version"} - set(table))
    if missing:
        raise BadInput("A rule pack lacks a key.", received=", ".join(missing), remedy="Add it as a string.")
    title = table["title"]
    if not _NAME.fullmatch(table["name"]):
        raise BadInput(
            "The name of a rule pack has letters, digits, '-', '_' and '.' only.",
            received=table["name"],
            remedy="Put the rest into its title.",
        )
    own = tuple(_rule(entry, title) for entry in table.get("rules", []))
    inherited = _extended(table, folder, depth)
    _refuse_drops(title, table.get("drop", []), inherited)
    replaced = {*(rule.check for rule in own), *table.get("drop", [])}
    rules = own + tuple(rule for rule in inherited if rule.check not in replaced)
    if not rules:
        raise BadInput(
            f"The pack '{title}' has no rule, so it can never find anything.",
            remedy='Add [[rules]], or extends = "shop".',
        )
    unreadable = [rule for rule in rules if rule.check == UNREADABLE]
    if len(unreadable) > 1 or any(rule.main_only or rule.categories for rule in unreadable):
        raise BadInput(
            f"The pack '{title}' has several rules for {UNREADABLE}, or one for some photos only.",
            remedy="Write one without main_only and categories: it is for every file that cannot be read.",
        )
    if not unreadable:
        rules += (Rule(UNREADABLE, "error", pack=title),)
    return RulePack(table["name"], title, table["version"], rules)


def _extended(table: Mapping[str, Any], folder: Path, depth: int) -> tuple[Rule, ...]:
    if "extends" not in table:
        return ()
    if depth >= _MAX_DEPTH:
        raise BadInput("Rule packs extend each other too deeply.", received=table["extends"], remedy="Remove a cycle.")
    return _load(table["extends"], folder, depth + 1).rules


def _refuse_drops(pack: str, drops: list[str], inherited: tuple[Rule, ...]) -> None:
    extended = {rule.check for rule in inherited}
    unknown = sorted(set(drops) - extended)
    if unknown:
        raise BadInput(
            f"The pack '{pack}' drops a check that no pack that it extends has.",
            received=", ".join(unknown),
            remedy=f"Drop some of: {', '.join(sorted(extended))}." if extended else 'Add extends = "...".',
        )
    if UNREADABLE in drops:
        raise BadInput(
            f"The pack '{pack}' drops {UNREADABLE}: a photo that cannot be read was not judged by any rule.",
            remedy=f'To make little of it, write a rule for {UNREADABLE} with severity = "info".',
        )


def _rule(entry: Mapping[str, Any], pack: str) -> Rule:
    _refuse_keys(f"rule of the pack '{pack}'", entry, _RULE_KEYS)
    severity = entry.get("severity")
    if severity not in _SEVERITIES:
        raise BadInput(
            f"A rule of the pack '{pack}' has no valid severity.",
            received=severity,
            remedy=f"Use: {', '.join(_SEVERITIES)}.",
        )
    if not entry.get("check"):
        raise BadInput(
            f"A rule of the pack '{pack}' names no check.", received=dict(entry), remedy='Add check = "...".'
        )
    limits = entry.get("limits", {})
    if not all(_is_finite(value) for value in limits.values()):
        raise BadInput(
            f"The limits of {entry['check']} in the pack '{pack}' must be finite numbers.",
            received=limits,
            remedy="Write them in digits and without quotes; yes is 1, no is 0.",
        )
    if not all(levels_of(term) for term in entry.get("categories", [])):
        raise BadInput(
            f"A category of {entry['check']} in the pack '{pack}' is empty.",
            received=repr(entry["categories"]),
            remedy="Leave it out; without categories a rule judges all products.",
        )
    return Rule(
        check=entry["check"],
        severity=cast(Severity, severity),
        limits={name: float(value) for name, value in limits.items()},
        main_only=entry.get("main_only", False),
        categories=tuple(entry.get("categories", [])),
        source=entry.get("source", ""),
        pack=pack,
    )


def _refuse_keys(owner: str, table: Mapping[str, Any], known: Mapping[str, _Kind]) -> None:
    """Refuse keys that do not exist, and values of the wrong kind."""
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise BadInput(
            f"A {owner} has an unknown key.", received=", ".join(unknown), remedy=f"Use: {', '.join(sorted(known))}."
        )
    for key, value in table.items():
        words, fits = known[key]
        if not fits(value):
            raise BadInput(
                f"In a {owner}, '{key}' is of the wrong type.", received=repr(value), remedy=f"Make it {words}."
            )


def _is_list_of(kind: type, value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) for one in value)


def _is_finite(value: object) -> bool:
    # TOML's whole numbers may be larger than a float can be, and Python's booleans are whole numbers.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
