"""Measure what the trained networks of applications.py reach: right ones, wrong ones, baselines.

    python solution/calibration/applications.py [metric ...]

Each implementation is the reference with the definitions of a variant of the catalogue, trained as
the check trains it. Writes applications.json beside this file; metrics that are not named stay as
they are. All take about eight minutes on two quiet cores.
"""

import importlib.util
import json
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import ModuleType

import torch
from rich.progress import track
from torch.nn import functional

from grader.judge.student import Student
from grader.splicing import Source, splice
from grader.worker.executor import Executor
from grader.worker.probes import PROBES

HERE = Path(__file__).parent
SOLUTION = HERE.parent
REFERENCE_SEEDS, OTHER_SEEDS = 20, 5
RIGHT = {
    "denoising": ("denoise/fully_connected", "denoise/normalised_with_sigmoid"),
    "super_resolution": (
        "super_resolution/pixel_shuffle",
        "super_resolution/correction_of_bilinear",
    ),
    "wrong_order": ("anomalies/convolutions_and_parts", "anomalies/wider_code"),
    "scrambled": ("anomalies/convolutions_and_parts", "anomalies/wider_code"),
}
"""Alternatives, beside the reference."""
WRONG = {
    "denoising": (
        "denoise/code_of_two_numbers",
        "denoise/pixel_by_pixel",
        "denoise/relu_then_sigmoid",
        "restore/never_damaged",
        "restore/damaged_target",
        "restore/no_step",
    ),
    "super_resolution": (
        "super_resolution/weights_without_neighbours",
        "super_resolution/through_a_narrow_code",
        "super_resolution/relu_then_sigmoid",
        "restore/no_step",
    ),
    "scrambled": ("anomalies/code_as_wide_as_the_image", "anomalies/too_many_channels"),
    "wrong_order": (
        "anomalies/code_not_used",
        "anomalies/sign_turned",
        "anomalies/one_error_for_all",
        "restore/no_step",
    ),
}
"""Misconceptions whose network or training is at fault."""
OVERLAP = {"wrong_order": ("anomalies/code_as_wide_as_the_image",)}
"""Others that a metric alone does not keep out: this one is told by the scrambled digits."""
CONSTANTS = {
    "denoising": "DENOISING",
    "super_resolution": "RESOLUTION",
    "wrong_order": "ANOMALIES",
    "scrambled": "SCRAMBLED",
}


def module_of(name: str, path: Path) -> ModuleType:
    """A file of Python as a module."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def checks() -> ModuleType:
    """The checks that train."""
    return module_of("checks", SOLUTION / "checks/public/test_applications_training.py")


def digits() -> object:
    """The digits as the checks see them."""
    shared = module_of("shared", SOLUTION / "checks/conftest.py")
    return shared.digits.__wrapped__(SOLUTION.parent / "data")


def share_of(check: ModuleType, run: object, student: Student, seed: int) -> float:
    """Error on unseen digits as a share of the best baseline's."""
    _, outputs, clean, baselines = run(student, digits(), seed)
    best = min(check.mean_square(image - clean) for image in baselines.values())
    return check.mean_square(outputs - clean) / best


def measure(metric: str, kind: str, variant: str, seed: int) -> float:
    """What one implementation reaches after one start."""
    torch.set_num_threads(1)
    check = checks()
    text = (SOLUTION / "applications.py").read_text()
    if variant != "reference":
        text = splice(text, Source((SOLUTION / kind / f"{variant}.py").read_text(), variant))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "applications.py").write_text(text)
        student = Student(Executor(Path(folder), PROBES))
        student.seed(seed)
        if metric in ("wrong_order", "scrambled"):
            model, unseen, anomalous, _ = check.trained_detector(student, digits(), seed)
            if metric == "scrambled":
                found = check.scrambled_share(student, model, unseen, seed)
            else:
                errors = check.errors_of(student, model, unseen)
                found = 1 - check.superiority(errors[anomalous].numpy(), errors[~anomalous].numpy())
        else:
            run = check.denoising if metric == "denoising" else check.resolution
            found = share_of(check, run, student, seed)
        student.close()
    return round(found, 4)


def constants() -> dict[str, dict[str, float]]:
    """What answers without training reach: other upsampling, a blur, distances and brightness."""
    check, data = checks(), digits()
    images = check.turned(data.train_images[: check.TRAINING], 1)
    clean = check.turned(data.images[: check.UNSEEN], 1)
    noisy = check.noise(clean, 1)
    best = check.mean_square(images.mean(dim=0) - clean)
    small = functional.avg_pool2d(clean, 2)
    larger = {
        mode: check.mean_square(functional.interpolate(small, scale_factor=2, mode=mode) - clean)
        for mode in ("nearest", "bilinear", "bicubic")
    }
    unseen = check.turned(data.images, 1)
    scores = {"brightness": {}, "distance from the mean image": {}}
    for unknown in check.UNKNOWN:
        known = data.train_images[data.train_labels != unknown][: check.TRAINING]
        anomalous = torch.from_numpy(data.labels == unknown)
        gap = unseen - check.turned(known, 1).mean(dim=0)
        for name, values in zip(scores, (unseen, gap**2), strict=True):
            each = values.flatten(1).mean(dim=1).double().numpy()
            found = check.superiority(each[anomalous.numpy()], each[~anomalous.numpy()])
            scores[name][unknown] = round(1 - found, 4)
    blurred = functional.avg_pool2d(noisy, 3, 1, 1)
    return {
        "denoising": {
            "noisy digits": round(check.mean_square(noisy - clean) / best, 4),
            "mean digit": 1.0,
            "blur by 3 x 3 means": round(check.mean_square(blurred - clean) / best, 4),
        },
        "super_resolution": {k: round(v / larger["bilinear"], 4) for k, v in larger.items()},
        "wrong_order": {name: min(found.values()) for name, found in scores.items()},
        "scrambled": {"image returned": 0.0},
    }


def main() -> None:
    """Measure everything and write it down."""
    os.environ["OMP_NUM_THREADS"] = "1"
    groups = []
    for metric in sys.argv[1:] or CONSTANTS:
        groups.append((metric, "right", "reference", REFERENCE_SEEDS))
        groups += [(metric, "right", name, OTHER_SEEDS) for name in RIGHT[metric]]
        groups += [(metric, "wrong", name, OTHER_SEEDS) for name in WRONG[metric]]
        groups += [(metric, "overlap", name, OTHER_SEEDS) for name in OVERLAP.get(metric, ())]
    folders = {"right": "alternatives", "wrong": "misconceptions", "overlap": "misconceptions"}
    with ProcessPoolExecutor() as pool:
        found = {
            group: [pool.submit(measure, group[0], folders[group[1]], group[2], seed)
                    for seed in range(group[3])]
            for group in groups
        }  # fmt: skip
        values = {
            group: sorted(future.result() for future in futures)
            for group, futures in track(found.items(), "training")
        }
    check, trivial = checks(), constants()
    file = HERE / "applications.json"
    record = json.loads(file.read_text()) if file.exists() else {}
    for metric in sys.argv[1:] or CONSTANTS:
        threshold = getattr(check, CONSTANTS[metric])
        fixed = {"threshold": threshold, "constants": trivial[metric]}
        record[metric] = {**fixed, "right": {}, "wrong": {}}
    for (metric, kind, name, _), measured in values.items():
        record[metric].setdefault(kind, {})[name] = measured
        print(f"{metric:16} {kind:7}  {name:44}  {measured[0]:.3f} to {measured[-1]:.3f}")
    for metric, entry in record.items():
        print(metric, entry["constants"], "threshold", entry["threshold"])
    file.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
