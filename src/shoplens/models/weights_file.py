"""A network's weights as one compressed `.npz` without pickle: 8-bit kernels with a scale per output channel."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from shoplens.errors import BundleError

_SCALE = ":scale"
_MAX_BYTES = 512 * 1024 * 1024
_SMALL = 2048


def save_weights(path: Path, weights: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write `weights` to `path`.

    Arrays of two and more dimensions (kernels) become int8 with one float32 scale per last axis entry, so that the
    largest value of a channel is 127 steps: the error of a weight is at most 1/254 of its channel's largest. Vectors
    (norms, biases) and kernels of up to 2,048 numbers stay float32: they take next to nothing, and fixed ones, such as
    those of a colour histogram, stay exact. Quantising what was read back changes nothing.

    Args:
        path: the `.npz` to write.
        weights: float arrays by name; a name must not end in ":scale".
    """
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name, weight in weights.items():
        value = np.asarray(weight, np.float32)
        if value.ndim < 2 or value.size <= _SMALL:
            arrays[name] = value
            continue
        peak = np.abs(value).max(axis=tuple(range(value.ndim - 1)))
        # Below that a step would be no normal float32; such a channel is nothing but zeros.
        scale = np.where(peak > 127 * np.finfo(np.float32).tiny, peak / 127, 1).astype(np.float32)
        arrays[name] = np.clip(np.rint(value / scale), -127, 127).astype(np.int8)
        arrays[name + _SCALE] = scale
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def load_weights(source: Path | BinaryIO) -> dict[str, npt.NDArray[np.float32]]:
    """Return float32 arrays by name, as `save_weights` wrote them.

    Args:
        source: the file's path, or the file itself.

    Raises:
        BundleError: the file is damaged, holds objects instead of numbers, or unpacks to more than 512 MiB.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > _MAX_BYTES:
            raise BundleError("The weights unpack to more than 512 MiB.", received=f"{size} bytes")
        if not isinstance(source, Path):
            source.seek(0)
        with np.load(source, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise BundleError("The weights cannot be read.", received=str(error), remedy="Get the bundle again.") from error
    weights: dict[str, npt.NDArray[np.float32]] = {}
    for name, value in found.items():
        if not isinstance(value, np.ndarray):  # a member of the archive that is no array comes as bytes
            raise BundleError("The weights cannot be read.", received=name, remedy="Get the bundle again.")
        if name.endswith(_SCALE):
            continue
        scale = found.get(name + _SCALE)
        weights[name] = value.astype(np.float32) if scale is None else value.astype(np.float32) * scale
    return weights
