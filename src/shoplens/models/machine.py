"""What a figure was measured on."""

from __future__ import annotations

import datetime as dt
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_LIBRARIES = (
    "shoplens",
    "numpy",
    "onnxruntime",
    "opencv-python-headless",
    "keras",
    "tensorflow-cpu",
    "tensorflow",
    "scikit-learn",
)


def facts() -> dict[str, str]:
    """Return the date, the processor, its cores, and the versions of Python and of the libraries that are installed."""
    found = {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="minutes"),
        "processor": _processor(),
        "cores": str(os.cpu_count() or 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("ascii", errors="replace").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
