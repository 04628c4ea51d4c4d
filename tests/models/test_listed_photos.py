from pathlib import Path

import pytest

from shoplens.errors import BadInput, UnknownName
from shoplens.models.listed_photos import listed_photos
from shoplens.models.split import FREE, TEST, TRAIN
from tests.models.photo_shop import write
from tests.models.tiny_bundle import plain


def manifest(folder: Path, text: str, name: str = "list.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return folder / name


def test_class_folders_nest_and_hidden_files_do_not_count(tmp_path: Path) -> None:
    for name in ("hat/1.jpg", "Shoes/Boots/2.jpg", "hat/.hidden.jpg", ".git/x/3.jpg", "stray.jpg"):
        write(tmp_path / name, plain(1, 2, 3))
    found = listed_photos(tmp_path)
    assert [(p.path.name, p.label) for p in found.photos] == [("2.jpg", "Shoes > Boots"), ("1.jpg", "hat")]
    assert [(Path(bad.path).name, bad.code) for bad in found.quarantined] == [("stray.jpg", "no_class")]


@pytest.mark.parametrize("name", ["list.csv", "list.TSV", "photos"])
def test_a_file_of_any_name_is_a_manifest_whose_photos_lie_anywhere(tmp_path: Path, name: str) -> None:
    found = listed_photos(manifest(tmp_path / "data", "path;label\n../a.jpg;hat\n/b/c.jpg;bag\n", name))
    assert [(p.path, p.label) for p in found.photos] == [(tmp_path / "a.jpg", "hat"), (Path("/b/c.jpg"), "bag")]


def test_a_split_is_taken_by_whatever_name_it_has(tmp_path: Path) -> None:
    text = "path,label,split\na.jpg,hat,train\nb.jpg,hat,Validation\nc.jpg,hat,Fold 3\nd.jpg,,Fold 3\ne.jpg,hat,\n"
    path = manifest(tmp_path, text)

    def taken(split: str) -> list[str]:
        return [photo.path.stem for photo in listed_photos(path, split).photos]

    assert taken("TRAIN") == taken("training") == ["a"]
    assert taken("val") == ["b"]
    assert taken("fold 3") == ["c"]
    assert [bad.code for bad in listed_photos(path, "fold 3").quarantined] == ["no_class"]
    assert taken("") == ["a", "b", "c", "e"]
    with pytest.raises(UnknownName, match=r"tset.*Choose one of: Fold 3, Validation, train"):
        taken("tset")


def test_sides_are_put_only_where_no_split_is_asked_for(tmp_path: Path) -> None:
    path = manifest(tmp_path, "path,label,split\na.jpg,hat,train\nb.jpg,hat,val\nc.jpg,hat,test\nd.jpg,hat,Fold 3\n")
    listed = listed_photos(path)
    assert [photo.side for photo in listed.photos][::2] == [TRAIN, TEST]
    assert [bad.code for bad in listed.quarantined] == ["unknown_split"]
    assert {photo.side for photo in listed_photos(path, "").photos} == {FREE}


def test_what_is_not_there_or_cannot_be_split_is_refused(tmp_path: Path) -> None:
    for name in ("nowhere", "nowhere.csv"):
        for split in (None, "test"):
            with pytest.raises(BadInput, match="There is no such"):
                listed_photos(tmp_path / name, split)
    with pytest.raises(BadInput, match="no labelled photo"):
        listed_photos(tmp_path)
    with pytest.raises(BadInput, match=r"no labelled photo.*1 files or rows"):
        listed_photos(manifest(tmp_path, "path,label\na.jpg,\n"))
    write(tmp_path / "hat" / "1.jpg", plain(1, 2, 3))
    with pytest.raises(BadInput, match="Class folders have no splits"):
        listed_photos(tmp_path, "test")
    with pytest.raises(BadInput, match="no column of splits"):
        listed_photos(manifest(tmp_path, "path,label\na.jpg,hat\n"), "test")
