"""One drawn shop for all tests of the command line, and a way to call it as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shoplens.cli.edge import error_line
from shoplens.cli.main import app
from shoplens.errors import ShopLensError
from tests.cli.drawn_shop import DrawnShop, make_drawn_shop


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> DrawnShop:
    return make_drawn_shop(tmp_path_factory.mktemp("drawn"))


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str


Command = Callable[..., Answer]


@pytest.fixture
def shoplens(monkeypatch: pytest.MonkeyPatch) -> Command:
    """Call a command in this process; an error of ShopLens is its line and 2, as the entry point makes it."""
    monkeypatch.delenv("SHOPLENS_SHOP", raising=False)

    def call(*arguments: object, **environment: str) -> Answer:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], env=environment)
        if isinstance(result.exception, ShopLensError):
            return Answer(2, result.stdout, f"{result.stderr}shoplens: {error_line(result.exception)}\n")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture
def process() -> Command:
    """Call the real entry point in a process of its own."""

    def call(*arguments: object, cwd: Path | None = None) -> Answer:
        clean = {name: value for name, value in os.environ.items() if name != "SHOPLENS_SHOP"}
        done = subprocess.run(
            [sys.executable, "-m", "shoplens", *(str(argument) for argument in arguments)],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=cwd,
            env=clean,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return call
