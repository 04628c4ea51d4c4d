"""Lines learned from drawn samples: whole ones pass, the scratch is found in its place, another product is refused."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from shoplens.errors import BadInput, BundleError, NotFound
from shoplens.models.bundle import BASE, load_bundle
from shoplens.models.feature_taps import FeatureTaps
from shoplens.models.runtime import OnnxModel
from shoplens.quality.defects.defect_line import DefectLine, KnownDefects
from shoplens.quality.defects.learn_line import learn_line
from shoplens.quality.defects.line_shelf import LineShelf
from shoplens.quality.defects.patch_reader import GRID, PatchReader
from shoplens.replace_file import replace_file
from tests.quality.defects.drawn_line import SCRATCH, SIDE, good, label, other_product, scratched


@pytest.fixture(scope="module")
def reader() -> PatchReader:
    return PatchReader(FeatureTaps(load_bundle(BASE)))


@pytest.fixture(scope="module")
def line(reader: PatchReader) -> DefectLine:
    return learn_line("discs", reader, "base-x", [good(seed) for seed in range(16)], rate=0.01)


def test_the_taps_add_maps_and_change_nothing_else() -> None:
    bundle = load_bundle(BASE)
    taps = FeatureTaps(bundle)
    side = taps.input_size
    photos = np.random.default_rng(0).integers(0, 256, (2, side, side, 3)).astype(np.uint8)
    said = taps.run(photos)
    assert np.allclose(said.embedding, OnnxModel(bundle).run(photos, ["embedding"])["embedding"], atol=1e-5)
    fine, coarse = said.maps
    assert fine.shape[0] == coarse.shape[0] == 2
    assert side > fine.shape[1] > coarse.shape[1] > 1
    assert fine.std() > 0
    assert coarse.std() > 0


def test_patches_follow_the_picture(reader: PatchReader) -> None:
    frame = np.full((reader.side, reader.side, 3), 128, np.uint8)
    plain = reader.describe(frame).layers[0].reshape(GRID, GRID, -1)
    frame[40:60, 150:170] = (255, 0, 0)
    marked = reader.describe(frame).layers[0].reshape(GRID, GRID, -1)
    hottest = np.unravel_index(np.abs(marked - plain).sum(axis=2).argmax(), (GRID, GRID))
    cell = reader.side / GRID
    assert abs(hottest[0] - 50 / cell) <= 2
    assert abs(hottest[1] - 160 / cell) <= 2


def test_unseen_good_ones_pass(line: DefectLine, reader: PatchReader) -> None:
    said = [line.look(reader, good(seed)) for seed in range(100, 112)]
    assert [verdict.outcome for verdict in said].count("good") >= 11
    assert said[0].finding() is None
    assert line.reference is None


@pytest.mark.parametrize("side", [150, 300, 640])
def test_a_scratch_is_found_in_its_place_at_any_size(line: DefectLine, reader: PatchReader, side: int) -> None:
    verdict = line.look(reader, np.asarray(cv2.resize(scratched(7), (side, side)), np.uint8))
    assert verdict.outcome == "defect"
    assert verdict.heat.shape == (side, side)
    assert verdict.box is not None
    middle = ((verdict.box.x0 + verdict.box.x1) / 2, (verdict.box.y0 + verdict.box.y1) / 2)
    assert SCRATCH.x0 - 0.05 < middle[0] < SCRATCH.x1 + 0.05
    assert SCRATCH.y0 - 0.05 < middle[1] < SCRATCH.y1 + 0.05
    finding = verdict.finding(photo="p")
    assert finding is not None
    assert finding.detail is not None
    assert (finding.code, finding.photo) == ("product_defect", "p")
    assert finding.detail.measured > finding.detail.threshold


def test_a_tall_photo_keeps_its_places(line: DefectLine, reader: PatchReader) -> None:
    tall = np.concatenate([np.full((100, SIDE, 3), (70, 72, 78), np.uint8), scratched(7)])
    verdict = line.look(reader, tall)
    assert verdict.heat.shape == tall.shape[:2]
    hottest = np.unravel_index(verdict.heat.argmax(), verdict.heat.shape)
    assert 100 + SCRATCH.y0 * SIDE - 20 < hottest[0] < 100 + SCRATCH.y1 * SIDE + 20


def test_another_product_is_not_judged(line: DefectLine, reader: PatchReader) -> None:
    for seed in range(3):
        verdict = line.look(reader, other_product(seed))
        assert verdict.outcome == "other_product"
        assert verdict.similarity < verdict.least_similarity
        assert verdict.finding() is None
        assert not verdict.heat.any()


def test_a_sample_of_another_product_does_not_set_the_limit(reader: PatchReader) -> None:
    samples = [good(seed) for seed in range(16)]
    alone, odd = (learn_line("discs", reader, "x", [*samples, *more], rate=0.06) for more in ([], [other_product(0)]))
    assert odd.threshold == pytest.approx(alone.threshold, rel=0.1)


def test_a_print_that_is_turned_is_laid_straight_and_a_missing_part_found(reader: PatchReader) -> None:
    rng = np.random.default_rng(4)
    samples = [label(float(rng.uniform(-20, 20)), *rng.integers(-8, 9, 2).tolist()) for _ in range(12)]
    line = learn_line("labels", reader, "base-x", samples)
    assert line.reference is not None
    assert line.look(reader, label(13, 4, -5)).outcome == "good"
    verdict = line.look(reader, label(13, 4, -5, missing=True))
    assert verdict.outcome == "defect"
    assert verdict.box is not None
    away = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), 13, 1.0) @ (182, 119, 1) + (4, -5)
    assert verdict.box.x0 - 0.03 < away[0] / SIDE < verdict.box.x1 + 0.03
    assert verdict.box.y0 - 0.03 < away[1] / SIDE < verdict.box.y1 + 0.03


def test_labelled_defects_are_counted_and_never_hurt(line: DefectLine, reader: PatchReader) -> None:
    samples = [good(seed) for seed in range(16)]
    taught = learn_line("discs", reader, "base-x", samples, [scratched(seed) for seed in range(4)], rate=0.01)
    assert taught.defects == 4
    assert taught.found == 1.0
    assert taught.look(reader, scratched(50)).outcome == "defect"
    if taught.known is None:
        assert taught.threshold == line.threshold


def test_defects_that_look_good_are_learned_from_without_harm(line: DefectLine, reader: PatchReader) -> None:
    samples = [good(seed) for seed in range(16)]
    taught = learn_line("discs", reader, "base-x", samples, samples[:4], rate=0.01)
    assert (taught.defects, taught.known, taught.threshold) == (4, None, line.threshold)
    nothing = KnownDefects(np.zeros((0, 3), np.float32), 1.0, 2.0)
    distances = np.ones(2, np.float32)
    assert (nothing.raised(np.ones((2, 3), np.float32), distances) == distances).all()


def test_a_line_comes_back_from_disk_as_it_was(line: DefectLine, reader: PatchReader, tmp_path: Path) -> None:
    shelf = LineShelf(tmp_path / "lines")
    shelf.put(line)
    shelf.put(line)
    assert shelf.names() == ["discs"]
    again, before = shelf.load("discs").look(reader, scratched(7)), line.look(reader, scratched(7))
    assert (again.score, again.box) == (before.score, before.box)
    (numbers,) = (tmp_path / "lines" / "discs").glob("*.npz")
    data = numbers.read_bytes()
    numbers.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(BundleError, match="altered"):
        shelf.load("discs")
    shelf.forget("discs")
    assert shelf.names() == []
    with pytest.raises(NotFound):
        shelf.load("discs")


def test_a_kill_leaves_the_line_as_it_was_before_or_after(
    line: DefectLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step of a writing, or a forgetting, is the last one once; what was written then is cut in half."""
    versions = [replace(line, samples=samples) for samples in (1, 2, 3)]
    shelf = LineShelf(tmp_path / "lines")
    seen: dict[str, set[int]] = {"put first": set(), "put": set(), "forget": set()}
    for case, told in seen.items():
        for steps in range(20):
            shutil.rmtree(tmp_path / "lines", ignore_errors=True)
            for version in versions[:2] if case != "put first" else ():
                shelf.put(version)
            work = partial(shelf.forget, "discs") if case == "forget" else partial(shelf.put, versions[2])
            with monkeypatch.context() as patched:
                whole = _killed_after(steps, patched, work)
            told.add(shelf.load("discs").samples if shelf.names() else 0)
            shelf.put(versions[0])  # whatever was left
            assert shelf.load("discs").samples == 1
            if whole:
                break
        else:
            pytest.fail("It never came to its end.")
    assert seen == {"put first": {0, 3}, "put": {2, 3}, "forget": {0, 2}}


def _killed_after(steps: int, patched: pytest.MonkeyPatch, work: Callable[[], None]) -> bool:
    """Do so many changes of files and no more; tell whether that was all."""
    left = steps

    class Killed(BaseException):
        pass

    def counted(change: Callable[..., object]) -> Callable[..., object]:
        def changed(*arguments: object, **named: object) -> object:
            nonlocal left
            left -= 1
            if left >= 0:
                return change(*arguments, **named)
            if left == -1 and change.__name__ == "write_bytes":
                path, data = arguments
                assert isinstance(data, bytes)
                change(path, data[: len(data) // 2])
            raise Killed

        return changed

    for place, name in ((Path, "write_bytes"), (Path, "replace"), (Path, "unlink"), (os, "unlink"), (os, "rmdir")):
        patched.setattr(place, name, counted(getattr(place, name)))
    try:
        work()
    except Killed:
        return False
    return True


def test_who_has_just_read_the_manifest_still_finds_the_files(line: DefectLine, tmp_path: Path) -> None:
    shelf = LineShelf(tmp_path)
    shelf.put(line)
    folder = tmp_path / "discs"
    before = {path: path.read_bytes() for path in folder.iterdir() if path.name != "manifest.json"}
    shelf.put(replace(line, samples=99))
    assert {path: path.read_bytes() for path in before} == before
    shelf.put(line)
    shelf.put(replace(line, samples=98))
    assert len(list(folder.iterdir())) <= 5  # two versions, and the manifest


def test_a_line_whose_files_have_plain_names_is_read(line: DefectLine, tmp_path: Path) -> None:
    shelf = LineShelf(tmp_path)
    shelf.put(line)
    folder = tmp_path / "discs"
    manifest = json.loads((folder / "manifest.json").read_text())
    plain = {".json": "line.json", ".npz": "memory.npz"}
    for name in manifest["files"]:
        (folder / name).rename(folder / plain[Path(name).suffix])
    manifest["files"] = {plain[Path(name).suffix]: digest for name, digest in manifest["files"].items()}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert shelf.load("discs").threshold == line.threshold


def test_another_layout_and_strange_names_are_refused(line: DefectLine, tmp_path: Path) -> None:
    shelf = LineShelf(tmp_path)
    shelf.put(line)
    manifest = tmp_path / "discs" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 9}))
    with pytest.raises(BundleError, match="another version"):
        shelf.load("discs")
    for name in ("../discs", "", "a/b", ".hidden"):
        with pytest.raises(NotFound):
            shelf.load(name)


def test_too_few_samples_are_refused(reader: PatchReader) -> None:
    with pytest.raises(BadInput, match="good photos"):
        learn_line("few", reader, "x", [good(0)] * 4)


def test_two_that_learn_one_line_at_a_time_leave_a_whole_one(
    line: DefectLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = LineShelf(tmp_path)
    written: list[Path] = []

    def write(path: Path, data: bytes) -> None:
        if path.name == "manifest.json" and not written:
            written.append(path)
            shelf.put(replace(line, samples=2))  # another process, between the first one's files and its manifest
        replace_file(path, data)

    monkeypatch.setattr("shoplens.quality.defects.line_shelf.replace_file", write)
    shelf.put(replace(line, samples=1))
    assert written
    assert shelf.load("discs").samples == 1


def test_old_files_that_no_manifest_names_go_and_folders_stay(line: DefectLine, tmp_path: Path) -> None:
    shelf = LineShelf(tmp_path)
    shelf.put(line)
    before = {path.name for path in (tmp_path / "discs").iterdir()}
    (tmp_path / "discs" / "notes").mkdir()
    for name, age_s in (("young.npz", 0), ("old.npz", 3600)):
        path = tmp_path / "discs" / name
        path.write_bytes(b"")
        os.utime(path, (time.time() - age_s,) * 2)
    shelf.put(line)
    assert {path.name for path in (tmp_path / "discs").iterdir()} == before | {"notes", "young.npz"}
