"""The tiny assignment of another kind that tests use: what ``grader new ridge`` makes.

Tests ask a little more of it: a metric, a picture, and a check that asks the reference. Its
misconceptions and alternatives are left out, as naming mistakes has tests of its own.
"""

import tempfile
from pathlib import Path
from textwrap import dedent

from grader.new import make
from grader.release.stub import cut


def _made() -> dict[str, str]:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        return {p.relative_to(place).as_posix(): p.read_text() for p in make("ridge", place)}


def _with(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"grader new no longer writes {old!r}"
    return text.replace(old, new)


_MADE = _made()
MANIFEST = _MADE["assignment.toml"]
SOLUTION = _MADE["ridge.py"]
SLEEPING = f"""\
import ctypes
import time

ctypes.CDLL(None).prctl(15, b"asleep")  # the name that the process has from now on
time.sleep(60)
{SOLUTION}"""
"""It does not load within its time, and has a name of its own meanwhile."""
STUB = cut("ridge.py", SOLUTION.encode(), ["solve", "predict"]).content.decode()
PUBLIC = _with(
    _with(
        _MADE["checks/public/test_ridge.py"],
        "def test_product(student, rng):",
        "def test_product(student, rng, metric, artifact):",
    ),
    "    found = student.ridge.predict(x, weights)\n",
    """\
    metric("size", x.size)
    artifact("note.png", b"picture")
    found = student.ridge.predict(x, weights)
""",
)

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
        "pytest.ini": _MADE["pytest.ini"],
    }
    content |= {name.replace("__", "/"): text for name, text in files.items()}
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder
