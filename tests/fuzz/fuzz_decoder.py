"""Coverage-guided fuzzing of what the judge decodes and judges of a worker's bytes.

    python tests/fuzz/fuzz_decoder.py [FOLDER [INPUT ...]] [-max_total_time=60] [-runs=1] ...

Needs atheris (``pip install atheris``; CPython on Linux). FOLDER, ``build/fuzz`` if none is named,
keeps the inputs that reached something new, and those that broke something. Arguments that begin
with ``-`` are libFuzzer's; with INPUT these files are tried and no others. README.md beside this
file says more.
"""

import sys
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["grader.worker", "grader.judge.remote", "grader.checks"]):
    import properties
    from mutate import mutate

    from grader.worker import wire

import msgpack
import numpy as np
import torch

from grader.worker.handles import Handle, Target

MOST_CPU_S = 3.0
FIGURE = {
    "problem": None,
    "suptitle": "t",
    "texts": [],
    "size_inches": [4.0, 3.0],
    "axes": [
        {
            "title": "",
            "xlabel": "epoch",
            "ylabel": "loss",
            "xscale": "linear",
            "yscale": "log",
            "axison": True,
            "frame": True,
            "ticks": False,
            "position": [0.1, 0.1, 0.8, 0.8],
            "images": [
                {
                    "data": np.full((2, 3), 0.5),
                    "cmap": "gray",
                    "ramp": [0.0, 0.5, 1.0],
                    "norm": "Normalize",
                    "vmin": 0.0,
                    "vmax": 1.0,
                    "interpolation": "nearest",
                    "origin": "upper",
                    "upside_down": False,
                    "mirrored": False,
                }
            ],
            "lines": [{"x": np.arange(2.0), "y": np.array([1.0, 0.5]), "label": "train"}],
            "legend": ["train"],
        }
    ],
    "png": b"\x89PNG\r\n\x1a\n",
}
SEEDS = [
    None,
    [True, -1, 2.5, "text", b"bytes", 2**64 - 1],
    {"train_loss": [0.5, 0.25], "b": {"a": 1}},
    (1, (2, (3, [4]))),
    *properties.EXPECTED,
    [np.zeros((2, 0, 3), dtype) for dtype in ("?", "i1", "u8", "f2", "g", "c16", "G")],
    [torch.zeros(2, 3, dtype=dtype) for dtype, _ in wire.TENSOR_TYPES.values()],
    [Handle(7, "torch.nn.Linear"), Target("work", ("f", "g")), Target(3)],
    [properties.TOKEN, "ok", [1, 2]],
    [properties.TOKEN, "error", "ValueError", "no", [["work.py", 3, "f", "x = 1"]]],
    FIGURE,
]
WORDS = [
    *wire.TENSOR_TYPES,
    *(np.dtype(code).newbyteorder("<").str for code in "?bBhHiIqQefdgFDGOVSUMm"),
    *(f"\\x{code:02x}" for code in range(0xC0, 0xE0)),
    *(f"\\xd5\\x{code:02x}" for code in (1, 2, 3, 4, 5, 255)),
    "\\xff\\xff\\xff\\xff",
    "\\x7f\\xff\\xff\\xff\\xff\\xff\\xff\\xff",
]


def one(content: bytes) -> None:
    """Try one input; libFuzzer's own limit counts seconds in which others had the processor."""
    start = time.process_time()
    properties.decodes_to_plain_data(content)
    properties.replies_are_answers_or_faults_of_the_student(content)
    properties.messages_are_decoded_or_refused(content)
    spent = time.process_time() - start
    if spent > MOST_CPU_S:
        raise TimeoutError(f"{spent:.1f} s of the processor for {len(content)} bytes")


def mutated(content: bytes, most: int, seed: int) -> bytes:
    """Half of the time a whole frame made of another, otherwise libFuzzer's own work."""
    frame = mutate(content, seed) if seed % 2 else None
    if frame is None or len(frame) > most:
        return atheris.Mutate(content, most)
    return frame


def main() -> None:
    """Fuzz until one of libFuzzer's limits is reached."""
    options = [argument for argument in sys.argv[1:] if argument.startswith("-")]
    folders = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    corpus = folders[0] if folders else Path("build/fuzz")
    seeds, words = corpus / "inputs", corpus / "words"
    seeds.mkdir(parents=True, exist_ok=True)
    for number, value in enumerate(SEEDS):
        (seeds / f"seed-{number}").write_bytes(wire.pack(value))
    (seeds / "seed-date").write_bytes(msgpack.packb(msgpack.Timestamp(7)))
    words.write_text("".join(f'"{word}"\n' for word in WORDS))
    defaults = [f"-dict={words}", f"-artifact_prefix={corpus}/", "-timeout=600"]
    inputs = map(str, folders[1:] or [seeds])
    atheris.Setup([sys.argv[0], *defaults, *options, *inputs], one, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
