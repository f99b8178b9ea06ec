"""How long a student waits for one task from cold, beyond what torch and their own code take.

    python tests/benchmarks/cold.py [RUNS]

`pytest assignment --task dropout_forward` and `grader --help` run in turn with what they are
compared with: Python that imports what such a run needs anyway, and Python that does nothing.
pytest's plugins of this repository's own development (Hypothesis, AnyIO) are left out, as students
do not have them. All use compiled files of an earlier run, as after a student's first one.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from figures import ENVIRONMENT, HERE, record, spread

ROOT = HERE.parents[1]
PYTHON = sys.executable
COMMANDS = {
    "python": [PYTHON, "-c", "pass"],
    "grader_help": [PYTHON, "-m", "grader", "--help"],
    "imports": [PYTHON, "-c", "import torch, pytest, matplotlib.figure"],
    "task": [
        *(PYTHON, "-m", "pytest", "assignment", "--task=dropout_forward", "-q"),
        *("-p", "no:hypothesispytest", "-p", "no:anyio"),
    ],
}


def main(runs: int = 9) -> None:
    """Run each command in turn, once to compile and then for the figures."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("assignment", "data"):
            shutil.copytree(ROOT / part, folder / part)
        shutil.copy(ROOT / "solution" / "layers.py", folder / "assignment")
        environment = ENVIRONMENT | {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for run in range(runs + 1):
            for what, command in COMMANDS.items():
                began = time.perf_counter()
                subprocess.run(
                    command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL
                )
                if run:
                    seconds[what].append(time.perf_counter() - began)
    median = {what: statistics.median(values) for what, values in seconds.items()}
    record(
        "cold",
        runs=runs,
        **{f"{what}_s": spread(values) for what, values in seconds.items()},
        task_beyond_imports_s=round(median["task"] - median["imports"], 3),
        help_over_python=round(median["grader_help"] / median["python"], 2),
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
