"""One unit's reference, stubs and variants, graded as a class in a single process."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from units import solution_with

from grader.manifest import load_manifest
from grader.release.stub import cut
from grader.splicing import Source, splice
from grader.variants import Variant, apply, load_catalogue

Score = dict[str, Any]
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1"}
SEVERAL = """
import json, sys
import pytest
for name, seed in json.loads(sys.argv[1]):
    where = [f"--submission=class/{name}", f"--scores=scores/{name}-{seed}.json"]
    pytest.main(["solution", f"--seed={seed}", *where])
"""


class UnitClass:
    """A copy of the solution in which one unit is on, and a class of submissions to it."""

    def __init__(self, folder: Path, unit: str) -> None:
        self.folder = folder
        self.solution = solution_with(folder, unit)
        manifest = self.solution / "assignment.toml"
        text, count = re.subn(r"(?m)^diagnosis_s = \d+", "diagnosis_s = 0", manifest.read_text())
        assert count == 1
        manifest.write_text(text)
        self.manifest = load_manifest(self.solution)
        self.module = f"{unit}.py"
        self.reference = (self.solution / self.module).read_text()
        self.tasks = {task.id: task.points for _, task in self.manifest.tasks}
        catalogue = load_catalogue(self.solution, self.manifest)
        self.misconceptions = catalogue.misconceptions
        self.alternatives = catalogue.alternatives

    def stub(self) -> str:
        """What students begin with."""
        return cut(self.module, self.reference.encode(), self.tasks).content.decode()

    def combined(self, variants: Iterable[Variant]) -> str:
        """The module with the definitions of all these variants."""
        return apply(self.solution, self.manifest, tuple(variants))[self.module].decode()

    def together(
        self, variants: Iterable[Variant], uses: Mapping[str, tuple[str, ...]]
    ) -> list[list[Variant]]:
        """Variants in as few submissions as can be: of each task, and what it uses, at most one.

        Parameters
        ----------
        variants
            All that are to be graded.
        uses
            The tasks whose functions the reference calls, by the task that does.
        """
        apart = {(user, used) for user, tasks in uses.items() for used in tasks}

        def fits(one: Variant, other: Variant) -> bool:
            pair = (one.task, other.task)
            linked = pair in apart or pair[::-1] in apart or one.task == other.task
            return not (linked or {*one.replaces, *one.adds} & {*other.replaces, *other.adds})

        rounds: list[list[Variant]] = []
        for variant in variants:
            free = (group for group in rounds if all(fits(variant, other) for other in group))
            group = next(free, None)
            if group is None:
                rounds.append(group := [])
            group.append(variant)
        return rounds

    def spliced(self, text: str) -> str:
        """The module with these definitions in place of its own."""
        return splice(self.reference, Source(text, "a sample"))

    def grade(self, submissions: dict[str, str], seed: int = 3) -> dict[str, Score]:
        """The score of each module by the name of its submission, in pytest's own process."""
        found = self.grade_with_seeds(submissions, [(name, seed) for name in submissions])
        return {name: found[name, seed] for name in submissions}

    def grade_with_seeds(
        self, submissions: dict[str, str], runs: list[tuple[str, int]]
    ) -> dict[tuple[str, int], Score]:
        """The scores of submissions with these seeds; one process, which loads torch once."""
        self._write(submissions)
        scores = self.folder / "scores"
        scores.mkdir(exist_ok=True)
        self._run([sys.executable, "-c", SEVERAL, json.dumps(runs)])
        return {
            (name, seed): json.loads((scores / f"{name}-{seed}.json").read_text())
            for name, seed in runs
        }

    def grade_apart(self, submissions: dict[str, str], seed: int = 3) -> dict[str, Score]:
        """The same by ``grader grade``: each submission in a process of its own."""
        self._write(submissions)
        places = [f"class/{name}" for name in submissions]
        self._run([sys.executable, "-m", "grader", "grade", *places, f"--seed={seed}", "--jobs=1"])
        results = self.folder / "results"
        return {
            name: json.loads((results / name / "score.json").read_text()) for name in submissions
        }

    def _write(self, submissions: dict[str, str]) -> None:
        for name, module in submissions.items():
            place = self.folder / "class" / name
            place.mkdir(parents=True, exist_ok=True)
            (place / self.module).write_text(module)

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            command, cwd=self.folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def by_task(score: Score) -> dict[str, Any]:
    return {task["id"]: task for task in score["tasks"]}


def not_passed(score: Score) -> list[tuple[str, str, str]]:
    """Which checks did not pass, and what they said."""
    return [
        (check["id"], check["status"], check["message"])
        for task in score["tasks"]
        for check in task["checks"]
        if check["status"] != "passed"
    ]
