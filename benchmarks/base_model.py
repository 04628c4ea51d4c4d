"""The base model's embedding alone, on two shops that it has not seen.

No colour embedder beside it, no subject finder, nothing learned from the shop: a photo goes in whole, 256 numbers come
out. Luma: every photo is the query in turn, all others are the gallery; right is another photo of the same product and
colour. Grocery: a photo taken in a shop must find the catalogue picture of its product among 81. Beside it, in the same
run: the colour embedder and raw pixels of 32 x 32. "One colour": without the photos that show their product in another
colour than each of its other photos, see photo_search.py.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from machine import shared_data, write_result
from photo_search import by_vectors, grocery, luma, other_color, raw_pixels

from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.embedding.onnx_embedder import OnnxEmbedder
from shoplens.models.bundle import BASE, load_bundle

FLOORS = {"luma": (0.72, 0.92), "grocery": (0.40, 0.70)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, default=BASE)
    parser.add_argument("--print-only", action="store_true", help="write no result and check no floor")
    arguments = parser.parse_args()
    bundle = load_bundle(arguments.bundle)
    data = shared_data()
    lines = [*(__doc__ or "").strip().splitlines(), "", f"Bundle `{bundle.id}`, input {bundle.input_size} px.", ""]
    lines += ["| shop | method | first | among the first 10 (Luma), 5 (grocery) | floor |", "|---|---|---|---|---|"]
    found = {}
    for name, task, ks in (("luma", luma(data), (1, 10)), ("grocery", grocery(data), (1, 5))):
        for label, embed in (
            ("base model", OnnxEmbedder(bundle).embed),
            ("colour embedder", ColorEmbedder().embed),
            ("raw pixels, 32 x 32", raw_pixels),
        ):
            ranking = by_vectors(task, embed)
            found[name, label] = task.score(ranking, ks)
            floor = "{:.2f} / {:.2f}".format(*FLOORS[name]) if label == "base model" else ""
            lines.append("| {} | {} | {:.3f} | {:.3f} | {} |".format(name, label, *found[name, label], floor))
            if name == "luma":
                alike = task.score(ranking, ks, other_color())
                lines.append("| luma, one colour | {} | {:.3f} | {:.3f} | |".format(label, *alike))
    print("\n".join(lines))
    if not arguments.print_only:
        write_result("base_model", "The base model's embedding alone", lines)
        for name, floors in FLOORS.items():
            for got, floor in zip(found[name, "base model"], floors, strict=True):
                assert got >= floor, f"{name}: {got:.3f}, promised {floor}"


if __name__ == "__main__":
    main()
