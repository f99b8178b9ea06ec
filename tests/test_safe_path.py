"""Staff may stand in a folder of somebody else's files when they grade; none is imported."""

import json
import subprocess
import sysconfig
from pathlib import Path

import pytest
import tiny

from grader.worker.layers import in_force, survey

GRADER = Path(sysconfig.get_path("scripts")) / "grader"
NAMES = ("ctypes", "json", "msgspec", "numpy", "os", "pytest", "socket", "sys", "torch", "typing")
TRAP = 'raise SystemExit("imported from the folder that staff stand in")\n'


@pytest.mark.skipif("namespaces" not in in_force(survey()), reason="this machine has no bubblewrap")
def test_modules_of_the_current_folder_are_imported_by_nobody(tmp_path):
    solution = tiny.write(tmp_path / "solution")
    here = tmp_path / "class"
    here.mkdir()
    for name in NAMES:
        (here / f"{name}.py").write_text(TRAP)
    (here / "conftest.py").write_text(TRAP)
    (here / "ridge.py").write_text(tiny.SOLUTION)
    done = subprocess.run(
        [GRADER, "grade", "ridge.py", f"--solution={solution}", f"--out={tmp_path / 'out'}",
         "--sandbox=require"],
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (score,) = (tmp_path / "out").glob("*/score.json")
    assert json.loads(score.read_text())["score"] == 10
