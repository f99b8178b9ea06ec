"""Measure what `train_latents.latents_learn` and `memorise.learnt_by_heart` see of right and wrong.

    python solution/calibration/faces.py

Each implementation is the reference with a line or two replaced, trained as the check trains it.
Writes faces.json beside this file. Takes about three minutes on two quiet cores.
"""

import importlib.util
import json
import os
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
DATA = SOLUTION.parent / "data"
PUBLIC = SOLUTION / "checks" / "public" / "test_faces.py"
HIDDEN = SOLUTION / "checks" / "hidden" / "test_faces_training_hidden.py"
SWEEP_STEP = "                optimizer.step()\n"
SWEEP_ADAM = "torch.optim.Adam(network.parameters(), lr=lr)"
SWEEP_LOSS = "nn.functional.mse_loss(network(images), images)"
HEART_STEP = "        loss.backward()\n        optimizer.step()\n        model.eval()\n"
HEART_ADAM = "torch.optim.Adam(model.parameters(), lr=lr)"
HEART_LOSS = "        loss = nn.functional.mse_loss(model(seen), seen)\n"

# name: (right?, seeds, [(old, new), ...])
SWEEPS: dict[str, tuple[bool, int, list[tuple[str, str]]]] = {
    "reference": (True, 20, []),
    "squared errors summed": (
        True,
        10,
        [(SWEEP_LOSS, SWEEP_LOSS[:-1] + ", reduction='sum')")],
    ),
    "AdamW": (True, 10, [(SWEEP_ADAM, SWEEP_ADAM.replace("Adam(", "AdamW("))]),
    "optimizer never steps": (False, 5, [(SWEEP_STEP, "")]),
    "plain gradient descent": (False, 5, [(SWEEP_ADAM, SWEEP_ADAM.replace("Adam(", "SGD("))]),
    "loss against zeros": (False, 5, [(SWEEP_LOSS, "(network(images) ** 2).mean()")]),
    "code not used": (
        False,
        5,
        [("self.decoder(self.encoder(x))", "self.decoder(0 * self.encoder(x))")],
    ),
    "one epoch": (
        False,
        5,
        [("for _ in range(epochs):\n            total", "for _ in range(1):\n            total")],
    ),
}
HEARTS: dict[str, tuple[bool, int, list[tuple[str, str]]]] = {
    "reference": (True, 20, []),
    "squared errors summed": (
        True,
        10,
        [(HEART_LOSS, HEART_LOSS.replace("(seen), seen)", "(seen), seen, reduction='sum')"))],
    ),
    "AdamW": (True, 10, [(HEART_ADAM, HEART_ADAM.replace("Adam(", "AdamW("))]),
    "optimizer never steps": (
        False,
        5,
        [(HEART_STEP, HEART_STEP.replace("optimizer.step()", "pass"))],
    ),
    "plain gradient descent": (False, 5, [(HEART_ADAM, HEART_ADAM.replace("Adam(", "SGD("))]),
    "trained on the unseen faces": (
        False,
        10,
        [(HEART_LOSS, HEART_LOSS.replace("seen", "unseen"))],
    ),
    "code not used": (
        False,
        5,
        [("self.decoder(self.encoder(x))", "self.decoder(0 * self.encoder(x))")],
    ),
    "one epoch": (
        False,
        5,
        [("for _ in range(epochs):\n        model", "for _ in range(1):\n        model")],
    ),
}


def checks_of(name: str, path: Path) -> object:
    """A file of checks as a module."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def measure(kind: str, name: str, seed: int) -> list[float]:
    """What the checks measure of one implementation after one start."""
    torch.set_num_threads(1)
    text = (SOLUTION / "faces.py").read_text()
    for old, new in (SWEEPS if kind == "sweep" else HEARTS)[name][2]:
        if old not in text:
            raise SystemExit(f"faces.py has no {old!r} any more; mend {Path(__file__).name}")
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "faces.py").write_text(text)
        student = Student(Executor(Path(folder), PROBES))
        student.seed(seed)
        if kind == "sweep":
            unseen, outputs = checks_of("public", PUBLIC).run_sweep(student, DATA, seed)
            errors = [((found - unseen) ** 2).mean().item() for found in outputs.values()]
            found = [max(errors)]
        else:
            _, (seen, _, held) = checks_of("hidden", HIDDEN).learn_by_heart(student, DATA, seed)
            found = [seen, held / seen]
        student.close()
    return [round(value, 5) for value in found]


def constant(seeds: int = 20) -> dict[str, float]:
    """What the mean face reaches: the best of these seeds."""
    public, hidden = checks_of("public", PUBLIC), checks_of("hidden", HIDDEN)
    sweeps, hearts = [], []
    for seed in range(seeds):
        count = public.TRAINING + public.UNSEEN
        images, _ = public.drawn(DATA, count, seed, public.SIDE)
        images = public.toned(images, torch.Generator().manual_seed(seed))[public.TRAINING :]
        sweeps.append(((images - images.mean(dim=0)) ** 2).mean().item())
        faces = hidden.drawn(DATA, hidden.SEEN, seed, hidden.SIDE)
        hearts.append(((faces - faces.mean(dim=0)) ** 2).mean().item())
    return {"sweep": round(min(sweeps), 5), "seen": round(min(hearts), 5)}


def main() -> None:
    """Measure everything and write it down."""
    os.environ["OMP_NUM_THREADS"] = "1"
    kinds = {"sweep": SWEEPS, "heart": HEARTS}
    jobs = [
        (kind, name, seed)
        for kind, entries in kinds.items()
        for name, (_, seeds, _) in entries.items()
        for seed in range(seeds)
    ]
    with ProcessPoolExecutor(int(sys.argv[1]) if sys.argv[1:] else None) as pool:
        futures = [pool.submit(measure, *job) for job in jobs]
        results = [future.result() for future in track(futures, "training")]
    public, hidden, mean = checks_of("public", PUBLIC), checks_of("hidden", HIDDEN), constant()
    record = {
        "sweep": {"threshold": public.THRESHOLD, "constants": {"mean face": mean["sweep"]}},
        "seen": {"threshold": hidden.HEART_THRESHOLD, "constants": {"mean face": mean["seen"]}},
        "gap": {"threshold": hidden.GAP_THRESHOLD},
    }
    for entry in record.values():
        entry |= {"right": {}, "wrong": {}}
    for (kind, name, _), values in zip(jobs, results, strict=True):
        side = "right" if kinds[kind][name][0] else "wrong"
        metrics = ("sweep",) if kind == "sweep" else ("seen", "gap")
        for metric, value in zip(metrics, values, strict=True):
            record[metric][side].setdefault(name, []).append(value)
    for metric, entry in record.items():
        print(metric, {key: entry[key] for key in ("threshold", "constants") if key in entry})
        for side in ("right", "wrong"):
            for name, values in entry[side].items():
                values.sort()
                print(f"  {side:5}  {name:28}  {values[0]:.4f} to {values[-1]:.4f}")
    (HERE / "faces.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
