"""What a bundle tells a network that learns from it."""

from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import BadInput, BundleError
from shoplens.models.bundle import load_bundle
from shoplens.models.settings import Settings
from shoplens.models.teacher import Teacher
from shoplens.models.train import train
from tests.models.tiny_bundle import plain, tiny_bundle


def test_classes_are_told_in_the_pupils_order_and_sum_to_one(tmp_path: Path) -> None:
    photos = np.stack([plain(200, 100, 0, 8, 8), plain(0, 50, 250, 8, 8)])
    whole, _ = Teacher(tiny_bundle(tmp_path), ["Red", "Green", "Blue"]).look(photos)
    said, embedding = Teacher(tiny_bundle(tmp_path), ["Blue", "Red"]).look(photos)
    np.testing.assert_allclose(whole.sum(axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose(said, whole[:, [2, 0]] / whole[:, [2, 0]].sum(axis=1, keepdims=True), atol=1e-6)
    np.testing.assert_allclose(embedding[0], np.array([200, 100, 0]) / np.hypot(200, 100), atol=1e-6)


@pytest.mark.parametrize("side", [5, 8, 20])
def test_photos_of_another_size_are_brought_to_the_teachers(tmp_path: Path, side: int) -> None:
    teacher = Teacher(tiny_bundle(tmp_path), ["Red", "Green", "Blue"])
    said, embedding = teacher.look(plain(30, 60, 60, side, side)[None])
    assert said.shape == (1, 3)
    assert teacher.dim == 3
    np.testing.assert_allclose(embedding[0], [1 / 3, 2 / 3, 2 / 3], atol=1e-6)


def test_a_teacher_has_to_know_every_class(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"does not know every class.*no Purple, Yellow.*same classes"):
        Teacher(tiny_bundle(tmp_path), ["Red", "Yellow", "Purple"])


@pytest.mark.parametrize("inside", [True, False])
def test_a_pupil_does_not_take_its_teachers_place(tmp_path: Path, inside: bool) -> None:
    """The name is the photos' where none is given, and so was the teacher's: the command for a pupil would lose it."""
    teacher = tiny_bundle(tmp_path / "bundles" if inside else tmp_path, "photos")
    (tmp_path / "photos-to-learn").mkdir()
    settings = Settings.for_preset("good", architecture_settings={"size": "small"}, teacher=str(teacher.path))
    with pytest.raises(BadInput, match=r"teacher's place.*--name" if inside else "photos"):
        train(tmp_path / "photos-to-learn", settings, name="photos", home=tmp_path)
    assert load_bundle(teacher.path).id == teacher.id
