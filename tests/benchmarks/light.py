"""How long a light submission takes in `grader grade`, against pytest once per submission.

    python tests/benchmarks/light.py [SUBMISSIONS] [PYTEST_RUNS]

One judge grades 200 submissions of an assignment of two tasks (batch normalisation, an encoder's
output shape); then `python -m pytest` runs on the first 20 of the same submissions, with the same
checks. Both times include the start of their processes.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from figures import ENVIRONMENT, record, spread
from light_assignment import write_class, write_solution


def main(count: int = 200, alone: int = 20) -> None:
    """Measure both in one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_solution(folder / "solution")
        places = write_class(folder / "class", count)
        began = time.perf_counter()
        command = [sys.executable, "-m", "grader", "grade", "class", "--jobs=1"]
        subprocess.run(command, cwd=folder, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
        batch = time.perf_counter() - began
        scores = {
            place.name: json.loads((folder / "results" / place.name / "score.json").read_text())
            for place in places
        }
        single = []
        for place in places[:alone]:
            path = folder / "one.json"
            arguments = ["solution", f"--submission=class/{place.name}", f"--scores={path}"]
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:hypothesispytest", *arguments],
                cwd=folder,
                env=ENVIRONMENT,
                check=False,
                stdout=subprocess.DEVNULL,
            )
            single.append(time.perf_counter() - began)
            if json.loads(path.read_text())["score"] != scores[place.name]["score"]:
                raise SystemExit(f"{place.name}: the scores differ")
    starts = sorted(datetime.fromisoformat(score["started_at"]) for score in scores.values())
    gaps = [(b - a).total_seconds() for a, b in pairwise(starts)]
    mean = sum(single) / len(single)
    record(
        "light",
        submissions=count,
        batch_s=round(batch, 3),
        batch_s_per_submission=round(batch / count, 4),
        between_submissions_s=spread(gaps),
        pytest_s_per_submission=spread(single),
        times_faster=round(mean / (batch / count), 1),
        times_faster_without_start=round(mean / (sum(gaps) / len(gaps)), 1),
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
