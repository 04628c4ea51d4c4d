import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from shoplens.errors import DownloadError
from shoplens.models.resumable_download import DownloadLimits, ResumableDownload
from tests.models.model_server import serving

DATA = bytes(range(256)) * 20
SHA = hashlib.sha256(DATA).hexdigest()
QUICK = DownloadLimits(max_bytes=10_000, timeout_s=0.3, total_s=3, retries=2, backoff_s=0.01, max_redirects=3)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("served")
    (root / "f.zip").write_bytes(DATA)
    (root / "large.zip").write_bytes(b"x" * 20_000)
    with serving(root) as address:
        yield address


@pytest.mark.parametrize("kind", ["ok", "whole", "falls", "to/ok", "to/to/to/ok"])
def test_a_file_comes_whole(server: str, tmp_path: Path, kind: str) -> None:
    path = ResumableDownload(tmp_path, QUICK).fetch(f"{server}/{kind}/f.zip", SHA)
    assert path.read_bytes() == DATA
    assert [file.name for file in tmp_path.iterdir()] == [SHA]


def test_a_broken_download_goes_on_where_it_stopped(server: str, tmp_path: Path) -> None:
    """5,120 bytes in pieces of 1,000: six requests, more than the retries allow for those that bring nothing."""
    seen: list[tuple[int, int | None]] = []
    ResumableDownload(tmp_path, QUICK).fetch(
        f"{server}/breaks/f.zip", SHA, lambda done, total: seen.append((done, total))
    )
    assert (tmp_path / SHA).read_bytes() == DATA
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert {total for _, total in seen} == {len(DATA)}
    assert seen[-1][0] == len(DATA)


def test_another_run_goes_on_where_one_was_killed(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "f.zip").write_bytes(DATA)
    (tmp_path / f"{SHA}.part").write_bytes(DATA[:3000])
    with serving(root) as address:
        seen: list[int] = []
        ResumableDownload(tmp_path, QUICK).fetch(f"{address}/ok/f.zip", SHA, lambda done, _: seen.append(done))
    assert min(seen) > 3000
    assert (tmp_path / SHA).read_bytes() == DATA


@pytest.mark.parametrize("part", [b"other bytes" * 90, DATA, DATA + b"more", DATA[:-1] + b"?"])
def test_what_lay_there_may_be_wrong(server: str, tmp_path: Path, part: bytes) -> None:
    (tmp_path / f"{SHA}.part").write_bytes(part)
    assert ResumableDownload(tmp_path, QUICK).fetch(f"{server}/ok/f.zip", SHA).read_bytes() == DATA


def test_a_server_without_ranges_sends_all_again(server: str, tmp_path: Path) -> None:
    (tmp_path / f"{SHA}.part").write_bytes(DATA[:3000])
    assert ResumableDownload(tmp_path, QUICK).fetch(f"{server}/whole/f.zip", SHA).read_bytes() == DATA


def test_what_is_here_is_not_fetched(tmp_path: Path) -> None:
    (tmp_path / SHA).write_bytes(DATA)
    assert ResumableDownload(tmp_path, QUICK).fetch("http://127.0.0.1:9/f.zip", SHA) == tmp_path / SHA


def test_other_bytes_than_the_hash_says_are_not_kept(server: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="something else"):
        ResumableDownload(tmp_path, QUICK).fetch(f"{server}/lies/f.zip", SHA)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("ok/none.zip", "no such file"),
        ("silent/f.zip", "stopped"),
        ("wrong/f.zip", "stopped"),
        ("gzip/f.zip", "answered 200"),
        ("round/f.zip", "without end"),
        ("away/f.zip", "not fetched"),
        ("ok/large.zip", "more than 10000 bytes"),
    ],
)
def test_what_goes_wrong_is_said(server: str, tmp_path: Path, path: str, complaint: str) -> None:
    with pytest.raises(DownloadError, match=complaint):
        ResumableDownload(tmp_path, QUICK).fetch(f"{server}/{path}", SHA)
    assert not (tmp_path / SHA).exists()


def test_a_server_that_drips_is_left_in_time(server: str, tmp_path: Path) -> None:
    limits = DownloadLimits(timeout_s=1, total_s=0.3, retries=1, backoff_s=0.01)
    with pytest.raises(DownloadError, match=r"not finished within 0\.3 s"):
        ResumableDownload(tmp_path, limits).fetch(f"{server}/drips/f.zip", SHA)
    assert (tmp_path / f"{SHA}.part").stat().st_size > 0


def test_nobody_listens(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="stopped"):
        ResumableDownload(tmp_path, QUICK).fetch("http://127.0.0.1:9/f.zip", SHA)


def test_no_addresses(tmp_path: Path) -> None:
    for url in ("ftp://127.0.0.1/f.zip", "http://[", "file:///etc/hostname"):
        with pytest.raises(DownloadError):
            ResumableDownload(tmp_path, QUICK).fetch(url, SHA)


def test_small_files(server: str, tmp_path: Path) -> None:
    download = ResumableDownload(tmp_path, QUICK)
    assert download.small(f"{server}/ok/f.zip", 6000) == DATA
    assert download.small(f"{server}/ok/none", 6000) is None
    with pytest.raises(DownloadError, match="more than 100 bytes"):
        download.small(f"{server}/ok/f.zip", 100)
    assert list(tmp_path.iterdir()) == []
