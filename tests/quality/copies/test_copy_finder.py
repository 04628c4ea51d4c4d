"""Copies among many photos are found without the others; a new photo finds the same ones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shoplens.quality.copies.copy_finder import CopyFinder
from shoplens.quality.copies.crop_fit import crop_fits
from shoplens.quality.copies.likeness import coarse, flipped, largest_gap, places, structure
from shoplens.quality.fingerprint import Fingerprint
from shoplens.records import Pixels
from tests.quality.drawn import scene


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1), np.uint8)


def drawn(count: int) -> list[Pixels]:
    return [scene(seed) for seed in range(count)]


def thumb(pixels: Pixels) -> Pixels:
    return Fingerprint.of(pixels).thumbnail[None]


def test_pairs_are_the_planted_ones_and_each_is_told_once() -> None:
    photos = drawn(40)
    copies = [jpeg(photos[3], 40), photos[8][:, ::-1], np.ascontiguousarray(photos[8])]
    finder = CopyFinder([Fingerprint.of(np.ascontiguousarray(photo)) for photo in [*photos, *copies]])
    assert {(pair.left, pair.right, pair.kind) for pair in finder.pairs()} == {
        (3, 40, "saved_anew"),
        (8, 41, "flipped"),
        (41, 42, "flipped"),  # 42 has the very pixels of 8, which another check tells
    }


def test_a_new_photo_finds_its_copies() -> None:
    photos = drawn(30)
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(30, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    finder = CopyFinder([Fingerprint.of(photo) for photo in photos], vectors)
    (saved,) = finder.of(Fingerprint.of(jpeg(photos[5], 50)))
    assert (saved.left, saved.right, saved.kind) == (-1, 5, "saved_anew")
    part = np.ascontiguousarray(photos[6][20:280, 15:270])
    (cropped,) = finder.of(Fingerprint.of(part), vectors[6])
    assert (cropped.right, cropped.kind) == (6, "cropped")
    assert not finder.of(Fingerprint.of(scene(99)))
    assert not finder.of(Fingerprint.of(photos[5])), "the very pixels are no copy but a duplicate"


def test_a_part_with_another_thing_in_it_is_no_crop() -> None:
    whole = scene(6)
    part = np.ascontiguousarray(whole[20:280, 15:270])
    other = part.copy()
    other[128:160, 96:128] = np.clip(other[128:160, 96:128].astype(np.int16) + 18, 0, 255).astype(np.uint8)
    vectors = np.full((1, 8), 8**-0.5, np.float32)
    finder = CopyFinder([Fingerprint.of(whole)], vectors)
    assert [pair.kind for pair in finder.of(Fingerprint.of(part), vectors[0])] == ["cropped"]
    assert not finder.of(Fingerprint.of(other), vectors[0])


def test_blank_photos_are_no_copies_of_each_other() -> None:
    blank = [np.full((100, 100, 3), level, np.uint8) for level in (250, 251, 252)]
    assert not CopyFinder([Fingerprint.of(photo) for photo in blank]).pairs()


def test_photos_without_a_vector_are_compared_by_looks_alone() -> None:
    photos = [*drawn(5), jpeg(scene(2), 45)]
    vectors = np.full((6, 8), np.nan, np.float16)
    vectors[0] = np.eye(1, 8)
    pairs = CopyFinder([Fingerprint.of(photo) for photo in photos], vectors).pairs()
    assert [(pair.left, pair.right) for pair in pairs] == [(2, 5)]
    assert CopyFinder([]).pairs() == []
    assert CopyFinder([Fingerprint.of(photos[0])] * 2).pairs() == [], "the very pixels are no pair"


def test_measures_say_what_they_promise() -> None:
    photo = scene(1)
    red = np.ascontiguousarray(photo[:, :, [2, 0, 1]])
    assert float(largest_gap(places(thumb(photo)), places(thumb(jpeg(photo, 40))))[0]) < 8
    assert float(largest_gap(places(thumb(photo)), places(thumb(red)))[0]) > 30
    assert float((structure(thumb(photo)) * structure(thumb(red))).sum()) > 0.999, "the strongest channel is the same"
    assert np.allclose(coarse(flipped(flipped(thumb(photo)))), coarse(thumb(photo)))


@pytest.mark.parametrize(("top", "left", "high", "wide"), [(0, 0, 240, 260), (40, 30, 250, 235), (20, 55, 270, 240)])
def test_a_part_is_found_in_its_whole(top: int, left: int, high: int, wide: int) -> None:
    photo = scene(4)
    part = np.ascontiguousarray(photo[top : top + high, left : left + wide])
    both = np.concatenate([thumb(photo), thumb(part)])
    fits = crop_fits(both, np.array([0, 1]), np.array([1, 0]))
    assert fits.likeness[0] > 0.97
    assert fits.gap[0] < 12
    assert fits.usual[0] < 4.5
    assert fits.likeness[1] < 0.97, "the whole is no part of its part"


def test_a_garment_of_another_shade_on_white_is_no_crop() -> None:
    """Its 8 levels are few for a place, where 12 may differ, and many where they are all that is there."""
    one, other = (np.full((320, 320, 3), 255, np.uint8) for _ in range(2))
    one[40:280, 110:210] = (60, 110, 190)
    other[40:280, 110:210] = (68, 118, 198)
    vectors = np.full((1, 8), 8**-0.5, np.float32)
    finder = CopyFinder([Fingerprint.of(one)], vectors)
    same, shade = (Fingerprint.of(np.ascontiguousarray(photo[17:303, 26:294])) for photo in (one, other))
    assert [pair.kind for pair in finder.of(same, vectors[0])] == ["cropped"]
    assert not finder.of(shade, vectors[0])


def test_a_new_photo_is_told_the_same_as_one_among_all() -> None:
    photos = [*drawn(6), np.ascontiguousarray(scene(3)[10:270, 20:290])]
    vectors = np.full((7, 8), 8**-0.5, np.float32)
    prints = [Fingerprint.of(photo) for photo in photos]
    (pair,) = CopyFinder(prints, vectors).pairs()
    assert (pair.left, pair.right, pair.kind) == (3, 6, "cropped")
    (found,) = CopyFinder(prints[:6], vectors[:6]).of(prints[6], vectors[6])
    assert (found.right, found.kind, found.measured) == (3, "cropped", pair.measured)


def test_lists_propose_what_comparing_all_rows_does() -> None:
    """Of 900 drawn photos every third has a copy; the lists of so few rows are read in part only."""
    photos = drawn(900)
    copies = [jpeg(photo, 60) for photo in photos[::3]]
    prints = [Fingerprint.of(photo) for photo in [*photos, *copies]]
    exact, lists = CopyFinder(prints), CopyFinder(prints, exact_up_to=100)
    told = {(pair.left, pair.right) for pair in lists.pairs()}
    assert told >= {(3 * number, 900 + number) for number in range(300)}
    assert told == {(pair.left, pair.right) for pair in exact.pairs()}
    assert [pair.right for pair in lists.of(Fingerprint.of(jpeg(photos[31], 50)))] == [31]
