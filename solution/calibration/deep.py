"""Measure what `train_deep.deep_network_learns` and `train_vae.vae_learns` see of right and wrong.

    python solution/calibration/deep.py

Each implementation is the reference with a line or two replaced, trained as the check trains it.
Writes deep.json beside this file. Takes about four minutes on two quiet cores.
"""

import importlib.util
import json
import os
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import torch
from rich.progress import track

from grader.judge.student import Student
from grader.worker.executor import Executor
from grader.worker.probes import PROBES

HERE = Path(__file__).parent
SOLUTION = HERE.parent
RUNS = {"conv_deep": "run_deep", "variational": "run_vae"}
"""The function of each unit's public checks that trains."""
ADAM = "torch.optim.Adam(model.parameters(), lr=lr)"
NO_STEP = ("            optimizer.step()\n", "")
SLOW = (ADAM, "torch.optim.SGD(model.parameters(), lr=lr)")

# unit: {name: (right?, seeds, [(old, new), ...])}
IMPLEMENTATIONS: dict[str, dict[str, tuple[bool, int, list[tuple[str, str]]]]] = {
    "conv_deep": {
        "reference": (True, 20, []),
        "last step not normalised": (
            True,
            5,
            [("layers[-1] = nn.Sigmoid()", "layers[-2:] = [nn.Sigmoid()]")],
        ),
        "optimizer never steps": (False, 3, [NO_STEP]),
        "plain gradient descent": (False, 3, [SLOW]),
        "loss against zeros": (
            False,
            3,
            [("mse_loss(model(images), images)", "mse_loss(model(images), images * 0)")],
        ),
        "code not used": (
            False,
            3,
            [("return self.decoder(self.encoder(x))", "return self.decoder(0 * self.encoder(x))")],
        ),
    },
    "variational": {
        "reference": (True, 20, []),
        "optimizer never steps": (False, 3, [NO_STEP]),
        "divergence only": (False, 3, [("loss.backward()", "(loss - squared_error).backward()")]),
        "code not used": (
            False,
            3,
            [("self.decoder(reparameterise(mu, logvar))", "self.decoder(0 * mu)")],
        ),
    },
}


def checks_of(name: str, path: Path) -> object:
    """A file of checks as a module."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def measure(unit: str, name: str, seed: int) -> float:
    """Mean squared error on unseen digits of one implementation after one start."""
    torch.set_num_threads(1)
    shared = checks_of("shared", SOLUTION / "checks" / "conftest.py")
    digits = shared.digits.__wrapped__(SOLUTION.parent / "data")
    checks = checks_of(unit, SOLUTION / "checks" / "public" / f"test_{unit}.py")
    text = (SOLUTION / f"{unit}.py").read_text()
    for old, new in IMPLEMENTATIONS[unit][name][2]:
        if old not in text:
            raise SystemExit(f"{unit}.py has no {old!r} any more; mend {Path(__file__).name}")
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"{unit}.py").write_text(text)
        student = Student(Executor(Path(folder), PROBES))
        student.seed(seed)
        unseen, outputs = getattr(checks, RUNS[unit])(student, digits, seed)
        student.close()
        shutil.rmtree(Path(folder, "__pycache__"), ignore_errors=True)
    return round(torch.mean((outputs - unseen) ** 2, dtype=torch.float64).item(), 5)


def without_learning(unit: str) -> tuple[float, float]:
    """What the best image reaches that does not depend on the input, and the best colour of each.

    The latter is no answer without work: a network has to see the image to know its colour.
    """
    checks = checks_of(unit, SOLUTION / "checks" / "public" / f"test_{unit}.py")
    shared = checks_of("shared", SOLUTION / "checks" / "conftest.py")
    digits = shared.digits.__wrapped__(SOLUTION.parent / "data")
    unseen = checks.coloured(digits.images[: checks.UNSEEN], torch.Generator().manual_seed(1), 1)
    mean = ((unseen - unseen.mean(dim=0)) ** 2).mean().item()
    flat = ((unseen - unseen.mean(dim=(2, 3), keepdim=True)) ** 2).mean().item()
    return round(mean, 5), round(flat, 5)


def main() -> None:
    """Measure everything and write it down."""
    os.environ["OMP_NUM_THREADS"] = "1"
    jobs = [
        (unit, name, seed)
        for unit, entries in IMPLEMENTATIONS.items()
        for name, (_, seeds, _) in entries.items()
        for seed in range(seeds)
    ]
    with ProcessPoolExecutor(int(sys.argv[1]) if sys.argv[1:] else None) as pool:
        found = [pool.submit(measure, *job) for job in jobs]
        losses = [future.result() for future in track(found, "training")]
    record = {}
    for unit in RUNS:
        checks = checks_of(unit, SOLUTION / "checks" / "public" / f"test_{unit}.py")
        constant, colour = without_learning(unit)
        record[unit] = {
            "threshold": checks.THRESHOLD,
            "constants": {"best constant image": constant},
            "best colour of each image": colour,
            "right": {},
            "wrong": {},
        }
    for (unit, name, _), loss in zip(jobs, losses, strict=True):
        kind = "right" if IMPLEMENTATIONS[unit][name][0] else "wrong"
        record[unit][kind].setdefault(name, []).append(loss)
    for unit, entries in record.items():
        for kind in ("right", "wrong"):
            for name, values in entries[kind].items():
                values.sort()
                print(f"{unit:12} {kind:5}  {name:26}  {values[0]:.4f} to {values[-1]:.4f}")
        print(unit, entries["constants"], "threshold", entries["threshold"])
    (HERE / "deep.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
