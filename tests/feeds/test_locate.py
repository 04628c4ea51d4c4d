"""From a reference to a file or an address."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplens.feeds.feed import RowProblem
from shoplens.feeds.locate import LocalPhoto, PhotoLocator, RemotePhoto


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name in (
        "feed.csv",
        "secret.jpg",
        "photos/m/h/mh01.jpg",
        "photos/flat.jpg",
        "photos/x/same.jpg",
        "photos/y/same.jpg",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path.resolve()


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("/m/h/mh01.jpg", "m/h/mh01.jpg"),
        ("m/h/mh01.jpg", "m/h/mh01.jpg"),
        ("m\\h\\mh01.jpg", "m/h/mh01.jpg"),
        ("C:\\photos\\MH01.JPG", "m/h/mh01.jpg"),
        ("/f/l/flat.jpg", "flat.jpg"),
        ("./flat.jpg", "flat.jpg"),
        ("pub/y/same.jpg", "y/same.jpg"),
    ],
)
def test_by_path_then_by_name(shop: Path, reference: str, found: str) -> None:
    locator = PhotoLocator.for_feed(shop / "feed.csv", shop / "photos")
    assert locator.locate(reference) == LocalPhoto(shop / "photos" / found)


def test_without_a_folder_of_photos_the_feeds_own_is_used(shop: Path) -> None:
    assert PhotoLocator.for_feed(shop / "feed.csv").locate("photos/flat.jpg") == LocalPhoto(shop / "photos/flat.jpg")
    assert PhotoLocator.for_feed(shop / "photos").locate("flat.jpg") == LocalPhoto(shop / "photos/flat.jpg")


def test_an_absolute_path_below_the_root(shop: Path) -> None:
    path = shop / "photos" / "x" / "same.jpg"
    assert PhotoLocator([shop / "photos"]).locate(str(path)) == LocalPhoto(path)


@pytest.mark.parametrize(
    ("reference", "url"),
    [("https://i.example/a.jpg", "https://i.example/a.jpg"), ("//i.example/a.jpg", "https://i.example/a.jpg")],
)
def test_addresses(shop: Path, reference: str, url: str) -> None:
    assert PhotoLocator([shop]).locate(reference) == RemotePhoto(url)


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("file:///etc/passwd", "photo_scheme"),
        ("ftp://i.example/a.jpg", "photo_scheme"),
        ("../secret.jpg", "photo_forbidden"),
        ("x/../../secret.jpg", "photo_forbidden"),
        ("a\x00.jpg", "photo_forbidden"),
        ("", "photo_forbidden"),
        ("/etc/passwd", "photo_not_found"),
        ("secret.jpg", "photo_not_found"),
        ("m/h", "photo_not_found"),
        ("same.jpg", "photo_ambiguous"),
        ("x" * 5000 + ".jpg", "photo_not_found"),
    ],
)
def test_refusals_say_why(shop: Path, reference: str, code: str) -> None:
    problem = PhotoLocator([shop / "photos"]).locate(reference)
    assert isinstance(problem, RowProblem)
    assert problem.code == code
    assert code != "photo_not_found" or str(shop / "photos") in problem.message


def test_links_are_refused_wherever_they_stand(shop: Path) -> None:
    (shop / "photos" / "link.jpg").symlink_to(shop / "secret.jpg")
    (shop / "photos" / "dir").symlink_to(shop)
    locator = PhotoLocator([shop / "photos"])
    for reference in ("link.jpg", "dir/secret.jpg"):
        problem = locator.locate(reference)
        assert isinstance(problem, RowProblem)
        assert problem.code == "photo_forbidden"
    unknown = locator.locate("elsewhere/link.jpg")
    assert isinstance(unknown, RowProblem)
    assert unknown.code == "photo_not_found"


def test_composed_and_decomposed_names_are_one(tmp_path: Path) -> None:
    (tmp_path / "cafe\u0301.jpg").write_bytes(b"x")
    located = PhotoLocator([tmp_path]).locate("caf\u00e9.jpg")
    assert isinstance(located, LocalPhoto)
    assert located.path.read_bytes() == b"x"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["..", "/", "x", "same.jpg", "\\", ".", "~", "m"]), max_size=8).map("".join)
)
def test_nothing_outside_the_root_is_ever_returned(shop: Path, reference: str) -> None:
    located = PhotoLocator([shop / "photos"]).locate(reference)
    if isinstance(located, LocalPhoto):
        assert located.path.resolve() == located.path
        assert located.path.is_relative_to(shop / "photos")
