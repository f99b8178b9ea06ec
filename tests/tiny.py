"""A tiny assignment that has nothing to do with auto-encoders, and runs of pytest on it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

MANIFEST = """\
id = "ridge"
title = "Ridge regression"

[limits]
check_s = 20

[[units]]
module = "ridge.py"
title = "Ridge regression"
tasks = [
  { id = "solve", title = "Weights of ridge regression", points = 6 },
  { id = "predict", title = "Predictions for new rows", points = 3, depends = ["solve"] },
]

[[units]]
module = "standard.py"
title = "Preparing columns"
tasks = [{ id = "standardise", title = "Columns of mean 0", points = 2 }]
"""

RIDGE = '''\
"""Ridge regression."""

import numpy as np


def solve(x, y, penalty):
    """Weights (D,) that minimise |x w - y|^2 + penalty |w|^2; x is (N, D), y is (N,)."""
    return np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ y)


def predict(x, y, penalty, new):
    """What ridge regression on x and y says of the rows of new."""
    return new @ solve(x, y, penalty)
'''

STANDARD = '''\
"""Preparing columns."""


def standardise(x):
    """Each column of x with its mean taken off."""
    return x - x.mean(axis=0)
'''

TODO_RIDGE = '''\
"""Ridge regression."""


def solve(x, y, penalty):
    """Weights (D,) that minimise |x w - y|^2 + penalty |w|^2; x is (N, D), y is (N,)."""
    raise NotImplementedError("TODO solve (6 points)")


def predict(x, y, penalty, new):
    """What ridge regression on x and y says of the rows of new."""
    raise NotImplementedError("TODO predict (3 points)")
'''

TODO_STANDARD = '''\
"""Preparing columns."""


def standardise(x):
    """Each column of x with its mean taken off."""
    raise NotImplementedError("TODO standardise (2 points)")
'''

PUBLIC_RIDGE = '''\
import numpy as np
import pytest

from grader.checks import assert_array, assert_ndarray


def problem(rng):
    x = rng.normal(2, 1.5, (11, 4))
    return x, x @ rng.normal(size=4) + rng.normal(size=11)


@pytest.mark.task("solve", gate=True)
def test_shape(student, rng):
    """There is one weight for each column."""
    assert_ndarray(student.ridge.solve(*problem(rng), 0.7), name="weights", shape=(4,))


@pytest.mark.task("solve", weight=2, hint="The penalty stands on the diagonal of x.T @ x.")
def test_normal_equations(student, rng):
    """The gradient of the penalised loss is zero at the weights."""
    x, y = problem(rng)
    w = student.ridge.solve(x, y, 0.7)
    # Sums of 11 products of float64 numbers of size 10 are right to about 1e-13.
    assert_array(x.T @ (x @ w - y) + 0.7 * w, np.zeros(4), name="gradient", rtol=0, atol=1e-9)


@pytest.mark.task("predict")
def test_new_rows(student, rng):
    """There is one prediction for each new row."""
    found = student.ridge.predict(*problem(rng), 0.7, rng.normal(size=(3, 4)))
    assert_ndarray(found, name="predictions", shape=(3,))
'''

PUBLIC_STANDARD = '''\
import numpy as np
import pytest

from grader.checks import assert_array


@pytest.mark.task("standardise", hint="Take the mean of each column.")
def test_columns(student, rng, seed, metric, artifact):
    """Each column has mean 0."""
    found = student.standard.standardise(rng.normal(3, 2, (9, 5)))
    metric("largest_mean", abs(found.mean(axis=0)).max())
    metric("seed_low", seed % 65536)
    artifact("columns.svg", b"<svg/>")
    assert_array(found.mean(axis=0), np.zeros(5), name="means", rtol=0, atol=1e-9)
'''

HIDDEN_RIDGE = '''\
import numpy as np
import pytest

from grader.checks import assert_array


@pytest.mark.task("solve", weight=3, hint="Compare with a problem that you solve by hand.")
def test_against_reference(student, reference, rng):
    """The weights are those of our own solution."""
    x, y = rng.normal(size=(13, 5)), rng.normal(size=13)
    right = reference.ridge.solve(x, y, 2.5)
    assert_array(student.ridge.solve(x, y, 2.5), right, name="weights", rtol=1e-9, atol=1e-12)


@pytest.mark.task("predict", weight=2)
def test_of_zero_rows(student, rng):
    """A row of zeros is predicted as zero."""
    x, y = rng.normal(size=(13, 5)), rng.normal(size=13)
    found = student.ridge.predict(x, y, 2.5, np.zeros((2, 5)))
    assert_array(found, np.zeros(2), name="predictions", rtol=0, atol=0)
'''

PYTEST_INI = "[pytest]\ntestpaths = checks\n"

SOLUTION = {
    "assignment.toml": MANIFEST,
    "pytest.ini": PYTEST_INI,
    "ridge.py": RIDGE,
    "standard.py": STANDARD,
    "checks/public/test_ridge.py": PUBLIC_RIDGE,
    "checks/public/test_standard.py": PUBLIC_STANDARD,
    "checks/hidden/test_ridge_hidden.py": HIDDEN_RIDGE,
}
STUBS = {"ridge.py": TODO_RIDGE, "standard.py": TODO_STANDARD}


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files, given by relative name, into a folder; the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(content), encoding="utf-8")
    return folder


def write_solution(folder: Path, **changed: str) -> Path:
    """The tiny assignment, solved; `changed` replaces modules, such as ``ridge="..."``."""
    return write(folder, SOLUTION | {f"{name}.py": text for name, text in changed.items()})


def write_stubs(folder: Path, **changed: str) -> Path:
    """Only the modules, as a student starts with them."""
    return write(folder, STUBS | {f"{name}.py": text for name, text in changed.items()})


@dataclass(frozen=True)
class Run:
    """What a run of pytest came to."""

    status: int
    out: str
    err: str
    score: dict[str, Any] | None
    """What it wrote to ``scores.json``; None if it wrote nothing."""

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        """The checks of the score by id."""
        assert self.score is not None, self.out + self.err
        return {check["id"]: check for task in self.score["tasks"] for check in task["checks"]}

    @property
    def tasks(self) -> dict[str, dict[str, Any]]:
        """The tasks of the score by id."""
        assert self.score is not None, self.out + self.err
        return {task["id"]: task for task in self.score["tasks"]}

    def statuses(self) -> dict[str, str]:
        """The status of each check by id."""
        return {name: check["status"] for name, check in self.checks.items()}


def grade(folder: Path, *arguments: str, cwd: Path | None = None, **environ: str) -> Run:
    """``python -m pytest FOLDER ARGUMENTS`` in a process of its own, as a user runs it."""
    cwd = cwd or folder.parent
    scores = cwd / "scores.json"
    scores.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(folder), *arguments],
        cwd=cwd,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8", **environ},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    score = json.loads(scores.read_bytes()) if scores.exists() else None
    return Run(done.returncode, done.stdout, done.stderr, score)


def usage_error(pytester: pytest.Pytester, *arguments: object) -> str:
    """What pytest says of a command or an assignment that cannot be; no student code runs."""
    done = pytester.runpytest_inprocess(*arguments)
    said = "\n".join([*done.outlines, *done.errlines])
    assert done.ret == pytest.ExitCode.USAGE_ERROR, said
    assert "INTERNALERROR" not in said
    assert "Traceback" not in said
    assert not (pytester.path / "scores.json").exists()
    return said
