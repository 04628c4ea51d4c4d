"""Changes the file of a shop's rules and leaves comments, order and the rest as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplens.errors import NotFound
from shoplens.recommend.explore_settings import ExploreSettings
from shoplens.recommend.rule import Rule
from shoplens.replace_file import replace_file

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import AoT, Table


def append_rule(path: Path, rule: Rule) -> None:
    """Write a rule behind the others; the file is made where there is none."""
    document = _read(path)
    _tables(document).append(_table(rule.as_table()))
    replace_file(path, document.as_string().encode())


def write_explore(path: Path, settings: ExploreSettings) -> None:
    """Write how much is tried."""
    document = _read(path)
    document["explore"] = _table({"share": settings.share, "placements": list(settings.placements)})
    replace_file(path, document.as_string().encode())


def change_rule(path: Path, rules: Sequence[Rule], number: int, rule: Rule) -> None:
    """Write another rule in the place of the one of a number, from 1; comments beside it stay.

    Raises:
        NotFound: there is no rule of that number.
    """
    document, written = _written(path, rules, number)
    table, said = written[number - 1], rule.as_table()
    for name in [name for name in table if name not in said]:
        del table[name]
    for name, value in said.items():
        table[name] = value
    replace_file(path, document.as_string().encode())


def remove_rule(path: Path, rules: Sequence[Rule], number: int) -> Rule:
    """Take the rule of a number, from 1, out of the file.

    Raises:
        NotFound: there is no rule of that number.
    """
    document, written = _written(path, rules, number)
    del written[number - 1]
    if not written:
        del document["rule"]
    replace_file(path, document.as_string().encode())
    return rules[number - 1]


def _written(path: Path, rules: Sequence[Rule], number: int) -> tuple[TOMLDocument, AoT]:
    if not 1 <= number <= len(rules):
        raise NotFound(
            "There is no rule of that number.",
            received=number,
            remedy=f"The shop has {len(rules)}. List them with: shoplens recommend rules list",
        )
    document = _read(path)
    return document, _tables(document)


def _read(path: Path) -> TOMLDocument:
    import tomlkit

    return tomlkit.parse(path.read_text("utf-8")) if path.is_file() else tomlkit.document()


def _tables(document: TOMLDocument) -> AoT:
    """Return the rules as tables `[[rule]]`, which they become where somebody wrote them in one line, or none."""
    import tomlkit
    from tomlkit.items import AoT

    found = document.get("rule", ())
    if not isinstance(found, AoT):
        document.pop("rule", None)
        document.append("rule", tomlkit.aot())
        found, inline = document["rule"], found
        assert isinstance(found, AoT)
        for fields in inline:
            found.append(_table(fields))
    return found


def _table(fields: Mapping[str, Any]) -> Table:
    import tomlkit

    table = tomlkit.table()
    for name, value in fields.items():
        table.add(name, value)
    return table
