"""Train the overlay network on endless drawn truth. Killed at any moment, it goes on where it stopped.

python recipes/overlays/train.py --data DATA --work work-overlays --minutes 25 --drawers 8
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from backgrounds import prepare
from drawing import Drawers
from losses import losses
from torch_network import OverlayNetwork, as_keras, set_keras, variables

RATE, WARM, EMA, STEPS = 3e-3, 200, 0.998, 50
DECAY, NORM = 1e-3, 1.0
SAVED = 60.0
"""Seconds between two checkpoints."""


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("work-overlays"))
    parser.add_argument("--minutes", type=float, default=25.0, help="wall clock of training steps in all")
    parser.add_argument(
        "--again",
        type=float,
        default=1e-3,
        help="rate at which a finished training goes on when it is given more minutes",
    )
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--drawers", type=int, default=1, help="processes that draw")
    parser.add_argument("--threads", type=int, default=2, help="threads of PyTorch")
    return parser.parse_args()


class Trainer:
    """Network, optimiser and the moving average that ships, in one file."""

    def __init__(self, options: argparse.Namespace) -> None:
        torch.manual_seed(1)
        self.options = options
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.net = OverlayNetwork().to(self.device)
        self.weights = dict(variables(self.net))
        self.average = {path: tensor.detach().clone() for path, tensor in self.weights.items()}
        trained = list(self.net.parameters())
        groups = [
            {"params": [weight for weight in trained if weight.ndim > 1], "weight_decay": DECAY},
            {"params": [weight for weight in trained if weight.ndim == 1], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=RATE, eps=1e-7, fused=True)
        self.step, self.elapsed = 0, 0.0
        self.begun, self.until = 0.0, 60 * options.minutes

    def train_step(self, batch: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        pictures, *truth = (part.to(self.device, non_blocking=True) for part in batch)
        with torch.autocast(self.device.type, torch.bfloat16):
            out = self.net(pictures)
        found = losses(out, *truth)
        self.optimizer.zero_grad()
        torch.stack(list(found.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), NORM, foreach=True)
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate()
        self.optimizer.step()
        keep = min(EMA, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.values()), list(self.weights.values()), 1 - keep)
        return {name: value.detach() for name, value in found.items()}

    def run(self, drawers: Drawers, steps: int) -> dict[str, float]:
        found, waited, begun, before = [], 0.0, time.time(), self.elapsed
        self.net.train()
        for _ in range(steps):
            begin = time.time()
            batch = next(drawers)
            waited += time.time() - begin
            found.append(self.train_step(batch))
            self.step += 1
            self.elapsed = before + time.time() - begun
            if self.elapsed >= self.until:
                break
        # The first that asks what the device has found: until here it is never waited for.
        means = {name: torch.stack([one[name] for one in found]).mean().item() for name in found[0]}
        seconds = time.time() - begun
        self.elapsed = before + seconds
        return means | {"per_s": len(found) * self.options.batch / seconds, "waited": waited / seconds}

    def rate(self) -> float:
        """The learning rate: half a cosine from when this stretch of training began to its end."""
        progress = min(1.0, (self.elapsed - self.begun) / (self.until - self.begun))
        most = RATE * min(1.0, (self.step + 1) / WARM) if self.begun == 0 else self.options.again
        return most * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * progress)))

    def save(self) -> None:
        arrays = {f"net/{path}": as_keras(tensor) for path, tensor in self.weights.items()}
        arrays |= {f"ema/{path}": as_keras(tensor) for path, tensor in self.average.items()}
        for path, weight in self.weights.items():
            kept = self.optimizer.state.get(weight, {})
            arrays |= {f"optimizer/{path}/{name}": as_keras(tensor) for name, tensor in kept.items()}
        temporary = self.options.work / "checkpoint.tmp.npz"
        np.savez(temporary, **arrays, state=np.array([self.step, self.elapsed, self.begun, self.until]))
        temporary.replace(self.options.work / "checkpoint.npz")

    def load(self) -> None:
        checkpoint = self.options.work / "checkpoint.npz"
        if checkpoint.exists():
            arrays = np.load(checkpoint, allow_pickle=False)
            for path, tensor in self.weights.items():
                set_keras(tensor, arrays[f"net/{path}"])
                set_keras(self.average[path], arrays[f"ema/{path}"])
                if f"optimizer/{path}/step" in arrays:
                    kept = {"step": torch.zeros((), device=self.device)}
                    kept |= {name: torch.zeros_like(tensor) for name in ("exp_avg", "exp_avg_sq")}
                    for name, value in kept.items():
                        set_keras(value, arrays[f"optimizer/{path}/{name}"])
                    self.optimizer.state[tensor] = kept
            step, self.elapsed, self.begun, until = (float(value) for value in arrays["state"])
            self.step = int(step)
            if self.elapsed >= until:
                self.begun = self.elapsed


def main() -> None:
    options = parse()
    torch.set_num_threads(options.threads)
    prepare(options.data, options.work, options.drawers)
    trainer = Trainer(options)
    trainer.load()
    count = sum(tensor.numel() for tensor in trainer.weights.values())
    print(f"parameters {count}, at step {trainer.step}, on {trainer.device}", flush=True)
    drawers = Drawers(
        options.work, options.batch, trainer.step * 100, options.drawers, pinned=trainer.device.type == "cuda"
    )
    saved = time.time()
    with (options.work / "log.jsonl").open("a") as log:
        while trainer.elapsed < trainer.until:
            row = trainer.run(drawers, STEPS) | {"step": trainer.step, "elapsed": trainer.elapsed}
            if time.time() - saved > SAVED or trainer.elapsed >= trainer.until:
                trainer.save()
                saved = time.time()
            line = json.dumps({name: round(float(value), 4) for name, value in row.items()})
            log.write(line + "\n")
            log.flush()
            print(line, flush=True)
    drawers.close()


if __name__ == "__main__":
    main()
