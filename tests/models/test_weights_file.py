import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from shoplens.errors import BundleError
from shoplens.models.weights_file import load_weights, save_weights

kernels = hnp.arrays(
    np.float32, hnp.array_shapes(min_dims=2, max_dims=4, max_side=5), elements=st.floats(-100, 100, width=32)
)


@settings(max_examples=40, deadline=None)
@given(kernels)
def test_error_is_half_a_step_and_a_second_round_changes_nothing(kernel: np.ndarray) -> None:
    kernel = np.concatenate([kernel] * (2049 // kernel.size + 1))  # small ones stay as they are
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.npz"
        save_weights(path, {"layer/kernel": kernel})
        once = load_weights(path)["layer/kernel"]
        save_weights(path, {"layer/kernel": once})
        twice = load_weights(path)["layer/kernel"]
    peak = np.abs(kernel).max(axis=tuple(range(kernel.ndim - 1)))
    assert (np.abs(once - kernel) <= peak / 127 * 0.5001 + 1e-30).all()
    np.testing.assert_allclose(twice, once, rtol=1e-6)


def test_vectors_stay_exact_and_kernels_shrink(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    vector, kernel = rng.normal(size=64).astype(np.float32), rng.normal(size=(3, 3, 64, 64)).astype(np.float32)
    save_weights(tmp_path / "weights.npz", {"norm/gamma": vector, "conv/kernel": kernel})
    np.testing.assert_array_equal(load_weights(tmp_path / "weights.npz")["norm/gamma"], vector)
    assert (tmp_path / "weights.npz").stat().st_size < 1.1 * kernel.size


def test_small_kernels_stay_exact(tmp_path: Path) -> None:
    kernel = np.random.default_rng(2).normal(size=(1, 1, 3, 160)).astype(np.float32)
    save_weights(tmp_path / "weights.npz", {"color_near/kernel": kernel})
    np.testing.assert_array_equal(load_weights(tmp_path / "weights.npz")["color_near/kernel"], kernel)


def test_pickled_objects_and_damage_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "pickle.npz", a=np.array([{"code": 1}], dtype=object))
    (tmp_path / "noise.npz").write_bytes(b"PK\x03\x04 not a zip")
    with zipfile.ZipFile(tmp_path / "text.npz", "w") as archive:
        archive.writestr("a.npy", b"no array")
    for name in ("pickle.npz", "noise.npz", "text.npz", "absent.npz"):
        with pytest.raises(BundleError, match="cannot be read"):
            load_weights(tmp_path / name)
