"""A tiny assignment of another kind, ridge regression: the grader knows no auto-encoder."""

from pathlib import Path
from textwrap import dedent

MANIFEST = """
id = "ridge"
title = "Ridge regression"
[limits]
check_s = 10
[[units]]
module = "ridge.py"
title = "Ridge regression"
tasks = [
  { id = "solve", title = "Solve for the weights", points = 6 },
  { id = "predict", title = "Predict", points = 4, depends = ["solve"] },
]
"""

SOLUTION = '''
import numpy as np


def solve(x, y, strength):
    """Weights of ridge regression (task solve)."""
    # BEGIN SOLUTION solve
    return np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1]), x.T @ y)
    # END SOLUTION


def predict(x, weights):
    """Predictions (task predict)."""
    # BEGIN SOLUTION predict
    return x @ weights
    # END SOLUTION
'''

STUB = """
import numpy as np


def solve(x, y, strength):
    raise NotImplementedError("TODO solve")


def predict(x, weights):
    raise NotImplementedError("TODO predict")
"""

PUBLIC = '''
import numpy as np
import pytest
from grader.checks import assert_array, assert_ndarray


@pytest.mark.task("solve", weight=1, gate=True, hint="One weight for each column of x.")
def test_shape(student, rng):
    """There is one weight for each column."""
    weights = student.ridge.solve(rng.normal(size=(9, 3)), rng.normal(size=9), 0.3)
    assert_ndarray(weights, name="solve(...)", shape=(3,))


@pytest.mark.task("predict", weight=1)
def test_product(student, rng, metric, artifact):
    """Predictions are the product of x and the weights."""
    x, w = rng.normal(size=(5, 3)), rng.normal(size=3)
    metric("size", x.size)
    artifact("note.png", b"picture")
    # float64 sums of three terms: 1e-15
    assert_array(student.ridge.predict(x, w), x @ w, name="predict(...)", rtol=1e-9, atol=1e-12)
'''

HIDDEN = '''
import numpy as np
import pytest
from grader.checks import assert_array


@pytest.mark.task("solve", weight=2)
def test_against_reference(student, reference, rng):
    """The weights are those of the closed form."""
    x, y = rng.normal(size=(9, 3)), rng.normal(size=9)
    expected = reference.ridge.solve(x, y, 0.3)
    assert_array(student.ridge.solve(x, y, 0.3), expected, name="solve", rtol=1e-9, atol=1e-12)
'''


def write(folder: Path, **files: str) -> Path:
    """Write the assignment; `files` replaces or adds, by path with ``__`` for ``/``."""
    content = {
        "assignment.toml": MANIFEST,
        "ridge.py": SOLUTION,
        "checks/public/test_ridge.py": PUBLIC,
        "checks/hidden/test_ridge_hidden.py": HIDDEN,
        "pytest.ini": "[pytest]\ntestpaths = checks\n",
    }
    content |= {name.replace("__", "/"): text for name, text in files.items()}
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder
