"""Measure what the check `train.learns_digits` sees of right, wrong and trivial solutions.

    python solution/calibration/learning.py

Each implementation is the reference with a line or two replaced, trained as the check trains it,
one start for each seed. Writes learning.json and learning.png beside this file. Takes about six
minutes on two cores.
"""

import importlib.util
import json
import os
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from rich.progress import track

from grader.judge.student import Student
from grader.worker.executor import Executor
from grader.worker.probes import PROBES

HERE = Path(__file__).parent
SOLUTION = HERE.parent
ACTIVATION, ZERO_GRAD = "nn.ELU()", "        optimizer.zero_grad()\n"
LOSS, ADAM = "criterion(model(images), images)", "torch.optim.Adam(model.parameters(), lr=lr)"

# name: (right?, seeds, [(module, old, new), ...])
IMPLEMENTATIONS: dict[str, tuple[bool, int, list[tuple[str, str, str]]]] = {
    "reference": (True, 20, []),
    "ReLU": (True, 20, [("autoencoder.py", ACTIVATION, "nn.ReLU()")]),
    "LeakyReLU": (True, 10, [("autoencoder.py", ACTIVATION, "nn.LeakyReLU()")]),
    "Tanh": (True, 10, [("autoencoder.py", ACTIVATION, "nn.Tanh()")]),
    "GELU": (True, 10, [("autoencoder.py", ACTIVATION, "nn.GELU()")]),
    "no zero_grad": (False, 5, [("training.py", ZERO_GRAD, "")]),
    "plain gradient descent": (False, 5, [("training.py", ADAM, ADAM.replace("Adam", "SGD"))]),
    "loss against zeros": (
        False,
        5,
        [("training.py", LOSS, "criterion(model(images), torch.zeros_like(images))")],
    ),
    "optimizer never steps": (False, 3, [("training.py", "        optimizer.step()\n", "")]),
    "code not used": (
        False,
        5,
        [("autoencoder.py", "self.decoder(self.encoder(x))", "self.decoder(0 * self.encoder(x))")],
    ),
}


def shared() -> object:
    """The checks' conftest, which holds the run and the threshold."""
    spec = importlib.util.spec_from_file_location("shared", SOLUTION / "checks" / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["shared"] = module
    spec.loader.exec_module(module)
    return module


def measure(name: str, seed: int) -> float:
    """Validation MSE of one implementation after one start."""
    torch.set_num_threads(1)
    checks = shared()
    digits = checks.digits.__wrapped__(SOLUTION.parent / "data")
    with tempfile.TemporaryDirectory() as folder:
        for path in SOLUTION.glob("*.py"):
            shutil.copy(path, folder)
        for module, old, new in IMPLEMENTATIONS[name][2]:
            path = Path(folder, module)
            text = path.read_text()
            if old not in text:
                raise SystemExit(f"{module} has no {old!r} any more; mend {Path(__file__).name}")
            path.write_text(text.replace(old, new))
        student = Student(Executor(Path(folder), PROBES))
        student.seed(seed)
        loss = checks.run_training(student, digits, seed).loss
        student.close()
    return round(loss, 5)


def constants() -> dict[str, float]:
    """What images that do not depend on the input reach: the best of them, and black."""
    images = shared().digits.__wrapped__(SOLUTION.parent / "data").tensors(1000)[0].double()
    return {
        "best constant image": round(((images - images.mean(0)) ** 2).mean().item(), 5),
        "black image": round((images**2).mean().item(), 5),
    }


def draw(record: dict) -> Figure:
    """The distributions, with the threshold between them."""
    figure = Figure(figsize=(7, 3.6), layout="constrained")
    axes = figure.subplots()
    rows = [*record["right"].items(), *record["wrong"].items()]
    for row, (name, losses) in enumerate(rows):
        color = "tab:green" if name in record["right"] else "tab:red"
        axes.plot(losses, [row] * len(losses), "|", color=color, markersize=12)
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.invert_yaxis()
    axes.axvline(record["threshold"], color="black", label=f"threshold {record['threshold']}")
    best = record["constants"]["best constant image"]
    axes.axvline(best, color="gray", linestyle="--", label=f"best constant image {best:.4f}")
    axes.set_xlabel("validation MSE after the check's training run")
    axes.set_xscale("log")
    axes.legend(fontsize="small")
    return figure


def main() -> None:
    """Measure everything and write it down."""
    os.environ["OMP_NUM_THREADS"] = "1"
    jobs = [(n, seed) for n, (_, seeds, _) in IMPLEMENTATIONS.items() for seed in range(seeds)]
    with ProcessPoolExecutor() as pool:
        found = [pool.submit(measure, *job) for job in jobs]
        losses = [future.result() for future in track(found, "training")]
    record = {"threshold": shared().THRESHOLD, "constants": constants(), "right": {}, "wrong": {}}
    for (name, _), loss in zip(jobs, losses, strict=True):
        kind = "right" if IMPLEMENTATIONS[name][0] else "wrong"
        record[kind].setdefault(name, []).append(loss)
    for kind in ("right", "wrong"):
        record[kind] = {name: sorted(values) for name, values in record[kind].items()}
    (HERE / "learning.json").write_text(json.dumps(record, indent=2) + "\n")
    draw(record).savefig(HERE / "learning.png", dpi=120)
    for kind in ("right", "wrong"):
        for name, values in record[kind].items():
            print(f"{kind:5}  {name:24}  {np.min(values):.4f} to {np.max(values):.4f}")
    print(record["constants"], "threshold", record["threshold"])


if __name__ == "__main__":
    main()
