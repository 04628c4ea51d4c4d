"""One of the networks of `keras.applications`; it stands for all, which are built the same way."""

from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import UnknownName
from shoplens.models.settings import Settings

keras = pytest.importorskip("keras", reason="needs the extra 'train'")
from shoplens.models import network as networks  # noqa: E402
from shoplens.models.architectures.application import Application  # noqa: E402
from shoplens.models.start import start_from_file  # noqa: E402
from shoplens.models.weight_names import named_weights  # noqa: E402


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras, when it writes a file
def test_the_weights_of_a_file_give_what_keras_gives_on_photos_as_they_come(tmp_path: Path) -> None:
    base = keras.applications.MobileNet(include_top=False, weights=None, input_shape=(32, 32, 3), alpha=1.0)
    base.save_weights(tmp_path / "base.weights.h5")
    settings = Settings.for_preset("good", "MobileNet", size=32)
    start = start_from_file(settings, tmp_path / "base.weights.h5")
    assert not start.looks
    network = networks.build(settings.architecture, settings.architecture_settings, 32, 3)
    networks.fill(network, start.weights)
    photos = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8)
    wanted = base(photos / np.float32(127.5) - 1, training=False)
    found = network(photos, training=False)
    np.testing.assert_allclose(np.asarray(found["features"]), np.asarray(wanted), atol=1e-5)
    again = networks.build(settings.architecture, settings.architecture_settings, 32, 3)
    assert list(named_weights(again)) == list(named_weights(network))


def test_an_unknown_name_lists_the_choices() -> None:
    with pytest.raises(UnknownName, match="MobileNetV2"):
        Application("NetOfDreams").build(32, 2)
