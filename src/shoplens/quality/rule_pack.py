"""Rule packs: the photo rules of a marketplace or of the shop itself, as versioned TOML that anyone may edit."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from shoplens.errors import BadInput, UnknownName
from shoplens.quality.rule import Rule
from shoplens.records import Severity

_SEVERITIES = ("error", "warning", "info")
_RULE_KEYS = {"check", "severity", "limits", "main_only", "categories", "source"}
_PACK_KEYS = {"name", "title", "version", "extends", "drop", "rules"}
_MAX_DEPTH = 4
_NAME = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class RulePack:
    """Rules under one name.

    Attributes:
        name: such as "google-2027".
        title: for people, such as "Google Merchant Center from 2027-01-31".
        version: the date of the last edit.
        rules: in order; of several rules for one check, the first that a photo violates counts.
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

        Raises:
            UnknownName: no pack has that name.
            BadInput: the file is no valid rule pack.
        """
        return _load(str(name), depth=0)

    @staticmethod
    def parse(table: Mapping[str, Any]) -> RulePack:
        """Build a pack from a parsed TOML table; see `docs/inspection.md` for its keys.

        Raises:
            BadInput: a key is unknown, missing or of the wrong kind.
        """
        return _parse(table, depth=0)

    def rules_for(self, check: str) -> tuple[Rule, ...]:
        """Return the pack's rules for one check, in order."""
        return tuple(rule for rule in self.rules if rule.check == check)


def _choices() -> str:
    return ", ".join(RulePack.names())


def _load(name: str, depth: int) -> RulePack:
    if name.endswith(".toml"):
        path = Path(name)
        if not path.is_file():
            raise BadInput(
                "There is no rule pack file at this path.", received=name, remedy=f"Or name one of: {_choices()}."
            )
        text = path.read_text(encoding="utf-8")
    elif name in RulePack.names():
        text = (files("shoplens.quality") / "rules" / f"{name}.toml").read_text(encoding="utf-8")
    else:
        raise UnknownName("rule pack", name, RulePack.names())
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise BadInput(f"The rule pack is not valid TOML: {problem}.", received=name) from problem
    return _parse(table, depth)


def _parse(table: Mapping[str, Any], depth: int) -> RulePack:
    _refuse_unknown("rule pack", table, _PACK_KEYS)
    missing = sorted({"name", "title", "version"} - set(table))
    if missing:
        raise BadInput("A rule pack lacks a key.", received=", ".join(missing), remedy="Add it as a string.")
    title = str(table["title"])
    if not _NAME.fullmatch(str(table["name"])):
        raise BadInput(
            "The name of a rule pack has letters, digits, '-', '_' and '.' only.",
            received=table["name"],
            remedy="Put the rest into its title.",
        )
    own = tuple(_rule(entry, title) for entry in table.get("rules", []))
    inherited: tuple[Rule, ...] = ()
    if "extends" in table:
        if depth >= _MAX_DEPTH:
            raise BadInput(
                "Rule packs extend each other too deeply.", received=table["extends"], remedy="Remove a cycle."
            )
        replaced = {rule.check for rule in own} | set(table.get("drop", []))
        parent = _load(str(table["extends"]), depth + 1)
        inherited = tuple(rule for rule in parent.rules if rule.check not in replaced)
    return RulePack(str(table["name"]), title, str(table["version"]), own + inherited)


def _rule(entry: Mapping[str, Any], pack: str) -> Rule:
    _refuse_unknown("rule", entry, _RULE_KEYS)
    severity, limits = entry.get("severity"), entry.get("limits", {})
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
    if not all(isinstance(value, int | float) for value in limits.values()):
        raise BadInput(f"The limits of {entry['check']} in the pack '{pack}' must be numbers.", received=limits)
    return Rule(
        check=str(entry["check"]),
        severity=cast(Severity, severity),
        limits={str(name): float(value) for name, value in limits.items()},
        main_only=bool(entry.get("main_only", False)),
        categories=tuple(str(prefix) for prefix in entry.get("categories", [])),
        source=str(entry.get("source", "")),
        pack=pack,
    )


def _refuse_unknown(kind: str, table: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise BadInput(
            f"A {kind} has an unknown key.", received=", ".join(unknown), remedy=f"Use: {', '.join(sorted(known))}."
        )
