"""What the method's choices do to the weights, on a network of a few layers."""

import re
from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import BadInput, BundleError, UnknownName
from shoplens.models.settings import Settings
from shoplens.records import Pixels

keras = pytest.importorskip("keras", reason="needs the extra 'train'")
from shoplens.models import network as networks  # noqa: E402
from shoplens.models.learner import Learner  # noqa: E402
from shoplens.models.optimizer import Optimizer  # noqa: E402
from shoplens.models.stages import Stages  # noqa: E402
from shoplens.models.start import Start, check_hdf5, start_from_file  # noqa: E402
from shoplens.models.weight_names import named_weights  # noqa: E402
from shoplens.models.weights_file import save_weights  # noqa: E402

TINY = {"channels": (16, 16), "blocks": (1, 1), "early_stride": False}
GENERATOR = np.random.default_rng(0)
PHOTOS = GENERATOR.integers(0, 256, (8, 16, 16, 3), np.uint8)
TARGETS = np.eye(2, dtype=np.float32)[np.arange(8) % 2]


def settings(**changes: object) -> Settings:
    every = {"size": 16, "precision": "float32", "looks": 0.0, "average": 0.0, "architecture_settings": TINY, **changes}
    return Settings(**every)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "peer"),
    [
        ({"optimizer": "adam"}, lambda: keras.optimizers.Adam(0.01)),
        ({"optimizer": "sgd", "weight_decay": 0.0}, lambda: keras.optimizers.SGD(0.01, 0.9, nesterov=True)),
        (
            {"optimizer": "sgd", "nesterov": False, "momentum": 0.5, "weight_decay": 0.0},
            lambda: keras.optimizers.SGD(0.01, 0.5),
        ),
        ({"optimizer": "adamw", "weight_decay": 0.2}, lambda: keras.optimizers.AdamW(0.01, weight_decay=0.2)),
    ],
)
def test_the_rules_move_a_weight_as_those_of_keras_do(changes: dict[str, object], peer: object) -> None:
    start = GENERATOR.normal(size=(3, 4)).astype(np.float32)
    gradients = GENERATOR.normal(size=(5, 3, 4)).astype(np.float32)
    mine, theirs = keras.Variable(start), keras.Variable(start)
    own = Optimizer(settings(**changes), [mine])
    other = peer()  # type: ignore[operator]
    other.build([theirs])
    for gradient in gradients:
        own.apply([gradient], [mine], np.float32(0.01))
        other.apply([keras.ops.convert_to_tensor(gradient)], [theirs])
    assert np.abs(np.asarray(mine) - start).max() > 0.01
    np.testing.assert_allclose(np.asarray(mine), np.asarray(theirs), atol=2e-6)


@pytest.mark.parametrize("changes", [{}, {"optimizer": "sgd", "learning_rate": 0.05}, {"looks": 0.3}])
def test_the_loss_falls(changes: dict[str, object]) -> None:
    learner = Learner(settings(dropout=0.0, **changes), 2, "float32")
    losses = [learner.step(PHOTOS, TARGETS, 0.01) for _ in range(25)]
    assert losses[-1] < 0.5 * losses[0]


class Told:
    """A teacher that says the first class of every photo, and embeds each alike."""

    id = "told"

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.looks = np.random.default_rng(dim).normal(size=dim).astype(np.float32)
        self.looks /= np.linalg.norm(self.looks)

    def look(self, photos: Pixels) -> tuple[np.ndarray, np.ndarray]:
        every = np.ones((len(photos), 1), np.float32)
        return every * np.float32([1, 0]), every * self.looks


def taught(teacher: Told, start: Start | None = None, share: float = 0.7) -> Learner:
    every = settings(dropout=0.0, looks=1.0, taught=share)
    learner = Learner(every, 2, "float32", start, teacher=teacher)  # type: ignore[arg-type]
    for _ in range(25):
        learner.step(PHOTOS, TARGETS, 0.01)
    return learner


def seen(learner: Learner) -> np.ndarray:
    network = networks.build("residual", TINY, 16, 2)
    networks.fill(network, learner.kept_weights())
    return np.asarray(network(PHOTOS.astype(np.float32), training=True)["embedding"])


def test_a_teacher_is_believed_more_than_the_labels_and_its_looks_are_taken_on_where_they_fit() -> None:
    learner = taught(Told(256))
    assert learner.looks_taught
    assert learner.logits([PHOTOS]).argmax(axis=1).tolist() == [0] * 8
    assert (seen(learner) @ Told(256).looks).mean() > 0.5
    other = taught(Told(128), share=0.1)
    assert not other.looks_taught
    assert other.logits([PHOTOS]).argmax(axis=1).tolist() == TARGETS.argmax(axis=1).tolist()
    assert any(name.startswith("proxies") for name in other.state())


def test_looks_that_a_training_begins_with_are_kept_beside_a_teacher() -> None:
    start = Start(Learner(settings(), 2, "float32").kept_weights(), looks=True)
    learner = taught(Told(256), start)
    assert not learner.looks_taught
    assert (seen(learner) @ Told(256).looks).mean() < 0.2


def test_frozen_stages_keep_every_weight_and_thaw_from_the_head_down() -> None:
    start = Start(Learner(settings(), 2, "float32").kept_weights(), looks=False)
    learner = Learner(settings(transfer="base", freeze="stage1", thaw=2.0), 2, "float32", start)
    moved = []
    for epoch in (0, 1, 2, 4):
        before = learner.kept_weights()
        learner.begin(epoch)
        learner.step(PHOTOS, TARGETS, 0.01)
        after = learner.kept_weights()
        moved.append({re.split("[_/]", name)[0] for name in after if not np.array_equal(before[name], after[name])})
    head = {"attention", "embedding", "category", "stage2"}
    assert moved[0] - head == moved[1] - head == set()
    assert "stage2" in moved[0]
    assert moved[2] - head == {"stage1"}
    assert moved[3] - head == {"stage1", "stem"}


def test_stages_are_named_and_numbered() -> None:
    network = networks.build("residual", TINY, 16, 2)
    assert Stages(network, settings(transfer="base", freeze="2")).names == ("stem", "stage1", "stage2")
    assert [Stages(network, settings(transfer="base", freeze=str(n))).frozen(0) for n in (1, 3, 9)] == [1, 3, 3]
    with pytest.raises(UnknownName, match="stage1, stage2, stem"):
        Stages(network, settings(transfer="base", freeze="stage9"))


def test_the_plain_average_is_the_mean_of_the_passes_after_its_start() -> None:
    learner = Learner(settings(averaging="swa", swa_from=0.5, optimizer="sgd", momentum=0.0), 2, "float32")
    seen = []
    for progress in (0.25, 0.5, 0.75, 1.0):
        learner.step(PHOTOS, TARGETS, 0.05)
        seen.append({name: np.asarray(v) for name, v in named_weights(learner._network).items()})
        learner.end(progress, [(PHOTOS, TARGETS)])
    kept = learner.kept_weights()
    for name in ("stem_conv/kernel", "category/kernel"):
        np.testing.assert_allclose(kept[name], np.mean([s[name] for s in seen[1:]], axis=0), atol=1e-6)
        assert np.array_equal(np.asarray(named_weights(learner._network)[name]), seen[-1][name])


def test_one_network_learns_what_the_members_say() -> None:
    members = []
    for seed in (1, 2):
        member = Learner(settings(dropout=0.0, seed=seed), 2, "float32")
        for _ in range(25):
            member.step(PHOTOS, TARGETS, 0.01)
        members.append(member.kept_weights())
    student = Learner(settings(dropout=0.0, seed=3), 2, "float32", members=members)
    nothing = np.full_like(TARGETS, 0.5)  # whatever it learns, it has from the members
    for _ in range(40):
        student.step(PHOTOS, nothing, 0.01)
    assert (student.logits([PHOTOS]).argmax(axis=1) == TARGETS.argmax(axis=1)).all()


def test_an_ensemble_answers_with_the_mean_of_its_members() -> None:
    made = [networks.build("residual", TINY, 16, 3) for _ in range(3)]
    alone = [{k: np.asarray(v) for k, v in member(PHOTOS, training=False).items()} for member in made]
    mean = np.mean([np.asarray(keras.ops.softmax(out["logits"])) for out in alone], axis=0)
    for shared in (False, True):
        joined = networks.ensemble(made, shared_looks=shared, mirror=False)(PHOTOS, training=False)
        np.testing.assert_allclose(np.exp(np.asarray(joined["logits"])), mean, atol=1e-6)
        wanted = np.mean([out["embedding"] for out in alone], axis=0) if shared else alone[0]["embedding"]
        wanted = wanted / np.linalg.norm(wanted, axis=1, keepdims=True)
        np.testing.assert_allclose(np.asarray(joined["embedding"]), wanted, atol=1e-5)
    weights = networks.member_weights([{"a/b": np.zeros(1)}, {"a/b": np.ones(1)}])
    assert sorted(weights) == ["a/b", "member2/a/b"]


@pytest.mark.parametrize("members", [1, 2])
def test_a_mirror_image_changes_what_is_said_and_not_how_it_looks(members: int) -> None:
    made = [networks.build("residual", TINY, 16, 3) for _ in range(members)]
    turned = PHOTOS[:, :, ::-1]
    said = [
        np.asarray(keras.ops.softmax(one(photos, training=False)["logits"]))
        for one in made
        for photos in (PHOTOS, turned)
    ]
    seen = np.asarray(made[0](PHOTOS, training=False)["embedding"])
    joined = networks.ensemble(made, shared_looks=False, mirror=True)
    found, other = joined(PHOTOS, training=False), joined(turned, training=False)
    np.testing.assert_allclose(np.exp(np.asarray(found["logits"])), np.mean(said, axis=0), atol=1e-6)
    np.testing.assert_allclose(np.asarray(found["logits"]), np.asarray(other["logits"]), atol=1e-5)
    np.testing.assert_allclose(np.asarray(found["embedding"]), seen, atol=1e-6)
    assert np.abs(np.asarray(other["embedding"]) - seen).max() > 1e-3


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras, when it writes a file
def test_a_file_of_weights_starts_a_training(tmp_path: Path) -> None:
    network = networks.build("residual", TINY, 16, 5)
    known = {name: np.asarray(v) for name, v in named_weights(network).items()}
    save_weights(tmp_path / "own.npz", known)
    network.save_weights(tmp_path / "keras.weights.h5")
    for file in ("own.npz", "keras.weights.h5"):
        start = start_from_file(settings(), tmp_path / file)
        assert start.looks
        assert "category/kernel" not in start.weights
        np.testing.assert_allclose(start.weights["stem_conv/kernel"], known["stem_conv/kernel"], atol=0.01)
    with pytest.raises(BundleError, match=r"another network.*--architecture"):
        start_from_file(settings(architecture_settings={"size": "small"}), tmp_path / "own.npz")
    with pytest.raises(BadInput, match="has no such setting"):
        networks.build("residual", {"width": 3}, 16, 2)


def test_a_file_of_weights_that_refers_to_another_one_is_refused(tmp_path: Path) -> None:
    import h5py

    with h5py.File(tmp_path / "linked.h5", "w") as file:
        file["weights"] = h5py.ExternalLink("/etc/passwd", "/")
    with h5py.File(tmp_path / "outside.h5", "w") as file:
        file.create_dataset("weights", (4,), "u1", external=[(str(tmp_path / "secret"), 0, 4)])
    (tmp_path / "text.h5").write_text("no weights")
    for name in ("linked", "outside", "text"):
        with pytest.raises(BundleError):
            check_hdf5(tmp_path / f"{name}.h5")
