"""What it costs to grade a class again after one light check was edited.

    python tests/benchmarks/regrade.py [SUBMISSIONS]

A class is graded with the core's checks, training runs and all. Then one light check is edited and
the class is graded again, once with what is kept and once with ``--fresh``. The scores of both must
be the same. Writes regrade.json.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from core import write_class
from figures import ENVIRONMENT, HERE, cores, record

ROOT = HERE.parents[1]
CHECK = "checks/hidden/test_layers_hidden.py"


def edit(path: Path) -> str:
    """Change a light check so that it means the same; the name of the check."""
    text = path.read_text()
    start = text.index("def test_", text.index('@pytest.mark.task("dropout_forward"'))
    name = text[start:].partition("(")[0].removeprefix("def ")
    body = text.index('"""\n', text.index('"""', start) + 3) + 4
    path.write_text(f"{text[:body]}    assert True\n{text[body:]}")
    return name


def grade(folder: Path, *more: str) -> tuple[float, list[str]]:
    """Seconds of a run, and what it said on standard error."""
    arguments = ["class", "--solution=course/solution", "--seed=3", f"--jobs={cores()}", *more]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "grader", "grade", *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    return time.perf_counter() - began, done.stderr.splitlines()


def scores(folder: Path) -> dict[str, Any]:
    """The scores of a results folder, without times."""
    found = {}
    for path in sorted(folder.glob("*/score.json")):
        score = json.loads(path.read_text())
        for each in (score, *(check for task in score["tasks"] for check in task["checks"])):
            for name in ("duration_s", "started_at"):
                each.pop(name, None)
        for task in score["tasks"]:  # measured to the last digit, but not with the same digits
            task["metrics"] = {name: round(value, 3) for name, value in task["metrics"].items()}
        found[path.parent.name] = score
    return found


def main(count: int = 200) -> None:
    """Measure the full run, the run after an edit, and the same one afresh."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("solution", "data"):
            shutil.copytree(ROOT / part, folder / "course" / part)
        write_class(folder / "class", count)
        full, _ = grade(folder)
        nothing, _ = grade(folder)
        check = edit(folder / "course" / "solution" / CHECK)
        again, said = grade(folder, "--explain")
        fresh, _ = grade(folder, "--fresh", "--out=fresh")
        if scores(folder / "results") != scores(folder / "fresh"):
            raise SystemExit("the scores differ from those of --fresh")
    record(
        "regrade",
        submissions=count,
        check=check,
        said=[line for line in said if line.startswith(("To grade", "  "))],
        full_s=round(full, 2),
        fresh_s=round(fresh, 2),
        after_an_edit_s=round(again, 2),
        nothing_changed_s=round(nothing, 2),
        share_of_the_full_run=round(again / full, 4),
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
