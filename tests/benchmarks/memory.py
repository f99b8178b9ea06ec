"""How much memory a worker adds beside its zygote, as proportional set size.

    python tests/benchmarks/memory.py [WORKERS]

Run it as root: the sizes of sandboxed processes are nobody else's business. Each worker imports the
light submission and runs both of its functions.
"""

import os
import sys
from pathlib import Path

import numpy as np
import torch
from figures import record, spread
from light_assignment import SOLUTION

from grader.judge.sandboxed import backend
from grader.judge.student import Student
from grader.judge.workers import Zygote
from grader.worker.bounds import Bounds

BOUNDS = Bounds(
    memory_mb=1024, processes=20, files_mb=16, output_mb=1, cpu_s=60, wall_s=300, namespaces=True
)


def family(parent: int) -> list[int]:
    """A process and all that descend from it."""
    found = [parent]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found += family(int(stat.parent.name))
    return found


def pss_mb(pids: list[int]) -> dict[int, float]:
    """Proportional set size of each process in MB."""
    sizes = {}
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:  # one of the zygote's trials that has just ended
            continue
        for line in rollup.splitlines():
            if line.startswith("Pss:"):
                sizes[pid] = int(line.split()[1]) / 1024
    return sizes


def main(count: int = 8) -> None:
    """Measure with no worker, then with some."""
    zygote = Zygote(isolate=True, data=None, preload=["torch"])
    before = pss_mb(family(zygote._process.pid))
    students = []
    for _ in range(count):
        student = Student(backend(zygote, {"light.py": SOLUTION.encode()}, BOUNDS))
        x = np.random.default_rng(3).normal(size=(40, 7))
        student.light.batchnorm_forward(x, np.ones(7), np.zeros(7))
        student.keep(student.light.Encoder, 6, 9, 5)(torch.rand(3, 1, 28, 28))
        students.append(student)
    after = pss_mb(family(zygote._process.pid))
    record(
        "memory",
        workers=count,
        zygote_alone_mb=round(sum(before.values()), 1),
        all_mb=round(sum(after.values()), 1),
        added_per_worker_mb=round((sum(after.values()) - sum(before.values())) / count, 1),
        pss_of_new_processes_mb=spread([size for pid, size in after.items() if pid not in before]),
    )
    for student in students:
        student.close()
    zygote.close()


if __name__ == "__main__":
    if os.geteuid() != 0:
        raise SystemExit("run this benchmark as root: it reads the sizes of sandboxed processes")
    main(*map(int, sys.argv[1:]))
