"""A tiny course with two units, and notebooks for it as students and hosts make them."""

import json
from pathlib import Path

import tiny

from grader.batch.ipynb import read_outlines

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
[[units]]
module = "model.py"
title = "A model"
tasks = [{ id = "model", title = "Fit and predict", points = 5 }]
"""
MODEL = '''
import numpy as np

EPSILON = 1e-9


def centred(x):
    """Columns without their means; given."""
    return x - x.mean(axis=0)


class Model:
    """Ridge regression on centred data (task model)."""

    def __init__(self, strength):
        self.strength = strength

    # BEGIN SOLUTION model
    def fit(self, x, y):
        x = centred(x)
        gram = x.T @ x + (self.strength + EPSILON) * np.eye(x.shape[1])
        return np.linalg.solve(gram, x.T @ y)

    # END SOLUTION
'''
MODEL_CHECK = '''
import numpy as np
import pytest
from grader.checks import assert_array


@pytest.mark.task("model")
def test_fit(student, rng):
    """The weights are those of centred data."""
    x, y = rng.normal(size=(8, 2)), rng.normal(size=8)
    centred = x - x.mean(axis=0)
    expected = np.linalg.solve(centred.T @ centred + 0.5 * np.eye(2), centred.T @ y)
    weights = student.model.Model(0.5).fit(x, y)
    # two orders above the 1e-9 that the reference adds
    assert_array(weights, expected, name="weights", rtol=1e-6, atol=1e-7)
'''
MODULES = ["ridge.py", "model.py"]
SOLVE = """def solve(x, y, strength):
    return np.linalg.solve(x.T @ x + strength * np.eye(x.shape[1]), x.T @ y)"""
PREDICT = "def predict(x, weights):\n    return x @ weights"
STUB_SOLVE = 'def solve(x, y, strength):\n    raise NotImplementedError("TODO solve")'
STUB_PREDICT = 'def predict(x, weights):\n    raise NotImplementedError("TODO predict")'
IMPORT = "import numpy as np"
CENTRED = "def centred(x):\n    return x - x.mean(axis=0)"
FIT = """class Model:
    def __init__(self, strength):
        self.strength = strength

    def fit(self, x, y):
        x = centred(x)
        return np.linalg.solve(x.T @ x + self.strength * np.eye(x.shape[1]), x.T @ y)"""
STUB_FIT = """class Model:
    def __init__(self, strength):
        self.strength = strength

    def fit(self, x, y):
        raise NotImplementedError("TODO model")"""


def course(folder: Path) -> Path:
    """Write the solution; its reference has 15 points."""
    return tiny.write(
        folder,
        **{
            "assignment.toml": MANIFEST,
            "model.py": MODEL,
            "checks__public__test_model.py": MODEL_CHECK,
        },
    )


def cell(source, role=None, unit=None, task=None, *, kind="code", name=None, outputs=()):
    """A cell as JSON has it; with a role, as a release makes it."""
    about = {"role": role, "unit": unit, "task": task}
    grader = {key: value for key, value in about.items() if value} if role else None
    made = {
        "cell_type": kind,
        "metadata": {"grader": grader} if grader else {},
        "source": source.splitlines(keepends=True),
    }
    if name:
        made["id"] = name
    if kind == "code":
        made |= {"outputs": list(outputs), "execution_count": None}
    return made


def notebook(cells, *, unit=None, minor=5, **more):
    """A notebook as bytes; cells may be plain sources."""
    made = [cell(c) if isinstance(c, str) else c for c in cells]
    for number, one in enumerate(made):
        one.setdefault("id", f"cell-{number}")
    metadata = {"kernelspec": {"name": "python3", "language": "python"}}
    if unit:
        metadata["grader"] = {"assignment": "ridge", "unit": unit, "format": 1}
    content = {"nbformat": 4, "nbformat_minor": minor, "metadata": metadata, "cells": made}
    return json.dumps(content | more).encode()


def released(*, solve=STUB_SOLVE, predict=STUB_PREDICT):
    """The cells of the unit `ridge` as a release has them, perhaps filled in."""
    return [
        cell("# Ridge regression", "text", "ridge", kind="markdown", name="text-start"),
        cell("import grader\n%load_ext grader", "setup", "ridge", name="setup"),
        cell(IMPORT, "given", "ridge", name="given-ridge"),
        cell("## Solve", "text", "ridge", "solve", kind="markdown", name="text-solve"),
        cell(solve, "task", "ridge", "solve", name="task-solve"),
        cell("%grade solve", "check", "ridge", "solve", name="check-solve"),
        cell(predict, "task", "ridge", "predict", name="task-predict"),
        cell("%grade predict", "check", "ridge", "predict", name="check-predict"),
    ]


def released_model(*, fit=STUB_FIT):
    """The same for the unit `model`."""
    return [
        cell(f"{IMPORT}\n\nEPSILON = 1e-9\n\n\n{CENTRED}", "given", "model", name="given-model"),
        cell(fit, "task", "model", "model", name="task-model"),
        cell("%grade model", "check", "model", "model", name="check-model"),
    ]


def outlines(folder: Path):
    """What the units of the course define."""
    return read_outlines(course(folder), MODULES)
