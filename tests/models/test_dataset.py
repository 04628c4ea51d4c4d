import os
from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import BadInput
from shoplens.models.dataset import Dataset
from shoplens.models.split import FREE, TEST, VALIDATION
from shoplens.photos.decode import decode_file
from shoplens.photos.recipe import Recipe
from tests.models.photo_shop import COLORS, draw, fill, write

SIDE = 40
RECIPE = Recipe.encoder(SIDE)


def open_set(folder: Path, cache: Path, **more: object) -> Dataset:
    return Dataset.open(folder, RECIPE, SIDE, cache, **more)  # type: ignore[arg-type]


def test_class_folders_become_labels_and_pixels_are_the_recipes(tmp_path: Path) -> None:
    dataset = open_set(fill(tmp_path / "in", 4), tmp_path / "cache")
    assert dataset.classes == ("blue", "green", "red")
    assert dataset.labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert dataset.pixels.shape == (12, SIDE, SIDE, 3)
    assert dataset.sides.tolist() == [FREE] * 12
    for path, row in zip(dataset.paths, dataset.pixels, strict=True):
        assert np.array_equal(RECIPE.apply(decode_file(Path(path), min_side=SIDE).pixels), row)


def test_nested_folders_are_classes_by_their_path(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    for name in ("Shoes/Boots", "Shoes/Sandals", "帽子"):
        write(tmp_path / "in" / name / "a.png", draw("circle", COLORS["red"], generator))
    assert open_set(tmp_path / "in", tmp_path / "cache").classes == ("Shoes > Boots", "Shoes > Sandals", "帽子")


def test_unusable_files_are_quarantined_with_path_and_reason(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", 3)
    whole = (folder / "red" / "000.jpg").read_bytes()
    bad = {
        folder / "red" / "text.jpg": b"not a photo",
        folder / "red" / "empty.jpg": b"",
        folder / "blue" / "cut.jpg": whole[: len(whole) // 3],
        folder / "notes" / "list.csv": b"a,b\n1,2\n",
        folder / "outside.jpg": whole,
        folder / ".DS_Store": b"hidden",
    }
    for path, data in bad.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    dataset = open_set(folder, tmp_path / "cache")
    found = {Path(file.path).name: file for file in dataset.quarantined}
    assert set(found) == {"text.jpg", "empty.jpg", "cut.jpg", "list.csv", "outside.jpg"}
    assert all(file.code and file.reason for file in found.values())
    assert found["outside.jpg"].code == "no_class"
    assert dataset.classes == ("blue", "green", "red")
    assert len(dataset.paths) == 9


def test_folders_given_for_validation_and_test_keep_their_side(tmp_path: Path) -> None:
    folder = fill(tmp_path / "in", 3)
    judge = fill(tmp_path / "judge", 2, seed=1)
    write(judge / "purple" / "a.jpg", draw("circle", (150, 30, 160), np.random.default_rng(0)))
    dataset = open_set(folder, tmp_path / "cache", validation=fill(tmp_path / "choose", 1, seed=2), test=judge)
    assert np.bincount(dataset.sides + 1).tolist() == [9, 0, 3, 6]
    assert (dataset.labels[dataset.sides == TEST] == [0, 0, 1, 1, 2, 2]).all()
    assert (dataset.labels[dataset.sides == VALIDATION] == [0, 1, 2]).all()
    assert [(file.code, Path(file.path).parent.name) for file in dataset.quarantined] == [("unknown_class", "purple")]


def test_the_second_opening_decodes_only_what_changed(tmp_path: Path) -> None:
    folder, cache = fill(tmp_path / "in", 3), tmp_path / "cache"
    first = open_set(folder, cache)
    copies = next(cache.rglob("pixels-*.u8"))
    assert np.array_equal(open_set(folder, cache).pixels, first.pixels)
    assert list(cache.rglob("pixels-*.u8")) == [copies]
    changed = draw("square", COLORS["green"], np.random.default_rng(9))
    write(folder / "red" / "001.jpg", changed)
    state = (folder / "red" / "001.jpg").stat()
    os.utime(folder / "red" / "001.jpg", ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    (folder / "blue" / "000.jpg").unlink()
    second = open_set(folder, cache)
    assert len(second.paths) == 8
    kept = [i for i, path in enumerate(first.paths) if not path.endswith(("blue/000.jpg", "red/001.jpg"))]
    same = [i for i, path in enumerate(second.paths) if not path.endswith("red/001.jpg")]
    assert np.array_equal(first.pixels[kept], second.pixels[same])
    assert not np.array_equal(first.pixels[first.paths.index(str(folder / "red" / "001.jpg"))], second.pixels[6])


def test_nothing_to_learn_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder"):
        open_set(tmp_path / "absent", tmp_path / "cache")
    write(tmp_path / "one" / "red" / "a.jpg", draw("circle", COLORS["red"], np.random.default_rng(0)))
    with pytest.raises(BadInput, match=r"two classes or more.*folder of its own"):
        open_set(tmp_path / "one", tmp_path / "cache")
    with pytest.raises(BadInput, match="Name the sub-folders by its classes: cat, dog"):
        open_set(tmp_path / "one", tmp_path / "cache", classes=("cat", "dog"))
