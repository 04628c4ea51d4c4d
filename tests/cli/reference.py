"""Writes docs/cli.md from the commands themselves. Run it after a change: `python -m tests.cli.reference`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

from typer.core import TyperGroup
from typer.main import get_command

from shoplens.cli.main import app

ROOT = get_command(app)  # typer builds the whole tree anew each time that it is asked
PAGE = Path(__file__).parents[2] / "docs" / "cli.md"

_HEAD = """# Command line

Written from the commands' own help by `python -m tests.cli.reference`; a test compares the two, so change the commands
and not this page.
"""


def paths(command: object, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, the root first."""
    yield above
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            yield from paths(child, (*above, name))


def help_of(words: tuple[str, ...], width: int = 100) -> str:
    """Return what `shoplens WORDS --help` prints."""
    with redirect_stdout(io.StringIO()) as printed:
        code = ROOT.main(
            [*words, "--help"], "shoplens", standalone_mode=False, terminal_width=width, max_content_width=width
        )
    assert code == 0
    return printed.getvalue()


def reference() -> str:
    """Return the whole page."""
    parts = [_HEAD]
    for words in paths(ROOT):
        title = " ".join(("shoplens", *words))
        text = "\n".join(line.rstrip() for line in help_of(words).strip().splitlines())
        parts.append(f"{'##' if len(words) < 2 else '###'} {title}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
