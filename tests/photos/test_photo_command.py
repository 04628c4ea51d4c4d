"""`shoplens photo process` on files and folders, good and bad."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from shoplens.cli.photo import app
from shoplens.errors import BadInput, NotFound, ShopLensError, UnknownName
from shoplens.photos.decode import decode_file
from tests.photos.drawing import quarters, saved

runner = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "in"
    (root / "sub").mkdir(parents=True)
    (root / "a.jpg").write_bytes(saved(quarters(), "JPEG"))
    (root / "a.gif").write_bytes(saved(Image.fromarray(quarters()).quantize(8), "GIF"))
    (root / "sub" / "照片.png").write_bytes(saved(quarters(), "PNG"))
    (root / "sub" / "broken.webp").write_bytes(b"RIFF\0\0")
    (root / "text.jpg").write_text("not a picture")
    (root / "notes.txt").write_text("skipped")
    return root


def test_one_file(tmp_path: Path, folder: Path) -> None:
    out = tmp_path / "new" / "b.webp"
    result = runner.invoke(app, ["process", str(folder / "a.jpg"), str(out), "--recipe", "resize:30x20,pad:1.0"])
    assert result.exit_code == 0, result.output
    assert "1 processed, 0 failed" in result.stdout
    photo = decode_file(out)
    assert (photo.facts.format, photo.facts.width, photo.facts.height) == ("webp", 30, 30)


def test_a_folder_with_bad_files(tmp_path: Path, folder: Path) -> None:
    out = tmp_path / "out"
    result = runner.invoke(app, ["process", str(folder), str(out), "--recipe", "resize:long=32"])
    assert result.exit_code == 1
    assert "3 processed, 2 failed, 1 other files skipped" in result.stdout
    assert "text.jpg" in result.stderr
    assert "photo_not_an_image" in result.stderr
    assert "broken.webp" in result.stderr
    written = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert written == ["a.jpg", "a.png", "sub/照片.png"]
    assert {max(decode_file(out / name).pixels.shape) for name in written} == {32}


def test_icons_and_drawings_of_a_folder_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(saved(quarters(), "JPEG"))
    for name in ("favicon.ico", "logo.svg"):
        (tmp_path / "in" / name).write_bytes(b"no photo")
    result = runner.invoke(app, ["process", str(tmp_path / "in"), str(tmp_path / "out"), "--recipe", "resize:30x20"])
    assert result.exit_code == 0, result.output
    assert "1 processed, 0 failed, 2 other files skipped" in result.stdout


def test_json(tmp_path: Path, folder: Path) -> None:
    recipe = tmp_path / "small.toml"
    recipe.write_text('steps = ["resize:long=16"]')
    arguments = ["process", str(folder), str(tmp_path / "out"), "--recipe", str(recipe), "--json", "--format", "jpeg"]
    result = runner.invoke(app, arguments)
    assert result.exit_code == 1
    summary = json.loads(result.stdout)
    assert summary["processed"] == 3
    assert summary["skipped"] == 1
    assert summary["recipe"]["name"] == "small"
    assert {Path(failure["file"]).name: failure["code"] for failure in summary["failed"]} == {
        "text.jpg": "photo_not_an_image",
        "broken.webp": "photo_not_an_image",
    }
    # a.jpg and a.gif would both be a.jpg.
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.jpg")) == ["a.jpg", "a.jpg.jpg", "照片.jpg"]


def test_a_target_that_cannot_be_written(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    target = tmp_path / "file" / "b.png"
    result = runner.invoke(app, ["process", str(folder / "a.jpg"), str(target), "--recipe", "flip", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["failed"][0]["code"] == "write_failed"


@pytest.mark.parametrize(
    ("source", "target", "more", "error"),
    [
        ("in/none", "out", ["--recipe", "flip"], NotFound),
        ("in", "in", ["--recipe", "flip"], BadInput),
        ("in/a.jpg", "in/a.jpg", ["--recipe", "flip"], BadInput),
        ("in", "out", ["--recipe", "blur"], UnknownName),
        ("in", "out", ["--recipe", "none.toml"], BadInput),
        ("in", "out", ["--recipe", "flip", "--format", "bmp"], UnknownName),
    ],
)
def test_refusals(
    tmp_path: Path, folder: Path, source: str, target: str, more: list[str], error: type[ShopLensError]
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = runner.invoke(app, ["process", str(tmp_path / source), str(tmp_path / target), *more])
    assert isinstance(result.exception, error)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
