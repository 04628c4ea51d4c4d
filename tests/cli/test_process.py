"""The real entry point: exit codes, streams, pipes, signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

import shoplens
from tests.cli.conftest import Command
from tests.cli.drawn_shop import DrawnShop

# A shell that puts the tests in the background has its children ignore Ctrl-C.
LISTENING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "


def test_version(process: Command) -> None:
    assert process("--version").out == f"shoplens {shoplens.__version__}\n"


def test_an_error_is_one_line_on_stderr(process: Command, tmp_path: Path) -> None:
    answer = process("search", "red", "--shop", tmp_path / "无店")
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith("shoplens: There is no shop here")
    assert "无店" in answer.err
    assert "shoplens import SOURCE" in answer.err
    assert answer.err.count("\n") == 1


def test_an_unknown_command_names_the_nearest(process: Command) -> None:
    answer = process("serach")
    assert answer.code == 2
    assert "search" in answer.err.splitlines()[-1]


def test_an_error_of_the_system_is_one_line_too(process: Command, drawn: DrawnShop, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    report = tmp_path / "file" / "report.html"
    answer = process("inspect", drawn.query, "--report", report)
    assert answer.code == 2
    assert answer.err.splitlines()[-1].startswith("shoplens: ")
    assert str(report.parent) in answer.err
    assert "Traceback" not in answer.err


def test_json_alone_is_on_stdout(process: Command, drawn: DrawnShop) -> None:
    answer = process("inspect", "--shop", drawn.shop, "--json")
    assert json.loads(answer.out)["findings"]
    assert "Inspecting" in answer.err


def test_any_language_goes_through_any_locale(drawn: DrawnShop) -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "shoplens", "classify", str(drawn.query), "--shop", str(drawn.shop)]
    done = subprocess.run(command, capture_output=True, timeout=60, env=environment)
    assert done.returncode == 0, done.stderr
    assert "色" in done.stdout.decode("utf-8")


def test_a_reader_that_leaves_early(drawn: DrawnShop) -> None:
    command = f"'{sys.executable}' -m shoplens products --limit 1000 --shop '{drawn.shop}' | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("product ")
    assert done.stderr == ""


def test_ctrl_c_leaves_quietly_and_the_demo_goes_on(process: Command, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    arguments = ["demo", "--folder", str(folder), "--products", "14", "--no-serve"]
    command = [sys.executable, "-c", f"{LISTENING}from shoplens.cli.main import run; run()", *arguments]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not list(folder.glob("source/photos/*.jpg")):
        assert running.poll() is None
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in said

    answer = process(*arguments)
    assert answer.code == 0, answer.err
    assert "Ready in" in answer.out
    assert "from before" in process(*arguments).err


def test_the_demo_touches_no_foreign_folder(process: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    answer = process("demo", "--folder", tmp_path, "--fresh", "--no-serve")
    assert answer.code == 2
    assert "--folder" in answer.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_serve_answers_and_ends_with_ctrl_c(process: Command, drawn: DrawnShop) -> None:
    command = [sys.executable, "-m", "shoplens", "serve", "--shop", str(drawn.shop), "--port", "0"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    line = running.stdout.readline()
    address = next(word for word in line.split() if word.startswith("http://"))
    port = address.rstrip("/").rpartition(":")[2]
    try:
        for _ in range(100):
            try:
                answer = httpx.get(f"{address}health", timeout=5)
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        assert answer.status_code == 200
        second = process("serve", "--shop", drawn.shop, "--port", port)
        assert second.code == 2
        assert "--port" in second.err
    finally:
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=30)
    assert running.returncode == 0
    assert said == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])
def test_serving_others_needs_a_key(process: Command, drawn: DrawnShop, host: str) -> None:
    answer = process("serve", "--shop", drawn.shop, "--host", host)
    assert answer.code == 2
    assert "SHOPLENS_API_KEY" in answer.err
