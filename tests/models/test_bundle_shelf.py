from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import BadInput, BundleError, NotFound, UnknownName
from shoplens.models.bundle import Bundle, Calibration
from shoplens.models.bundle_shelf import BundleShelf, Promotion
from tests.models.tiny_bundle import CATEGORIES, tiny_bundle


@pytest.fixture
def shelf(tmp_path: Path) -> BundleShelf:
    return BundleShelf(tmp_path / "shop" / "bundles")


def made(shelf: BundleShelf, name: str, threshold: float = 0.4) -> Bundle:
    """A bundle that was trained in place: another threshold is another id."""
    return tiny_bundle(shelf.folder, name, calibration=Calibration(1.5, threshold))


def promote(shelf: BundleShelf, name: str, before: Promotion) -> Promotion:
    shelf.begin(before)
    return shelf.promoted(name, None if name == "none" else shelf.load(name))


def base(shelf: BundleShelf) -> Promotion:
    return Promotion("base", shelf.load("base").id)


def test_an_empty_shelf(shelf: BundleShelf) -> None:
    assert shelf.names() == []
    assert shelf.history() == ()
    assert shelf.load("base").name == "base"
    with pytest.raises(UnknownName, match="base"):
        shelf.load("clothes")


def test_what_is_added_is_verified_and_copied(shelf: BundleShelf, tmp_path: Path) -> None:
    bundle = tiny_bundle(tmp_path, weights={"a": np.ones(3, np.float32)})
    assert shelf.add(bundle.path).id == bundle.id
    assert shelf.add(bundle.path, "other").path == shelf.folder / "other"
    assert shelf.names() == ["other", "tiny"]
    with pytest.raises(BadInput, match="already"):
        shelf.add(bundle.path)
    newer = tiny_bundle(tmp_path / "newer")
    assert shelf.add(newer.path, replace=True).id == newer.id
    for name in ("base", "none", "../up", ".kept", "UPPER"):
        with pytest.raises(BadInput):
            shelf.add(bundle.path, name)


def test_what_does_not_fit_is_not_added(shelf: BundleShelf, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="categories"):
        shelf.add(tiny_bundle(tmp_path, categories=CATEGORIES[:2]).path)
    damaged = tiny_bundle(tmp_path / "d").path
    (damaged / "model.onnx").write_bytes(b"")
    with pytest.raises(BundleError, match="altered"):
        shelf.add(damaged)
    assert not shelf.folder.exists() or list(shelf.folder.iterdir()) == []


def test_going_back_walks_the_history(shelf: BundleShelf) -> None:
    made(shelf, "a")
    made(shelf, "b", 0.3)
    first = base(shelf)
    second = promote(shelf, "a", first)
    third = promote(shelf, "b", second)
    assert [state.name for state in shelf.history()] == ["base", "a", "b"]
    back = shelf.before(third)
    assert (back.name, back.id) == (second.name, second.id)
    assert shelf.bring_back(back) is not None
    shelf.went_back(back)
    assert shelf.before(back) == first
    shelf.went_back(first)
    with pytest.raises(NotFound, match="before"):
        shelf.before(first)


def test_the_former_files_come_back_after_another_training(shelf: BundleShelf) -> None:
    old = made(shelf, "a")
    state = promote(shelf, "a", base(shelf))
    new = made(shelf, "a", 0.2)
    assert new.id != old.id
    now = Promotion("a", new.id)
    assert shelf.before(now) == state
    returned = shelf.bring_back(state)
    assert returned is not None
    assert returned.id == old.id == shelf.load("a").id
    shelf.went_back(state)
    # hours of training may be in it
    assert shelf.load(f"a-{new.id.rpartition('-')[2]}").digests == new.digests


def test_a_damaged_bundle_comes_back_from_its_copy(shelf: BundleShelf) -> None:
    sound = made(shelf, "a")
    state = promote(shelf, "a", base(shelf))
    (sound.path / "model.onnx").write_bytes(b"half")
    returned = shelf.bring_back(state)
    assert returned is not None
    assert returned.id == sound.id


def test_without_a_copy_it_says_so(shelf: BundleShelf) -> None:
    made(shelf, "a")
    with pytest.raises(BundleError, match="no copy"):
        shelf.bring_back(Promotion("a", "a-000000000000"))
    with pytest.raises(BundleError, match="no copy"):
        shelf.bring_back(Promotion("gone", "gone-000000000000"))


def test_colours_alone_need_no_files(shelf: BundleShelf) -> None:
    state = promote(shelf, "none", base(shelf))
    assert state.id == ""
    assert shelf.bring_back(state) is None


def test_copies_do_not_pile_up(shelf: BundleShelf) -> None:
    state = base(shelf)
    for number in range(9):
        made(shelf, "a", 0.1 + number / 100)
        state = promote(shelf, "a", state)
    assert len(shelf.history()) == 10
    assert len(list((shelf.folder / ".kept").iterdir())) == 5
    assert shelf.names() == ["a"]


def test_a_history_that_cannot_be_read_is_said(shelf: BundleShelf) -> None:
    promote(shelf, "none", base(shelf))
    for text in ("{", "{}", '[{"name": 1}]', "[7]"):
        (shelf.folder / "history.json").write_text(text)
        with pytest.raises(BundleError, match="history"):
            shelf.history()
