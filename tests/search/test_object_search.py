from __future__ import annotations

import numpy as np

from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.records import WHOLE, Box, FoundObject, Pixels
from shoplens.search.object_search import Finder, ObjectSearch
from tests.search.conftest import HUES, swatch
from tests.search.test_photo_search import searcher

LEFT, RIGHT = Box(0.02, 0.1, 0.42, 0.9), Box(0.58, 0.1, 0.98, 0.9)


def two_things() -> Pixels:
    """Red cloth at the left, blue cloth at the right."""
    photo: Pixels = np.full((240, 480, 3), 235, np.uint8)
    photo[24:216, 10:202] = np.tile(swatch(HUES["red"], seed=9), (2, 2, 1))
    photo[24:216, 278:470] = np.tile(swatch(HUES["blue"], seed=9), (2, 2, 1))
    return photo


def finder(*found: FoundObject) -> Finder:
    """What is in a photo is known: it was drawn."""
    return lambda pixels: list(found)


def test_each_product_of_the_photo_finds_its_own(catalog: Catalog) -> None:
    search = ObjectSearch(searcher(catalog), finder(FoundObject(RIGHT, 0.9), FoundObject(LEFT, 0.6)))
    groups = search.by_photo(two_things(), limit=2)
    assert [group.found for group in groups] == [FoundObject(RIGHT, 0.9), FoundObject(LEFT, 0.6)]
    assert [[match.product.id for match in group.answer.matches] for group in groups] == [
        ["blue", "sky"],
        ["red", "rose"],
    ]


def test_a_group_was_looked_for_where_its_product_lies(catalog: Catalog) -> None:
    search = ObjectSearch(searcher(catalog), finder(FoundObject(LEFT, 0.6)))
    (group,) = search.by_photo(two_things())
    box = group.answer.box
    assert box is not None
    assert box.x0 <= LEFT.x0 < LEFT.x1 <= box.x1 < RIGHT.x0


def test_filters_and_limits_hold_in_every_group(catalog: Catalog) -> None:
    found = [FoundObject(box, 0.5) for box in (LEFT, RIGHT, LEFT)]
    search = ObjectSearch(searcher(catalog), finder(*found))
    groups = search.by_photo(two_things(), where=Filter(attributes={"material": "wool"}), limit=1, objects=2)
    assert [[match.product.id for match in group.answer.matches] for group in groups] == [["rose"], ["blue"]]


def test_a_photo_in_which_nothing_was_found_is_one_group(catalog: Catalog) -> None:
    search = ObjectSearch(searcher(catalog), finder(FoundObject(WHOLE, 0.0)))
    (group,) = search.by_photo(swatch(HUES["green"], seed=9))
    assert group.answer.box == WHOLE
    assert group.answer.matches[0].product.id == "green"
