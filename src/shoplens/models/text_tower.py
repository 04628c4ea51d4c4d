"""The other half of an image and text network: words to vectors that lie where those of photos do."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shoplens.errors import BundleError, MissingExtra
from shoplens.models.bundle import Bundle, load_bundle
from shoplens.models.bundle_files import MANIFEST, parse_json, read_file, write_json
from shoplens.records import Vectors


@dataclass(frozen=True, slots=True)
class TextSpec:
    """What a text network wants and gives.

    Attributes:
        length: tokens of one text; shorter ones are padded, longer ones cut.
        pad: the token that fills up.
        input: name of its input of token numbers, int64 or int32 `[n, length]`.
        mask: name of its input that is 1 where a token is and 0 where padding is; "" where it has none.
        output: name of its output, float32 `[n, dim]`.
    """

    length: int = 77
    pad: int = 0
    input: str = "input_ids"
    mask: str = ""
    output: str = "text_embeds"


class TextTower:
    """Runs a bundle's text network; any number of threads may call `embed` at once.

    Args:
        bundle: one that `has_text`.

    Raises:
        BundleError: it has none, or the network, its description or the tokenizer cannot be used.
        MissingExtra: the library of tokenizers is not installed.
    """

    def __init__(self, bundle: Bundle) -> None:
        import onnxruntime

        self._spec = _spec(parse_json(bundle.read_text_file("text.json"), "text.json"))
        self._tokenizer = _tokenizer(bundle.read_text_file("tokenizer.json"), self._spec)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                bundle.read_text_file("text.onnx"), options, providers=["CPUExecutionProvider"]
            )
            self._types = {
                put.name: np.int32 if "int32" in put.type else np.int64 for put in self._session.get_inputs()
            }
            self.dim = int(self.embed(["a"]).shape[1])
        except BundleError:
            raise
        except Exception as error:  # onnxruntime raises its own classes, straight below Exception
            raise BundleError(
                "The bundle's text network cannot be used.",
                received=f"{bundle.id}: {error}",
                remedy="Check text.json: the names of inputs and output, and the length.",
            ) from error

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 `[n, dim]`, rows of unit length."""
        encoded = self._tokenizer.encode_batch(list(texts))
        spec = self._spec
        given = {spec.input: [e.ids for e in encoded]}
        if spec.mask:
            given[spec.mask] = [e.attention_mask for e in encoded]
        fed = {name: np.array(rows, self._types[name]).reshape(-1, spec.length) for name, rows in given.items()}
        vectors = np.asarray(self._session.run([spec.output], fed)[0], np.float32)
        if vectors.ndim != 2 or not np.isfinite(vectors).all():
            raise BundleError("The text network gives no finite vectors [n, dim].", received=vectors.shape)
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)


def add_text_tower(path: Path, network: Path, tokenizer: Path, spec: TextSpec) -> Bundle:
    """Put a text tower into the bundle at `path`, whole or not at all, and return the bundle; its id changes.

    Args:
        path: a bundle's folder.
        network: the ONNX file of the text half.
        tokenizer: its `tokenizer.json`, as the library "tokenizers" of Hugging Face writes it.
        spec: what the network wants and gives.

    Raises:
        BundleError: the result would not be a bundle whose vectors of texts and photos are of one length.
    """
    from shoplens.models.runtime import OnnxModel

    bundle = load_bundle(path)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as scratch:
        folder = Path(scratch, "new")
        shutil.copytree(path, folder)
        shutil.copyfile(network, folder / "text.onnx")
        shutil.copyfile(tokenizer, folder / "tokenizer.json")
        write_json(folder / "text.json", asdict(spec))
        manifest = parse_json(read_file(folder / MANIFEST, None), MANIFEST)
        for name in ("text.onnx", "tokenizer.json", "text.json"):
            data = (folder / name).read_bytes()
            manifest["files"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        write_json(folder / MANIFEST, manifest)
        black = np.zeros((1, bundle.input_size, bundle.input_size, 3), np.uint8)
        photos = OnnxModel(bundle).run(black, ["embedding"])["embedding"].shape[1]
        texts = TextTower(load_bundle(folder)).dim
        if photos != texts:
            raise BundleError("Vectors of photos and of texts differ in length.", received=f"{photos} and {texts}")
        path.rename(Path(scratch, "old"))
        folder.rename(path)
    return load_bundle(path)


def _spec(told: dict[str, Any]) -> TextSpec:
    try:
        spec = TextSpec(**told)
    except TypeError as error:
        raise BundleError("text.json has other fields than a text tower.", received=sorted(told)) from error
    for name, default in asdict(TextSpec()).items():
        if type(getattr(spec, name)) is not type(default):
            raise BundleError(f"The field '{name}' of text.json has another type.", received=getattr(spec, name))
    if not 1 <= spec.length <= 4096:
        raise BundleError("A text has 1 to 4096 tokens.", received=spec.length)
    return spec


def _tokenizer(data: bytes, spec: TextSpec) -> Any:  # noqa: ANN401 - the library comes with an extra
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise MissingExtra("A text tower", "text") from error
    try:
        tokenizer = Tokenizer.from_str(data.decode("utf-8"))
    except Exception as error:  # the library raises Exception itself
        raise BundleError("The bundle's tokenizer cannot be read.", received=error) from error
    tokenizer.enable_truncation(spec.length)
    tokenizer.enable_padding(length=spec.length, pad_id=spec.pad)
    return tokenizer
