from __future__ import annotations

import cv2
import numpy as np
import pytest

from shoplens.embedding.blended_embedder import BlendedEmbedder
from shoplens.embedding.color_embedder import ColorEmbedder, _projection
from shoplens.errors import BadInput
from shoplens.records import Pixels


def patch(*colors: tuple[int, int, int]) -> Pixels:
    """Stripes of equal width."""
    return np.concatenate([np.full((96, 96 // len(colors), 3), color, np.uint8) for color in colors], axis=1)


def test_colours_that_do_not_meet_share_nothing() -> None:
    vectors = ColorEmbedder().embed([patch((255, 0, 0)), patch((0, 0, 255)), patch((255, 0, 0), (0, 0, 255))])
    # The projection keeps inner products to within a few times 1 / sqrt(384).
    assert abs(vectors[0] @ vectors[1]) < 0.3
    # Half of each: the Bhattacharyya coefficient with either is sqrt(1 / 2).
    assert vectors[0] @ vectors[2] == pytest.approx(0.5**0.5, abs=0.15)
    assert vectors[1] @ vectors[2] == pytest.approx(0.5**0.5, abs=0.15)


def test_where_a_colour_lies_matters_little_and_how_much_there_is_of_it_more() -> None:
    red, blue = (200, 20, 20), (20, 20, 200)
    vectors = ColorEmbedder().embed([patch(red, blue), patch(blue, red), patch(red, red, red, blue)])
    assert vectors[0] @ vectors[1] > 0.99
    assert vectors[0] @ vectors[2] < vectors[0] @ vectors[1] - 0.02


def test_a_little_less_light_moves_the_vector_a_little() -> None:
    vectors = ColorEmbedder().embed([patch((180, 120, 60)), patch((176, 117, 58)), patch((90, 60, 30))])
    assert vectors[0] @ vectors[1] > 0.9
    assert vectors[0] @ vectors[2] < vectors[0] @ vectors[1]


def test_a_blend_weighs_similarities() -> None:
    one, other = ColorEmbedder(), ColorEmbedder()
    blend = BlendedEmbedder([(one, 3.0), (other, 1.0)])
    photos = [patch((255, 0, 0)), patch((250, 200, 0))]
    vectors, parts = blend.embed(photos), one.embed(photos)
    assert vectors[0] @ vectors[1] == pytest.approx(float(parts[0] @ parts[1]), abs=1e-5)
    assert blend.parts == (one.dim, other.dim)
    np.testing.assert_allclose(vectors[:, one.dim :], parts * 0.5, atol=1e-5)


def test_a_network_of_two_parts_shares_the_weight_of_colors_with_the_counted_ones() -> None:
    network, colors = BlendedEmbedder([(ColorEmbedder(), 9.0), (ColorEmbedder(), 1.0)]), ColorEmbedder()
    blend = BlendedEmbedder.with_colors(network, colors, 0.6)
    photos = [patch((255, 0, 0)), patch((250, 200, 0))]
    vectors, plain = blend.embed(photos), colors.embed(photos)
    wanted = [plain * np.sqrt(share) for share in (0.4, 0.2, 0.4)]
    np.testing.assert_allclose(vectors, np.concatenate(wanted, axis=1), atol=1e-5)
    assert blend.id != BlendedEmbedder.with_colors(network, colors, 0.5).id
    one = BlendedEmbedder.with_colors(colors, colors, 0.6).embed(photos)
    np.testing.assert_allclose(one, np.concatenate([plain * np.sqrt(0.4), plain * np.sqrt(0.6)], axis=1), atol=1e-5)


def test_a_blend_wants_one_weight_or_one_for_each_part() -> None:
    with pytest.raises(BadInput, match="one for each part"):
        BlendedEmbedder([(ColorEmbedder(), [0.5, 0.5])])


@pytest.mark.parametrize("weights", [[], [1.0, 0.0], [0.5, -1.0]])
def test_a_blend_of_nothing_is_refused(weights: list[float]) -> None:
    with pytest.raises(BadInput, match="positive weight"):
        BlendedEmbedder([(ColorEmbedder(), weight) for weight in weights])


def histogram_by_corners(photo: Pixels) -> np.ndarray:
    """The histogram as it was first written: one corner of the bins after the other."""
    bins = (8, 13, 13)
    small = cv2.resize(photo, (64, 64), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab).reshape(-1, 3)
    chroma = np.clip(lab[:, 1:] / 60.0, -1.0, 1.0)
    chroma = np.copysign(np.abs(chroma) ** 0.6, chroma)
    position = np.column_stack([lab[:, 0] / 100.0, (chroma + 1.0) / 2.0]) * (np.array(bins, np.float32) - 1)
    floor = np.minimum(position.astype(np.intp), np.array(bins) - 2)
    part = (position - floor).T
    axis = np.linspace(-1.0, 1.0, 64, dtype=np.float32)
    weight = np.exp(-(axis[:, None] ** 2 + axis[None, :] ** 2) / 0.9).ravel()
    steps = np.array([169, 13, 1])
    counts = np.zeros(8 * 169)
    for corner in np.ndindex(2, 2, 2):
        share = weight * np.prod([part[i] if up else 1.0 - part[i] for i, up in enumerate(corner)], axis=0)
        counts += np.bincount(floor @ steps + steps @ corner, weights=share, minlength=counts.size)
    return counts / counts.sum()


def test_vectors_are_those_of_the_plain_reference() -> None:
    rng = np.random.default_rng(3)
    photos = [rng.integers(0, 256, (70, 90, 3), np.uint8), patch((255, 255, 255)), patch((0, 0, 0), (250, 3, 90))]
    wanted = np.sqrt([histogram_by_corners(photo) for photo in photos]) @ _projection()
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    np.testing.assert_allclose(ColorEmbedder().embed(photos), wanted, atol=1e-6)
