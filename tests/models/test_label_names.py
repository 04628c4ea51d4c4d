import pytest

from shoplens.errors import BadInput, UnknownName
from shoplens.models.bundle import BASE, Category, load_bundle
from shoplens.models.label_names import LabelNames

CATEGORIES = (
    Category("t-shirts", "Clothing > T-Shirts", "服装 > T恤"),
    Category("dresses", "Clothing > Dresses", "服装 > 连衣裙"),
    Category("berries", "Food > Berries"),
    Category("kids-boots", "Kids > Boots", "童装 > 靴子"),
    Category("boots", "Shoes > Boots", "鞋 > 靴子"),
)


@pytest.mark.parametrize(
    ("label", "place"),
    [
        ("t-shirts", 0),
        ("T_shirt", 0),
        ("clothing > t-shirts", 0),
        ("Clothing/T-Shirts", 0),
        ("服装 > T恤", 0),
        ("T恤", 0),
        ("dress", 1),
        ("DRESSES", 1),
        ("连衣裙", 1),
        ("berry", 2),
        ("Kids > Boots", 3),
        ("boots", 4),  # an id wins over the last part of two paths
        ("靴子", None),  # the last part of two
        ("trousers", None),
        ("", None),
    ],
)
def test_a_label_finds_its_category(label: str, place: int | None) -> None:
    assert LabelNames(CATEGORIES).find(label) == place


def test_every_category_of_the_shipped_bundle_is_found_by_id_and_by_path() -> None:
    categories = load_bundle(BASE).categories
    names = LabelNames(categories)
    for place, category in enumerate(categories):
        assert names.find(category.id) == names.find(category.en) == place


def test_a_translation_is_used_first_and_must_name_a_category() -> None:
    names = LabelNames(CATEGORIES, {"Tee": "T恤", "dress": "berries"})
    assert (names.find("tee"), names.find("Dress")) == (0, 2)
    with pytest.raises(UnknownName, match="hat"):
        LabelNames(CATEGORIES, {"cap": "hat"})


def test_an_unknown_label_names_what_comes_near() -> None:
    names = LabelNames(CATEGORIES)
    assert names.unmatched("tshirt", 4).nearest[0] == "Clothing > T-Shirts"
    assert set(names.unmatched("靴子", 1).nearest) <= {"Kids > Boots", "Shoes > Boots"}
    assert names.unmatched("xyz", 2).nearest == ()
    assert LabelNames(load_bundle(BASE).categories).unmatched("outwear", 24).nearest[0] == "Clothing > Coats & Jackets"


def test_pairs_of_the_command_line() -> None:
    assert LabelNames.parse(["a = b > c", "x=y"]) == {"a": "b > c", "x": "y"}
    for wrong in ("a", "=b", "a="):
        with pytest.raises(BadInput, match="--map"):
            LabelNames.parse([wrong])
