"""Names of a network's weights that stay the same each time that it is built."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def named_weights(network: keras.Model) -> dict[str, Any]:
    """Return the network's variables by their paths, such as "stem_conv/kernel".

    Keras numbers a variable without a name of its own through the whole process ("layer_scale/variable_36"), so that
    number is dropped; a second one of the same layer gets "#1".
    """
    found: dict[str, Any] = {}
    for variable in network.weights:
        plain = re.sub(r"/variable_\d+$", "/variable", variable.path)
        name, count = plain, 0
        while name in found:
            count += 1
            name = f"{plain}#{count}"
        found[name] = variable
    return found
