"""The colour branch: what it counts, where it looks, and that the embedding keeps colour and shape apart."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from shoplens.models import network as networks  # noqa: E402
from shoplens.models.architectures.color_histogram import BINS, color_histogram  # noqa: E402
from shoplens.models.architectures.embedding_net import COLOR_SHARE, embedding_net  # noqa: E402
from shoplens.models.architectures.residual import Residual  # noqa: E402

SIDE = 64


@pytest.fixture(scope="module")
def histogram() -> "keras.Model":
    photos, weight = keras.Input((SIDE, SIDE, 3)), keras.Input((4, 4, 1))
    return keras.Model([photos, weight], color_histogram(photos, weight))


def plain(*rgb: int) -> np.ndarray:
    return np.full((SIDE, SIDE, 3), rgb, np.float32)


def counted(histogram: "keras.Model", photos: list[np.ndarray], weight: np.ndarray | None = None) -> np.ndarray:
    weights = np.ones((len(photos), 4, 4, 1), np.float32) if weight is None else np.stack([weight] * len(photos))
    return np.asarray(histogram([np.stack(photos), weights], training=False))


def test_one_histogram_has_length_one_and_disjoint_ones_are_orthogonal(histogram: "keras.Model") -> None:
    found = counted(histogram, [plain(200, 20, 30), plain(20, 30, 200), plain(205, 22, 28)])
    assert found.shape == (3, BINS)
    alike = found @ found.T
    np.testing.assert_allclose(np.diag(alike), 1, atol=0.02)
    assert alike[0, 1] < 0.1
    assert alike[0, 2] > 0.95


def test_half_of_each_colour_lies_between_them(histogram: "keras.Model") -> None:
    red, blue = plain(200, 20, 30), plain(20, 30, 200)
    both = red.copy()
    both[:, SIDE // 2 :] = blue[:, SIDE // 2 :]
    found = counted(histogram, [red, blue, both])
    assert found[2] @ found[0] == pytest.approx(np.sqrt(0.5), abs=0.05)
    assert found[2] @ found[1] == pytest.approx(np.sqrt(0.5), abs=0.05)


def test_colours_where_the_weight_is_nothing_do_not_count(histogram: "keras.Model") -> None:
    both = plain(200, 20, 30)
    both[:, SIDE // 2 :] = (20, 30, 200)
    left = np.zeros((4, 4, 1), np.float32)
    left[:, 0] = 1
    found = counted(histogram, [both], left)[0]
    red = counted(histogram, [plain(200, 20, 30)])[0]
    assert found @ red > 0.97


def test_the_last_part_of_the_embedding_knows_colours_only() -> None:
    net = embedding_net(Residual("small", late_stride=False), SIDE, 3, dim=64)
    net.get_layer("attention").kernel.assign(np.zeros(net.get_layer("attention").kernel.shape))
    rng = np.random.default_rng(1)
    # Blocks of 4 x 4 pixels in one colour each: another arrangement is another shape of the same colours.
    blocks = rng.integers(0, 256, (SIDE // 4 * SIDE // 4, 3)).astype(np.uint8)
    photos = np.stack([
        np.kron(rng.permutation(blocks).reshape(SIDE // 4, SIDE // 4, 3), np.ones((4, 4, 1), np.uint8))
        for _ in range(2)
    ])  # fmt: skip
    found = np.asarray(net(photos, training=False)["embedding"])
    colors = int(64 * COLOR_SHARE)
    np.testing.assert_allclose(found[0, -colors:], found[1, -colors:], atol=1e-4)
    assert np.abs(found[0, :-colors] - found[1, :-colors]).max() > 1e-3
    np.testing.assert_allclose((found[:, -colors:] ** 2).sum(axis=1), 0.5, atol=1e-4)


def test_colours_are_counted_in_float32_also_where_the_trunk_computes_in_16_bits() -> None:
    net = networks.build("residual", {"size": "small", "late_stride": False}, SIDE, 3, "bfloat16")
    colored = [layer for layer in net.layers if layer.name.startswith("color_")]
    assert len(colored) >= 7
    assert {layer.compute_dtype for layer in colored} == {"float32"}
