from __future__ import annotations

from pathlib import Path

import pytest

from shoplens.errors import BadInput, UnknownName
from shoplens.settings import Settings, write_setting


def test_a_shop_without_a_file_has_the_defaults(tmp_path: Path) -> None:
    assert Settings.read(tmp_path / "shoplens.toml") == Settings()


def test_what_is_written_is_read_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "shoplens.toml"
    path.write_text(
        '# our shop\nname = "Café 面包" # said so\ncolor_weight = 0.1\nrules = ["google"]\n', encoding="utf-8"
    )
    write_setting(path, "model", "shoes")
    settings = Settings.read(path)
    assert (settings.name, settings.model, settings.rules) == ("Café 面包", "shoes", ("google",))
    assert settings.color_weight == 0.1
    assert "# our shop" in path.read_text(encoding="utf-8")


def test_rule_packs_of_ones_own_are_looked_up_from_the_shops_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "shoplens.toml").write_text(
        f"rules = ['own.toml', 'shop', '{tmp_path / 'other.toml'}']\n", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    expected = (str(shop / "own.toml"), "shop", str(tmp_path / "other.toml"))
    assert Settings.read(shop / "shoplens.toml").rules == expected


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('nam = "x"', UnknownName),
        ("name = 5", BadInput),
        ("allow_private_urls = 1", BadInput),
        ("name =", BadInput),
        ("rules = 'google'", BadInput),
        ("log_answers = 1.5", BadInput),
        ("color_weight = 0", BadInput),
        ("color_weight = 1", BadInput),
        ("event_days = -1", BadInput),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, error: type[Exception]) -> None:
    path = tmp_path / "shoplens.toml"
    path.write_text(text)
    with pytest.raises(error):
        Settings.read(path)
