"""How fast and in how much memory does our pipeline train `simple_cnn`, against the founding article's way?

Both train the same network on the same photos of `clothing/train`, with plain Adam and without augmentation, each in a
process of its own. The article's way decodes every photo into one float32 array in memory and calls `model.fit`
(batches of 32, its default); it is measured as written, which makes Keras compile the step with XLA, and with
`jit_compile=False`, and compared with the faster of the two. Ours streams decoded copies from disk through `Trainer`,
with the settings of `--architecture simple_cnn`. Photos/s are those of the passes after the first, which warms up.

Memory is the peak of the process's own pages (`RssAnon`), and beside it what the process had before it touched a photo:
importing TensorFlow takes that much either way.

    SHOPLENS_DATA=... python benchmarks/train_speed.py [--photos 3068] [--passes 3] [--sizes 64 128]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from machine import shared_data, write_result

FASTER, SMALLER = 1.5, 1 / 3
"""The least that is claimed: so many times the photos/s, and at most so much of the memory that the data and the
training need on top of the libraries."""

WAYS = ("article", "article, no XLA", "ours")


class Memory:
    """The largest `RssAnon` of this process, looked at 50 times a second."""

    def __init__(self) -> None:
        self.peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @staticmethod
    def now() -> int:
        text = Path("/proc/self/status").read_text()
        return int(text.split("RssAnon:")[1].split()[0]) * 1024

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            self.peak = max(self.peak, self.now())

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def chosen(photos: int) -> list[Path]:
    files = sorted((shared_data() / "clothing" / "train").glob("*/*.jpg"))
    return files[:: max(1, len(files) // photos)][:photos]


def article(files: list[Path], size: int, passes: int, *, jit: bool) -> list[float]:
    """Everything decoded into one array, then `model.fit`."""
    import keras
    import numpy as np
    from PIL import Image

    from shoplens.models.architectures.simple_cnn import SimpleCnn

    classes = sorted({file.parent.name for file in files})
    photos = []
    for file in files:
        photos.append(np.array(Image.open(file).convert("RGB").resize((size, size)), dtype="float32"))
    x = np.array(photos)
    y = np.array([classes.index(file.parent.name) for file in files])
    model = SimpleCnn().build(size, len(classes))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile="auto" if jit else False)
    seconds: list[float] = []

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
            self.begun = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: object = None) -> None:
            seconds.append(time.perf_counter() - self.begun)

    model.fit(x, y, epochs=passes, verbose=0, callbacks=[Clock()])
    return [len(files) / s for s in seconds]


def ours(files: list[Path], size: int, passes: int, work: Path) -> list[float]:
    """Decoded copies on disk, streamed through the trainer."""
    import numpy as np

    from shoplens.models.dataset import Dataset
    from shoplens.models.photo_list import LabelledPhoto, PhotoList
    from shoplens.models.progress import EpochDone
    from shoplens.models.settings import Settings
    from shoplens.models.split import Split
    from shoplens.models.train import _recipes
    from shoplens.models.trainer import Trainer

    settings = Settings.for_preset("good", "simple_cnn", size=size, epochs=passes, patience=passes)
    _, stored, side = _recipes(settings, None)
    listed = PhotoList(work, tuple(LabelledPhoto(file, file.parent.name) for file in files))
    dataset = Dataset.open(listed, stored, side, work / "photos")
    everything = np.arange(len(dataset.paths))
    parts = Split(everything, everything[:64], everything[:0], everything[:0], 0)
    speeds: list[float] = []
    Trainer(
        dataset, parts, settings, work / "checkpoints",
        listener=lambda e: speeds.append(e.photos_per_second) if isinstance(e, EpochDone) else None,
    ).run()  # fmt: skip
    return speeds


def measure(way: str, size: int, photos: int, passes: int) -> None:
    """Run one way in this process and print its figures as JSON."""
    files = chosen(photos)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras  # noqa: F401
    import tensorflow  # noqa: F401

    before = Memory.now()
    with tempfile.TemporaryDirectory() as work, Memory() as memory:
        if way == "ours":
            speeds = ours(files, size, passes, Path(work))
        else:
            speeds = article(files, size, passes, jit=way == "article")
    speed = sorted(speeds[1:])[(len(speeds) - 1) // 2]
    print(json.dumps({"speed": speed, "before": before, "peak": memory.peak}))


def run(way: str, size: int, options: argparse.Namespace) -> dict[str, float]:
    print(f"{way}, {size} px", file=sys.stderr)
    command = [sys.executable, __file__, "--one", way, "--sizes", str(size), "--photos", str(options.photos)]
    done = subprocess.run(
        [*command, "--passes", str(options.passes)], capture_output=True, text=True, check=False, env=os.environ
    )
    if done.returncode:
        sys.exit(f"{way} failed:\n{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=3068)
    parser.add_argument("--passes", type=int, default=4)
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 128])
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure(options.one, options.sizes[0], options.photos, options.passes)
        return
    lines = [
        f"`simple_cnn`, {options.photos} photos of `clothing/train`, {options.passes} passes, each way in a process.",
        "",
        "| input | way | photos/s | times | peak memory | of it photos and training | share |",
        "|---|---|---|---|---|---|---|",
    ]
    failed = []
    for size in options.sizes:
        found = {way: run(way, size, options) for way in WAYS}
        fastest = max(found["article"]["speed"], found["article, no XLA"]["speed"])
        needed = {way: row["peak"] - row["before"] for way, row in found.items()}
        least = min(needed["article"], needed["article, no XLA"])
        for way, row in found.items():
            lines.append(
                f"| {size} px | {way} | {row['speed']:.0f} | {row['speed'] / fastest:.2f} | {row['peak'] / 1e6:.0f} MB "
                f"| {needed[way] / 1e6:.0f} MB | {needed[way] / least:.2f} |"
            )
        if found["ours"]["speed"] < FASTER * fastest:
            failed.append(f"{size} px: {found['ours']['speed'] / fastest:.2f} times as fast")
        if needed["ours"] > SMALLER * least:
            failed.append(f"{size} px: {needed['ours'] / least:.2f} of the memory")
    write_result("train_speed", "Training speed and memory, against the founding article's way", lines)
    if failed:
        sys.exit(f"Less than claimed: {'; '.join(failed)}.")


if __name__ == "__main__":
    main()
