"""Measure what `train_unet.unet_learns` sees of right and wrong implementations.

    python solution/calibration/segmentation.py

Each implementation is the reference with a line or two replaced, trained once as the check trains
it, without the second start that the check gives. Writes segmentation.json beside this file. Takes
about two minutes on a quiet core.
"""

import importlib.util
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import torch
from rich.progress import track

from grader.judge.student import Student
from grader.worker.executor import Executor
from grader.worker.probes import PROBES

HERE = Path(__file__).parent
SOLUTION = HERE.parent
SEEDS = 20
LOSS = "cross_entropy(model(images), targets)"

# name: (right?, seeds, [(old, new), ...])
IMPLEMENTATIONS: dict[str, tuple[bool, int, list[tuple[str, str]]]] = {
    "reference": (True, SEEDS, []),
    "convolutions with biases": (True, 5, [("3, padding=1, bias=False", "3, padding=1")]),
    "skips second": (True, 5, [("torch.cat([skip, x], dim=1)", "torch.cat([x, skip], dim=1)")]),
    "optimizer never steps": (False, 5, [("            optimizer.step()\n", "")]),
    "plain gradient descent": (
        False,
        5,
        [
            (
                "torch.optim.Adam(model.parameters(), lr=lr)",
                "torch.optim.SGD(model.parameters(), lr)",
            )
        ],
    ),
    "loss against the background": (False, 5, [(LOSS, LOSS.replace("targets", "0 * targets"))]),
    "one class for all digits": (
        False,
        5,
        [(LOSS, LOSS.replace("targets", "targets.clamp(max=1)"))],
    ),
    "image not used": (
        False,
        5,
        [("x = level(x if number == 0", "x = level(0 * x if number == 0")],
    ),
    "one class for the whole image": (
        False,
        5,
        [("return self.out(x)", "return self.out(maps[0].mean(dim=(2, 3), keepdim=True) + 0 * x)")],
    ),
}


def module_of(name: str, path: Path) -> ModuleType:
    """A file of checks as a module."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


CHECKS = module_of(
    "checks", SOLUTION / "checks" / "hidden" / "test_segmentation_training_hidden.py"
)
SHARED = module_of("shared", SOLUTION / "checks" / "conftest.py")
DIGITS = SHARED.digits.__wrapped__(SOLUTION.parent / "data")
CLASSES = len(CHECKS.KINDS) + 1


def measure(name: str, seed: int) -> float:
    """Mean IoU on unseen canvases of one implementation after one start."""
    text = (SOLUTION / "segmentation.py").read_text()
    for old, new in IMPLEMENTATIONS[name][2]:
        if old not in text:
            raise SystemExit(f"segmentation.py has no {old!r} any more; mend {Path(__file__).name}")
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "segmentation.py").write_text(text)
        student = Student(Executor(Path(folder), PROBES))
        student.seed(seed)
        _, target, prediction = CHECKS.run_unet(student, DIGITS, seed)
        student.close()
        shutil.rmtree(Path(folder, "__pycache__"), ignore_errors=True)
    return round(CHECKS.exact_iou(prediction, target, CLASSES), 4)


def without_a_network(seed: int) -> dict[str, float]:
    """What is reached by background alone, and by the best class for all that is bright."""
    generator = torch.Generator().manual_seed(seed)
    images, target = CHECKS.canvases(DIGITS.images, DIGITS.labels, CHECKS.UNSEEN, generator, seed)
    bright = [
        CHECKS.exact_iou((images[:, 0] >= threshold) * label, target, CLASSES)
        for threshold in (0.2, 0.3, 0.4, 0.5)
        for label in range(1, CLASSES)
    ]
    none = CHECKS.exact_iou(torch.zeros_like(target), target, CLASSES)
    return {"background alone": round(none, 4), "brightness": round(max(bright), 4)}


def main() -> None:
    """Measure everything and write it down."""
    os.environ["OMP_NUM_THREADS"] = "1"
    torch.set_num_threads(1)
    record = {"threshold": CHECKS.THRESHOLD, "constants": {}, "right": {}, "wrong": {}}
    for seed in range(SEEDS):
        for name, share in without_a_network(seed).items():
            best = record["constants"].get(name, 0.0)
            record["constants"][name] = max(best, share)
    jobs = [(name, seed) for name, entry in IMPLEMENTATIONS.items() for seed in range(entry[1])]
    for name, seed in track(jobs, "training"):
        kind = "right" if IMPLEMENTATIONS[name][0] else "wrong"
        record[kind].setdefault(name, []).append(measure(name, seed))
    for kind in ("right", "wrong"):
        for name, values in record[kind].items():
            values.sort()
            print(f"{kind:5}  {name:30}  {values[0]:.3f} to {values[-1]:.3f}")
    print(record["constants"], "threshold", record["threshold"])
    (HERE / "segmentation.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
