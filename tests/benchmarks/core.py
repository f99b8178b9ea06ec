"""What grading the core costs beyond the students' own code.

    python tests/benchmarks/core.py [SUBMISSIONS]

A batch of right submissions, with their training runs, is graded on all cores. Then each is graded
alone in one process on one core, and the time that its own calls take is measured there: training,
and everything. Both sums divided by the cores are what no grader can be faster than.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import ENVIRONMENT, HERE, cores, record, spread

ROOT = HERE.parents[1]
RIGHT = [ROOT / "solution", ROOT / "tests" / "submissions" / "other_style"]
SOLUTION = str(ROOT / "solution")


def write_class(folder: Path, count: int) -> list[Path]:
    """Right submissions that differ in a comment; their folders."""
    made = []
    for number in range(count):
        place = folder / f"student{number:02}"
        place.mkdir(parents=True)
        for module in sorted((ROOT / "assignment").glob("*.py")):
            shutil.copy(RIGHT[number % len(RIGHT)] / module.name, place)
        with (place / "layers.py").open("a") as stream:
            stream.write(f"\n# student {number}\n")
        made.append(place)
    return made


def main(count: int = 8) -> None:
    """Measure the batch, then the bare code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        places = write_class(folder / "class", count)
        arguments = ["class", f"--solution={SOLUTION}", "--seed=3", f"--jobs={cores()}"]
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "grader", "grade", *arguments],
            cwd=folder,
            env=ENVIRONMENT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        batch = time.perf_counter() - began
        training, calls = [], []
        for place in places:
            path = folder / "time.json"
            environment = ENVIRONMENT | {"STUDENT_TIME": str(path), "PYTHONPATH": str(HERE)}
            arguments = [SOLUTION, f"--submission={place}", "--seed=3", "--scores=one.json"]
            subprocess.run(
                [sys.executable, "-m", "pytest", "-q", "-p", "student_time", *arguments],
                cwd=folder,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            found = json.loads(path.read_text())
            training.append(found["training"])
            calls.append(found["calls"])
            graded = json.loads((folder / "results" / place.name / "score.json").read_text())
            if graded["score"] != 100:
                raise SystemExit(f"{place.name}: {graded['score']} points")
    record(
        "core",
        submissions=count,
        batch_s=round(batch, 2),
        training_s=spread(training),
        student_calls_s=spread(calls),
        batch_over_training=round(batch / (sum(training) / cores()), 3),
        batch_over_student_calls=round(batch / (sum(calls) / cores()), 3),
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
