"""An ONNX file whose weights take half the space: 16-bit floats."""

from __future__ import annotations

import warnings

from shoplens.errors import MissingExtra
from shoplens.models.export import SENSITIVE

_FLOAT = (*SENSITIVE, "embedding_norm")


def halve(network: bytes) -> bytes:
    """Return the network with 16-bit floats inside; inputs and outputs keep their types.

    What decides the figures stays at 32 bits, as in 8-bit networks, and so does the length of the embedding: its sum of
    squares may pass 65,504. A processor computes in 32 bits all the same, so what is gained there is space, not time.

    Args:
        network: a float32 ONNX file.

    Raises:
        MissingExtra: the `onnx` library is not installed.
    """
    try:
        import onnx
        from onnxruntime.transformers.float16 import convert_float_to_float16
    except ImportError as error:
        raise MissingExtra("Compressing a network", "train") from error
    model = onnx.load_model_from_string(network)
    floats = [node.name for node in model.graph.node if any(word in node.name for word in _FLOAT)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it names each weight that is too small for 16 bits
        halved = convert_float_to_float16(model, keep_io_types=True, node_block_list=floats)
    return bytes(halved.SerializeToString())
