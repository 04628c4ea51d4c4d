import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import BadInput, BundleError, UnknownName
from shoplens.models import network as networks
from shoplens.models.batches import Batches
from shoplens.models.bundle import BASE, Bundle, load_bundle
from shoplens.models.checkpoint import Checkpoint
from shoplens.models.dataset import Dataset
from shoplens.models.evaluate_bundle import evaluate_bundle
from shoplens.models.progress import EpochDone, MemberBegun, StepDone, TrainingEvent
from shoplens.models.runtime import OnnxModel
from shoplens.models.settings import Settings
from shoplens.models.split import split
from shoplens.models.teacher import Teacher
from shoplens.models.train import Training, train
from shoplens.models.trainer import Trained, Trainer, learning_rate
from shoplens.photos.decode import decode_file
from shoplens.photos.recipe import Recipe
from tests.models.photo_shop import draw, fill, write

TINY_CNN = {"filters": (16, 16), "units": 32}


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = fill(tmp_path_factory.mktemp("photos") / "in", 24)
    (folder / "red" / "broken.jpg").write_bytes(b"no photo")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="module")
def judging(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("judging") / "in", 7, seed=9)


@pytest.fixture(scope="module")
def article(photos: Path, judging: Path, home: Path) -> Training:
    settings = Settings.for_preset("good", "simple_cnn", size=32, epochs=12, batch=16, learning_rate=3e-3)
    return train(photos, settings, name="article", home=home, test=judging)


def test_the_articles_network_learns_the_drawn_colours(article: Training, photos: Path) -> None:
    assert article.evaluation.accuracy >= 0.9
    assert article.bundle.labels == ("blue", "green", "red")
    model = OnnxModel(article.bundle)
    photo = decode_file(photos / "green" / "001.jpg").pixels
    out = model.run(article.bundle.recipe.apply(photo)[None])
    assert out["probabilities"].sum() == pytest.approx(1.0, abs=1e-4)
    assert np.linalg.norm(out["embedding"]) == pytest.approx(1.0, abs=1e-4)
    assert article.bundle.labels[int(out["probabilities"].argmax())] == "green"


@pytest.fixture(scope="module")
def residual(photos: Path, home: Path) -> Training:
    settings = Settings.for_preset(
        "good",
        size=32,
        epochs=9,
        batch=16,
        transfer="none",
        learning_rate=3e-3,
        average=0.9,
        architecture_settings={"size": "small", "early_stride": False},
    )
    return train(photos, settings, name="good", home=home)


def test_good_trains_the_residual_network_of_the_house(residual: Training) -> None:
    assert residual.evaluation.accuracy >= 0.8
    assert residual.bundle.card["architecture"]["name"] == "residual"
    assert len(residual.bundle.card["data"]["train"]) == 3


def test_fast_fits_a_head_on_another_bundles_embeddings(article: Training, home: Path, tmp_path: Path) -> None:
    generator = np.random.default_rng(3)
    for i in range(24):
        for name, color in (("purple", (150, 30, 160)), ("yellow", (220, 200, 40))):
            write(tmp_path / "in" / name / f"{i}.png", draw("circle", color, generator))
    settings = Settings.for_preset("fast", transfer=str(article.bundle.path))
    done = train(tmp_path / "in", settings, name="fast", home=home)
    assert done.bundle.labels == ("purple", "yellow")
    assert done.evaluation.accuracy == 1.0
    assert done.bundle.card["parent"] == article.bundle.id
    photo = done.bundle.recipe.apply(draw("circle", (220, 200, 40), generator))[None]
    old, new = (OnnxModel(bundle).run(photo) for bundle in (article.bundle, done.bundle))
    assert np.array_equal(old["embedding"], new["embedding"])
    assert new["probabilities"].argmax() == 1


def test_fast_tells_three_classes_apart_as_well(article: Training, photos: Path, judging: Path, home: Path) -> None:
    settings = Settings.for_preset("fast", transfer=str(article.bundle.path))
    done = train(photos, settings, name="fast", home=home, validation=judging)
    assert done.bundle.labels == ("blue", "green", "red")
    assert done.bundle.card["data"]["validation"] == 21
    assert done.evaluation.accuracy >= 0.9


def test_best_goes_on_from_a_bundle_and_keeps_its_architecture(
    residual: Training, photos: Path, judging: Path, home: Path
) -> None:
    settings = Settings.for_preset(
        "best", size=32, epochs=1, batch=16, learning_rate=1e-3, transfer=str(residual.bundle.path)
    )
    assert settings.members == 3
    done = train(photos, replace(settings, members=2), name="best", home=home, test=judging)
    assert done.bundle.card["architecture"] == residual.bundle.card["architecture"]
    assert done.bundle.card["parent"] == residual.bundle.id
    assert (done.bundle.card["members"], done.bundle.card["passes"]) == (2, 2)
    assert {"stem_conv/kernel", "member2/stem_conv/kernel"} <= set(done.bundle.weights() or {})
    assert done.evaluation.accuracy >= 0.8
    before, after = (OnnxModel(training.bundle) for training in (residual, done))
    photo = residual.bundle.recipe.apply(decode_file(photos / "red" / "000.jpg").pixels)[None]
    assert (before.run(photo)["embedding"] * after.run(photo)["embedding"]).sum() > 0.7


def test_distilled_members_ship_as_one_network(photos: Path, judging: Path, home: Path) -> None:
    told: list[MemberBegun] = []
    settings = Settings.for_preset(
        "good", "simple_cnn", size=32, epochs=6, batch=16, learning_rate=3e-3, members=2, distill=True,
        architecture_settings=TINY_CNN, metric="macro_f1",
    )  # fmt: skip
    done = train(
        photos, settings, name="distilled", home=home, test=judging,
        listener=lambda event: told.append(event) if isinstance(event, MemberBegun) else None,
    )  # fmt: skip
    assert [(event.number, event.members, event.distilled) for event in told] == [
        (1, 3, False),
        (2, 3, False),
        (3, 3, True),
    ]
    card = done.bundle.card
    assert (card["members"], card["distilled_from"]) == (1, 2)
    assert not any(name.startswith("member") for name in done.bundle.weights() or {})
    assert card["settings"]["metric"] == "macro_f1"
    assert done.evaluation.accuracy >= 0.8


def test_a_smaller_network_learns_from_a_larger_ones_answers(
    residual: Training, photos: Path, judging: Path, home: Path
) -> None:
    settings = Settings.for_preset(
        "good", size=32, epochs=20, patience=20, batch=16, learning_rate=3e-3, average=0.9,
        teacher=str(residual.bundle.path),
        architecture_settings={"channels": (12, 24), "blocks": (1, 1), "strides": (1, 2, 2)},
    )  # fmt: skip
    done = train(photos, settings, name="pupil", home=home, test=judging)
    card = done.bundle.card
    assert card["taught_by"] == residual.bundle.id
    assert (card["parent"], card["heads_of"]) == ("", "")
    sizes = [(one.path / "model.onnx").stat().st_size for one in (done.bundle, residual.bundle)]
    assert sizes[0] < 0.5 * sizes[1]
    assert done.evaluation.accuracy >= 0.8
    test = sorted(judging.rglob("*.*"))
    old, new = (
        OnnxModel(one).run(np.stack([one.recipe.apply(decode_file(file).pixels) for file in test]))["embedding"]
        for one in (residual.bundle, done.bundle)
    )
    alike = old @ new.T
    assert np.diag(alike).mean() > alike.mean() + 0.2


def test_taught_networks_embed_as_one_since_each_is_held_near_the_teacher(
    residual: Training, photos: Path, home: Path, tmp_path: Path
) -> None:
    settings = Settings.for_preset(
        "good", size=32, epochs=1, batch=16, members=2, teacher=str(residual.bundle.path),
        architecture_settings={"channels": (12, 24), "blocks": (1, 1), "strides": (1, 2, 2)},
    )  # fmt: skip
    few = fill(tmp_path / "few", 1, seed=3)  # the report draws the heat of each mistake, which takes seconds
    done = train(photos, settings, name="pupils", home=home, test=few)
    weights = done.bundle.weights() or {}
    firsts = [{name: value for name, value in weights.items() if not name.startswith("member")}]
    firsts.append({name[8:]: value for name, value in weights.items() if name.startswith("member2/")})
    photo = done.bundle.recipe.apply(decode_file(photos / "red" / "000.jpg").pixels)[None]
    looks = []
    for own in firsts:
        network = networks.build("residual", done.bundle.card["settings"]["architecture_settings"], 32, 3)
        networks.fill(network, own)
        looks.append(np.asarray(network(photo.astype(np.float32), training=False)["embedding"])[0])
    mean = (looks[0] + looks[1]) / np.linalg.norm(looks[0] + looks[1])
    embedding = OnnxModel(done.bundle).run(photo)["embedding"][0]
    assert embedding @ mean > 0.99
    assert embedding @ mean > max(embedding @ one for one in looks)


def test_a_teacher_of_other_classes_is_refused(residual: Training, home: Path, tmp_path: Path) -> None:
    fill(tmp_path / "in", 8)
    (tmp_path / "in" / "red").rename(tmp_path / "in" / "crimson")
    settings = Settings.for_preset(
        "good", "simple_cnn", size=32, epochs=1, architecture_settings=TINY_CNN, teacher=str(residual.bundle.path)
    )
    with pytest.raises(BundleError, match="no crimson"):
        train(tmp_path / "in", settings, name="pupil", home=home)


def test_a_manifest_trains_and_its_groups_stay_on_one_side(photos: Path, tmp_path: Path) -> None:
    files = sorted(photos.glob("*/0*.jpg"))
    rows = [f"{file},{file.parent.name},{i % 24},x\n" for i, file in enumerate(files)]
    (tmp_path / "photos.csv").write_text("path,label,sender,note\n" + "".join(rows))
    settings = Settings.for_preset(
        "good", "simple_cnn", size=32, epochs=2, batch=16, architecture_settings=TINY_CNN, near_duplicates=False
    )
    done = train(tmp_path / "photos.csv", settings, name="listed", home=tmp_path / "shop")
    facts = done.bundle.card["data"]
    assert (facts["kept_together"], facts["photos_kept_together"], facts["given_groups"]) == (24, 72, 24)
    assert facts["ignored_columns"] == ["note"]
    assert sum(facts["train"].values()) + facts["validation"] + facts["test"] == 72
    assert facts["validation"] % 3 == facts["test"] % 3 == 0


def test_the_figures_of_the_card_are_those_of_the_bundle_as_it_ships(article: Training, judging: Path) -> None:
    report = evaluate_bundle(load_bundle(article.bundle.path), judging)
    assert report.evaluation == article.evaluation
    figures = article.bundle.card["figures"]["test"]
    assert figures["photos"] == 21
    assert figures["accuracy"] == report.evaluation.accuracy
    assert figures["threshold"] == article.bundle.threshold


def test_what_is_left_behind(article: Training, home: Path) -> None:
    assert load_bundle(home / "bundles" / "article").id == article.bundle.id
    assert article.report.is_file()
    assert not list((home / "training").glob("draft-*"))
    assert not list((home / "training" / "checkpoints").glob("*"))
    assert article.bundle.card["data"]["quarantined"] == 1


def test_what_cannot_be_started_says_why(photos: Path, home: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        train(photos, Settings.for_preset("fast", transfer=str(tmp_path)), name="x", home=home)
    with pytest.raises(BundleError, match=r"needs a bundle.*--preset good"):
        train(photos, Settings.for_preset("fast", transfer="none"), name="x", home=home)
    with pytest.raises(BadInput, match=r"too few different photos.*five photos of each class"):
        train(fill(tmp_path / "few", 1), Settings.for_preset("good", transfer="none"), name="x", home=home)


@pytest.fixture(scope="module")
def drawn(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return Dataset.open(photos, Recipe.encoder(32), 32, tmp_path_factory.mktemp("cache"))


def run(
    drawn: Dataset, folder: Path, listener: object = None, teacher: Teacher | None = None, **changes: object
) -> Trained:
    settings = Settings.for_preset(
        "good",
        size=28,
        batch=16,
        architecture="simple_cnn",
        architecture_settings=TINY_CNN | {"dropout": 0.2},
        **{"epochs": 4, "augmentation": "light", "average": 0.9, "looks": 0.3, **changes},
    )
    parts = split(drawn.labels, np.arange(len(drawn.labels)))
    return Trainer(
        drawn, parts, settings, folder, teacher=teacher, **({"listener": listener} if listener else {})
    ).run()


def test_killed_and_resumed_equals_never_killed(drawn: Dataset, tmp_path: Path) -> None:
    def killer(event: TrainingEvent) -> None:
        if isinstance(event, StepDone) and (event.epoch, event.step) == (3, 2):
            raise MemoryError

    whole = run(drawn, tmp_path / "whole")
    with pytest.raises(MemoryError):
        run(drawn, tmp_path / "killed", killer)
    resumed_from: list[int] = []
    resumed = run(
        drawn, tmp_path / "killed", lambda e: resumed_from.append(e.epoch) if isinstance(e, EpochDone) else None
    )
    assert resumed_from == [3, 4]
    assert [r.epoch for r in resumed.history] == [1, 2, 3, 4]
    for before, after in zip(whole.history, resumed.history, strict=True):
        assert after.loss == pytest.approx(before.loss, rel=1e-5)
        assert after.validation_accuracy == before.validation_accuracy
    for name, value in whole.weights.items():
        assert np.allclose(value, resumed.weights[name], atol=1e-5), name
    again = run(drawn, tmp_path / "killed")  # it was over, so its weights come from the checkpoint
    assert again.history == resumed.history
    assert list((tmp_path / "killed").iterdir()) == [resumed.checkpoint]


def test_what_a_teacher_said_goes_on_after_a_kill_and_another_teachers_pupil_begins_anew(
    article: Training, residual: Training, drawn: Dataset, tmp_path: Path
) -> None:
    def killer(event: TrainingEvent) -> None:
        if isinstance(event, StepDone) and event.epoch == 2:
            raise MemoryError

    teacher, other = (Teacher(training.bundle, drawn.classes) for training in (article, residual))
    whole = run(drawn, tmp_path / "whole", teacher=teacher, epochs=2)
    with pytest.raises(MemoryError):
        run(drawn, tmp_path / "killed", killer, teacher, epochs=2)
    passes: list[int] = []
    resumed = run(
        drawn, tmp_path / "killed", lambda e: passes.append(e.epoch) if isinstance(e, EpochDone) else None, teacher,
        epochs=2,
    )  # fmt: skip
    assert passes == [2]
    for name, value in whole.weights.items():
        assert np.allclose(value, resumed.weights[name], atol=1e-5), name
    for else_taught in (other, None):
        begun_anew = run(drawn, tmp_path / "killed", teacher=else_taught, epochs=1)
        assert len(begun_anew.history) == 1
        assert begun_anew.history[0].loss != whole.history[0].loss


def test_a_network_that_is_laid_out_otherwise_since_begins_anew(
    drawn: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = {"architecture": "residual", "architecture_settings": {"size": "small"}, "epochs": 1}
    parts = split(drawn.labels, np.arange(len(drawn.labels)))
    settings = Settings.for_preset("good", size=32, transfer="none", augmentation="none", **tiny)
    first = Trainer(drawn, parts, settings, tmp_path).run()
    monkeypatch.setattr("shoplens.models.architectures.embedding_net.COLOR_SHARE", 0.5)
    second = Trainer(drawn, parts, settings, tmp_path).run()
    assert second.checkpoint != first.checkpoint
    assert len(second.history) == 1


def test_killed_for_real_it_goes_on_as_if_nothing_had_been(drawn: Dataset, photos: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.models.killed_training", photos, tmp_path / "copies", tmp_path / "killed"],
        check=False, capture_output=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    passes: list[int] = []
    resumed = run(drawn, tmp_path / "killed", lambda e: passes.append(e.epoch) if isinstance(e, EpochDone) else None)
    assert passes == [3, 4]
    whole = run(drawn, tmp_path / "whole")
    for before, after in zip(whole.history, resumed.history, strict=True):
        assert after.loss == pytest.approx(before.loss, rel=1e-4)
    for name, value in whole.weights.items():
        assert np.allclose(value, resumed.weights[name], atol=1e-4), name


def test_ctrl_c_ends_a_real_process_with_the_best_pass_in_a_bundle(photos: Path, tmp_path: Path) -> None:
    begin = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [
        sys.executable, "-c", begin + "from shoplens.cli.main import run; run()", "train", str(photos), "--shop",
        str(tmp_path / "shop"), "--architecture", "simple_cnn", "--size", "24", "--epochs", "5000", "--set",
        "patience=5000", "--json",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        lines = iter(process.stderr.readline, "")
        assert any(line.startswith("pass   2/5000") for line in lines)
        process.send_signal(signal.SIGINT)
        answer = json.loads(process.stdout.read())
        errors = process.stderr.read()
    assert process.returncode == 0
    assert "Traceback" not in errors
    assert answer["stopped"] == "interrupted"
    assert load_bundle(Path(answer["bundle"])).card["passes"] >= 2
    assert list((tmp_path / "shop" / "training" / "checkpoints").iterdir())  # the same command may go on


def test_other_settings_do_not_go_on_from_that_checkpoint(drawn: Dataset, tmp_path: Path) -> None:
    def interrupt(event: TrainingEvent) -> None:
        if isinstance(event, StepDone) and event.epoch == 2:
            raise KeyboardInterrupt

    stopped = run(drawn, tmp_path, interrupt)
    assert (stopped.stopped, len(stopped.history)) == ("interrupted", 1)
    assert stopped.weights
    other = run(drawn, tmp_path, seed=1, epochs=1)
    assert [r.epoch for r in other.history] == [1]
    assert run(drawn, tmp_path).history[0] == stopped.history[0]


def test_interrupted_before_the_first_pass_there_is_nothing_to_keep(drawn: Dataset, tmp_path: Path) -> None:
    def interrupt(event: TrainingEvent) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(drawn, tmp_path, interrupt)


def test_the_budget_and_the_patience_end_it(drawn: Dataset, tmp_path: Path) -> None:
    assert run(drawn, tmp_path, budget_minutes=0.005, epochs=500).stopped == "budget"
    idle = run(drawn, tmp_path, learning_rate=1e-12, patience=2, epochs=50)
    assert (idle.stopped, len(idle.history) - max(r.epoch for r in idle.history if r.best)) == ("patience", 2)


def test_batches_are_full_repeatable_and_balanced(drawn: Dataset) -> None:
    side = np.concatenate([np.flatnonzero(drawn.labels == 0)[:20], np.flatnonzero(drawn.labels == 1)[:4]])
    settings = Settings(size=24, batch=10, balance=1.0, mixup=0.0, label_smoothing=0.0)
    batches = Batches(drawn, side, settings)
    one, again = list(batches.of_epoch(3)), list(batches.of_epoch(3))
    assert [len(photos) for photos, _ in one] == [10] * 3 == [10] * len(batches)
    for (photos, targets), (photos_again, targets_again) in zip(one, again, strict=True):
        assert np.array_equal(photos, photos_again)
        assert np.array_equal(targets, targets_again)
    assert sum(targets for _, t in one for targets in t).tolist() == [15, 15, 0]
    plainly = Batches(drawn, side, Settings(size=24, batch=24, balance=0.0, mixup=0.0, label_smoothing=0.0))
    assert next(plainly.of_epoch(0))[1].sum(axis=0).tolist() == [20, 4, 0]


def test_the_rate_warms_up_and_falls_to_nothing() -> None:
    settings = Settings(learning_rate=1.0, warmup=2.0, epochs=10)
    rates = [learning_rate(settings, epoch, epoch / 10) for epoch in np.arange(0, 10, 0.25)]
    assert 0 < rates[0] < 0.05
    assert max(rates) == pytest.approx(0.9, abs=0.03)
    assert learning_rate(settings, 10, 1.0) == pytest.approx(0, abs=1e-9)
    assert learning_rate(Settings.for_preset("good", "simple_cnn"), 7, 0.7) == 1e-3


def test_a_checkpoint_is_whole_or_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state.npz"
    assert Checkpoint.load(path) is None
    Checkpoint({"a/b": np.arange(4.0), "c": np.zeros((0, 2))}, {"epoch": 1, "名": "衣服"}).save(path)
    path.with_suffix(".new").write_bytes(b"killed while writing")
    loaded = Checkpoint.load(path)
    assert loaded is not None
    assert loaded.facts == {"epoch": 1, "名": "衣服"}
    assert loaded.arrays["a/b"].tolist() == [0, 1, 2, 3]
    assert loaded.arrays["c"].shape == (0, 2)


def test_settings_say_what_is_wrong() -> None:
    with pytest.raises(UnknownName, match="best, fast, good"):
        Settings.for_preset("quick")
    with pytest.raises(UnknownName, match="There is no setting"):
        Settings.for_preset("good", epoch=3)
    with pytest.raises(BadInput, match="epochs must be 1 or more"):
        Settings.for_preset("good", epochs=0)
    with pytest.raises(BadInput, match="'fast' fits a head"):
        Settings.for_preset("fast", "simple_cnn")
    assert Settings.for_preset("good", epochs=None) == Settings.for_preset("good")


def said_colors(bundle: Bundle, photos: Path) -> dict[str, np.ndarray]:
    """Return what the head "color" says of the first photos of each folder of `photo_shop`."""
    model = OnnxModel(bundle)
    named = {}
    for folder in ("blue", "green", "red"):
        pixels = [decode_file(photos / folder / f"{i:03}.jpg").pixels for i in range(6)]
        named[folder] = model.run(np.stack([bundle.recipe.apply(photo) for photo in pixels]), ["color"])["color"]
    return named


@pytest.fixture(scope="module")
def fast(photos: Path, home: Path) -> Bundle:
    return train(photos, Settings.for_preset("fast"), name="fast-heads", home=home).bundle


def test_fast_keeps_the_heads_of_its_network(fast: Bundle, photos: Path) -> None:
    base = load_bundle(BASE)
    assert fast.heads == base.heads
    assert fast.head_calibrations == base.head_calibrations
    assert fast.card["heads_of"] == base.id
    before, after = said_colors(base, photos), said_colors(fast, photos)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_networks_that_stay_near_their_parent_keep_the_heads_that_it_has_from_its_own(
    fast: Bundle, photos: Path, home: Path, tmp_path: Path
) -> None:
    base = load_bundle(BASE)
    settings = Settings.for_preset("good", epochs=1, batch=24, learning_rate=1e-6, transfer=str(fast.path), members=2)
    few = fill(tmp_path / "few", 1, seed=3)  # the report draws the heat of each mistake, which takes seconds
    done = train(photos, settings, name="kept", home=home, test=few).bundle
    assert done.heads == base.heads
    assert done.head_calibrations == base.head_calibrations
    assert done.card["heads_of"] == fast.id
    weights, theirs = done.weights() or {}, base.weights() or {}
    for name in ("head_color/kernel", "head_pattern/bias"):
        np.testing.assert_allclose(weights[name], theirs[name], atol=1e-6)
    labels = [label.en for label in done.heads["color"]]
    named = [(labels[best], name) for name, said in said_colors(done, photos).items() for best in said.argmax(axis=1)]
    assert np.mean([said == name for said, name in named]) >= 0.7  # of 18 photos and 14 colours


@pytest.mark.parametrize("changes", [{"looks": 0.0}, {"learning_rate": 0.05, "epochs": 2}])
def test_a_network_that_moved_away_leaves_the_parents_heads_out(
    photos: Path, home: Path, changes: dict[str, float]
) -> None:
    settings = Settings.for_preset("good", **{"size": 32, "epochs": 1, "batch": 24, **changes})
    done = train(photos, settings, name="away", home=home).bundle
    assert done.heads == {}
    assert done.card["heads_of"] == ""
    assert not any(name.startswith("head_") for name in done.weights() or {})
    assert set(OnnxModel(done).outputs) == {"embedding", "probabilities", "features", "attention"}
