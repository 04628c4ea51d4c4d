"""An import onto a disk that fails, in a process of its own: `python -m tests.whole.full_disk KIND FOLDER KILOBYTES`.

`full` mounts a small file system (in a namespace of its own, so nobody else sees it); `failing` lets every write beyond
a length fail as a broken disk does. Prints what happened as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from shoplens.catalog.store import Catalog
from shoplens.errors import StoreError
from shoplens.feeds.feed import FeedRow
from tests.feeds import killed_import
from tests.feeds.drawn_catalogue import ROOMY, bring_in

ROWS = 210
_SETTINGS = replace(ROOMY, chunk_rows=killed_import.CHUNK)


def feed() -> Iterator[FeedRow]:
    return islice(killed_import.feed(), ROWS)


def _limit_disk(kind: str, folder: Path, kilobytes: int) -> Callable[[], None]:
    """Make the disk small and return what makes it large again."""
    if kind == "full":
        mount = ["mount", "-t", "tmpfs", "-o"]
        subprocess.run([*mount, f"size={kilobytes}k", "none", str(folder)], check=True)
        return lambda: subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True) and None
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes << 10, most))
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def main(kind: str, folder: Path, kilobytes: int) -> None:
    photos, disk = folder / "photos", folder / "disk"
    disk.mkdir()
    killed_import.draw_photos(photos)
    enlarge = _limit_disk(kind, disk, kilobytes)
    told: dict[str, object] = {}
    committed = [0]
    with Catalog.open(disk / "shop", create=True) as catalog:
        try:
            bring_in(catalog, feed(), photos, _SETTINGS, progress=lambda progress: committed.append(progress.rows))
        except StoreError as error:
            told |= {"code": error.code, "message": str(error)}
        told |= {"committed": committed[-1], "kept": catalog.count(), "searched": len(catalog.search_text("红色"))}
        enlarge()
        summary = bring_in(catalog, feed(), photos, _SETTINGS)
        told |= {"rows": dict(summary.rows), "found": catalog.product_ids(), "linked": len(catalog.photo_links())}
        with catalog.engine.connect() as connection:
            told["integrity"] = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
