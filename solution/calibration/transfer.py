"""Measure what the checks of transfer.py that have a threshold see of right and wrong solutions.

    python solution/calibration/transfer.py

Each implementation is the reference with a line or two replaced, or another transform. Writes
transfer.json beside this file. Takes about four minutes on one quiet core.
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
Edits = list[tuple[str, str]]
METRICS = {"misread": "MISREAD", "gain": "GAIN", "least": "LEARNT", "worse": "WORSE"}
"""What is measured, and the constant of the checks that it is held against. `misread` and `worse`
have to be below theirs, the others above."""
STEP = "            optimizer.step()\n"
PRETRAIN = "    pretrain(encoder, Decoder(sizes, dropout), images, pretraining_epochs)\n"
END = "    return pretrained, from_scratch\n"
BOTH = "    for model in (pretrained, from_scratch):\n"

# name: (metrics that it fails, or none if it is right; seeds; [(old, new), ...])
STUDIES: dict[str, tuple[tuple[str, ...], int, Edits]] = {
    "reference": ((), 20, []),
    "not pre-trained": (("gain",), 10, [(PRETRAIN, "")]),
    "pre-trained afterwards": (("worse",), 20, [(PRETRAIN, ""), (END, PRETRAIN + END)]),
    "another encoder pre-trained": (
        ("gain",),
        5,
        [("pretrain(encoder, Decoder", "pretrain(Encoder(sizes, dropout), Decoder")],
    ),
    "one encoder for both": (
        ("gain",),
        5,
        [("Classifier(Encoder(sizes, dropout), sizes[-1])", "Classifier(encoder, sizes[-1])")],
    ),
    "the other way round": (
        ("gain",),
        5,
        [("return pretrained, from_scratch", "return from_scratch, pretrained")],
    ),
    "steps never made": (("gain", "least"), 3, [(STEP, "")]),
    "second not trained": (("least",), 3, [(BOTH, "    for model in (pretrained,):\n")]),
    "one epoch of training": (
        ("gain", "least"),
        3,
        [("train_classifier(model, loader, epochs, lr)", "train_classifier(model, loader, 1, lr)")],
    ),
}
SHIFT = (
    "torch.roll(image, (int(torch.randint(-3, 4, (1,))), int(torch.randint(-3, 4, (1,)))), (1, 2))"
)
FLIP = "image.flip({0}) if torch.rand(1) < 0.5 else image.clone()"
# name: (right?, what random_transform returns; None for the reference)
TRANSFORMS: dict[str, tuple[bool, str | None]] = {
    "reference": (True, None),
    "shifts up to 3 pixels": (True, SHIFT),
    "noise of 0.1": (True, "(image + 0.1 * torch.randn_like(image)).clamp(0, 1)"),
    "noise of 0.3": (True, "(image + 0.3 * torch.randn_like(image)).clamp(0, 1)"),
    "brightness": (True, "image * (0.5 + torch.rand(1) / 2)"),
    "pixels dropped": (True, "image * (torch.rand_like(image) > 0.2)"),
    "mirrored, half of them": (False, FLIP.format(2)),
    "upside down, half of them": (False, FLIP.format(1)),
    "quarter turns": (False, "torch.rot90(image, int(torch.randint(4, (1,))), (1, 2))"),
    "negatives": (False, "1 - image * torch.rand(1)"),
    "noise of 1": (False, "(image + torch.randn_like(image)).clamp(0, 1)"),
    "pixels in random order": (
        False,
        "image.flatten()[torch.randperm(image.numel())].reshape(image.shape)",
    ),
}


def module_of(name: str, path: Path) -> object:
    """A Python file as a module."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def changed(edits: Edits) -> str:
    """The reference with some of its text replaced."""
    text = (SOLUTION / "transfer.py").read_text()
    for old, new in edits:
        if old not in text:
            raise SystemExit(f"transfer.py has no {old!r} any more; mend {Path(__file__).name}")
        text = text.replace(old, new)
    return text


def student_of(text: str, seed: int, folder: str) -> Student:
    """A student with this module, whose random numbers are seeded."""
    Path(folder, "transfer.py").write_text(text)
    student = Student(Executor(Path(folder), PROBES))
    student.seed(seed)
    return student


def main() -> None:
    """Measure everything and write it down."""
    torch.set_num_threads(1)
    shared = module_of("shared", SOLUTION / "checks" / "conftest.py")
    digits = shared.digits.__wrapped__(SOLUTION.parent / "data")
    public = module_of("public", SOLUTION / "checks" / "public" / "test_transfer.py")
    hidden = module_of("hidden", SOLUTION / "checks" / "hidden" / "test_transfer_hidden.py")
    thresholds = {**vars(public), **vars(hidden)}
    record = {
        key: {"constant": name, "threshold": thresholds[name], "right": {}, "wrong": {}}
        for key, name in METRICS.items()
    }

    def note(key: str, name: str, right: bool, value: float) -> None:
        kind = record[key]["right" if right else "wrong"]
        kind.setdefault(name, []).append(round(value, 4))

    images, labels = digits.tensors(hidden.READ)
    for name, (right, code) in track(TRANSFORMS.items(), "transforming"):
        text = changed([])
        if code:
            text += f"\n\ndef random_transform(image):\n    return {code}\n"
        with tempfile.TemporaryDirectory() as folder:
            student = student_of(text, 0, folder)
            for _ in range(20 if name == "reference" else 5):
                found = [student.transfer.random_transform(image) for image in images]
                note("misread", name, right, hidden.misread(digits, torch.stack(found), labels))
            student.close()
    jobs = [(name, seed) for name, entry in STUDIES.items() for seed in range(entry[1])]
    for name, seed in track(jobs, "training"):
        fails, _, edits = STUDIES[name]
        with tempfile.TemporaryDirectory() as folder:
            student = student_of(changed(edits), seed, folder)
            if not fails or "gain" in fails:
                first, second = public.run_study(student, digits, seed)
                note("gain", name, not fails, first - second)
            if fails != ("gain",):
                found = public.run_study(student, digits, seed, public.LONGER)
                if not fails or "least" in fails:
                    note("least", name, not fails, min(found))
                if not fails or "worse" in fails:
                    note("worse", name, not fails, public.misread_ratio(found))
            student.close()
    for key, entries in record.items():
        for kind in ("right", "wrong"):
            for name, values in entries[kind].items():
                values.sort()
                print(f"{key:8} {kind:5}  {name:28}  {values[0]:.3f} to {values[-1]:.3f}")
        print(key, "threshold", entries["threshold"])
    text = json.dumps(record).replace("], ", "],\n ").replace("}, ", "},\n")
    (HERE / "transfer.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
