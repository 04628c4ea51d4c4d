"""Fixtures of every room."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real photos and feeds, or a skip with the reason."""
    folder = os.environ.get("SHOPLENS_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs real data: set SHOPLENS_DATA to the folder that holds it")
    return Path(folder)
