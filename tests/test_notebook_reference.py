"""The course's own notebooks: filled in they have full marks, untouched none."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.manifest import load_manifest
from grader.scores import read_score
from grader.worker.layers import in_force, survey

ROOT = Path(__file__).parents[1]
SOLUTION = ROOT / "solution"
RELEASED = ROOT / "assignment" / "notebooks"
pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(
        "namespaces" not in in_force(survey()), reason="this machine has no bubblewrap"
    ),
]


def definitions(module):
    """The functions and classes of a module of the reference, by name."""
    source = (SOLUTION / module).read_text(encoding="utf-8")
    lines = source.split("\n")
    return {
        node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def filled_in(path):
    """A released notebook with the reference in its task cells."""
    known = definitions(f"{path.stem}.py")
    content = json.loads(path.read_text())
    for cell in content["cells"]:
        if cell["metadata"].get("grader", {}).get("role") == "task":
            names = [n.name for n in ast.parse("".join(cell["source"])).body if hasattr(n, "name")]
            cell["source"] = "\n\n\n".join(known[name] for name in names)
    return content


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    for name in ("filled", "whole", "untouched"):
        (folder / "class" / name).mkdir(parents=True)
    cells = []
    for unit in load_manifest(SOLUTION).units:
        path = RELEASED / f"{unit.id}.ipynb"
        done = filled_in(path)
        cells += done["cells"]
        (folder / "class" / "filled" / path.name).write_text(json.dumps(done))
        (folder / "class" / "untouched" / path.name).write_bytes(path.read_bytes())
    for number, cell in enumerate(cells):
        cell["id"] = f"c{number}"
        del cell["metadata"]["grader"]
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (folder / "class" / "whole" / "Homework.ipynb").write_text(json.dumps(whole))
    done = subprocess.run(
        [sys.executable, "-m", "grader", "grade", str(folder / "class"), "--seed=8",
         f"--solution={SOLUTION}", f"--out={folder / 'results'}", "--jobs=2"],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return {p.parent.name: read_score(p) for p in (folder / "results").glob("*/score.json")}


@pytest.mark.parametrize("name", ["filled", "whole"])
def test_the_reference_as_notebooks_has_full_marks(scores, name):
    lost = [(t.id, c.title, c.message) for t in scores[name].tasks for c in t.checks
            if c.status != "passed"]  # fmt: skip
    assert lost == []
    assert scores[name].score == scores[name].max_score == 100


def test_released_notebooks_as_they_are_have_no_points_and_are_not_begun(scores):
    assert scores["untouched"].score == 0
    assert {task.status for task in scores["untouched"].tasks} == {"todo"}
