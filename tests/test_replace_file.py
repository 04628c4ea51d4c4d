"""A file is replaced whole, also by several at a time, and errors name it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from shoplens.replace_file import replace_file


def test_several_writers_of_one_path_all_write_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "shoplens.toml"
    contents = [bytes([letter]) * 20_000 for letter in b"ab"]
    failed: list[OSError] = []

    def write(data: bytes) -> None:
        for _ in range(100):
            try:
                replace_file(path, data)
                if path.read_bytes() not in contents:
                    raise OSError("half a file")
            except OSError as error:
                failed.append(error)

    writers = [threading.Thread(target=write, args=(data,)) for data in contents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_who_may_read_the_file_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "shoplens.toml"
    replace_file(path, b"a")
    (tmp_path / "usual").write_bytes(b"")
    assert path.stat().st_mode == (tmp_path / "usual").stat().st_mode
    path.chmod(0o640)
    replace_file(path, b"b")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"b", 0o640)


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "report.html"
    folder.mkdir()
    with pytest.raises(IsADirectoryError) as told:
        replace_file(folder, b"a")
    assert (told.value.filename, told.value.filename2) == (str(folder), None)
    assert [one.name for one in tmp_path.iterdir()] == [folder.name]
