import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shoplens.errors import DownloadError
from shoplens.models.weights_download import fetch_weights

DATA = b"the weights of a network" * 1000
HASH = hashlib.sha256(DATA).hexdigest()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "net.h5").write_bytes(DATA)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "served")) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()


def test_what_fits_the_hash_is_fetched_once_and_kept(server: str, tmp_path: Path) -> None:
    address = f"{server}/net.h5#sha256={HASH.upper()}"
    path = fetch_weights(address, tmp_path / "kept")
    assert path.read_bytes() == DATA
    (tmp_path / "served" / "net.h5").unlink()
    assert fetch_weights(address, tmp_path / "kept") == path


def test_what_does_not_fit_the_hash_is_not_kept(server: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="something else than the hash says"):
        fetch_weights(f"{server}/net.h5#sha256={'0' * 64}", tmp_path / "kept")
    assert not list((tmp_path / "kept").iterdir())


@pytest.mark.parametrize("rest", ["/net.h5", "/net.h5#md5=1", f"/net.zip#sha256={HASH}"])
def test_without_a_hash_nothing_is_fetched(server: str, tmp_path: Path, rest: str) -> None:
    with pytest.raises(DownloadError, match="need their hash"):
        fetch_weights(server + rest, tmp_path / "kept")


def test_an_answer_that_is_none_is_told(server: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="no such file"):
        fetch_weights(f"{server}/absent.h5#sha256={HASH}", tmp_path / "kept")
