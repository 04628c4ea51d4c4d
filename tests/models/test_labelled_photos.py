from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import BadInput
from shoplens.models.labelled_photos import LabelledPhotos
from shoplens.models.photo_stream import stream
from shoplens.photos.recipe import Recipe
from tests.models.photo_shop import write
from tests.models.tiny_bundle import plain


def manifest(folder: Path, text: str, name: str = "list.csv", encoding: str = "utf-8") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding=encoding)
    return folder / name


def test_class_folders_nest_and_hidden_files_do_not_count(tmp_path: Path) -> None:
    for name in ("hat/1.jpg", "Shoes/Boots/2.jpg", "hat/.hidden.jpg", ".git/x/3.jpg", "stray.jpg"):
        write(tmp_path / name, plain(1, 2, 3))
    found = LabelledPhotos.read(tmp_path)
    assert [(p.path.name, p.label) for p in found.photos] == [("2.jpg", "Shoes > Boots"), ("1.jpg", "hat")]
    assert [(Path(bad.path).name, bad.code) for bad in found.quarantined] == [("stray.jpg", "no_class")]


def test_a_manifest_names_photos_labels_splits_and_groups(tmp_path: Path) -> None:
    path = manifest(
        tmp_path,
        "Image,category,split,product\na.jpg,hat,test,p1\nsub/b.jpg,Shoes > Boots,train,p2\nc.jpg,,test,\n,hat,test,\n"
        "../out.jpg,hat,test,\n/etc/passwd,hat,test,\n",
        encoding="utf-8-sig",
    )
    found = LabelledPhotos.read(path)
    assert [(p.path, p.label, p.group) for p in found.photos] == [
        (tmp_path / "a.jpg", "hat", "p1"),
        (tmp_path / "sub" / "b.jpg", "Shoes > Boots", "p2"),
    ]
    assert [bad.code for bad in found.quarantined] == ["no_class", "no_path", "outside", "outside"]
    assert [p.label for p in LabelledPhotos.read(path, split="TRAIN").photos] == ["Shoes > Boots"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "private.jpg", plain(1, 2, 3))
    path = manifest(tmp_path / "data", "path,label\nlink.jpg,hat\nb.jpg,hat\n")
    (tmp_path / "data" / "link.jpg").symlink_to(tmp_path / "private.jpg")
    assert [bad.code for bad in LabelledPhotos.read(path).quarantined] == ["outside"]


@pytest.mark.parametrize(
    ("text", "match"),
    [("path,colour\na.jpg,red\n", "label"), ("", "label, path"), ("path,label\n", "no labelled photo")],
)
def test_a_table_of_another_kind_is_refused(tmp_path: Path, text: str, match: str) -> None:
    with pytest.raises(BadInput, match=match):
        LabelledPhotos.read(manifest(tmp_path, text))


def test_what_is_not_there_or_cannot_be_split_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder or manifest"):
        LabelledPhotos.read(tmp_path / "nowhere")
    with pytest.raises(BadInput, match="no labelled photo"):
        LabelledPhotos.read(tmp_path)
    write(tmp_path / "hat" / "1.jpg", plain(1, 2, 3))
    with pytest.raises(BadInput, match="no splits"):
        LabelledPhotos.read(tmp_path, split="test")
    with pytest.raises(BadInput, match="split"):
        LabelledPhotos.read(manifest(tmp_path, "path,label\na.jpg,hat\n"), split="test")
    with pytest.raises(BadInput, match="UTF-8"):
        LabelledPhotos.read(
            manifest(
                tmp_path,
                "path,label\n\udcff.jpg,hat\n".encode("utf-8", "surrogateescape").decode("latin-1"),
                encoding="latin-1",
            )
        )


def test_a_stream_keeps_the_order_and_tells_of_what_cannot_be_read(tmp_path: Path) -> None:
    paths = []
    for i in range(150):
        paths.append(tmp_path / f"{i}.png")
        if i in (3, 70):
            paths[-1].write_bytes(b"no photo")
        elif i != 149:
            write(paths[-1], plain(i, 0, 0))
    told: list[tuple[int, int]] = []
    batches = list(stream(paths, Recipe.encoder(8), 8, progress=lambda done, total: told.append((done, total))))
    assert [len(batch.rows) for batch in batches] == [63, 63, 21]
    for batch in batches:
        assert batch.pixels.shape == (len(batch.rows), 8, 8, 3)
        np.testing.assert_array_equal(batch.pixels[:, 4, 4, 0], batch.rows)
    bad = [Path(file.path).name for batch in batches for file in batch.quarantined]
    assert bad == ["3.png", "70.png", "149.png"]
    assert told == [(64, 150), (128, 150), (150, 150)]
    assert list(stream([], Recipe.encoder(8), 8)) == []
