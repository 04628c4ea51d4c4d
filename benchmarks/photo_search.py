"""Does a photo find another photo of its product? Through the whole system: folder in, search out.

Luma: every photo is the query in turn, all others are the gallery; right is another photo of the same product and
colour. Grocery: a photo taken in a shop must find the catalogue picture of its product among 81. Both shops are unknown
to the base model. Beside it, on the same photos: the colour embedder alone and raw pixels of 32 x 32.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from machine import shared_data, write_result

from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.photos.decode import decode_file
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop

Ranking = Callable[[int], list[str]]


@dataclass
class Task:
    """Queries and a gallery of files with what each shows; a query is never its own answer."""

    queries: list[tuple[Path, set[str]]]
    gallery: dict[str, set[str]]
    root: Path

    def score(self, ranking: Ranking, ks: Sequence[int]) -> list[float]:
        hits: dict[int, list[bool]] = {k: [] for k in ks}
        for number, (path, shows) in enumerate(self.queries):
            right = {name for name, other in self.gallery.items() if other & shows and self.root / name != path}
            if right:
                found = [name for name in ranking(number) if self.root / name != path]
                for k in ks:
                    hits[k].append(bool(right & set(found[:k])))
        return [float(np.mean(hits[k])) for k in ks]

    def asked(self) -> int:
        return sum(
            any(other & shows and self.root / name != path for name, other in self.gallery.items())
            for path, shows in self.queries
        )


def luma(data: Path) -> Task:
    folder = data / "magento2-luma"
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    gallery = {}
    for row in rows:
        products = [p for p in [row["product"], *row["other_products"].split("|")] if p]
        gallery[Path(row["path"]).name] = {f"{product}/{row['color']}" for product in products}
    root = folder / "images"
    return Task([(root / name, shows) for name, shows in gallery.items()], gallery, root)


def grocery(data: Path) -> Task:
    folder = data / "grocery-store"
    root = folder / "iconic-images-and-descriptions"
    with (folder / "classes.csv").open(encoding="utf-8") as file:
        classes = list(csv.DictReader(file))
    gallery = {
        row["Iconic Image Path (str)"].removeprefix("/iconic-images-and-descriptions/"): {row["Class ID (int)"]}
        for row in classes
    }
    with (folder / "manifest.csv").open(encoding="utf-8") as file:
        queries = [(folder / r["path"], {r["fine_id"]}) for r in csv.DictReader(file) if r["split"] == "val"]
    return Task(queries, gallery, root)


def by_shop(task: Task, model: str) -> Ranking:
    """The real thing: a shop whose products are the files of the gallery, asked by its own search."""
    home = Path(tempfile.mkdtemp())
    write_setting(home / SETTINGS_FILE, "model", model)
    with Shop.open(home, create=True) as shop:
        shop.import_catalog(task.root, origin="folder")
        answers = [[m.product.id for m in shop.search(path, limit=12).matches] for path, _ in task.queries]
    return answers.__getitem__


def by_vectors(task: Task, embed: Callable[[list[np.ndarray]], np.ndarray]) -> Ranking:
    names = list(task.gallery)
    gallery = embed([decode_file(task.root / name).pixels for name in names])
    queries = embed([decode_file(path).pixels for path, _ in task.queries])
    order = np.argsort(-(queries @ gallery.T), axis=1, kind="stable")[:, :12]
    return lambda number: [names[i] for i in order[number]]


def raw_pixels(photos: list[np.ndarray]) -> np.ndarray:
    flat = np.stack([cv2.resize(p, (32, 32), interpolation=cv2.INTER_AREA).ravel().astype(np.float32) for p in photos])
    flat -= flat.mean(axis=1, keepdims=True)
    return flat / np.linalg.norm(flat, axis=1, keepdims=True)


def main() -> None:
    data = shared_data()
    lines = []
    scores = {}
    for name, task, ks, title in (
        ("luma", luma(data), (1, 10), "Luma: same product and colour, another photo"),
        ("grocery", grocery(data), (1, 5), "Grocery: photo taken in a shop to the catalogue picture, 81 products"),
    ):
        lines += [f"## {title}", "", f"{task.asked()} queries, {len(task.gallery)} photos in the gallery.", ""]
        lines += [f"| method | first | among the first {ks[1]} |", "|---|---|---|"]
        for label, ranking in (
            ("ShopLens (base model and colour)", by_shop(task, "base")),
            ("ShopLens, colour alone", by_shop(task, "none")),
            ("colour embedder, whole photo", by_vectors(task, ColorEmbedder().embed)),
            ("raw pixels, 32 x 32", by_vectors(task, raw_pixels)),
        ):
            first, among = task.score(ranking, ks)
            scores[name, label] = first, among
            lines.append(f"| {label} | {first:.3f} | {among:.3f} |")
        lines.append("")
    write_result("photo_search", "Photo search", lines)
    first, among = scores["luma", "ShopLens (base model and colour)"]
    assert first >= 0.72, f"R@1 on Luma is {first:.3f}, promised 0.72"
    assert among >= 0.90, f"R@10 on Luma is {among:.3f}, promised 0.90"


if __name__ == "__main__":
    main()
