"""TensorFlow without its greeting."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def import_quietly() -> None:
    """Import TensorFlow; what its C++ part writes to stderr while loading goes nowhere, errors are still raised.

    TF_CPP_MIN_LOG_LEVEL alone leaves two lines that are written before logging is set up.
    """
    if "tensorflow" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with without_stderr():
        import tensorflow  # noqa: F401


@contextmanager
def without_stderr() -> Iterator[None]:
    """Send what C++ writes to stderr nowhere meanwhile."""
    sys.stderr.flush()
    kept = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
