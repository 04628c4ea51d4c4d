"""Drawn photos whose class anyone can tell: the known answer of the training tests."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

COLORS = {"blue": (30, 60, 200), "green": (30, 150, 60), "red": (210, 40, 40)}
SHAPES = ("circle", "square")


def draw(
    shape: str, color: tuple[int, int, int], generator: np.random.Generator, side: int = 72
) -> npt.NDArray[np.uint8]:
    """Return a photo of one shape of one colour: place, size, background and noise are drawn."""
    photo = np.empty((side, side + 8, 3), np.float32)
    photo[:] = generator.integers(190, 256, 3)
    radius = int(generator.integers(side // 5, side // 3))
    x, y = (int(v) for v in generator.integers(radius + 2, side - radius - 2, 2))
    paint = tuple(float(np.clip(c + generator.integers(-20, 21), 0, 255)) for c in color)
    if shape == "circle":
        cv2.circle(photo, (x, y), radius, paint, -1)
    else:
        cv2.rectangle(photo, (x - radius, y - radius), (x + radius, y + radius), paint, -1)
    return np.clip(photo + generator.normal(0, 6, photo.shape), 0, 255).astype(np.uint8)


def write(path: Path, photo: npt.NDArray[np.uint8]) -> None:
    """Write a photo as PNG or JPEG, as the name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), photo[:, :, ::-1])


def fill(folder: Path, per_class: int, seed: int = 0) -> Path:
    """Write class folders blue, green and red, each with circles and squares; return `folder`."""
    generator = np.random.default_rng(seed)
    for name, color in COLORS.items():
        for i in range(per_class):
            write(folder / name / f"{i:03}.jpg", draw(SHAPES[i % 2], color, generator))
    return folder
