"""Measure what `train_fc.deep_learns` and `latent_sweep.loss_falls_with_the_width` see.

    python solution/calibration/fully_connected.py

Each implementation is the reference with a line or two replaced, trained as the check trains it.
Writes fully_connected.json beside this file. Takes about four minutes on one quiet core.
"""

import importlib.util
import json
import sys
import tempfile
from pathlib import Path

import torch
from rich.progress import track

from grader.judge.student import Student
from grader.worker.executor import Executor
from grader.worker.probes import PROBES

HERE = Path(__file__).parent
SOLUTION = HERE.parent
ADAM = "torch.optim.Adam(model.parameters(), lr=lr, weight_decay=weight_decay)"
Edits = list[tuple[str, str]]
METRICS = {"deep": "THRESHOLD", "sweep_drop": "DROP", "sweep_widest": "WIDEST"}
"""What is measured, and the constant of the checks that it is held against. The drop has to be
above its constant, the others below."""
LEARNS_NOTHING: dict[str, Edits] = {
    "optimizer never steps": [("            optimizer.step()\n", "")],
    "plain gradient descent": [(ADAM, "torch.optim.SGD(model.parameters(), lr=lr)")],
    "loss against zeros": [("mse_loss(model(rows), rows)", "mse_loss(model(rows), rows * 0)")],
}
RAW: Edits = [("(images.flatten(1) - MEAN) / STD", "images.flatten(1)")]
CUT = """
    with torch.no_grad():
        for model in models:
            model.encoder[0].weight[min(widths) :] = 0
            model.encoder[0].bias[min(widths) :] = 0
    return models, curves
"""

# run: {name: (metrics that it fails, or none if it is right; seeds; [(old, new), ...])}
IMPLEMENTATIONS: dict[str, dict[str, tuple[tuple[str, ...], int, Edits]]] = {
    "deep": {
        "reference": ((), 20, []),
        "dropout after the code": ((), 5, [("        down[-1] = down[-1][:-1]", "        #")]),
        **{name: (("deep",), 3, edits) for name, edits in LEARNS_NOTHING.items()},
        "pixels not normalised": (("deep",), 3, RAW),
        "code not used": (
            ("deep",),
            3,
            [("return self.decoder(self.encoder(x))", "return self.decoder(0 * self.encoder(x))")],
        ),
    },
    "sweep": {
        "reference": ((), 20, []),
        **{
            name: (("sweep_drop", "sweep_widest"), 3, edits)
            for name, edits in LEARNS_NOTHING.items()
        },
        "cut to the narrowest": (
            ("sweep_drop", "sweep_widest"),
            3,
            [("\n    return models, curves\n", CUT)],
        ),
        "one epoch only": (
            ("sweep_widest",),
            3,
            [("train_fc(model, loader, epochs, lr)", "train_fc(model, loader, 1, lr)")],
        ),
        "pixels not normalised": (("sweep_widest",), 3, RAW),
    },
}


def module_of(name: str, path: Path) -> object:
    """A Python file as a module."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def mean_square(difference: torch.Tensor) -> float:
    """A mean in float64."""
    return torch.mean(difference**2, dtype=torch.float64).item()


def measure(checks: object, digits: object, run: str, edits: Edits, seed: int) -> dict[str, float]:
    """What the check sees of one implementation after one start."""
    text = (SOLUTION / "fully_connected.py").read_text()
    for old, new in edits:
        if old not in text:
            raise SystemExit(f"fully_connected.py has no {old!r}; mend {Path(__file__).name}")
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "fully_connected.py").write_text(text)
        student = Student(Executor(Path(folder), PROBES))
        student.seed(seed)
        if run == "deep":
            rows, outputs, _ = checks.run_deep_fc(student, digits, seed)
            found = {"deep": mean_square(outputs - rows)}
        else:
            rows, outputs, _ = checks.run_sweep(student, digits, seed)
            _, losses = checks.above_floor(rows, outputs)
            widest = losses[max(checks.WIDTHS)]
            found = {"sweep_drop": checks.least_drop(losses), "sweep_widest": widest}
        student.close()
    return {key: round(value, 4) for key, value in found.items()}


def main() -> None:
    """Measure everything and write it down."""
    torch.set_num_threads(1)
    shared = module_of("shared", SOLUTION / "checks" / "conftest.py")
    digits = shared.digits.__wrapped__(SOLUTION.parent / "data")
    checks = module_of("checks", SOLUTION / "checks" / "public" / "test_fully_connected.py")
    record = {
        key: {"constant": name, "threshold": getattr(checks, name), "right": {}, "wrong": {}}
        for key, name in METRICS.items()
    }
    jobs = [
        (run, name, seed)
        for run, entries in IMPLEMENTATIONS.items()
        for name, (_, seeds, _) in entries.items()
        for seed in range(seeds)
    ]
    for run, name, seed in track(jobs, "training"):
        fails, _, edits = IMPLEMENTATIONS[run][name]
        for key, value in measure(checks, digits, run, edits, seed).items():
            if key in fails or not fails:
                kind = record[key]["wrong" if fails else "right"]
                kind.setdefault(name, []).append(value)
    for key, entries in record.items():
        for kind in ("right", "wrong"):
            for name, values in entries[kind].items():
                values.sort()
                print(f"{key:12} {kind:5}  {name:38}  {values[0]:.3f} to {values[-1]:.3f}")
        print(key, "threshold", entries["threshold"])
    text = json.dumps(record).replace("], ", "],\n ").replace("}, ", "},\n")
    (HERE / "fully_connected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
