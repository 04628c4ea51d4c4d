from __future__ import annotations

import numpy as np
import pytest

from shoplens.errors import BadInput
from shoplens.models.linear_head import fit_head


def blobs(per_class: int, noise: float, seed: int = 0) -> tuple[np.ndarray, list[str], list[str]]:
    rng = np.random.default_rng(seed)
    centers = np.eye(4, 16)[:3]
    vectors = np.repeat(centers, per_class, axis=0) + noise * rng.standard_normal((3 * per_class, 16))
    labels = np.repeat(["hat", "mug", "shoe"], per_class).tolist()
    groups = [f"{label}{number // 2}" for label, number in zip(labels, list(range(per_class)) * 3, strict=True)]
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), labels, groups


def test_separable_classes_are_learned_and_told_with_confidence() -> None:
    vectors, labels, groups = blobs(20, 0.05)
    fitted = fit_head(vectors, labels, groups)
    assert fitted.head.labels == ("hat", "mug", "shoe")
    assert fitted.head.accuracy == 1.0
    assert fitted.head.coverage == 1.0
    probabilities = fitted.head.probabilities(blobs(5, 0.05, seed=1)[0])
    assert probabilities.argmax(axis=1).tolist() == [0] * 5 + [1] * 5 + [2] * 5
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)


def test_labels_that_mean_nothing_are_not_believed() -> None:
    vectors, _, _ = blobs(60, 1.0)
    rng = np.random.default_rng(3)
    labels = rng.choice(["a", "b"], len(vectors)).tolist()
    fitted = fit_head(vectors, labels, [str(n) for n in range(len(vectors))])
    assert fitted.head.coverage < 0.2
    assert fitted.out_of_fold.max(axis=1).mean() < 0.65


def test_photos_of_one_product_do_not_judge_each_other() -> None:
    rng = np.random.default_rng(4)
    products = rng.standard_normal((40, 64))
    vectors = np.repeat(products / np.linalg.norm(products, axis=1, keepdims=True), 3, axis=0).astype(np.float32)
    groups = np.repeat([f"p{n}" for n in range(40)], 3).tolist()
    labels = np.repeat(rng.choice(["a", "b"], 40), 3).tolist()
    together = fit_head(vectors, labels, groups).head.accuracy
    apart = fit_head(vectors, labels, [str(n) for n in range(120)]).head.accuracy
    assert apart > 0.95
    assert together < 0.7


@pytest.mark.parametrize(
    ("labels", "groups"), [(["a", "a", "a"], ["1", "2", "3"]), (["a", "b", "a"], ["1"] * 3), (["a", "b"], ["1", "2"])]
)
def test_what_cannot_be_learned_is_refused(labels: list[str], groups: list[str]) -> None:
    with pytest.raises(BadInput, match="two labels"):
        fit_head(np.eye(3, dtype=np.float32), labels, groups)
