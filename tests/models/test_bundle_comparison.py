import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from shoplens.errors import BadInput, BundleError
from shoplens.models.bundle import Category
from shoplens.models.bundle_comparison import check_no_worse, compare_bundles
from tests.models.tiny_bundle import CATEGORIES, plain, tiny_bundle

FOLDERS = {"Red": (220, 20, 20), "Green": (20, 220, 20), "Blue": (20, 20, 220)}


def draw_colors(root: Path) -> Path:
    """Draw five photos of each colour, in folders named like the tiny bundle's categories."""
    for name, color in FOLDERS.items():
        (root / name).mkdir(parents=True)
        for number in range(5):
            photo = plain(*(int(value) + number for value in color))
            cv2.imwrite(str(root / name / f"{number}.png"), np.ascontiguousarray(photo[..., ::-1]))
    return root


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_colors(tmp_path_factory.mktemp("photos"))


def test_a_bundle_beside_itself(photos: Path, tmp_path: Path) -> None:
    bundle = tiny_bundle(tmp_path, card={"figures": {"test": {"accuracy": 0.9, "name": "x", "sure": True}}})
    found = compare_bundles(bundle, bundle, photos)
    assert found.photos == 15
    assert found.same_label == found.overlap == 1
    assert found.first.accuracy == found.first.neighbours == 1
    assert found.first.dim == 3
    assert found.first.figures == {"test.accuracy": 0.9}
    assert found.losses() == {"accuracy": 0, "neighbours": 0}
    assert found.first.folder_bytes > found.first.bytes > 0


def test_other_labels_are_told_apart(photos: Path, tmp_path: Path) -> None:
    """The same network with two names exchanged is wrong on two of three colours, and finds the same neighbours."""
    right = tiny_bundle(tmp_path / "a")
    swapped = tiny_bundle(tmp_path / "b", categories=(CATEGORIES[1], CATEGORIES[0], CATEGORIES[2]))
    found = compare_bundles(right, swapped, photos)
    assert found.same_label == pytest.approx(1 / 3)
    assert found.second.accuracy == pytest.approx(1 / 3)
    assert found.overlap == 1
    with pytest.raises(BundleError, match="worse than the one in use, judged by accuracy"):
        check_no_worse(right, swapped, photos)
    assert check_no_worse(swapped, right, photos).losses()["accuracy"] < 0


def test_without_photos_only_cards_are_compared(tmp_path: Path) -> None:
    found = compare_bundles(tiny_bundle(tmp_path / "a"), tiny_bundle(tmp_path / "b"))
    assert found.photos == 0
    assert found.same_label is found.overlap is found.first.accuracy is None


def test_photos_that_tell_nothing_are_refused(photos: Path, tmp_path: Path) -> None:
    bundle = tiny_bundle(tmp_path)
    flat = tmp_path / "flat"
    flat.mkdir()
    (flat / "0.png").write_bytes((photos / "Red" / "0.png").read_bytes())
    with pytest.raises(BadInput, match="cannot tell"):
        check_no_worse(bundle, bundle, flat)
    with pytest.raises(BadInput, match="no such folder"):
        compare_bundles(bundle, bundle, tmp_path / "none")


def test_folders_mean_categories_as_an_evaluation_reads_them(photos: Path, tmp_path: Path) -> None:
    """Ids, small letters, plurals and Chinese names count in a comparison too; once only the exact path did."""
    paths = ("Paint > Reds", "Paint > Greens", "Paint > Blues")
    shelved = tuple(Category(f"paint/{name.lower()}", name) for name in paths)
    plainly, deeply = tiny_bundle(tmp_path / "a"), tiny_bundle(tmp_path / "b", categories=shelved)
    for found in (compare_bundles(plainly, deeply, photos), compare_bundles(deeply, plainly, photos)):
        assert found.second.accuracy == found.first.accuracy == 1
        assert found.same_label == 1
    renamed = tmp_path / "renamed"
    for old, new in (("Red", "红"), ("Green", "green"), ("Blue", "BLUES")):
        shutil.copytree(photos / old, renamed / new)
    assert compare_bundles(tiny_bundle(tmp_path / "a"), tiny_bundle(tmp_path / "c"), renamed).losses()["accuracy"] == 0
