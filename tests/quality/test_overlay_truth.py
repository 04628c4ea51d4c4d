"""What the overlay network's recipe says is there, where the answer is plain."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

RECIPE = Path(__file__).parents[2] / "recipes" / "overlays"


@pytest.fixture
def overlays(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(RECIPE)
    return importlib.import_module("overlays")


@pytest.mark.parametrize(
    ("rows", "columns"), [((0, 64), (0, 64)), ((8, 24), (0, 64)), ((8, 24), (16, 48))], ids=["whole", "line", "part"]
)
@pytest.mark.parametrize("opacity", [0.1, 0.6, 1.0])
def test_what_is_laid_over_is_marked_where_it_is(
    overlays: ModuleType, rows: tuple[int, int], columns: tuple[int, int], opacity: float
) -> None:
    """Also over the whole picture or from edge to edge, where a part of the picture is no copy of it."""
    part = slice(*rows), slice(*columns)
    scene = overlays.Scene(np.full((64, 64, 3), 90, np.uint8))
    ink = np.full((rows[1] - rows[0], columns[1] - columns[0]), 255, np.uint8)
    scene.lay("watermark", overlays.Ink(part, ink, ink), np.full(3, 255.0), opacity)
    marked = np.zeros((64, 64), np.uint8)
    marked[part] = 255
    np.testing.assert_array_equal(scene.where["watermark"], marked)
    assert not scene.unsure.any()
    assert scene.picture[part].min() > 90


def test_what_changes_too_little_is_not_asked_for(overlays: ModuleType) -> None:
    scene = overlays.Scene(np.full((64, 64, 3), 253, np.uint8))
    whole = slice(0, 64), slice(0, 64)
    ink = np.full((64, 64), 255, np.uint8)
    scene.lay("watermark", overlays.Ink(whole, ink, ink), np.full(3, 255.0), 1.0)
    assert not scene.where["watermark"].any()
    assert scene.unsure.all()
