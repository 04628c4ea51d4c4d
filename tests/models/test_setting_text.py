import pytest

from shoplens.errors import BadInput, UnknownName
from shoplens.models.presets import members_within
from shoplens.models.setting_text import parse_settings
from shoplens.models.settings import Settings


def test_every_type_is_read() -> None:
    texts = [
        "mixup=0.4", "batch = 32", "nesterov=off", "metric=macro_f1", "erase=0.5", "freeze=2",
        "architecture.size=large", "architecture.channels=[64, 128]", "architecture.early_stride=false",
    ]  # fmt: skip
    assert parse_settings(texts) == {
        "mixup": 0.4,
        "batch": 32,
        "nesterov": False,
        "metric": "macro_f1",
        "erase": 0.5,
        "freeze": "2",
        "architecture_settings": {"size": "large", "channels": [64, 128], "early_stride": False},
    }
    assert parse_settings(["erase=none"]) == {"erase": None}


def test_what_is_no_setting_is_refused() -> None:
    with pytest.raises(UnknownName, match=r"label_smoothing.*mixup"):
        parse_settings(["mixupp=1"])
    with pytest.raises(BadInput, match="batch is a number"):
        parse_settings(["batch=many"])
    with pytest.raises(BadInput, match="true or false"):
        parse_settings(["nesterov=perhaps"])
    with pytest.raises(BadInput, match="name=value"):
        parse_settings(["mixup"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimizer": "lion"}, "adamw"),
        ({"metric": "auc"}, "macro_f1"),
        ({"momentum": 1.0}, "momentum must be from 0"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"distill": True}, "no ensemble"),
        ({"distill": True, "members": 2, "teacher": "base"}, "its own ensemble or from a teacher"),
        ({"distill": True, "teacher": "base"}, "its own ensemble or from a teacher"),
        ({"freeze": "stage1", "transfer": "none"}, "random weights"),
        ({"validation_share": 0.6, "test_share": 0.5}, "below 1"),
        ({"architecture_settings": 3}, "names with values"),
        ({"thaw": 2.0}, "Nothing is frozen"),
        ({"taught": 0.5}, "taught counts only"),
        ({"taught": 0.0, "teacher": "base"}, "above 0 and at most 1"),
        ({"momentum": 0.8}, "momentum counts only with optimizer=sgd"),
        ({"optimizer": "adam", "weight_decay": 0.1}, "weight_decay counts only with optimizer=adamw or sgd"),
        ({"rand_magnitude": 5.0}, "augmentation=randaugment"),
        ({"shift": 2}, "augmentation=shift"),
        ({"swa_from": 0.5}, "averaging=swa"),
        ({"augmentation": "none", "mirror": True}, "mirror counts only with augmentation=light"),
        ({"averaging": "swa", "average": 0.9}, "averaging=ema"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        Settings.for_preset("good", "residual", **changes)


def test_a_capital_names_a_network_of_keras_applications() -> None:
    settings = Settings.for_preset("good", "MobileNetV2", architecture_settings={"dropout": 0.1})
    assert settings.architecture == "application"
    assert settings.architecture_settings == {"model": "MobileNetV2", "dropout": 0.1}


def test_best_trains_as_many_members_as_the_budget_has_room_for() -> None:
    assert [members_within(minutes) for minutes in (1, 20, 30, 46, 600)] == [1, 1, 2, 3, 3]
    assert Settings.for_preset("best").members == 3
    assert Settings.for_preset("best", budget_minutes=10).members == 1
    assert Settings.for_preset("best", budget_minutes=10, members=2).members == 2
    assert Settings.for_preset("good", budget_minutes=60).members == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"members": 2},
        {"distill": True},
        {"teacher": "base"},
        {"freeze": "2"},
        {"epochs": 3},
        {"budget_minutes": 5.0},
        {"learning_rate": 0.01},
        {"size": 64},
        {"architecture_settings": {"size": "large"}},
    ],
)
def test_fast_refuses_what_it_would_not_use(changes: dict[str, object]) -> None:
    with pytest.raises(BadInput, match=r"'fast' fits a head.*" + next(iter(changes))):
        Settings.for_preset("fast", **changes)


def test_fast_takes_and_states_what_counts() -> None:
    assert Settings.for_preset("fast", balance=0.5, seed=3).used() == {
        "preset": "fast", "transfer": "base", "balance": 0.5, "near_duplicates": True, "validation_share": 0.15,
        "test_share": 0.15, "seed": 3,
    }  # fmt: skip


def test_a_bundle_brings_its_architecture_and_takes_no_other() -> None:
    large = {"size": "large"}
    for transfer in ("base", "shop/bundles/own"):
        with pytest.raises(BadInput, match="keeps the architecture"):
            Settings.for_preset("good", transfer=transfer, architecture_settings=large)
        with pytest.raises(BadInput, match="keeps the architecture"):
            Settings.for_preset("good", "MobileNetV2", transfer=transfer)
    own = Settings.for_preset("good", architecture_settings=large)
    assert (own.transfer, own.architecture, own.architecture_settings) == ("none", "residual", large)
    assert Settings.for_preset("good", "MobileNetV2", transfer="weights.h5").transfer == "weights.h5"


def test_the_rate_is_lower_where_a_training_goes_on_and_is_stated_as_a_number() -> None:
    assert Settings.for_preset("good", transfer="none").rate == 1e-3
    assert Settings.for_preset("good").rate == Settings.for_preset("good", transfer="own").rate == 5e-4
    assert Settings.for_preset("good", learning_rate=5e-4).used()["learning_rate"] == 5e-4
    assert Settings.for_preset("good").used()["learning_rate"] == 5e-4


def test_only_choices_that_count_are_stated() -> None:
    used = Settings.for_preset("good", architecture_settings={"dropout": 0.1}).used()
    assert used["dropout"] == 0.1
    assert not {"momentum", "nesterov", "rand_operations", "shift", "swa_from", "thaw", "stochastic_depth"} & set(used)
    assert {"weight_decay", "average", "mixup", "epochs"} <= set(used)
    assert "momentum" in Settings.for_preset("good", optimizer="sgd").used()


def test_where_this_machine_keeps_a_bundle_is_not_stated() -> None:
    used = Settings.for_preset("good", transfer="/home/anna/shop/bundles/own", teacher="shop/bundles/clothes").used()
    assert (used["transfer"], used["teacher"]) == ("own", "clothes")
    address = "https://models.example/weights.h5#sha256=00"
    assert Settings.for_preset("good", transfer=address).used()["transfer"] == address
    assert not {"teacher", "taught"} & set(Settings.for_preset("good").used())
    assert Settings.for_preset("good", members=2, distill=True, taught=1.0).used()["taught"] == 1.0
