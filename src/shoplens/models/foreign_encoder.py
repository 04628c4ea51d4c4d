"""Somebody else's ONNX image encoder as a bundle: its preprocessing becomes a recipe and nodes of its graph."""

from __future__ import annotations

import json
import tempfile
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from shoplens.errors import BadInput, UnknownName
from shoplens.models.bundle import Bundle, Calibration, save_bundle
from shoplens.photos.recipe import Recipe, Step

_MAX_SPEC = 64 * 1024
_CHOICES = {
    "layout": ("NCHW", "NHWC"),
    "fit": ("crop", "pad", "stretch"),
    "channels": ("RGB", "BGR"),
    "pooling": ("none", "mean", "first"),
}


@dataclass(frozen=True, slots=True)
class ForeignEncoder:
    """What an encoder wants of photos, and what it gives.

    Attributes:
        size: side of its square input in pixels.
        input: name of its input; may be left out where it has one.
        output: name of the output that is the embedding; may be left out where it has one.
        layout: "NCHW", channels first, or "NHWC".
        fit: "crop": the shorter side is brought to `resize` and the middle cut out; "pad": the longer side is brought
            to `size` and the rest filled with the border's colour; "stretch": both sides are.
        resize: the shorter side before the middle is cut out; `size` if 0.
        channels: "RGB" or "BGR".
        range: what 0 and 255 become before mean and std.
        mean: is subtracted, per channel in the order of `channels`.
        std: then divides.
        pooling: what makes one vector of an output with more dimensions: "mean" over tokens or places, "first" token;
            "none" where the output is `[n, dim]`.
        name: of the bundle.
        licence: as its makers state it.
        origin: where it comes from.
    """

    size: int
    input: str = ""
    output: str = ""
    layout: Literal["NCHW", "NHWC"] = "NCHW"
    fit: Literal["crop", "pad", "stretch"] = "crop"
    resize: int = 0
    channels: Literal["RGB", "BGR"] = "RGB"
    range: tuple[float, float] = (0.0, 1.0)
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    pooling: Literal["none", "mean", "first"] = "none"
    name: str = ""
    licence: str = ""
    origin: str = ""

    def __post_init__(self) -> None:
        for field, choices in _CHOICES.items():
            if getattr(self, field) not in choices:
                raise UnknownName(field, str(getattr(self, field)), choices)
        for field, length in (("range", 2), ("mean", 3), ("std", 3)):
            value = getattr(self, field)
            if not isinstance(value, tuple | list) or len(value) != length or not all(map(_is_number, value)):
                raise BadInput(f"'{field}' has {length} numbers.", received=value)
            object.__setattr__(self, field, tuple(float(number) for number in value))
        if not all(self.std) or self.range[0] == self.range[1]:
            raise BadInput("'std' has no zero, and the two ends of 'range' differ.", received=(self.std, self.range))
        for field in ("size", "resize"):
            value = getattr(self, field)
            if not isinstance(value, int) or isinstance(value, bool) or not (value == 0 or 8 <= value <= 2048):
                raise BadInput(f"'{field}' is a number of pixels from 8 to 2048.", received=value)
        if self.size == 0 or 0 < self.resize < self.size:
            raise BadInput("'size' must be given, and 'resize' is not below it.", received=(self.size, self.resize))
        for field in ("input", "output", "name", "licence", "origin"):
            if not isinstance(getattr(self, field), str):
                raise BadInput(f"'{field}' is a text.", received=getattr(self, field))

    @classmethod
    def read(cls, path: Path) -> ForeignEncoder:
        """Return the description in a `.toml` or `.json` file.

        Raises:
            BadInput: there is no such file, it is neither, or a value is wrong.
            UnknownName: a field that does not exist.
        """
        if not path.is_file() or path.stat().st_size > _MAX_SPEC:
            raise BadInput("There is no such description of an encoder.", received=path, remedy="Check the path.")
        try:
            text = path.read_text(encoding="utf-8")
            table = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadInput("The description of an encoder is TOML or JSON.", received=f"{path}: {error}") from error
        if not isinstance(table, dict) or "size" not in table:
            raise BadInput("The description of an encoder is a table with 'size'.", received=path)
        known = [field.name for field in fields(cls)]
        if strange := [name for name in table if name not in known]:
            raise UnknownName("field of an encoder's description", strange[0], known)
        return cls(**table)

    @property
    def recipe(self) -> Recipe:
        """What brings a photo to the encoder's size."""
        if self.fit == "pad":
            return Recipe.encoder(self.size)
        if self.fit == "stretch":
            return Recipe((Step("resize", {"width": self.size, "height": self.size}),), f"stretch-{self.size}")
        steps = (
            Step("resize", {"short": self.resize or self.size}),
            Step("center_crop", {"width": self.size, "height": self.size}),
        )
        return Recipe(steps, f"crop-{self.size}")

    def to_bundle(self, network: Path, folder: Path, name: str) -> Bundle:
        """Write a bundle that runs the encoder, in a new folder, and return it.

        Args:
            network: the ONNX file.
            folder: the bundle's folder.
            name: of the bundle.

        Raises:
            BundleError: the network can do more than compute, or does not fit this description.
            MissingExtra: the `onnx` library is not installed.
        """
        from shoplens.models.encoder_graph import wrap_encoder

        described: dict[str, Any] = asdict(self)
        with tempfile.TemporaryDirectory(prefix="shoplens-encoder-") as scratch:
            wrapped = Path(scratch, "model.onnx")
            wrapped.write_bytes(wrap_encoder(network, self))
            return save_bundle(
                folder,
                name=name,
                model=wrapped,
                recipe=self.recipe,
                categories=(),
                calibration=Calibration(),
                card={
                    "task": "embedding",
                    "licence": self.licence or "as its makers state",
                    "origin": self.origin,
                    "preprocessing": described,
                },
            )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6
