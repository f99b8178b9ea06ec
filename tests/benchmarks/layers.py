"""What all layers of the sandbox cost a light submission, in milliseconds.

    python tests/benchmarks/layers.py [SUBMISSIONS] [RUNS]

One judge grades 200 light submissions with `--sandbox require`, and again with `--sandbox none`,
three times by turns. Counted is the time between the starts of two submissions, so neither the
start of processes nor the sandbox's own trials, which every run pays once. Without namespaces a
keeper clears up after each worker by running two programs, which hides some of what layers cost.
So workers are measured by themselves, too: from being asked for to their first answer, and to their
end, with more and more layers.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from figures import ENVIRONMENT, record, spread
from light_assignment import write_class, write_solution

from grader.judge.workers import Zygote
from grader.worker import wire
from grader.worker.bounds import Bounds
from grader.worker.confinement import CONFINEMENT
from grader.worker.handles import Target

MS = 1000
STACKS: dict[str, Sequence[str]] = {
    "none": (),
    "bubblewrap": ("bubblewrap", "rlimits"),
    "and namespaces": ("bubblewrap", "namespaces", "rlimits"),
    **{
        f"and {layer}": ("bubblewrap", "namespaces", *CONFINEMENT[: number + 1], "rlimits")
        for number, layer in enumerate(CONFINEMENT)
    },
}
FILES = {"work.py": b"def answer():\n    return 42\n"}


def workers(layers: Sequence[str], count: int) -> tuple[float, float]:
    """Median milliseconds until a worker's first answer, and until its end."""
    bounds = Bounds(
        memory_mb=512,
        processes=64,
        files_mb=64,
        output_mb=5,
        cpu_s=60,
        wall_s=60,
        namespaces="namespaces" in layers,
    )
    zygote = Zygote(
        isolate="bubblewrap" in layers, data=None, layers=list(layers), preload=["torch"]
    )
    answered, ended = [], []
    for _ in range(count):
        began = time.perf_counter()
        worker = zygote.spawn(FILES, bounds)
        wire.send(worker.channel, [b"token", "call", Target("work", ("answer",)), [], {}, False])
        if wire.receive(worker.channel) != [b"token", "ok", 42]:
            raise SystemExit(f"with {layers} a worker gave another answer")
        answered.append(time.perf_counter() - began)
        worker.end()
        ended.append(time.perf_counter() - began)
    zygote.close()
    return statistics.median(answered) * MS, statistics.median(ended) * MS


def gaps(folder: Path, sandbox: str) -> list[float]:
    """Milliseconds between the starts of submissions, graded one after another."""
    command = [sys.executable, "-m", "grader", "grade", "class", "--jobs=1", "--fresh", "--seed=1"]
    shutil.rmtree(folder / "results", ignore_errors=True)
    subprocess.run(
        [*command, f"--sandbox={sandbox}"],
        cwd=folder,
        env=ENVIRONMENT,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    starts = sorted(
        datetime.fromisoformat(json.loads(path.read_text())["started_at"])
        for path in (folder / "results").glob("*/score.json")
    )
    return [(b - a).total_seconds() * MS for a, b in pairwise(starts)]


def main(count: int = 200, runs: int = 3) -> None:
    """Measure both by turns."""
    found: dict[str, list[float]] = {"require": [], "none": []}
    differences = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_solution(folder / "solution")
        write_class(folder / "class", count)
        for _ in range(runs):
            medians = {}
            for sandbox, gathered in found.items():
                measured = gaps(folder, sandbox)
                medians[sandbox] = statistics.median(measured)
                gathered += measured
            differences.append(medians["require"] - medians["none"])
    medians = {sandbox: statistics.median(values) for sandbox, values in found.items()}
    alone = {name: workers(layers, count) for name, layers in STACKS.items()}
    record(
        "layers",
        submissions=count,
        runs=runs,
        ms_a_submission={sandbox: spread(values) for sandbox, values in found.items()},
        layers_ms_a_submission=round(medians["require"] - medians["none"], 2),
        worker_ms_until_first_answer={n: round(first, 2) for n, (first, _) in alone.items()},
        worker_ms_until_its_end={n: round(end, 2) for n, (_, end) in alone.items()},
        layers_ms_by_run=[round(difference, 2) for difference in differences],
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
