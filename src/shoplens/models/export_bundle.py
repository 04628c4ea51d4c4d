"""A bundle's network in another format, judged beside the one that it came from."""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from shoplens.errors import BundleError, UnknownName
from shoplens.models import machine
from shoplens.models.bundle import Bundle, save_bundle
from shoplens.models.dequantize import dequantize, is_quantized
from shoplens.models.export_loss import Loss, Standing, accuracy, loss, neighbours
from shoplens.models.exported_network import milliseconds, open_network, run_all
from shoplens.models.half_precision import halve
from shoplens.models.photo_sample import PhotoSample
from shoplens.models.quantize_best import quantize_best
from shoplens.records import Pixels

Format = Literal["onnx", "onnx-int8", "onnx-float16", "litert", "litert-int8", "keras"]
SUFFIXES: dict[str, str] = {
    "onnx": ".onnx",
    "onnx-int8": ".onnx",
    "onnx-float16": ".onnx",
    "litert": ".tflite",
    "litert-int8": ".tflite",
    "keras": ".keras",
}
LOSS = 0.01
"""Largest loss of accuracy for which a file of 8 bits is handed out."""

CALIBRATION = 256
SAMPLE = 768
"""How many photos suffice, for calibration and judgement together."""

_STRANGE = 0.9
"""A float export that shares fewer labels than this with the network in use is another network."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file that was written, and how it stands beside its source.

    Attributes:
        path: the file.
        format: one of `SUFFIXES`.
        source: id of the bundle.
        exported: the file's own figures.
        float32: those of the network in 32 bits.
        shipped: those of the network that the bundle runs.
        loss: against `float32`.
        ranges: how the ranges of the activations were found; "" where nothing was calibrated.
    """

    path: Path
    format: str
    source: str
    exported: Standing
    float32: Standing
    shipped: Standing
    loss: Loss
    ranges: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it, with the machine."""
        return {**asdict(self), "path": self.path.name, "machine": machine.facts()}


def export_bundle(
    bundle: Bundle,
    to: str,
    out: Path,
    photos: PhotoSample,
    *,
    judged: PhotoSample | None = None,
    force: bool = False,
) -> Export:
    """Write the bundle's network in another format, and its figures as JSON beside it.

    Args:
        bundle: whose network is exported. ONNX formats come from the network that it runs, which any bundle has; the
            others from its weights, with the architecture from this package's code.
        to: one of `SUFFIXES`.
        out: the file to write; it gets the format's suffix.
        photos: half of them calibrate, the rest judge.
        judged: photos to judge by instead, such as class folders that no training has seen.
        force: write a file of 8 bits although it loses too much.

    Raises:
        UnknownName: there is no such format.
        BadInput: fewer than two photos.
        BundleError: a file of 8 bits loses more than a point of accuracy, or the weights belong to another network.
        MissingExtra: the format's libraries are not installed.
    """
    if to not in SUFFIXES:
        raise UnknownName("export format", to, SUFFIXES)
    calibrating, other = photos.halves()
    judging = judged or other
    out = out if out.suffix == SUFFIXES[to] else out.with_name(out.name + SUFFIXES[to])
    with tempfile.TemporaryDirectory(prefix="shoplens-export-") as scratch:
        shipped, plain, made = (
            Path(scratch, name) for name in ("shipped.onnx", "float32.onnx", f"export{SUFFIXES[to]}")
        )
        shipped.write_bytes(bundle.read_model())
        plain.write_bytes(
            dequantize(shipped.read_bytes()) if is_quantized(shipped.read_bytes()) else bundle.read_model()
        )
        ranges = _write(bundle, to, plain, made, calibrating.pixels[:CALIBRATION])
        export = _judged(bundle, to, (shipped, plain, made), judging, ranges)
        _check(export, to, force=force)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made, out)
    export = replace(export, path=out)
    text = json.dumps(export.to_dict(), indent=2, sort_keys=True, ensure_ascii=False)
    out.with_name(out.name + ".json").write_text(text + "\n", encoding="utf-8")
    return export


def as_bundle(bundle: Bundle, export: Export, folder: Path, name: str) -> Bundle:
    """Return a new bundle that runs the exported ONNX file; its card tells of the export.

    Raises:
        BundleError: the export is no ONNX file.
    """
    if export.path.suffix != ".onnx":
        raise BundleError(
            "A bundle runs ONNX files.", received=export.format, remedy="Export to one of onnx's formats."
        )
    facts = {key: value for key, value in export.to_dict().items() if key != "path"}
    return save_bundle(
        folder,
        name=name,
        model=export.path,
        recipe=bundle.recipe,
        categories=bundle.categories,
        calibration=bundle.calibration,
        card={**bundle.card, "parent": bundle.id, "export": facts},
        weights=bundle.weights(),
        heads=bundle.heads,
        head_calibrations=bundle.head_calibrations,
    )


def _write(bundle: Bundle, to: str, plain: Path, made: Path, calibration: Pixels) -> str:
    """Write the file of the wished format; return how ranges were found."""
    if to == "onnx":
        shutil.copyfile(plain, made)
    elif to == "onnx-float16":
        made.write_bytes(halve(plain.read_bytes()))
    elif to == "onnx-int8":
        return quantize_best(plain, made, calibration)
    else:
        from shoplens.models.litert import write_litert
        from shoplens.models.rebuild import rebuild

        network = rebuild(bundle)
        if to == "keras":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Keras turns arrays into numpy's as numpy no longer likes it
                network.save(made)
        else:
            few = calibration if to == "litert-int8" else None
            write_litert(network, made, input_size=bundle.input_size, calibration=few)
            return "minmax" if few is not None else ""
    return ""


def _judged(bundle: Bundle, to: str, files: tuple[Path, Path, Path], photos: PhotoSample, ranges: str) -> Export:
    networks = [open_network(path) for path in files]
    said = [run_all(network, photos.pixels) for network in networks]
    times = milliseconds(networks, photos.pixels)
    standings = [
        Standing(path.stat().st_size, round(time, 3), accuracy(answers, photos), neighbours(answers, photos))
        for path, time, answers in zip(files, times, said, strict=True)
    ]
    lost = loss(said[1], said[2], photos, bundle.threshold)
    return Export(files[2], to, bundle.id, standings[2], standings[1], standings[0], lost, ranges)


def _check(export: Export, to: str, *, force: bool) -> None:
    if to.endswith("int8"):
        if export.loss.accuracy > LOSS and not force:
            raise BundleError(
                f"The 8-bit network loses more than {100 * LOSS:g} point of accuracy, judged by {export.loss.basis}.",
                received=f"{100 * export.loss.accuracy:.1f} points on {export.loss.photos} photos",
                remedy="Calibrate with photos like those it will see, take onnx-float16, or force it.",
            )
    elif export.loss.same_label < _STRANGE or export.loss.cosine_mean < _STRANGE:
        raise BundleError(
            "The bundle's weights make another network than the one that it runs.",
            received=f"{export.source}: {100 * export.loss.same_label:.0f} % of the labels are the same",
            remedy="Export it as onnx, onnx-int8 or onnx-float16; these need only the network that it runs.",
        )
