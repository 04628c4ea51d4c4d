"""The losses that the base model is trained with, all at once."""

from __future__ import annotations

import torch
from network import SHAPE_DIM
from taxonomy import LABELLED
from torch import Tensor, nn
from torch.nn import functional as F

TEMPERATURE = 0.1
SCALE = 16.0
WEIGHTS = {
    "looks": 1.0,  # views of one product, by shape and colour together
    "shape": 0.5,  # the same by the trunk's part alone, where other colours of a product are welcome
    "fine": 1.0,  # the known products, by both
    "category": 0.7,
    "sets": 0.5,
    "attention": 0.5,
    "color": 0.2,
    "pattern": 0.3,
}


class Aids(nn.Module):
    """What only training needs: a unit vector for each known product, and a linear layer for each set's own labels."""

    def __init__(self, products: int, classes: dict[str, int], features: int, dim: int = 256) -> None:
        super().__init__()
        self.products = nn.Parameter(0.05 * torch.randn(dim, products))
        self.tables = nn.ParameterDict({
            name: nn.Parameter(nn.init.xavier_uniform_(torch.empty(features, count)))
            for name, count in classes.items()
        })  # fmt: skip

    def product_logits(self, embedding: Tensor) -> Tensor:
        return SCALE * embedding @ F.normalize(self.products, dim=0)


def losses(out: dict[str, Tensor], aids: Aids, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return every loss by name, unweighted."""
    embedding = out["embedding"]
    shape = F.normalize(embedding[:, :SHAPE_DIM], dim=1)
    sets = [
        masked_cross_entropy(
            out["pooled"] @ aids.tables[name], torch.where(batch["source"] == index, batch["label"], -1), 0.1
        )
        for index, name in enumerate(LABELLED)
    ]
    entropy = F.binary_cross_entropy(out["attention"], batch["places"], reduction="none").mean((1, 2))
    return {
        "looks": contrastive(embedding, batch["item"], batch["fine"]),
        "shape": contrastive(shape, batch["shape"], batch["fine"]),
        "fine": masked_cross_entropy(aids.product_logits(embedding), batch["fine"], 0.05),
        "category": masked_cross_entropy(out["logits"], batch["category"], 0.1),
        "color": masked_cross_entropy(out["color_logits"], batch["color"], 0.05),
        "pattern": masked_cross_entropy(out["pattern_logits"], batch["pattern"], 0.05),
        "sets": torch.stack(sets).sum(),
        "attention": (entropy * batch["known"]).mean(),
    }


def masked_cross_entropy(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    """Mean over the labelled photos (label >= 0), scaled by their share of the batch."""
    each = F.cross_entropy(logits, labels.clamp(min=0), label_smoothing=smoothing, reduction="none")
    return (each * (labels >= 0)).mean()


def contrastive(embedding: Tensor, item: Tensor, fine: Tensor) -> Tensor:
    """NT-Xent (Chen et al. 2020) over all views of the batch; photos of one known product are positives too
    (supervised contrastive, Khosla et al. 2020)."""
    own = torch.eye(len(embedding), dtype=torch.bool, device=embedding.device)
    logits = (embedding @ embedding.T / TEMPERATURE).masked_fill(own, -1e9)
    same = item[:, None] == item[None]
    product = (fine[:, None] == fine[None]) & (fine[:, None] >= 0)
    positive = (same | product) & ~own
    log_share = logits - logits.logsumexp(1, keepdim=True)
    return -((log_share * positive).sum(1) / positive.sum(1)).mean()
