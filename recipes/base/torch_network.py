"""The base model's network in PyTorch, for training alone: it computes what network.py's does, layer by layer.

A graphics processor trains it several times as quickly as through Keras.
"""

from __future__ import annotations

import numpy as np
import torch
from inventions import PATTERNS
from network import ARCHITECTURE, COLOR_DIM, SHAPE_DIM
from taxonomy import CATEGORIES
from torch import Tensor, nn
from torch.nn import functional as F

from shoplens.models.architectures.color_histogram import BINS, FLOOR, OPPONENT, POWER, SHARPNESS, centers
from shoplens.photos.color_names import COLOR_NAMES

Arrays = dict[str, np.ndarray]


class BaseNetwork(nn.Module):
    """From RGB uint8 `[n, s, s, 3]` to what `embedding_net` gives, channels first, and "pooled" `[n, 2 * channels]`."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleDict()
        plan, strides = ARCHITECTURE.plan, ARCHITECTURE.all_strides
        self._conv("stem", 3, plan.stem, 3)
        self.blocks: list[tuple[str, int, float]] = []
        inward, total = plan.stem, sum(plan.blocks)
        for stage, (channels, blocks) in enumerate(zip(plan.channels, plan.blocks, strict=True)):
            for block in range(blocks):
                name, stride = f"stage{stage + 1}_block{block + 1}", strides[stage + 1] if block == 0 else 1
                if stride > 1 or inward != channels:
                    self._conv(f"{name}_shortcut", inward, channels, 1)
                self._conv(f"{name}_1", inward, channels, 3)
                self._conv(f"{name}_2", channels, channels, 3)
                depth = (len(self.blocks) + 1) / total
                self.blocks.append((name, stride, ARCHITECTURE.stochastic_depth * depth))
                inward = channels
        self.stem_stride = strides[0]
        self.layers["attention"] = nn.Conv2d(inward, 1, 1)
        for part, width, dim in (("shape", 2 * inward, SHAPE_DIM), ("color", BINS, COLOR_DIM)):
            self.layers[f"embedding_{part}_dense"] = nn.Linear(width, dim, bias=False)
            self.layers[f"embedding_{part}_norm"] = nn.BatchNorm1d(dim, eps=1e-3, momentum=0.1)
        self.layers["category"] = nn.Linear(2 * inward, len(CATEGORIES))
        self.layers["head_color"] = nn.Linear(2 * inward + BINS, len(COLOR_NAMES))
        self.layers["head_pattern"] = nn.Linear(2 * inward, len(PATTERNS))
        for layer in self.layers.values():
            if isinstance(layer, nn.Linear | nn.Conv2d):
                if layer.bias is None and isinstance(layer, nn.Conv2d):
                    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                else:
                    nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)
        near = centers()
        fixed = {"opponent": OPPONENT / 255, "near": 2 * SHARPNESS * near.T, "far": SHARPNESS * (near**2).sum(axis=1)}
        for name, value in fixed.items():
            self.register_buffer(name, torch.tensor(value, dtype=torch.float32), persistent=False)

    def _conv(self, name: str, inward: int, outward: int, kernel: int) -> None:
        self.layers[f"{name}_conv"] = nn.Conv2d(inward, outward, kernel, bias=False)
        self.layers[f"{name}_norm"] = nn.BatchNorm2d(outward, eps=1e-3, momentum=0.1)

    def forward(self, photos: Tensor, precision: torch.dtype | None = None) -> dict[str, Tensor]:
        pixels = photos.permute(0, 3, 1, 2)
        with torch.autocast(photos.device.type, precision or torch.bfloat16, enabled=precision is not None):
            features = self._features(pixels.float() / 64 - 2)
        features = features.float()
        attention = torch.sigmoid(self.layers["attention"](features))
        weight = attention + 0.05
        looked_at = (features * weight).sum((2, 3)) / weight.sum((2, 3))
        pooled = torch.cat([looked_at, features.mean((2, 3))], dim=1)
        colors = self._colors(pixels, attention)
        parts = [self._part(pooled, "shape"), self._part(colors, "color")]
        dropped = F.dropout(pooled, ARCHITECTURE.dropout, self.training)
        return {
            "embedding": F.normalize(torch.cat(parts, dim=1), dim=1),
            "logits": self.layers["category"](dropped),
            "color_logits": self.layers["head_color"](torch.cat([dropped, colors], dim=1)),
            "pattern_logits": self.layers["head_pattern"](dropped),
            "attention": attention[:, 0],
            "features": features,
            "pooled": pooled,
        }

    def _features(self, x: Tensor) -> Tensor:
        x = F.relu(self._convolved(x, "stem", self.stem_stride))
        for name, stride, drop in self.blocks:
            shortcut = F.avg_pool2d(x, stride) if stride > 1 else x
            if f"{name}_shortcut_conv" in self.layers:
                shortcut = self._convolved(shortcut, f"{name}_shortcut", 1)
            y = F.relu(self._convolved(x, f"{name}_1", stride))
            y = self._convolved(y, f"{name}_2", 1)
            if drop > 0 and self.training:
                y = y * (torch.rand(len(y), 1, 1, 1, device=y.device) >= drop).to(y.dtype) / (1 - drop)
            x = F.relu(shortcut + y)
        return x

    def _convolved(self, x: Tensor, name: str, stride: int) -> Tensor:
        weight = self.layers[f"{name}_conv"].weight
        if weight.shape[-1] == 3:
            # Keras adds one more row below and to the right where a side is even and the stride 2.
            before = 0 if stride == 2 else 1
            x = F.pad(x, (before, 1, before, 1))
        return self.layers[f"{name}_norm"](F.conv2d(x, weight, stride=stride))

    def _colors(self, pixels: Tensor, attention: Tensor) -> Tensor:
        """See `color_histogram`."""
        small = F.avg_pool2d(pixels.float(), 4).permute(0, 2, 3, 1)
        opponent = small @ self.opponent
        spread = torch.cat([opponent[..., :1], opponent[..., 1:].sign() * opponent[..., 1:].abs() ** POWER], dim=3)
        shares = torch.softmax(spread.flatten(1, 2) @ self.near - self.far, dim=2)
        places = F.interpolate(attention, small.shape[1:3], mode="bilinear").flatten(1) + 1e-3
        counts = torch.einsum("np,npb->nb", places, shares) / places.sum(1, keepdim=True)
        return torch.sqrt(counts + FLOOR)

    def _part(self, x: Tensor, name: str) -> Tensor:
        x = self.layers[f"embedding_{name}_norm"](self.layers[f"embedding_{name}_dense"](x))
        return F.normalize(x, dim=1)


_NORM = {"gamma": "weight", "beta": "bias", "moving_mean": "running_mean", "moving_variance": "running_var"}


def keras_arrays(net: BaseNetwork) -> Arrays:
    """Return what `base_network` learns, by the path of the variable."""
    values = net.state_dict()
    found: Arrays = {}
    for name, layer in net.layers.items():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            found |= {
                f"{name}/{ours}": values[f"layers.{name}.{theirs}"].cpu().numpy() for ours, theirs in _NORM.items()
            }
            continue
        kernel = values[f"layers.{name}.weight"].cpu().numpy()
        found[f"{name}/kernel"] = kernel.transpose(2, 3, 1, 0) if kernel.ndim == 4 else kernel.T
        if layer.bias is not None:
            found[f"{name}/bias"] = values[f"layers.{name}.bias"].cpu().numpy()
    return found


def take_over(net: BaseNetwork, arrays: Arrays) -> None:
    """The way back: every weight of `arrays` whose name and shape fit."""
    state = net.state_dict()
    for name, layer in net.layers.items():
        norm = isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d)
        for ours, theirs in (_NORM if norm else {"kernel": "weight", "bias": "bias"}).items():
            value, target = arrays.get(f"{name}/{ours}"), state.get(f"layers.{name}.{theirs}")
            if value is None or target is None:
                continue
            if ours == "kernel":
                value = value.transpose(3, 2, 0, 1) if value.ndim == 4 else value.T
            if value.shape == tuple(target.shape):
                target.copy_(torch.tensor(value))
