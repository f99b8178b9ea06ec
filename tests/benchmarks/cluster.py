"""What a cluster costs: two Dask workers against the local pool, on the same cores.

    python tests/benchmarks/cluster.py [LIGHT] [MANY] [CORE] [ROUNDS]

The same submissions are graded with ``--jobs=2`` and on two workers of one thread each, with a
scheduler, all on this machine; both by turns, and the scores compared: LIGHT and MANY ones that
take some hundredths of a second each, and CORE ones of this project's own assignment. Times are
those of the whole command; scheduler and workers run already, as they do when a course grades, set
up as docs/cluster.md advises. On one machine this is the worst case: coordinator, scheduler and
Dask's own processes share the cores with the judges, and each worker loads torch twice, the local
pool twice for both of its jobs.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core import SOLUTION
from core import write_class as write_core_class
from figures import ENVIRONMENT, HERE, record
from light_assignment import write_class, write_solution

sys.path.insert(0, str(HERE.parent))
from dask_cluster import dask_cluster


def grade(folder: Path, *arguments: str) -> float:
    """Run the command; its seconds."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "grader", "grade", "class", "--seed=3", "--fresh", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def points(results: Path) -> dict[str, float]:
    """Scores by submission."""
    return {
        path.parent.name: json.loads(path.read_text())["score"]
        for path in results.glob("*/score.json")
    }


def compare(folder: Path, rounds: int, *arguments: str) -> dict[str, object]:
    """Grade the class of a folder both ways, by turns."""
    local, cluster = [], []
    with dask_cluster(folder / "cluster", workers=2) as dask:
        for _ in range(rounds):
            local.append(grade(folder, "--jobs=2", "--out=local", *arguments))
            address = f"--cluster={dask.address}"
            cluster.append(grade(folder, address, "--out=cluster", *arguments))
            if points(folder / "local") != points(folder / "cluster"):
                raise SystemExit("the scores differ")
    return {
        "local_s": [round(value, 2) for value in local],
        "cluster_s": [round(value, 2) for value in cluster],
        "cluster_over_local": round(statistics.median(cluster) / statistics.median(local), 3),
    }


def main(light: int = 200, many: int = 800, core: int = 10, rounds: int = 2) -> None:
    """Measure the three classes."""
    figures = {}
    for kind, submissions in (("light", light), ("many", many)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_solution(folder / "solution")
            write_class(folder / "class", submissions)
            figures[kind] = {"submissions": submissions, **compare(folder, rounds)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_core_class(folder / "class", core)
        of_core = compare(folder, rounds, f"--solution={SOLUTION}")
    record("cluster", **figures, core={"submissions": core, **of_core})


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
