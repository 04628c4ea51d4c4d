from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import BadInput
from shoplens.models.dataset import Dataset
from shoplens.models.manifest import read_manifest
from shoplens.models.split import FREE, TEST, TRAIN, VALIDATION
from shoplens.photos.recipe import Recipe
from tests.models.photo_shop import COLORS, draw, write


def table(folder: Path, text: str, name: str = "photos.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "path,label,split,group\na.jpg,red,train,7\nb.jpg,blue,test,\nc.jpg,blue,val,8\n",
        "\ufeffImage Path;Class;SUBSET;Product ID\na.jpg;red;Training;7\nb.jpg;blue;TEST;\nc.jpg;blue;Validation;8\n",
        "group\tsplit\tcategory\tfilename\n7\ttrain\tred\ta.jpg\n\ttest\tblue\tb.jpg\n8\tdev\tblue\tc.jpg\n",
    ],
)
def test_columns_are_found_by_their_usual_names(tmp_path: Path, text: str) -> None:
    photos = read_manifest(table(tmp_path, text)).photos
    assert [photo.path for photo in photos] == [tmp_path / name for name in ("a.jpg", "b.jpg", "c.jpg")]
    assert [photo.label for photo in photos] == ["red", "blue", "blue"]
    assert [photo.side for photo in photos] == [TRAIN, TEST, VALIDATION]
    assert [[group.rpartition(":")[2] for group in photo.groups] for photo in photos] == [["7"], [], ["8"]]


def test_two_columns_of_groups_both_count_and_unknown_columns_are_told(tmp_path: Path) -> None:
    listed = read_manifest(table(tmp_path, "path,label,product,sender,width,kids\na.jpg,red,7,anna,10,no\n"))
    assert listed.photos[0].groups == ("product:7", "sender:anna")
    assert listed.ignored_columns == ("width", "kids")


def test_a_row_that_cannot_be_used_is_quarantined_with_its_number(tmp_path: Path) -> None:
    text = 'path,label,split\na.jpg,red,\n\n,red,\nb.jpg,,\nc.jpg,red,maybe\na.jpg,blue,\n"d, e.jpg",blue,\nf.jpg\n'
    listed = read_manifest(table(tmp_path, text))
    assert [photo.path.name for photo in listed.photos] == ["a.jpg", "d, e.jpg"]
    assert [(file.code, file.reason.split(" ")[1].rstrip(":")) for file in listed.quarantined] == [
        ("no_path", "4"), ("no_class", "5"), ("unknown_split", "6"), ("listed_twice", "7"), ("no_class", "9"),
    ]  # fmt: skip


def test_a_path_that_no_system_can_follow_is_quarantined(tmp_path: Path) -> None:
    (tmp_path / "ring.jpg").symlink_to(tmp_path / "ring.jpg")
    listed = read_manifest(table(tmp_path, "path,label\na\0.jpg,red\nring.jpg,red\nb.jpg,red\n"))
    assert [photo.path.name for photo in listed.photos] == ["b.jpg"]
    assert [(bad.code, "Row 2" in bad.reason) for bad in listed.quarantined] == [("no_path", True), ("no_path", False)]


def test_train_rows_are_dealt_out_where_nothing_chooses_or_judges(tmp_path: Path) -> None:
    text = "path,label,split\na.jpg,red,train\nb.jpg,red,{}\n"
    for other, sides in (("val", [FREE, VALIDATION]), ("test", [FREE, TEST]), ("train", [FREE, FREE])):
        photos = read_manifest(table(tmp_path, text.format(other))).photos
        assert [photo.side for photo in photos] == sides


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("label,split\nred,train\n", "no column of paths"),
        ("path,split\na.jpg,train\n", "no column of l"),
    ],
)
def test_a_table_without_what_is_needed_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        read_manifest(table(tmp_path, text))
    with pytest.raises(BadInput, match="no such manifest"):
        read_manifest(tmp_path / "absent.csv")
    (tmp_path / "latin.csv").write_bytes("path,label\ncafé.jpg,red\n".encode("latin-1"))
    with pytest.raises(BadInput, match="UTF-8"):
        read_manifest(tmp_path / "latin.csv")


def test_a_manifest_opens_as_a_data_set_with_its_groups(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    rows = []
    for i, name in enumerate(("blue", "red") * 4):
        write(tmp_path / "photos" / f"{i}.png", draw("circle", COLORS[name], generator))
        rows.append(f"photos/{i}.png,{name},{i // 2}\n")
    rows.append("photos/absent.png,red,9\n")
    path = table(tmp_path, "path,label,product\n" + "".join(rows))
    dataset = Dataset.open(path, Recipe.encoder(24), 24, tmp_path / "cache")
    assert dataset.classes == ("blue", "red")
    assert dataset.labels.tolist() == [0, 1] * 4
    assert dataset.groups == tuple((f"product:{i // 2}",) for i in range(8))
    assert [(file.code, Path(file.path).name) for file in dataset.quarantined] == [("photo_missing", "absent.png")]
