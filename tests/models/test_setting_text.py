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
        ({"freeze": "stage1", "transfer": "none"}, "random weights"),
        ({"validation_share": 0.6, "test_share": 0.5}, "below 1"),
        ({"architecture_settings": 3}, "names with values"),
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
    with pytest.raises(BadInput, match="has no members"):
        Settings.for_preset("fast", members=2)
