"""Networks for LiteRT, the runtime of phones and small boards."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplens.errors import MissingExtra
from shoplens.models.export import SENSITIVE
from shoplens.models.exported_network import MAPS
from shoplens.models.quiet_tensorflow import import_quietly, without_stderr
from shoplens.records import Pixels

if TYPE_CHECKING:
    import keras


_FLOAT = (*SENSITIVE, "/pool_")


def write_litert(network: keras.Model, path: Path, *, input_size: int, calibration: Pixels | None = None) -> None:
    """Write a `.tflite` file: input "photos" uint8 `[n, s, s, 3]`, outputs by the names of the network's dict.

    Args:
        network: a float32 model whose output is a dict; its maps are left out.
        path: the file to write.
        input_size: side s of the input in pixels.
        calibration: photos uint8 `[m, s, s, 3]` that show the range of every activation, for a network of 8 bits; what
            decides the figures stays float, as in ONNX files of 8 bits. None for a network in float32.

    Raises:
        MissingExtra: TensorFlow or LiteRT is not installed.
    """
    try:
        import_quietly()
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise MissingExtra("Exporting to LiteRT", "train") from error
    import tensorflow as tf

    signature = [tf.TensorSpec((None, input_size, input_size, 3), tf.uint8, name="photos")]
    module = tf.Module()
    module.serve = _frozen(network, signature)
    with warnings.catch_warnings(), without_stderr():
        warnings.simplefilter("ignore")  # of what the converter is about to become

        def converter() -> Any:  # noqa: ANN401
            return tf.lite.TFLiteConverter.from_concrete_functions([module.serve.get_concrete_function()], module)

        written = converter().convert()
        if calibration is not None:
            names = {tensor["name"] for tensor in Interpreter(model_content=written).get_tensor_details()}
            written = _eight_bits(converter(), calibration, sorted(name for name in names if _stays_float(name)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written)


def _eight_bits(converter: Any, calibration: Pixels, floats: list[str]) -> bytes:  # noqa: ANN401
    """Return the network in 8 bits but for the operators of these names; only the debugger can leave some out."""
    import tensorflow as tf

    lite = tf.lite
    converter.optimizations = [lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: _one_by_one(calibration)
    converter.target_spec.supported_ops = [lite.OpsSet.TFLITE_BUILTINS_INT8, lite.OpsSet.TFLITE_BUILTINS]
    debugger = lite.experimental.QuantizationDebugger(
        converter=converter,
        debug_dataset=lambda: _one_by_one(calibration[:1]),
        debug_options=lite.experimental.QuantizationDebugOptions(denylisted_nodes=floats),
    )
    return bytes(debugger.get_nondebug_quantized_model())


def _stays_float(name: str) -> bool:
    """Return whether an operator decides the figures, or stands above the trunk and belongs to no layer."""
    parts = name.split(";")
    return any(word in name for word in _FLOAT) or any(part.count("/") == 1 for part in parts)


def _frozen(network: keras.Model, signature: list[Any]) -> Any:  # noqa: ANN401 - TensorFlow is untyped
    """Return a function whose weights are constants: the calibrator cannot read variables."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    def serve(photos: Any) -> dict[str, Any]:  # noqa: ANN401
        found = network(tf.cast(photos, tf.float32), training=False)
        return {name: value for name, value in found.items() if name not in MAPS}

    concrete = tf.function(serve, input_signature=signature, autograph=False).get_concrete_function()
    names = sorted(concrete.structured_outputs)
    constant = convert_variables_to_constants_v2(concrete)
    return tf.function(
        lambda photos: dict(zip(names, constant(photos), strict=True)), input_signature=signature, autograph=False
    )


def _one_by_one(photos: Pixels) -> Iterator[list[Pixels]]:
    for row in range(len(photos)):
        yield [photos[row : row + 1]]
