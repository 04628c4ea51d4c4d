"""Changes the file of a shop's rules and leaves comments, order and the rest as they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from shoplens.errors import NotFound
from shoplens.recommend.explore_settings import ExploreSettings
from shoplens.recommend.rule import Rule

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import AoT


def append_rule(path: Path, rule: Rule) -> None:
    """Write a rule behind the others; the file is made where there is none."""
    import tomlkit
    from tomlkit.items import AoT

    document = tomlkit.parse(path.read_text("utf-8")) if path.is_file() else tomlkit.document()
    if not document.get("rule"):  # also where somebody wrote `rule = []`
        document.pop("rule", None)
        document.append("rule", tomlkit.aot())
    table = tomlkit.table()
    for name, value in rule.as_table().items():
        table.add(name, value)
    rules = document["rule"]
    assert isinstance(rules, AoT)  # so reads the file, which was checked
    rules.append(table)
    _write(path, tomlkit.dumps(document))


def write_explore(path: Path, settings: ExploreSettings) -> None:
    """Write how much is tried."""
    import tomlkit

    document = tomlkit.parse(path.read_text("utf-8")) if path.is_file() else tomlkit.document()
    table = tomlkit.table()
    table.add("share", settings.share)
    table.add("placements", list(settings.placements))
    document["explore"] = table
    _write(path, tomlkit.dumps(document))


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
    _write(path, document.as_string())


def remove_rule(path: Path, rules: Sequence[Rule], number: int) -> Rule:
    """Take the rule of a number, from 1, out of the file.

    Raises:
        NotFound: there is no rule of that number.
    """
    document, written = _written(path, rules, number)
    del written[number - 1]
    if not written:
        del document["rule"]
    _write(path, document.as_string())
    return rules[number - 1]


def _written(path: Path, rules: Sequence[Rule], number: int) -> tuple[TOMLDocument, AoT]:
    import tomlkit
    from tomlkit.items import AoT

    if not 1 <= number <= len(rules):
        raise NotFound(
            "There is no rule of that number.",
            received=number,
            remedy=f"The shop has {len(rules)}. List them with: shoplens recommend rules list",
        )
    document = tomlkit.parse(path.read_text("utf-8"))
    written = document["rule"]
    assert isinstance(written, AoT)  # so reads the file, which was checked
    return document, written


def _write(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
