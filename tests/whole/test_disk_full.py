"""A disk that is full or failing in the middle of an import: a clear error, an intact catalogue, and the rest later."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shoplens.catalog.store import Catalog
from shoplens.errors import StoreError
from tests.feeds.drawn_catalogue import bring_in, draw, row
from tests.whole import full_disk

REPOSITORY = Path(__file__).parents[2]
_PRIVATE_MOUNT = ["unshare", "--map-root-user", "--mount"]


def _may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run([*_PRIVATE_MOUNT, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
    return tried.returncode == 0


def _import_onto_disk(kind: str, folder: Path, kilobytes: int) -> dict[str, object]:
    before = _PRIVATE_MOUNT if kind == "full" else []
    command = [*before, sys.executable, "-m", "tests.whole.full_disk", kind, str(folder), str(kilobytes)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.mark.skipif(sys.platform != "linux", reason="limits a disk as Linux does")
@pytest.mark.parametrize(
    ("kind", "kilobytes", "code"),
    [("full", 560, "store_full"), ("full", 660, "store_full"), ("failing", 300, "store_failed")],
)
def test_what_was_committed_stays_and_the_next_import_completes_it(
    tmp_path: Path, kind: str, kilobytes: int, code: str
) -> None:
    if kind == "full" and not _may_mount():
        pytest.skip("a small file system needs `unshare` and user namespaces")
    told = _import_onto_disk(kind, tmp_path, kilobytes)
    assert told["code"] == code
    assert "Received: " in str(told["message"])
    assert told["integrity"] == "ok"
    kept = told["kept"]
    assert isinstance(kept, int)
    assert kept == told["committed"] < full_disk.ROWS
    assert told["searched"] == min(kept, 50), "reading goes on while the disk is full"
    assert told["rows"] == {"added": full_disk.ROWS - kept, "updated": 0, "unchanged": kept, "rejected": 0}
    ids = sorted(row.product.id for row in full_disk.feed() if row.product)
    assert told["found"] == ids
    # Each row shows two photos, the first article one; every tenth article's own photo is broken.
    broken = [article % 10 == 9 for article in range(full_disk.ROWS // 3)]
    shown = [(not broken[a]) + (a > 0 and not broken[a - 1]) for a in range(len(broken))]
    assert told["linked"] == 3 * sum(shown)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_report_that_cannot_be_written_is_said_and_costs_nothing(tmp_path: Path) -> None:
    draw(tmp_path / "photos" / "red.jpg", 1)
    with Catalog.open(tmp_path / "shop", create=True) as catalog:
        (tmp_path / "shop" / "reports").mkdir()
        (tmp_path / "shop" / "reports" / "import-1.csv").symlink_to("/dev/full")
        with pytest.raises(StoreError, match="report of the import cannot be written"):
            bring_in(catalog, [row(2, "shirt", "red.jpg")], tmp_path / "photos")
        assert json.loads(catalog.imports()[0].summary)["error"]["code"] == "store_failed"
        assert catalog.product_ids() == ["shirt"]
        assert bring_in(catalog, [row(2, "shirt", "red.jpg")], tmp_path / "photos").rows["unchanged"] == 1
