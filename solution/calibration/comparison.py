"""Measure what the check `comparison.networks_learn_digits` sees of right and wrong solutions.

    python solution/calibration/comparison.py

Each implementation is the reference with a line or two replaced; each network is trained as the
check trains it, from 20 seeds. Writes validation losses as shares of what guessing reaches, by
network, to comparison.json beside this file, in about a minute.
"""

import json
import re
import sys
import tempfile
import types
from pathlib import Path

import numpy as np
from rich.progress import track

HERE = Path(__file__).parent
RAW = HERE.parent.parent / "data" / "MNIST" / "raw"
SEEDS = 20
COUNT, EPOCHS, LR, BATCH = 1000, 4, 0.1, 50
NETWORKS = {"plain": {}, "batchnorm": {"batchnorm": True}, "dropout": {"dropout": 0.25}}

STEP = "network.params[name] -= lr * gradient"
# name: (right?, [(old, new), ...])
IMPLEMENTATIONS: dict[str, tuple[bool, list[tuple[str, str]]]] = {
    "reference": (True, []),
    "batches in another order": (
        True,
        [("order = rng.permutation(len(labels))", "order = rng.permutation(len(labels))[::-1]")],
    ),
    "never steps": (False, [(STEP, "pass")]),
    "steps along the gradient": (False, [(STEP, STEP.replace("-=", "+="))]),
    "steps once an epoch": (
        False,
        [(STEP, f"if start + batch_size >= len(order):\n                    {STEP}")],
    ),
    "steps the last layer only": (
        False,
        [(STEP, f"if name == 'W3':\n                    {STEP}")],
    ),
    "shuffles images, not labels": (
        False,
        [("softmax_loss(scores, labels[batch])", "softmax_loss(scores, labels[np.sort(batch)])")],
    ),
}


def read_idx(name: str) -> np.ndarray:
    """The bytes of an IDX file, as an array."""
    content = (RAW / name).read_bytes()
    shape = np.frombuffer(content, ">u4", content[3], offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * content[3]).reshape(shape)


def split(part: str) -> tuple[np.ndarray, np.ndarray]:
    """The first digits of a part as (COUNT, 784) in [0, 1], and their labels."""
    images = read_idx(f"{part}-images-idx3-ubyte")[:COUNT].reshape(COUNT, -1) / 255.0
    return images, read_idx(f"{part}-labels-idx1-ubyte")[:COUNT].astype(np.int64)


def variant(replacements: list[tuple[str, str]]) -> types.ModuleType:
    """layers.py with some of its text replaced."""
    text = (HERE.parent / "layers.py").read_text()
    for old, new in replacements:
        if old not in text:
            raise SystemExit(f"layers.py has no {old!r} any more; mend {Path(__file__).name}")
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "layers.py")
        path.write_text(text)
        module = types.ModuleType("layers")
        sys.modules["layers"] = module
        exec(compile(text, path, "exec"), module.__dict__)
    return module


def threshold() -> float:
    """LEARNT as the checks have it."""
    text = (HERE.parent / "checks" / "hidden" / "test_layers_hidden.py").read_text()
    return float(re.search(r"(?m)^LEARNT = (\S+)$", text)[1])


def main() -> None:
    """Measure everything and write it down."""
    train, validation = split("train"), split("t10k")
    learnt, guessing = threshold(), np.log(10)
    record = {
        network: {"threshold": learnt, "constants": {"guessing": 1.0}, "right": {}, "wrong": {}}
        for network in NETWORKS
    }
    for name, (right, replacements) in track(IMPLEMENTATIONS.items(), "training"):
        layers = variant(replacements)
        for network, options in NETWORKS.items():
            shares = []
            for seed in range(SEEDS):
                net = layers.Network((784, 40, 30, 10), seed=seed, **options)
                with np.errstate(all="ignore"):
                    layers.fit(net, train, validation, EPOCHS, LR, BATCH, seed=seed + SEEDS)
                    scores, _ = net.forward(validation[0], "test")
                    share = layers.softmax_loss(scores, validation[1])[0] / guessing
                shares.append(round(float(share), 4) if np.isfinite(share) else 1e9)  # no NaN
            record[network]["right" if right else "wrong"][name] = sorted(shares)
            print(f"{name:28}  {network:9}  {min(shares):.3f} to {max(shares):.3f}")
    (HERE / "comparison.json").write_text(json.dumps(record).replace("], ", "],\n ") + "\n")


if __name__ == "__main__":
    main()
