"""Running a bundle's network with ONNX Runtime on the processor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput, BundleError
from shoplens.models.bundle import Bundle
from shoplens.records import Pixels

_DEFAULT = ("embedding", "probabilities")


class OnnxModel:
    """A loaded network. Any number of threads may call `run` at once.

    Args:
        bundle: a verified bundle; its network is read once more and verified again.
        threads: threads inside one call. One is best where several callers run at once, since they then do not wait
            for each other; more make a single call faster.

    Attributes:
        outputs: the names that `run` can return.
        input_size: side of the square input in pixels.

    Raises:
        BundleError: the network cannot be loaded, or its input, its number of categories or a head is not what the
            bundle says.
    """

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        import onnxruntime

        if threads < 1:
            raise BadInput("A network runs on at least one thread.", received=threads)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                bundle.read_model(), options, providers=["CPUExecutionProvider"]
            )
        except BundleError:
            raise
        except Exception as error:  # onnxruntime raises its own classes, straight below Exception
            raise BundleError(
                "The bundle's network cannot be loaded.", received=f"{bundle.id}: {error}", remedy="Train it again."
            ) from error
        self._as_asked = onnxruntime.RunOptions()
        self._as_asked.only_execute_path_to_fetches = True
        self.outputs = tuple(output.name for output in self._session.get_outputs())
        self.input_size = bundle.input_size
        self._input = self._session.get_inputs()[0].name
        self._check(bundle)

    def run(self, batch: Pixels, outputs: Sequence[str] | None = None) -> dict[str, npt.NDArray[np.float32]]:
        """Return the network's outputs by name.

        Args:
            batch: uint8 RGB `[n, s, s, 3]`, as the bundle's recipe makes them; n may be 0.
            outputs: which to compute; left out: "embedding" float32 `[n, dim]`, rows of unit length, and
                "probabilities" float32 `[n, categories]`, each where the network has it. The bundle's heads, such as
                "color" float32 `[n, labels]`, and "features" `[n, h, w, channels]`, the last feature map, must be asked
                for.

        Raises:
            BadInput: the batch has another shape or type, or an output is unknown.
        """
        names = [name for name in _DEFAULT if name in self.outputs] if outputs is None else list(outputs)
        if unknown := sorted(set(names) - set(self.outputs)):
            raise BadInput("The network has no such output.", received=unknown, remedy=f"It has {self.outputs}.")
        side = self.input_size
        if batch.dtype != np.uint8 or batch.ndim != 4 or batch.shape[1:] != (side, side, 3):
            raise BadInput(
                f"The network takes uint8 [n, {side}, {side}, 3].",
                received=f"{batch.dtype} {batch.shape}",
                remedy="Apply the bundle's recipe to each photo.",
            )
        return dict(zip(names, self._session.run(names, {self._input: batch}, self._as_asked), strict=True))

    def _check(self, bundle: Bundle) -> None:
        """Run one black picture, so that a network that does not fit its bundle fails here and not in a request."""
        shape = self._session.get_inputs()[0].shape[1:]
        if list(shape) != [self.input_size, self.input_size, 3]:
            raise BundleError("The network's input is not what the recipe makes.", received=f"{bundle.id}: {shape}")
        if missing := sorted(set(bundle.heads) - set(self.outputs)):
            raise BundleError("The network has no output for a head of the bundle.", received=missing)
        names = [name for name in (*_DEFAULT, *bundle.heads) if name in self.outputs]
        found = self.run(np.zeros((1, self.input_size, self.input_size, 3), np.uint8), names)
        if "probabilities" not in found and bundle.categories:
            raise BundleError("The network names no categories, but the bundle does.", received=bundle.id)
        labels = {"probabilities": bundle.categories, **bundle.heads}
        for name, said in labels.items():
            if name in found and found[name].shape != (1, len(said)):
                raise BundleError(
                    f"The network's number of {'categories' if name == 'probabilities' else name} is not the bundle's.",
                    received=f"{found[name].shape[1:]} and {len(said)}",
                )
