from pathlib import Path

import numpy as np

from shoplens.models.photo_stream import stream
from shoplens.photos.recipe import Recipe
from tests.models.photo_shop import write
from tests.models.tiny_bundle import plain


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
