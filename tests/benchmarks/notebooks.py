"""What it costs to take in the reference as notebooks instead of modules.

    python tests/benchmarks/notebooks.py [REPEATS]

The same code is taken in from a folder, once as the modules of ``solution/`` and once as a notebook
for each of them, and once as one notebook for all with 100 MB of outputs. Behind the intake,
grading is the same for both: it sees modules. Times are the best of some repeats, in seconds for
the whole assignment.
"""

import ast
import json
import sys
import tempfile
import time
from pathlib import Path

from figures import record

from grader.batch.intake import collect
from grader.batch.ipynb import read_outlines
from grader.manifest import load_manifest

SOLUTION = Path(__file__).parents[2] / "solution"


def cells(source: str) -> list[dict[str, object]]:
    """A module as cells, a statement each with the comments above it."""
    lines, end, made = source.split("\n"), 0, []
    for node in ast.parse(source).body:
        last = node.end_lineno or node.lineno
        text = "\n".join(lines[end:last])
        made.append({"cell_type": "code", "metadata": {}, "outputs": [], "source": text})
        end = last
    return made


def notebook(made: list[dict[str, object]]) -> bytes:
    """The bytes of a notebook."""
    return json.dumps({"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": made}).encode()


def main(repeats: int = 10) -> None:
    """Measure in one run."""
    modules = [unit.module for unit in load_manifest(SOLUTION).units]
    sources = {name: (SOLUTION / name).read_text(encoding="utf-8") for name in modules}
    every = [cell for source in sources.values() for cell in cells(source)]
    output = {"output_type": "stream", "name": "stdout", "text": ["x" * 2**20] * 100}
    huge = [{"cell_type": "code", "metadata": {}, "outputs": [output], "source": "1"}, *every]
    forms = {
        "modules": {name: source.encode() for name, source in sources.items()},
        "notebooks": {f"{n[:-3]}.ipynb": notebook(cells(s)) for n, s in sources.items()},
        "one_notebook": {"hw.ipynb": notebook(every)},
        "one_notebook_of_100_MB": {"hw.ipynb": notebook(huge)},
    }
    took: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for form, files in forms.items():
            place = folder / "class" / form / "kim"
            place.mkdir(parents=True)
            for file, content in files.items():
                (place / file).write_bytes(content)
        outlines = read_outlines(SOLUTION, modules)
        for _ in range(repeats):
            for form in forms:
                began = time.perf_counter()
                (taken,) = collect(
                    [folder / "class" / form],
                    modules=modules,
                    workdir=folder / "work",
                    outlines=outlines,
                )
                seconds = time.perf_counter() - began
                took[form] = min(seconds, took.get(form, seconds))
                if taken.files is None or len(list(taken.files.glob("*.py"))) != len(modules):
                    raise SystemExit(f"{form}: {taken.problem or taken.notes}")
    more = {f"{form}_s": round(seconds, 4) for form, seconds in took.items()}
    record("notebooks", **more, more_s=round(took["notebooks"] - took["modules"], 4))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
