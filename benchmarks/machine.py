"""What every result says of the machine and the run that made it."""

from __future__ import annotations

import datetime as dt
import os
import platform
import subprocess
import sys
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def shared_data() -> Path:
    folder = os.environ.get("SHOPLENS_DATA", "")
    if not Path(folder or "?").is_dir():
        sys.exit("This benchmark needs real data: set SHOPLENS_DATA to the folder that holds it.")
    return Path(folder)


def describe() -> str:
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, {os.cpu_count()} cores of {cpu}, Python {platform.python_version()}, "
        f"{platform.system()}, after commit {commit.stdout.strip()}. Command: `python {' '.join(sys.argv)}`"
    )


def write_result(name: str, title: str, lines: list[str]) -> None:
    RESULTS.mkdir(exist_ok=True)
    text = f"# {title}\n\n{describe()}\n\n" + "\n".join(lines) + "\n"
    (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")
    print(text)
