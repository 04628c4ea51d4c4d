import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from shoplens.errors import BundleError
from shoplens.models.bundle import Bundle, load_bundle
from shoplens.models.bundle_archive import is_archive, unpack
from shoplens.models.bundle_files import MAX_JSON
from tests.models.tiny_bundle import tiny_bundle

Members = dict[str, bytes]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return tiny_bundle(tmp_path_factory.mktemp("archived"))


def files(bundle: Bundle, top: str = "") -> Members:
    return {top + file.name: file.read_bytes() for file in sorted(bundle.path.iterdir())}


def write_zip(path: Path, members: Members) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def write_tar(path: Path, members: Members, mode: str = "w:gz") -> None:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


WRITERS: dict[str, Callable[[Path, Members], None]] = {
    ".zip": write_zip,
    ".tar.gz": write_tar,
    ".tar": lambda path, members: write_tar(path, members, "w"),
    ".tar.xz": lambda path, members: write_tar(path, members, "w:xz"),
}


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("top", ["", "tiny/"])
def test_what_was_packed_is_unpacked(bundle: Bundle, tmp_path: Path, suffix: str, top: str) -> None:
    path = tmp_path / f"b{suffix}"
    assert is_archive(path.name)
    WRITERS[suffix](path, files(bundle, top))
    unpack(path, tmp_path / "out")
    assert load_bundle(tmp_path / "out").id == bundle.id


@pytest.mark.parametrize("suffix", [".zip", ".tar.gz"])
@pytest.mark.parametrize(
    "name",
    ["../evil.json", "/tmp/card.json", "a/b/card.json", "setup.py", "tiny/../../card.json", "..", "a\\card.json"],
)
def test_other_files_and_paths_are_refused(bundle: Bundle, tmp_path: Path, suffix: str, name: str) -> None:
    WRITERS[suffix](tmp_path / f"b{suffix}", {**files(bundle), name: b"x"})
    with pytest.raises(BundleError, match=r"no file of a bundle|cannot be unpacked|holds one bundle"):
        unpack(tmp_path / f"b{suffix}", tmp_path / "out")
    outside = {path.name for path in tmp_path.iterdir()}
    assert outside == {f"b{suffix}", "out"}


@pytest.mark.parametrize("suffix", [".zip", ".tar.gz"])
def test_two_bundles_and_repeated_files_are_refused(bundle: Bundle, tmp_path: Path, suffix: str) -> None:
    WRITERS[suffix](tmp_path / f"b{suffix}", files(bundle, "one/") | files(bundle, "two/"))
    with pytest.raises(BundleError, match="one bundle"):
        unpack(tmp_path / f"b{suffix}", tmp_path / "out")


def test_links_are_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "b.tar", "w") as archive:
        member = tarfile.TarInfo("card.json")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    link = zipfile.ZipInfo("card.json")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as zipped:
        zipped.writestr(link, "/etc/passwd")
    for name in ("b.tar", "b.zip"):
        with pytest.raises(BundleError, match="plain files"):
            unpack(tmp_path / name, tmp_path / f"out-{name}")


@pytest.mark.parametrize("suffix", [".zip", ".tar.xz"])
def test_a_bomb_is_left_in_time(tmp_path: Path, suffix: str) -> None:
    WRITERS[suffix](tmp_path / f"b{suffix}", {"card.json": bytes(MAX_JSON + 5_000_000)})
    assert (tmp_path / f"b{suffix}").stat().st_size < 100_000
    with pytest.raises(BundleError, match="more than"):
        unpack(tmp_path / f"b{suffix}", tmp_path / "out")
    assert (tmp_path / "out" / "card.json").stat().st_size <= MAX_JSON


@pytest.mark.parametrize("suffix", [".zip", ".tar.gz", ".tar.xz"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_damaged_archive_is_refused(bundle: Bundle, tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"b{suffix}"
    WRITERS[suffix](path, files(bundle))
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])

    def unpack_and_load() -> None:
        unpack(path, tmp_path / "out")
        load_bundle(tmp_path / "out")

    with pytest.raises(BundleError):
        unpack_and_load()
