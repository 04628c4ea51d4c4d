from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens.index.snapshot import SnapshotDamaged, open_snapshot, remove_abandoned, write_snapshot

HEAD = {"embedder": "e", "revision": 7}
BODY = bytes(range(256)) * 3


def write(path: Path, body: bytes = BODY) -> None:
    write_snapshot(path, HEAD, lambda file: file.write(body))  # type: ignore[arg-type, return-value]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("snapshot") / "one"
    write(path)
    return path.read_bytes()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write(tmp_path / "new" / "one")
    with open_snapshot(tmp_path / "new" / "one") as (head, file):
        assert head == HEAD
        assert file.read() == BODY


def test_none_is_told_like_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(SnapshotDamaged), open_snapshot(tmp_path / "none"):
        pass


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_cut_anywhere_it_is_refused(
    written: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "cut"
    path.write_bytes(written[: data.draw(st.integers(0, len(written) - 1))])
    with pytest.raises(SnapshotDamaged), open_snapshot(path):
        pass


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_with_any_byte_altered_it_is_refused(
    written: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "altered"
    place = data.draw(st.integers(0, len(written) - 1))
    other = data.draw(st.integers(1, 255))
    path.write_bytes(written[:place] + bytes([written[place] ^ other]) + written[place + 1 :])
    with pytest.raises(SnapshotDamaged), open_snapshot(path):
        pass


def test_a_failure_while_writing_leaves_the_old_one_and_no_litter(tmp_path: Path) -> None:
    write(tmp_path / "one")

    def fail(file: BinaryIO) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="space"):
        write_snapshot(tmp_path / "one", HEAD, fail)
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
    with open_snapshot(tmp_path / "one") as (_, file):
        assert file.read() == BODY


def test_what_a_killed_writer_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    write(tmp_path / "one.snapshot")
    killed = (
        "import os, pathlib, sys\n"
        "from shoplens.index.snapshot import write_snapshot\n"
        "write_snapshot(pathlib.Path(sys.argv[1]), {}, lambda file: (file.write(bytes(100)), os._exit(9)))\n"
    )
    done = subprocess.run([sys.executable, "-c", killed, str(tmp_path / "one.snapshot")], check=False)
    assert done.returncode == 9
    (left,) = set(tmp_path.iterdir()) - {tmp_path / "one.snapshot"}
    remove_abandoned(tmp_path)
    assert left.is_file()  # it might be of a writer at work
    long_ago = time.time() - 3_600
    os.utime(left, (long_ago, long_ago))
    remove_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "one.snapshot"]
    with open_snapshot(tmp_path / "one.snapshot") as (head, _):
        assert head == HEAD
    remove_abandoned(tmp_path / "none")
