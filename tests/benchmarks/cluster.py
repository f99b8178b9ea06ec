"""What a cluster costs: two Dask workers against the local pool, on the same cores.

    python tests/benchmarks/cluster.py [SUBMISSIONS] [ROUNDS]

The same submissions are graded with ``--jobs=2`` and on two workers of one thread each, with a
scheduler, all on this machine; both by turns, and the scores compared. Times are those of the whole
command; scheduler and workers run already, as they do when a course grades. On one machine this is
the worst case: coordinator, scheduler and Dask's own processes share the cores with the judges.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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


def main(count: int = 200, rounds: int = 3) -> None:
    """Measure both by turns."""
    local, cluster = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_solution(folder / "solution")
        write_class(folder / "class", count)
        with dask_cluster(folder / "cluster", workers=2) as dask:
            for _ in range(rounds):
                local.append(grade(folder, "--jobs=2", "--out=local"))
                cluster.append(grade(folder, f"--cluster={dask.address}", "--out=cluster"))
                if points(folder / "local") != points(folder / "cluster"):
                    raise SystemExit("the scores differ")
    record(
        "cluster",
        submissions=count,
        local_s=[round(value, 2) for value in local],
        cluster_s=[round(value, 2) for value in cluster],
        cluster_over_local=round(statistics.median(cluster) / statistics.median(local), 3),
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
