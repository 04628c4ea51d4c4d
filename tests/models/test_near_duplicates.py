import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens.models.near_duplicates import near_duplicate_groups


def picture(seed: int) -> np.ndarray:
    """A smooth random picture: unlike any other seed's."""
    generator = np.random.default_rng(seed)
    return cv2.resize(generator.integers(0, 256, (7, 7, 3), dtype=np.uint8), (96, 96), interpolation=cv2.INTER_CUBIC)


def recompressed(photo: np.ndarray, quality: int, side: int) -> np.ndarray:
    small = cv2.resize(photo, (side, side), interpolation=cv2.INTER_AREA)
    decoded = cv2.imdecode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    return cv2.resize(decoded, photo.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def test_recompressed_and_resized_copies_are_found_and_strangers_are_not() -> None:
    originals = [picture(seed) for seed in range(300)]
    copies = [recompressed(photo, 60, 64) for photo in originals[:100]]
    groups = near_duplicate_groups(np.stack(originals + copies))
    assert groups[300:].tolist() == groups[:100].tolist()
    assert len(set(groups.tolist())) == 300


def test_the_same_shape_in_another_colour_is_another_picture() -> None:
    photos = np.full((3, 96, 96, 3), 255, np.uint8)
    for photo, color in zip(photos, ((200, 20, 20), (20, 20, 200), (200, 20, 20)), strict=True):
        cv2.circle(photo, (50, 44), 30, color, -1)
    assert near_duplicate_groups(photos).tolist() == [0, 1, 0]


def test_chains_join() -> None:
    first = picture(1).astype(np.float32)
    steps = np.stack([np.clip(first + shift, 0, 255).astype(np.uint8) for shift in (0, 6, 12, 18, 24)])
    assert near_duplicate_groups(steps).tolist() == [0] * 5


def test_no_photo_and_one_photo() -> None:
    assert near_duplicate_groups(np.zeros((0, 8, 8, 3), np.uint8)).tolist() == []
    assert near_duplicate_groups(picture(0)[None]).tolist() == [0]


@settings(max_examples=20)
@given(st.lists(st.integers(0, 5), max_size=30))
def test_equal_pictures_share_a_group_whatever_the_order(seeds: list[int]) -> None:
    groups = near_duplicate_groups(np.stack([picture(s) for s in seeds]) if seeds else np.zeros((0, 8, 8, 3), np.uint8))
    assert [[a == b for b in seeds] for a in seeds] == (groups[:, None] == groups[None, :]).tolist()
