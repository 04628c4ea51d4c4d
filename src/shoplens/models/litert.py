"""Networks for LiteRT, the runtime of phones and small boards."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplens.models.quiet_tensorflow import import_quietly, without_stderr
from shoplens.records import Pixels

if TYPE_CHECKING:
    import keras


def write_litert(network: keras.Model, path: Path, *, input_size: int, calibration: Pixels | None = None) -> None:
    """Write a `.tflite` file: input "photos" uint8 `[n, s, s, 3]`, outputs by the names of the network's dict.

    Args:
        network: a float32 model whose output is a dict; its feature map is left out.
        path: the file to write.
        input_size: side s of the input in pixels.
        calibration: photos uint8 `[m, s, s, 3]` that show the range of every activation, for a network of 8 bits with
            float outputs; None for one in float32.
    """
    import_quietly()
    import tensorflow as tf

    signature = [tf.TensorSpec((None, input_size, input_size, 3), tf.uint8, name="photos")]
    module = tf.Module()
    module.serve = _frozen(network, signature)
    with warnings.catch_warnings(), without_stderr():
        warnings.simplefilter("ignore")  # of what the converter is about to become
        converter = tf.lite.TFLiteConverter.from_concrete_functions([module.serve.get_concrete_function()], module)
        if calibration is not None:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.representative_dataset = lambda: _one_by_one(calibration)
            converter.target_spec.supported_ops = [
                tf.lite.OpsSet.TFLITE_BUILTINS_INT8,
                tf.lite.OpsSet.TFLITE_BUILTINS,
            ]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(converter.convert())


def _frozen(network: keras.Model, signature: list[Any]) -> Any:  # noqa: ANN401 - TensorFlow is untyped
    """Return a function whose weights are constants: the calibrator cannot read variables."""
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    def serve(photos: Any) -> dict[str, Any]:  # noqa: ANN401
        found = network(tf.cast(photos, tf.float32), training=False)
        return {name: value for name, value in found.items() if name != "features"}

    concrete = tf.function(serve, input_signature=signature, autograph=False).get_concrete_function()
    names = sorted(concrete.structured_outputs)
    constant = convert_variables_to_constants_v2(concrete)
    return tf.function(
        lambda photos: dict(zip(names, constant(photos), strict=True)), input_signature=signature, autograph=False
    )


def _one_by_one(photos: Pixels) -> Iterator[list[Pixels]]:
    for row in range(len(photos)):
        yield [photos[row : row + 1]]
