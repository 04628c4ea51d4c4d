"""Train the base model; may be stopped and started again at any time.

    python recipes/base/train.py --work work-base --run main --minutes 25

The learning rate and the photo size follow the share of the minutes that is spent, so that a slower machine sees fewer
photos but the whole schedule. Every `--save-every` steps it writes to <work>/<run> checkpoint.npz, of which
ship.py makes a bundle, resume.pt, from which the next start goes on, and a line of log.jsonl.
Needs PyTorch (`pip install torch`), and uses a graphics processor where PyTorch finds one.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from photo_stream import Batches, Photos, Stream


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work-base"))
    parser.add_argument("--run", default="main")
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--start", type=Path, help="a bundle of an earlier run, to go on from its weights")
    parser.add_argument(
        "--without", type=int, nargs="+", default=[], help="numbers of grocery products to learn nothing of"
    )
    parser.add_argument("--batch", type=int, default=384, help="photos; each appears in two views")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--decay", type=float, default=0.05)
    parser.add_argument("--recolor", type=float, default=0.2, help="share of a batch that is recoloured copies")
    parser.add_argument("--pattern", type=float, default=0.15, help="share of a batch that is copies in another cloth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) - 1), help="that make views")
    parser.add_argument("--save-every", type=int, default=500, help="steps between two checkpoints")
    parser.add_argument("--probe-every", type=int, default=4, help="checkpoints between two probes; 0: never")
    return parser.parse_args()


def main() -> None:
    options = parse()
    # Not above: the processes of the stream import this file, too, and do without PyTorch.
    from trainer import Trainer

    trainer = Trainer(options, Photos(options.work, options.without))
    batches = Batches(options.work, options.without, options.batch, options.recolor, options.pattern)
    stream = Stream(batches, (options.seed, trainer.steps), options.processes, trainer.progress)
    with (trainer.folder / "log.jsonl").open("a") as log:
        for row in trainer.run(stream):
            line = json.dumps({name: round(float(value), 4) for name, value in row.items()})
            log.write(line + "\n")
            log.flush()
            print(line, flush=True)


if __name__ == "__main__":
    main()
