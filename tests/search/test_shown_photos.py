"""What a start takes in at once is what product after product would have made."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplens.catalog.changes import Link, PhotoChanges
from shoplens.search.shown_columns import ShownColumns
from shoplens.search.shown_photos import ShownPhotos

PHOTOS = [letter * 64 for letter in "abcdef"]
SHOWN = st.dictionaries(
    st.sampled_from([f"p{number}" for number in range(6)]),
    st.tuples(st.lists(st.sampled_from(PHOTOS), min_size=1, max_size=4), st.booleans(), st.booleans()),
)


def links(product: str, photos: list[str], sold_out: bool, parent: bool) -> list[Link]:
    return [Link(sha, product, place, f"l-{product}", sold_out, parent, "Mugs") for place, sha in enumerate(photos)]


def changes(told: list[Link], products: list[str]) -> PhotoChanges:
    return PhotoChanges(1, "", products, told, [], np.zeros((0, 0), np.float16))


@given(SHOWN)
def test_everything_at_once_is_one_after_the_other(shown: dict[str, tuple[list[str], bool, bool]]) -> None:
    whole, grown = ShownPhotos(), ShownPhotos()
    every = [link for product in sorted(shown) for link in links(product, *shown[product])]
    planned = whole.plan(changes(every, []))
    whole.take(planned)
    # A product that shows something else first, so that no plan of `grown` is one of an empty one.
    grown.take(grown.plan(changes([Link("0" * 64, "other", 0, "other", False, False, "")], ["other"])))
    for product in sorted(shown, reverse=True):
        grown.take(grown.plan(changes(links(product, *shown[product]), [product])))
    grown.take(grown.plan(changes([], ["other"])))
    assert planned.came == {link.sha256 for link in every}
    assert len(whole) == len(grown) == len(planned.came)
    for photo in PHOTOS:
        assert whole.showers(photo) == grown.showers(photo)
    for product in shown:
        assert whole.photos(product) == grown.photos(product)
    assert dict(whole.all_photos()) == dict(grown.all_photos())


def kept(shown: ShownPhotos) -> ShownPhotos:
    file = io.BytesIO()
    shown.columns().write(file)
    file.seek(0)
    return ShownPhotos(ShownColumns.read(file))


def assert_same(one: ShownPhotos, other: ShownPhotos) -> None:
    assert len(one) == len(other)
    assert dict(one.all_photos()) == dict(other.all_photos())
    for photo in PHOTOS:
        assert (photo in one) == (photo in other)
        assert one.products(photo) == other.products(photo)
        assert one.showers(photo) == other.showers(photo)
        if photo in one:
            assert one.owner(photo) == other.owner(photo)
    some = [f"p{number}" for number in range(0, 8, 2)]  # unknown ones too
    assert set(one.photos_of(some)) == set(other.photos_of(some))
    assert set(one.photos_of(some)) == {sha256 for product in some for _, sha256 in one.photos(product)}
    for product, _ in one.all_photos():
        assert one.photos(product) == other.photos(product)
        assert one.listing(product) == other.listing(product)


@given(SHOWN, SHOWN, st.sets(st.sampled_from([f"p{number}" for number in range(6)])))
def test_what_a_file_kept_goes_on_like_what_was_never_put_away(
    first: dict[str, tuple[list[str], bool, bool]],
    then: dict[str, tuple[list[str], bool, bool]],
    retired: set[str],
) -> None:
    shown = ShownPhotos()
    shown.take(shown.plan(changes([link for product in first for link in links(product, *first[product])], [])))
    again = kept(shown)
    assert_same(again, shown)
    before, rest = kept(shown), again.at_rest()
    told = [link for product in then if product not in retired for link in links(product, *then[product])]
    for one in (shown, again):
        planned = one.plan(changes(told, sorted(then.keys() | retired)))
        one.take(planned)
    assert_same(again, shown)
    assert_same(rest, before)
    assert_same(kept(again), shown)


@pytest.mark.parametrize("sold_out", [False, True])
def test_what_can_be_bought_comes_first(sold_out: bool) -> None:
    shown = ShownPhotos()
    told = [*links("a", ["x"], sold_out, parent=False), *links("b", ["x"], sold_out=False, parent=True)]
    shown.take(shown.plan(changes(told, [])))
    assert shown.products("x") == (["b", "a"] if sold_out else ["a", "b"])
