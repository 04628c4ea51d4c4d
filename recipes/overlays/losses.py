"""What the network is to say of a batch of drawn pictures, as losses."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch_network import finer

MOST = 4.0
"""Covered cells count at most so much more than others."""


def losses(
    out: Mapping[str, Tensor], truth: Tensor, unsure: Tensor, collage: Tensor, there: Tensor
) -> dict[str, Tensor]:
    """Of the network's logits and the truth of `scenes.Example`, one number for each part of the loss, weighed."""
    maps, wanted = finer(out["maps"]), truth.float() / 255.0
    weight = (~unsure).float()[..., None]
    # Covered cells are few, and count more the fewer there are: a line of words is not to drown in tiled marks.
    covered = wanted.mean(dim=(1, 2), keepdim=True)
    more = (0.2 / covered.clamp(min=1e-4)).sqrt().clamp(max=MOST)
    likely = maps.sigmoid() * weight
    overlap = 2 * (likely * wanted).sum(dim=(0, 1, 2)) + 1.0
    both = (likely + wanted * weight).sum(dim=(0, 1, 2)) + 1.0
    return {
        "maps": 8.0 * (_entropy(maps, wanted) * weight * (1.0 + more * wanted)).mean(),
        "dice": 0.5 * (1.0 - overlap / both).mean(),
        "collage": 0.5 * _entropy(out["collage"], collage[:, None] * 0.96 + 0.02).mean(),
        "kinds": (_entropy(out["kinds"], there.clamp(min=0.0)) * (there >= 0)).mean(),
    }


def _entropy(logits: Tensor, wanted: Tensor) -> Tensor:
    return binary_cross_entropy_with_logits(logits, wanted, reduction="none")
