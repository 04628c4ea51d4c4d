import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shoplens.errors import BadInput, BundleError, DownloadError
from shoplens.models.bundle import Bundle
from shoplens.models.bundle_shelf import BundleShelf
from shoplens.models.bundle_source import MIRROR, add_bundle, mirrored
from shoplens.models.resumable_download import DownloadLimits
from tests.models.model_server import serving
from tests.models.tiny_bundle import tiny_bundle

QUICK = DownloadLimits(timeout_s=0.5, total_s=5, retries=2, backoff_s=0.01)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return tiny_bundle(tmp_path_factory.mktemp("origin"))


@pytest.fixture(scope="module")
def root(bundle: Bundle) -> Path:
    """What the server has: the bundle's folder and an archive with its hash beside it."""
    folder = bundle.path.parent
    pack(bundle, folder / "tiny.zip")
    digest = hashlib.sha256((folder / "tiny.zip").read_bytes()).hexdigest()
    (folder / "tiny.zip.sha256").write_text(f"{'0' * 64}  other.zip\n{digest} *tiny.zip\n")
    pack(bundle, folder / "bare.zip")
    return folder


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[str]:
    with serving(root) as address:
        yield address


@pytest.fixture
def shelf(tmp_path: Path) -> BundleShelf:
    return BundleShelf(tmp_path / "bundles")


def pack(bundle: Bundle, path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(bundle.path.iterdir()):
            archive.write(file, f"tiny/{file.name}")


@pytest.mark.parametrize("path", ["ok/tiny.zip", "breaks/tiny.zip", "to/ok/tiny.zip", "ok/tiny/", "breaks/tiny/"])
def test_a_bundle_comes_from_an_address(server: str, bundle: Bundle, shelf: BundleShelf, path: str) -> None:
    found = add_bundle(shelf, f"{server}/{path}", limits=QUICK)
    assert found.id == bundle.id
    assert found.path == shelf.folder / "tiny"
    assert shelf.names() == ["tiny"]
    assert list((shelf.folder / ".downloads").iterdir()) == []


def test_it_comes_from_files_too(root: Path, bundle: Bundle, shelf: BundleShelf) -> None:
    assert add_bundle(shelf, bundle.path).id == bundle.id
    assert add_bundle(shelf, root / "tiny.zip", name="second").id == bundle.id
    assert shelf.names() == ["second", "tiny"]


def test_a_hash_that_is_given_goes_before_the_one_beside(server: str, root: Path, shelf: BundleShelf) -> None:
    digest = hashlib.sha256((root / "bare.zip").read_bytes()).hexdigest()
    assert add_bundle(shelf, f"{server}/ok/bare.zip", sha256=digest.upper(), limits=QUICK).name == "tiny"
    with pytest.raises(DownloadError, match="something else"):
        add_bundle(shelf, f"{server}/ok/tiny.zip", name="b", sha256="1" * 64, limits=QUICK)
    manifest = hashlib.sha256((root / "tiny" / "manifest.json").read_bytes()).hexdigest()
    assert add_bundle(shelf, f"{server}/ok/tiny/", name="c", sha256=manifest, limits=QUICK).name == "tiny"
    with pytest.raises(DownloadError, match="another one"):
        add_bundle(shelf, f"{server}/ok/tiny/", name="d", sha256="1" * 64, limits=QUICK)
    with pytest.raises(BundleError, match="another one"):
        add_bundle(shelf, root / "tiny.zip", name="e", sha256="1" * 64)
    with pytest.raises(BadInput, match="64 hexadecimal"):
        add_bundle(shelf, root / "tiny.zip", sha256="abc")


def test_without_any_hash_nothing_is_fetched(server: str, shelf: BundleShelf) -> None:
    with pytest.raises(DownloadError, match="--sha256"):
        add_bundle(shelf, f"{server}/ok/bare.zip", limits=QUICK)


def test_a_server_that_lies_is_refused(server: str, shelf: BundleShelf) -> None:
    for path in ("lies/tiny/", "ok/none/", "lies/tiny.zip"):
        with pytest.raises((DownloadError, BundleError)):
            add_bundle(shelf, f"{server}/{path}", limits=QUICK)
    assert shelf.names() == []


def test_a_manifest_at_an_address_cannot_name_other_files(tmp_path: Path, shelf: BundleShelf) -> None:
    (tmp_path / "evil").mkdir()
    (tmp_path / "evil" / "manifest.json").write_text(
        '{"format": 1, "files": {"../../evil": {"sha256": "' + "1" * 64 + '"}}}'
    )
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "manifest.json").write_text("[" * 100_000)
    with serving(tmp_path) as address:
        for name, complaint in (("evil", "other files"), ("odd", "cannot be read")):
            with pytest.raises(BundleError, match=complaint):
                add_bundle(shelf, f"{address}/ok/{name}/", limits=QUICK)


def test_a_mirror_takes_the_place_of_the_hub(
    server: str, bundle: Bundle, shelf: BundleShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = "https://hub.example/tiny.zip"
    assert add_bundle(shelf, hub, mirror=f"{server}/ok", limits=QUICK).id == bundle.id
    monkeypatch.setenv(MIRROR, f"https://hub.example={server}/ok")
    assert add_bundle(shelf, hub, name="again", mirror="https://nowhere.example", limits=QUICK).id == bundle.id


@pytest.mark.parametrize(
    ("mirror", "wanted"),
    [
        ("", "https://hub.example/a/b.zip?v=1"),
        ("https://m.example", "https://m.example/a/b.zip?v=1"),
        ("https://m.example/hub/", "https://m.example/hub/a/b.zip?v=1"),
        ("https://hub.example=http://m.example", "http://m.example/a/b.zip?v=1"),
        ("https://hub.example/a/=http://m.example/x", "http://m.example/x/b.zip?v=1"),
        ("https://hub.exam=http://m.example", "https://hub.example/a/b.zip?v=1"),
        ("https://other.example=http://m.example", "https://hub.example/a/b.zip?v=1"),
    ],
)
def test_mirrors(mirror: str, wanted: str) -> None:
    assert mirrored("https://hub.example/a/b.zip?v=1", mirror) == wanted


def test_a_mirror_is_an_address() -> None:
    for mirror in ("mirror.example", "https://a.example=ftp://b.example", "file:///models"):
        with pytest.raises(BadInput, match="mirror"):
            mirrored("https://hub.example/a.zip", mirror)


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("ftp://hub.example/a.zip", "http and https"),
        ("https://hub.example/a.exe", "no bundle"),
        ("/nowhere/at/all", "no such file"),
        (__file__, "no bundle"),
    ],
)
def test_what_is_no_bundle_is_said(shelf: BundleShelf, source: str, complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint):
        add_bundle(shelf, source)


def test_an_encoder_is_added_with_its_description(tmp_path: Path, shelf: BundleShelf) -> None:
    pytest.importorskip("onnx", reason="needs the extra 'train'")
    from tests.models.foreign_network import SPEC, write_foreign

    write_foreign(tmp_path / "served" / "My Encoder.onnx")
    (tmp_path / "spec.toml").write_text(SPEC.replace('name = "foreign"\n', ""))
    with pytest.raises(BadInput, match="--preprocess"):
        add_bundle(shelf, tmp_path / "served" / "My Encoder.onnx")
    found = add_bundle(shelf, tmp_path / "served" / "My Encoder.onnx", preprocessing=tmp_path / "spec.toml")
    assert found.name == "my-encoder"
    digest = hashlib.sha256((tmp_path / "served" / "My Encoder.onnx").read_bytes()).hexdigest()
    with serving(tmp_path / "served") as address:
        (tmp_path / "served" / "e.onnx").write_bytes((tmp_path / "served" / "My Encoder.onnx").read_bytes())
        fetched = add_bundle(
            shelf, f"{address}/ok/e.onnx", name="e", sha256=digest, preprocessing=tmp_path / "spec.toml", limits=QUICK
        )
    assert fetched.read_model() == found.read_model()
