import os
from pathlib import Path

import numpy as np
import pytest

from shoplens.models.batches import Batches
from shoplens.models.dataset import Dataset
from shoplens.models.pixel_rows import PixelRows
from shoplens.models.settings import Settings


@pytest.fixture
def rows(tmp_path: Path) -> tuple[PixelRows, np.ndarray]:
    known = np.random.default_rng(0).integers(0, 256, (7, 5, 5, 3), np.uint8)
    (tmp_path / "rows.u8").write_bytes(known.tobytes())
    return PixelRows(tmp_path / "rows.u8", 5), known


def test_it_is_indexed_like_an_array(rows: tuple[PixelRows, np.ndarray]) -> None:
    found, known = rows
    assert found.shape == known.shape
    assert np.array_equal(found, known)
    assert np.array_equal(list(found), known)
    for which in (2, -1, np.int64(3), slice(1, 4), slice(None, None, 2), slice(6, 2), [4, 0, 4], np.array([5, 1])):
        assert np.array_equal(found[which], known[which]), which
    mask = np.array([True, False, True, False, False, False, True])
    assert np.array_equal(found[mask], known[mask])
    with pytest.raises(IndexError):
        found[7]


def test_a_file_that_was_cut_is_an_error_and_no_crash(rows: tuple[PixelRows, np.ndarray], tmp_path: Path) -> None:
    os.truncate(tmp_path / "rows.u8", 100)
    with pytest.raises(OSError, match="cut"):
        rows[0][6]


def test_a_pass_over_many_photos_leaves_none_in_memory(tmp_path: Path) -> None:
    side, count = 128, 12_000  # 590 MB of decoded photos, a file with a hole
    with (tmp_path / "rows.u8").open("wb") as file:
        file.truncate(count * side * side * 3)
    dataset = Dataset(
        folder=tmp_path,
        classes=("a", "b"),
        paths=("",) * count,
        labels=np.arange(count) % 2,
        sides=np.full(count, -1, np.int8),
        groups=((),) * count,
        pixels=PixelRows(tmp_path / "rows.u8", side),
        quarantined=(),
    )
    settings = Settings(size=side, augmentation="none", mixup=0.0, balance=0.0)
    before, most, seen = resident(), 0, 0
    for photos, _ in Batches(dataset, np.arange(count), settings).of_epoch(0):
        seen += len(photos)
        most = max(most, resident())
    assert seen >= count
    assert most - before < 80e6


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
