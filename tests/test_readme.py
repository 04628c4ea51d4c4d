"""The commands and the Python of both READMEs run as they stand, on a small drawn shop; both show the same ones."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shoplens.cli.main import app
from shoplens.demo.shop import draw_shop
from shoplens.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "README.zh-CN.md")

_BLOCK = re.compile(r"(?P<mark><!-- not run -->\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def blocks(page: str, language: str, *, run: bool) -> Iterator[str]:
    """Yield the fenced blocks of a language that are to be run, or all of them."""
    for block in _BLOCK.finditer((ROOT / page).read_text(encoding="utf-8")):
        if block["language"] == language and not (run and block["mark"]):
            yield block["text"]


def commands(page: str, *, run: bool) -> list[str]:
    lines = [line for text in blocks(page, "sh", run=run) for line in text.splitlines()]
    return [line for line in lines if line.startswith("shoplens ")]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `shoplens demo --no-serve` has drawn, only fewer and smaller photos."""
    folder = tmp_path_factory.mktemp("readme")
    draw_shop(folder / "demo-shop" / "source", products=60, size=128)
    return folder


def test_the_tour_runs_as_it_stands(drawn: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(drawn)
    monkeypatch.delenv("SHOPLENS_SHOP", raising=False)
    found = commands("README.md", run=True)
    assert len(found) >= 10
    for command in found:
        result = CliRunner().invoke(app, shlex.split(command)[1:])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, f"{command}\n{result.output}"
        if "search" in command or "recommend" in command:
            assert len(result.stdout.splitlines()) > 1, command
    for text in blocks("README.md", "python", run=True):
        exec(compile(text, "README.md", "exec"), {})


def test_both_languages_show_the_same() -> None:
    english, chinese = PAGES
    for language in ("sh", "python", "text", "json"):
        shown = [list(blocks(page, language, run=False)) for page in (english, chinese)]
        without_comments = [[re.sub(r"\s+# .*", "", text) for text in texts] for texts in shown]
        assert without_comments[0] == without_comments[1], language


def test_every_setting_is_described_with_its_default() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| `(.*?)` \|", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    described = {name: tomllib.loads(f"x = {default}")["x"] for name, default in rows}
    defaults = {field.name: getattr(Settings(), field.name) for field in fields(Settings)}
    assert described == {name: list(value) if isinstance(value, tuple) else value for name, value in defaults.items()}


@pytest.mark.parametrize(
    "page", [*PAGES, "CONTRIBUTING.md", "CHANGELOG.md", *sorted(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))]
)
def test_links_lead_somewhere(page: str) -> None:
    text = re.sub(r"^```.*?^```$", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    missing = [target for target in _LINK.findall(text) if not ((ROOT / page).parent / target).exists()]
    assert not missing
