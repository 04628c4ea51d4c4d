"""Help: complete, quick, light, and the same as the reference in the documents."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from resource import RUSAGE_CHILDREN, getrusage

import pytest
from typer.core import TyperCommand, TyperGroup

from shoplens.cli.default_command import DefaultCommand
from tests.cli.conftest import Command
from tests.cli.reference import PAGE, ROOT, help_of, paths, reference

HEAVY = (
    "numpy", "cv2", "PIL", "onnxruntime", "sqlalchemy", "fastapi", "starlette", "uvicorn", "httpx", "keras",
    "tensorflow", "sklearn", "matplotlib", "rich", "defusedxml", "tomlkit", "asyncio",
)  # fmt: skip
COMMANDS = list(paths(ROOT))


def command_of(words: tuple[str, ...]) -> TyperGroup | TyperCommand:
    command = ROOT
    for word in words:
        assert isinstance(command, TyperGroup)
        command = command.commands[word]
    assert isinstance(command, TyperGroup | TyperCommand)
    return command


def next_word(path: tuple[str, ...], words: list[str]) -> str:
    """Return the command that is called below a path: a group may have one that need not be named."""
    group = command_of(path)
    assert isinstance(group, TyperGroup)
    if isinstance(group, DefaultCommand) and (not words or words[0] not in group.commands):
        return group.default
    return words[0]


def is_group(words: tuple[str, ...]) -> bool:
    return isinstance(command_of(words), TyperGroup)


def test_the_reference_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "write it anew with: python -m tests.cli.reference"


@pytest.mark.parametrize("words", [words for words in COMMANDS if is_group(words)], ids=" ".join)
@pytest.mark.parametrize("width", [40, 80])
def test_no_line_of_a_list_is_cut(words: tuple[str, ...], width: int) -> None:
    listed = help_of(words, width).partition("Commands:\n")[2]
    assert listed
    assert "..." not in listed


@pytest.mark.parametrize("words", [words for words in COMMANDS if words], ids=" ".join)
def test_every_option_says_what_it_does(words: tuple[str, ...]) -> None:
    command = command_of(words)
    assert command.help
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"{' '.join(words)}: {parameter.name}"


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from shoplens.cli.main import app\n"
        "for words in ([], ['search'], ['import'], ['photo', 'process']):\n"
        "    app([*words, '--help'], standalone_mode=False)\n"
        f"print('loaded:', sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded: []"


def test_import_shoplens_loads_nothing_heavy() -> None:
    code = f"import sys, shoplens; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_help_is_quick(process: Command) -> None:
    # Processor time, as other work on the machine is not ours; a free core needs about 0.15 s, a crowded one 0.3 s.
    times = []
    for _ in range(5):
        before = getrusage(RUSAGE_CHILDREN)
        assert process("--help").code == 0
        after = getrusage(RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) < 0.5


def test_examples_can_be_copied() -> None:
    lines = help_of(("search",), 60).splitlines()
    assert '    shoplens search "red dress" --max-price 50' in lines
    assert "    shoplens search 红色连衣裙" in lines


def test_commands_stand_in_the_order_of_a_shops_life() -> None:
    text = help_of(())
    places = [text.index(f"  {name} ") for name in ("demo", "import", "search", "classify", "train", "serve")]
    assert places == sorted(places)


@pytest.mark.parametrize("page", sorted(path.name for path in PAGE.parent.glob("*.md")))
def test_documents_name_commands_and_options_that_exist(page: str) -> None:
    text = (PAGE.parent / page).read_text(encoding="utf-8")
    for line in re.findall(r"^ *(?:\$ )?shoplens ([a-z].*)$", text, re.MULTILINE):
        words = shlex.split(line, comments=True)
        path: tuple[str, ...] = ()
        while is_group(path):
            path = (*path, next_word(path, words[len(path) :]))
        known = {
            option for parameter in command_of(path).params for option in (*parameter.opts, *parameter.secondary_opts)
        }
        named = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert named <= known | {"--help"}, line
