"""Network, proxies, optimiser and moving average of a training run, and the step that moves them."""

from __future__ import annotations

import argparse
import json
import math
import queue
import threading
import time
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from objective import WEIGHTS, Aids, losses
from photo_stream import Photos, Stream
from probe import probe
from taxonomy import LABELLED
from torch import Tensor
from torch_network import BaseNetwork, keras_arrays, take_over

from shoplens.models.weights_file import load_weights

EMA = 0.999
WARM = 0.03
"""Share of the time in which the learning rate rises."""


class Trainer:
    """A run, with its state on disk."""

    def __init__(self, options: argparse.Namespace, photos: Photos) -> None:
        torch.manual_seed(options.seed)
        torch.backends.cudnn.benchmark = True
        torch.set_float32_matmul_precision("high")
        self.options, self.photos = options, photos
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        net = BaseNetwork()
        if options.start is not None:
            take_over(net, load_weights(options.start / "weights.npz"))
        self.net = net.to(self.device, memory_format=torch.channels_last)
        self.average = deepcopy(self.net).eval()
        classes = {name: int(photos.label[photos.source == index].max()) + 1 for index, name in enumerate(LABELLED)}
        features = self.net.layers["category"].in_features
        self.aids = Aids(int(photos.fine.max()) + 1, classes, features).to(self.device)
        self.parameters = [*self.net.parameters(), *self.aids.parameters()]
        groups = [
            {"params": [p for p in self.parameters if p.ndim > 1], "weight_decay": options.decay},
            {"params": [p for p in self.parameters if p.ndim == 1], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, options.rate, betas=(0.9, 0.99), fused=self.device.type == "cuda")
        self.steps, self.elapsed = 0, 0.0
        self.folder = options.work / options.run
        self.folder.mkdir(parents=True, exist_ok=True)
        self._load()

    def run(self, stream: Stream) -> Iterator[dict[str, float]]:
        """Train until the minutes are spent; yields the mean losses since the last checkpoint, after each."""
        options = self.options
        ready = self._ahead(stream)
        sums: dict[str, Tensor] = {}
        count, checkpoints, waited, begin = 0, 0, 0.0, time.time()
        while self.progress < 1:
            start = time.time()
            batch = ready.get()
            if isinstance(batch, Exception):
                raise batch
            if checkpoints == count == 0:
                start = begin = time.time()  # the stream reads its photos first
            waited += time.time() - start
            for name, value in self._step(batch).items():
                sums[name] = sums.get(name, 0.0) + value
            self.steps += 1
            count += 1
            if self.steps % 10 == 0 and self.device.type == "cuda":
                torch.cuda.synchronize()
            self.elapsed += time.time() - start
            if self.steps % options.save_every and self.progress < 1:
                continue
            checkpoints += 1
            self._save()
            seconds = time.time() - begin
            row = {name: float(value) / count for name, value in sums.items()}
            row |= {"step": self.steps, "elapsed": self.elapsed, "size": batch["pixels"].shape[1]}
            row |= {"views_per_s": 2 * options.batch * count / seconds, "waited": waited / seconds}
            if options.probe_every and (checkpoints % options.probe_every == 0 or self.progress >= 1):
                row |= probe(self._look, self.photos, batch["pixels"].shape[1] + 16, 2500)
            yield row
            sums, count, waited, begin = {}, 0, 0.0, time.time()

    @property
    def progress(self) -> float:
        return min(1.0, self.elapsed / (60 * self.options.minutes))

    def _ahead(self, stream: Stream) -> queue.Queue[dict[str, Tensor] | Exception]:
        """Batches on their way to the device, while the step before still runs."""
        ready: queue.Queue[dict[str, Tensor] | Exception] = queue.Queue(3)
        cuda = self.device.type == "cuda"

        def fill() -> None:
            try:
                while True:
                    parts = {name: torch.from_numpy(value) for name, value in stream.take(self.progress).items()}
                    if cuda:
                        pinned = {name: part.pin_memory() for name, part in parts.items()}
                        parts = {name: part.to(self.device, non_blocking=True) for name, part in pinned.items()}
                    ready.put(parts)
            except RuntimeError as error:
                ready.put(error)

        threading.Thread(target=fill, daemon=True).start()
        return ready

    def _step(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        rate = self.options.rate * min(1.0, 0.01 + self.progress / WARM)
        rate *= 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.progress))
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        found = losses(self.net(batch["pixels"], torch.bfloat16), self.aids, batch)
        self.optimizer.zero_grad(set_to_none=True)
        torch.stack([WEIGHTS[name] * value for name, value in found.items()]).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 5.0)
        self.optimizer.step()
        keep = min(EMA, (1 + self.steps) / (10 + self.steps))
        means, values = self.average.state_dict(), self.net.state_dict()
        moved = [name for name, value in values.items() if value.is_floating_point()]
        torch._foreach_lerp_([means[name] for name in moved], [values[name] for name in moved], 1 - keep)
        return {name: value.detach() for name, value in found.items()}

    @torch.no_grad()
    def _look(self, photos: np.ndarray) -> dict[str, np.ndarray]:
        out = self.average(torch.from_numpy(photos).to(self.device))
        return {name: out[name].cpu().numpy() for name in ("embedding", "logits")}

    def _save(self) -> None:
        """What ships, by the paths of Keras ("ema/..."), and beside it everything that the next step depends on."""
        arrays = {f"ema/{name}": value for name, value in keras_arrays(self.average).items()}
        np.savez(self.folder / "checkpoint.tmp.npz", **arrays, training=np.array(json.dumps(self._told())))
        (self.folder / "checkpoint.tmp.npz").replace(self.folder / "checkpoint.npz")
        torch.save(self._state(), self.folder / "resume.tmp.pt")
        (self.folder / "resume.tmp.pt").replace(self.folder / "resume.pt")

    def _told(self) -> dict[str, object]:
        """What the card says of the run."""
        return {
            "start": self.options.start.name if self.options.start else "",
            "steps": self.steps,
            "photos": self.options.batch * self.steps,
            "views_per_photo": 2,
            "minutes": round(self.elapsed / 60, 1),
            "seed": self.options.seed,
            "device": torch.cuda.get_device_name() if self.device.type == "cuda" else "processor",
            "torch": torch.__version__,
        }

    def _state(self) -> dict[str, object]:
        parts = {"net": self.net, "average": self.average, "aids": self.aids, "optimizer": self.optimizer}
        return {name: part.state_dict() for name, part in parts.items()} | {
            "steps": self.steps,
            "elapsed": self.elapsed,
        }

    def _load(self) -> None:
        path: Path = self.folder / "resume.pt"
        if not path.exists():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        for name in ("net", "average", "aids", "optimizer"):
            getattr(self, name).load_state_dict(state[name])
        self.steps, self.elapsed = state["steps"], state["elapsed"]
        print(f"resumed at step {self.steps}", flush=True)
