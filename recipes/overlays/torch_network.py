"""The overlay network as it is trained: layer by layer what `network.py` exports, under Keras's names."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from architecture import LIKELIEST, SEAMS, SURE, WIDTHS
from overlays import KINDS
from torch import Tensor, nn
from torch.nn import functional as F

EPSILON = 1e-3
"""Of the norms, as in Keras."""

RARE = -3.0
"""Where the maps' biases begin: little is covered."""

NAMES = {"weight": "kernel", "bias": "bias"}
NORM_NAMES = {
    "weight": "gamma",
    "bias": "beta",
    "running_mean": "moving_mean",
    "running_var": "moving_variance",
}


class OverlayNetwork(nn.Module):
    """uint8 `[n, h, w, 3]`, sides multiples of 32, to float32 logits.

    "maps" `[n, h/8, w/8, 4 * kinds]`; "kinds" `[n, kinds]`; "collage" `[n, 1]`.
    """

    def __init__(self) -> None:
        super().__init__()
        first, second, third, fourth, fifth = WIDTHS
        kinds, weighed = len(KINDS), (len(LIKELIEST) + 1) * (len(KINDS) + 1) + 1
        # Ten convolutions down, two of 1 x 1 across, two up again, one for seams: numbered as Keras numbers them.
        down = (3, first, second, second, third, third, fourth, fourth, fourth, fifth, fifth)
        layers: dict[str, nn.Module] = {}
        for number in range(10):
            stride = 2 if number in (0, 1, 3, 5, 8) else 1
            layers[_numbered("conv2d", number)] = _conv(down[number], down[number + 1], stride)
            layers[_numbered("batch_normalization", number)] = _norm(down[number + 1])
        layers["conv2d_10"] = nn.Conv2d(fifth, fourth, 1)
        layers["conv2d_11"] = nn.Conv2d(fourth, third, 1)
        for number in (12, 13):
            layers[f"conv2d_{number}"] = _conv(third, third, 1)
            layers[f"batch_normalization_{number - 2}"] = _norm(third)
        layers["conv2d_14"] = nn.Conv2d(third, SEAMS, 1)
        layers["collage_hidden"] = nn.Linear(2 * fifth + 2 * SEAMS, 32)
        layers["collage"] = nn.Linear(32, 1)
        layers["maps"] = nn.Conv2d(third, 4 * kinds, 1)
        seen = weighed + 2 * fifth + 2 * third
        layers["judge_norm"] = FewNorm(seen, EPSILON, 0.01)
        layers["judge_hidden"] = nn.Linear(seen, 32)
        layers["judge_kinds"] = nn.Linear(32, kinds)
        for layer in layers.values():
            if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
                layer.num_batches_tracked = None
        self.layers = nn.ModuleDict(layers)
        self._begin()
        self.to(memory_format=torch.channels_last)

    def _begin(self) -> None:
        """Begin as Keras does: He where a norm follows, Glorot elsewhere."""
        for name, layer in self.layers.items():
            if isinstance(layer, nn.Conv2d) and layer.bias is None:
                # Keras cuts the normal off at two deviations, and widens it to make up for that.
                wide = math.sqrt(2 / (layer.in_channels * 9)) / 0.87962566103423978
                nn.init.trunc_normal_(layer.weight, std=wide, a=-2 * wide, b=2 * wide)
            elif isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.constant_(layer.bias, RARE if name == "maps" else 0.0)

    def forward(self, photos: Tensor) -> dict[str, Tensor]:
        layer = self.layers
        x = photos.permute(0, 3, 1, 2).float() / 127.5 - 1.0
        for number in range(5):
            x = self._normed(x, number, number)
        fine = x
        for number in range(5, 8):
            x = self._normed(x, number, number)
        mid = x
        deep = self._normed(self._normed(x, 8, 8), 9, 9)
        pooled = _pooled(deep)
        up = mid + F.interpolate(layer["conv2d_10"](deep), scale_factor=2)
        up = fine + F.interpolate(layer["conv2d_11"](up), scale_factor=2)
        up = self._normed(up, 12, 10)
        up = F.relu(up + layer["batch_normalization_11"](layer["conv2d_13"](up)))
        seen = torch.cat([pooled, seams(F.relu(layer["conv2d_14"](up)))], dim=1)
        hidden = F.relu(layer["collage_hidden"](F.dropout(seen, 0.2, self.training)))
        with torch.autocast(photos.device.type, enabled=False):
            collage = layer["collage"](hidden.float())
            maps = layer["maps"](up.float())
            weighed = layer["judge_norm"](torch.cat([evidence(maps, collage), pooled, _pooled(up)], dim=1))
            judge = F.relu(layer["judge_hidden"](weighed))
            kinds = layer["judge_kinds"](F.dropout(judge, 0.1, self.training))
        return {"maps": maps.permute(0, 2, 3, 1), "kinds": kinds, "collage": collage}

    def _normed(self, x: Tensor, conv: int, norm: int) -> Tensor:
        layer = self.layers[_numbered("conv2d", conv)]
        if layer.stride == (2, 2):
            # Keras's "same" at stride 2: even sides are padded below and to the right alone.
            x = F.pad(x, (0, 1, 0, 1))
        return F.relu(self.layers[_numbered("batch_normalization", norm)](layer(x)))


class FewNorm(nn.BatchNorm1d):
    """A norm over one row of each picture, whose moving variance is of the batch itself, as in Keras.

    PyTorch's is n / (n - 1) times that, which only matters where as few as these are counted.
    """

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        fresh, share = self.running_var.clone(), 1.0 / len(x)
        out = F.batch_norm(x, self.running_mean, fresh, self.weight, self.bias, True, self.momentum, self.eps)
        self.running_var.mul_((1.0 - self.momentum) * share).add_(fresh, alpha=1.0 - share)
        return out


def evidence(maps: Tensor, collage: Tensor) -> Tensor:
    """Logits `[n, 4 * kinds, h/8, w/8]` and the collage's to what `network.Evidence` makes of them."""
    cells = finer(maps.permute(0, 2, 3, 1)).permute(0, 3, 1, 2).clamp(-SURE, SURE)
    cells = torch.cat([cells, cells.amax(dim=1, keepdim=True)], dim=1)
    calm = F.max_pool2d(F.avg_pool2d(cells, 3, 1, padding=1, count_include_pad=False), 2)
    flat = calm.flatten(2)
    best = flat.topk(max(LIKELIEST), dim=2).values
    numbers = [best[..., :count].mean(dim=2) for count in LIKELIEST]
    return torch.cat([*numbers, flat.mean(dim=2), collage.clamp(-SURE, SURE)], dim=1)


def seams(x: Tensor) -> Tensor:
    """`[n, c, h, w]` to the most of any column's and of any row's mean, `[n, 2 c]`."""
    x = x.float()
    return torch.cat([x.mean(dim=2).amax(dim=2), x.mean(dim=3).amax(dim=2)], dim=1)


def finer(maps: Tensor) -> Tensor:
    """`[n, h, w, 4 * kinds]` to the cells that stand in it, `[n, 2 h, 2 w, kinds]`."""
    count, height, width, channels = maps.shape
    cells = maps.reshape(count, height, width, 2, 2, channels // 4).permute(0, 1, 3, 2, 4, 5)
    return cells.reshape(count, 2 * height, 2 * width, channels // 4)


def variables(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Weights and statistics of norms, each with its path in Keras."""
    for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
        _, layer, own = name.split(".")
        yield f"{layer}/{(NORM_NAMES if 'norm' in layer else NAMES)[own]}", tensor


def as_keras(tensor: Tensor) -> np.ndarray:
    """A weight as Keras keeps it: kernels end in channels in and out."""
    array = tensor.detach().float().cpu().numpy()
    if array.ndim == 4:
        array = array.transpose(2, 3, 1, 0)
    return np.array(array.T if array.ndim == 2 else array, order="C")


@torch.no_grad()
def set_keras(tensor: Tensor, array: np.ndarray) -> None:
    """Set a weight to what `as_keras` returned of one."""
    if array.ndim == 4:
        array = array.transpose(3, 2, 0, 1)
    tensor.copy_(torch.from_numpy(np.array(array.T if array.ndim == 2 else array, np.float32, order="C")))


def _pooled(x: Tensor) -> Tensor:
    x = x.float()
    return torch.cat([x.mean(dim=(2, 3)), x.amax(dim=(2, 3))], dim=1)


def _conv(taken: int, given: int, stride: int) -> nn.Conv2d:
    return nn.Conv2d(taken, given, 3, stride, padding=0 if stride == 2 else 1, bias=False)


def _norm(channels: int) -> nn.BatchNorm2d:
    """With the momentum of 0.97 that Keras has: its is the share that stays, PyTorch's the share that comes."""
    return nn.BatchNorm2d(channels, EPSILON, 0.03)


def _numbered(name: str, number: int) -> str:
    return f"{name}_{number}" if number else name
